// A plan as options of trtexec, which up to TensorRT 10 takes the precision of each layer by name.
#include "precision_plan.hpp"

namespace trtreport {

using namespace quantization;

std::string trtexec_flags(const PrecisionPlanner& planner, const Plan& plan) {
  const LayerPrecision base = planner.request().base;
  for (const LayerPrecision format : planner.request().formats) {
    if (format != LayerPrecision::Int8) return {};
  }
  std::string flags = base == LayerPrecision::Fp32 ? "" : "--" + std::string(name(base)) + " ";
  flags += "--int8 --precisionConstraints=obey --layerPrecisions=";
  const Graph& graph = planner.analysis().graph();
  for (size_t index = 0; index < planner.layers().size(); ++index) {
    const PlanLayer& layer = planner.layers()[index];
    const std::string_view node = graph.text(graph.nodes[layer.node].name);
    for (const char c : node) {
      const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                         (c >= 'a' && c <= 'z') || c == '_' || c == '/' || c == '.' || c == '-';
      if (!plain) return {};
    }
    flags += (index > 0 ? "," : "") + std::string(node) + ":" +
             std::string(name(layer.choices[plan.choice[index]].precision));
  }
  return flags;
}

}  // namespace trtreport
