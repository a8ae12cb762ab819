// The facade: open a model, analyse it, write the document. The only core header that the command
// line, the WebAssembly bindings and most tests include. Nothing throws across it.
#pragma once

#include "base/byte_source.hpp"
#include "base/diagnostics.hpp"
#include "ops/inference.hpp"
#include "roofline/analysis.hpp"
#include "roofline/device.hpp"
#include "roofline/roofline.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport {

enum class Convention : uint8_t { Hardware, Course };

// Everything that changes a figure.
struct Options {
  std::vector<Device> devices;        // none: kDefaultDevice
  std::vector<Precision> precisions;  // none: every one that the device supports
  ops::Binding binding;
  RooflineOptions roofline;
  Convention convention = Convention::Hardware;
};

// One analysed model.
class Analysis {
 public:
  // Reads, resolves, infers, counts. `source` must outlive the result. Errors are those of
  // read_model, build_graph and Inference::run.
  static tl::expected<std::unique_ptr<Analysis>, Error> run(ByteSource& source,
                                                            ExternalFiles* files, Options options);

  // Goes on under other options, to the same figures that a fresh run() gives. The model is not
  // read again, and shapes are inferred anew only where the binding differs. On an error, which is
  // one of Inference::run or find_device, everything stays as it was.
  std::optional<Error> set_options(Options options);

  // Infers and counts anew with the graph as `edit` changes it, until the next call or set_options;
  // null: as it is in the file. Where inference fails, the graph is as it is in the file.
  std::optional<Error> infer_edited(ops::GraphEdit* edit);

  const Graph& graph() const { return *graph_; }
  // Symbols that figures take at a number, as --batch would.
  std::span<const DimTable::Binding> assumed() const { return figures_.assumed; }
  const Options& options() const { return options_; }
  const Figures& figures() const { return figures_; }
  const Diagnostics& diagnostics() const { return diagnostics_; }
  // (device index, precision) in document order.
  struct RooflineKey {
    size_t device;
    Precision precision;
  };
  std::vector<RooflineKey> rooflines() const;
  // The first one: what summaries speak of and what the page opens with. Empty where there is none.
  std::optional<RooflineKey> main_roofline() const;
  // Evaluated on asking, so that one of many is in memory at a time. The document's rooflines have
  // one precision throughout; a what-if may give nodes others.
  Roofline roofline(const RooflineKey& key, std::span<const NodePrecision> nodes = {}) const;
  // SHA-256, hexadecimal, of operators, attributes, wiring, types and shapes; not of names and
  // weight values.
  std::string structure_sha256() const;

 private:
  explicit Analysis(ByteSource& source) : source_(source) {}
  std::optional<Error> infer();
  void undo_edit();

  ByteSource& source_;
  Options options_;
  Diagnostics of_reading_;  // what read_model and build_graph said
  Diagnostics diagnostics_;
  std::unique_ptr<Graph> graph_;
  std::unique_ptr<ops::Inference> inference_;
  ops::GraphEdit* edit_ = nullptr;
  Figures figures_;
};

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace trtreport
