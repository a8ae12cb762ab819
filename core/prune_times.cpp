// What 2:4 weights save: half of the weights and their metadata, at the sparse tensor peak.
#include "prune.hpp"
#include "roofline/ceilings.hpp"

#include <algorithm>

namespace trtreport {
namespace {

// Of products with a dense roofline below this, 131 of 142 were slower sparse than dense by
// cuSPARSELt on an H200, and 2 of 34 longer ones: hardware/probe/tests/device/gemms.py.
constexpr double kShortSparse = 20e-6;

}  // namespace

// Half the weights are stored, and two bits of place for each of them: 0.5 + 1/16 of 16-bit ones,
// 0.5 + 1/8 of 8-bit ones.
std::optional<Sparse24> seconds_with_24(const Analysis& analysis, const Analysis::RooflineKey& key,
                                        std::span<const pruning::SparseLayer> layers) {
  const Device& device = analysis.options().devices[key.device];
  const Roofline dense = analysis.roofline(key);
  const auto peak = device.peaks.find(dense.evaluated_as);
  if (dense.evaluated_as != key.precision || peak == device.peaks.end() ||
      !peak->second.tensor_sparse || !dense.bandwidth || key.precision == Precision::Model)
    return std::nullopt;
  double weight_bytes = 0;
  switch (key.precision) {
    case Precision::Fp16:
    case Precision::Bf16:
      weight_bytes = 2;
      break;
    case Precision::Fp8:
    case Precision::Int8:
      weight_bytes = 1;
      break;
    default:
      return std::nullopt;  // tf32 has 1:2 units of its own; int4 and fp4 store weights otherwise
  }
  const double saved_bytes = weight_bytes - (weight_bytes / 2 + 0.125);
  const Figures& figures = analysis.figures();
  std::vector<uint32_t> layer_of(analysis.graph().nodes.size(), UINT32_MAX);
  for (uint32_t index = 0; index < layers.size(); ++index) layer_of[layers[index].node] = index;
  Sparse24 result{dense.node_seconds};
  for (size_t index = 0; index < figures.nodes.size(); ++index) {
    const NodeFigures& node = figures.nodes[index];
    const uint32_t layer = layer_of[node.node];
    if (layer == UINT32_MAX || !layers[layer].beneficial || !node.flops.known()) continue;
    if (!node.resizable.weight_elements.known()) continue;
    const double weights = static_cast<double>(node.resizable.weight_elements.value());
    const double bytes = dense.node_bytes[index] - weights * saved_bytes;
    const double compute = static_cast<double>(node.flops.value()) / *peak->second.tensor_sparse;
    const double launches = dense.launch_seconds * static_cast<double>(node.times);
    const double sparse = std::max(compute, bytes / *dense.bandwidth) + launches;
    if (sparse >= result.node_seconds[index]) continue;
    result.node_seconds[index] = sparse;
    result.saved_bytes += weights * saved_bytes;
  }
  return result;
}

std::vector<Sentence> sparse_limits(const Pruning& pruning) {
  const Analysis& analysis = pruning.analysis();
  const Figures& figures = analysis.figures();
  std::vector<uint32_t> listed(analysis.graph().nodes.size(), UINT32_MAX);
  for (uint32_t index = 0; index < figures.nodes.size(); ++index)
    listed[figures.nodes[index].node] = index;
  const std::vector<Analysis::RooflineKey> keys = analysis.rooflines();
  for (size_t at = 0; at < keys.size(); ++at) {
    const Roofline dense = analysis.roofline(keys[at]);
    uint64_t gaining = 0, brief = 0;
    for (size_t index = 0; index < pruning.sparse_layers().size(); ++index) {
      const std::optional<double>& saved = pruning.sparse_gains()[index].seconds_saved[at];
      if (!saved || !(*saved > 0)) continue;
      const uint32_t node = listed[pruning.sparse_layers()[index].node];
      const auto times = static_cast<double>(figures.nodes[node].times);
      ++gaining;
      if (dense.node_seconds[node] < kShortSparse * times) ++brief;
    }
    if (gaining == 0) continue;
    if (brief == 0) return {};
    const std::string precision(title(keys[at].precision));
    const std::string layers = std::to_string(gaining), some = std::to_string(brief);
    return {{"short_sparse",
             "Layers that 2:4 should speed up and that take less than 20 µs in " + precision +
                 ": " + some + " of " + layers +
                 ". On an H200 nearly all products this short were slower sparse than dense "
                 "(cuSPARSELt; half of them 0.75 times as fast or less), longer ones mostly 1.1 to "
                 "1.5 times as fast, where the peaks promise 1.9: time such a layer before pruning "
                 "for it.",
             {{"short", some}, {"layers", layers}, {"precision", precision}}}};
  }
  return {};
}

}  // namespace trtreport
