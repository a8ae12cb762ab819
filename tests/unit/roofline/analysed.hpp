// Models as text, analysed: what most tests of figures, memory and rooflines begin with.
#pragma once

#include "catch.hpp"
#include "models/text_model.hpp"
#include "trtreport.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace trtreport::test {

// An analysis together with the bytes it was made from.
struct Analysed {
  std::string bytes;
  std::unique_ptr<MemorySource> source;
  std::unique_ptr<Analysis> analysis;

  const Graph& graph() const { return analysis->graph(); }
  const Figures& figures() const { return analysis->figures(); }
  const Totals& totals() const { return analysis->figures().totals; }

  // Index among the listed nodes of the node that makes `output`; fails the test where there is
  // none.
  size_t index_of(std::string_view output) const {
    for (size_t index = 0; index < figures().nodes.size(); ++index) {
      for (const TensorId id : graph().nodes[figures().nodes[index].node].outputs) {
        if (id == kNoTensor) continue;
        const std::string_view name = graph().text(graph().tensors[id].name);
        if (name.substr(name.rfind('/') + 1) == output) return index;
      }
    }
    FAIL("no listed node makes '" << output << "'");
    return 0;
  }
  const NodeFigures& node(std::string_view output) const {
    return figures().nodes[index_of(output)];
  }
  Roofline roofline(const Device& device, Precision precision,
                    const RooflineOptions& options = {}) const {
    return evaluate_roofline(figures(), graph(), device, precision, options);
  }
};

inline Analysed analysed(std::string bytes, Options options = {}) {
  Analysed result;
  result.bytes = std::move(bytes);
  const std::span<const char> text(result.bytes.data(), result.bytes.size());
  result.source = std::make_unique<MemorySource>("model.onnx", std::as_bytes(text));
  auto analysis = Analysis::run(*result.source, nullptr, std::move(options));
  if (!analysis) FAIL(analysis.error().message);
  result.analysis = std::move(*analysis);
  return result;
}

// `text` is a graph in ONNX's textual syntax, with the directives of models/text_model.hpp before
// it.
inline Analysed analysed_text(std::string_view directives, std::string_view graph,
                              Options options = {}) {
  const std::string text = std::string(directives) +
                           "<ir_version: 10, opset_import: [\"\" : 23, \"com.microsoft\" : 1, "
                           "\"ai.onnx.preview\" : 1]>\n" +
                           std::string(graph);
  auto model = models::parse_text_model(text);
  if (!model) FAIL(model.error());
  return analysed(std::move(model->bytes), std::move(options));
}

// One node between declared inputs and outputs named y, z, ….
inline Analysed analysed_node(std::string_view inputs, std::string_view node,
                              std::string_view outputs = "float[n] y") {
  return analysed_text("", "g (" + std::string(inputs) + ") => (" + std::string(outputs) + ") { " +
                               std::string(node) + " }");
}

}  // namespace trtreport::test
