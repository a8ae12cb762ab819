// Which nodes of a request can be quantized as it says.
#include "base/sorting.hpp"
#include "quantization/qdq_parts.hpp"

namespace trtreport::quantization {

std::vector<QdqLayer> find_layers(const FileGraph& file, const Targets& targets,
                                  const QdqRequest& request, std::vector<QdqLeftOut>& left_out) {
  const Graph& graph = file.graph();
  std::vector<QdqLayer> layers;
  for (const WeightUse& use : targets.uses) {
    const auto wanted = request.layers.find(use.node);
    if (wanted == request.layers.end()) continue;
    QdqLayer layer = {site_of(file, use), wanted->second, false};
    const Refusal refusal =
        refusal_of(file, layer, layer.how.precision, layer.how.scheme, kAnyDevice);
    if (refusal == Refusal::None) {
      layers.push_back(layer);
      continue;
    }
    std::string why(reason(refusal));
    if (refusal == Refusal::Operator)
      why = "TensorRT does not run " + std::string(graph.text(graph.nodes[use.node].proto->op)) +
            " quantized";
    left_out.push_back({file.node_name(use.node), std::move(why)});
  }
  sort_items(layers, [](const QdqLayer& a, const QdqLayer& b) { return a.place < b.place; });
  return layers;
}

}  // namespace trtreport::quantization
