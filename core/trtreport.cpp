// The facade: the stages in order, each one's error handed on.
#include "trtreport.hpp"

#include "graph/graph.hpp"
#include "onnx/model.hpp"
#include "report/structure.hpp"

namespace trtreport {

tl::expected<std::unique_ptr<Analysis>, Error> Analysis::run(ByteSource& source,
                                                             ExternalFiles* files,
                                                             Options options) {
  std::unique_ptr<Analysis> analysis(new Analysis());
  if (options.devices.empty()) {
    tl::expected<Device, Error> device = find_device(kDefaultDevice);
    if (!device) return tl::unexpected(device.error());
    options.devices.push_back(std::move(*device));
  }
  analysis->options_ = std::move(options);
  auto model = onnx::read_model(source, files, analysis->diagnostics_);
  if (!model) return tl::unexpected(model.error());
  auto graph = build_graph(std::move(*model), analysis->diagnostics_);
  if (!graph) return tl::unexpected(graph.error());
  analysis->graph_ = std::move(*graph);
  analysis->inference_ =
      std::make_unique<ops::Inference>(*analysis->graph_, source, analysis->diagnostics_);
  if (std::optional<Error> error = analysis->inference_->run(analysis->options_.binding)) {
    return tl::unexpected(std::move(*error));
  }
  analysis->figures_ =
      analyse_figures(*analysis->inference_, *analysis->graph_, analysis->diagnostics_);
  return analysis;
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

Roofline Analysis::roofline(const RooflineKey& key) const {
  return evaluate_roofline(figures_, *graph_, options_.devices[key.device], key.precision,
                           options_.roofline);
}

std::string Analysis::structure_sha256() const { return trtreport::structure_sha256(*graph_); }

}  // namespace trtreport
