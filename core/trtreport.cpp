// The facade: the stages in order, each one's error handed on.
#include "trtreport.hpp"

#include "graph/graph.hpp"
#include "onnx/model.hpp"
#include "report/structure.hpp"

#include <utility>

namespace trtreport {
namespace {

std::optional<Error> choose_default_device(Options& options) {
  if (!options.devices.empty()) return {};
  tl::expected<Device, Error> device = find_device(kDefaultDevice);
  if (!device) return device.error();
  options.devices.push_back(std::move(*device));
  return {};
}

}  // namespace

tl::expected<std::unique_ptr<Analysis>, Error> Analysis::run(ByteSource& source,
                                                             ExternalFiles* files,
                                                             Options options) {
  std::unique_ptr<Analysis> analysis(new Analysis(source));
  if (auto error = choose_default_device(options)) return tl::unexpected(std::move(*error));
  analysis->options_ = std::move(options);
  auto model = onnx::read_model(source, files, analysis->of_reading_);
  if (!model) return tl::unexpected(model.error());
  auto graph = build_graph(std::move(*model), analysis->of_reading_);
  if (!graph) return tl::unexpected(graph.error());
  analysis->graph_ = std::move(*graph);
  if (auto error = analysis->infer()) return tl::unexpected(std::move(*error));
  return analysis;
}

std::optional<Error> Analysis::infer() {
  diagnostics_ = of_reading_;
  inference_ = std::make_unique<ops::Inference>(*graph_, source_, diagnostics_);
  if (edit_ != nullptr) inference_->replace_sizes(edit_->operand_sizes());
  if (std::optional<Error> error = inference_->run(options_.binding)) return error;
  figures_ = analyse_figures(*inference_, *graph_, diagnostics_);
  return {};
}

void Analysis::undo_edit() {
  if (edit_ == nullptr) return;
  edit_->undo(*graph_);
  edit_ = nullptr;
}

std::optional<Error> Analysis::infer_edited(ops::GraphEdit* edit) {
  graph_->forget_inference();
  undo_edit();
  if (edit != nullptr) edit->apply(*graph_);
  edit_ = edit;
  std::optional<Error> error = infer();
  if (!error || edit == nullptr) return error;
  infer_edited(nullptr);  // it was possible before
  return error;
}

std::optional<Error> Analysis::set_options(Options options) {
  if (auto error = choose_default_device(options)) return error;
  if (edit_ != nullptr) infer_edited(nullptr);
  std::swap(options_, options);
  if (options_.binding == options.binding) return {};
  graph_->forget_inference();
  std::optional<Error> error = infer();
  if (!error) return {};
  options_ = std::move(options);
  graph_->forget_inference();
  infer();  // it was possible before
  return error;
}

std::vector<Analysis::RooflineKey> Analysis::rooflines() const {
  std::vector<RooflineKey> keys;
  for (size_t device = 0; device < options_.devices.size(); ++device) {
    const std::vector<Precision> precisions =
        options_.precisions.empty()
            ? supported_precisions(options_.devices[device], options_.roofline)
            : options_.precisions;
    for (const Precision precision : precisions) keys.push_back({device, precision});
  }
  return keys;
}

std::optional<Analysis::RooflineKey> Analysis::main_roofline() const {
  const std::vector<RooflineKey> keys = rooflines();
  if (keys.empty()) return std::nullopt;
  return keys.front();
}

Roofline Analysis::roofline(const RooflineKey& key, std::span<const NodePrecision> nodes) const {
  return evaluate_roofline(figures_, *graph_, options_.devices[key.device], key.precision,
                           options_.roofline, nodes);
}

std::string Analysis::structure_sha256() const { return trtreport::structure_sha256(*graph_); }

}  // namespace trtreport
