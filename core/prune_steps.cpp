// What a cut does to single layers, and pruning, 2:4 and quantization on top of each other: all on
// the rooflines that the rest is measured by.
#include "prune.hpp"

#include <algorithm>
#include <array>

namespace trtreport {

using namespace pruning;

namespace {

// The precision that the steps begin with.
std::optional<Precision> first_precision(std::span<const Precision> supported) {
  for (const Precision wanted :
       {Precision::Fp16, Precision::Bf16, Precision::Tf32, Precision::Fp32}) {
    if (std::find(supported.begin(), supported.end(), wanted) != supported.end()) return wanted;
  }
  return std::nullopt;
}

CombinedStep dense_step(std::string_view name, const Roofline& roofline, Count flops) {
  CombinedStep step;
  step.name = name;
  step.precision = roofline.precision;
  step.flops = flops;
  step.traffic_bytes = roofline.traffic_bytes;
  step.seconds = roofline.seconds;
  return step;
}

// The step with 2:4 where some layer gains by it, else the one without.
CombinedStep sparse_step(CombinedStep step, const std::optional<Sparse24>& sparse) {
  if (!sparse || sparse->saved_bytes == 0 || !step.seconds || !step.traffic_bytes) return step;
  step.sparse24 = true;
  step.traffic_bytes = *step.traffic_bytes - sparse->saved_bytes;
  step.seconds = 0;
  for (const double seconds : sparse->node_seconds)
    *step.seconds += seconds == seconds ? seconds : 0;
  return step;
}

}  // namespace

// Contractions with a weight as they are before any cut.
void Pruning::note_layers() {
  add_dense_steps("unpruned", unpruned_steps_);
  const auto key = analysis_->main_roofline();
  if (!key) return;
  const Roofline roofline = analysis_->roofline(*key);
  const Figures& figures = analysis_->figures();
  const Graph& graph = analysis_->graph();
  for (uint32_t index = 0; index < figures.nodes.size(); ++index) {
    const NodeFigures& node = figures.nodes[index];
    if (node.op_class != OpClass::Contraction) continue;
    const auto channels = channels_of(graph, graph.nodes[node.node]);
    if (!channels) continue;
    layers_.push_back({index, channels->out, channels->out, roofline.node_intensity[index], 0,
                       roofline.node_bound[index], '?'});
  }
}

std::vector<ThinLayer> Pruning::thin_layers() const {
  std::vector<ThinLayer> thin;
  const auto key = analysis_->main_roofline();
  if (!key) return thin;
  const Roofline roofline = analysis_->roofline(*key);
  const Figures& figures = analysis_->figures();
  const Graph& graph = analysis_->graph();
  for (ThinLayer layer : layers_) {
    if (layer.node >= figures.nodes.size()) continue;
    const auto channels = channels_of(graph, graph.nodes[figures.nodes[layer.node].node]);
    if (!channels) continue;
    layer.kept = channels->out;
    layer.after = roofline.node_intensity[layer.node];
    layer.bound_after = roofline.node_bound[layer.node];
    const bool narrow = layer.channels >= kThin && layer.kept < kThin;
    const bool starved = layer.bound_before == 'c' && layer.bound_after == 'm';
    if (narrow || starved) thin.push_back(layer);
  }
  return thin;
}

void Pruning::add_dense_steps(std::string_view name, std::vector<CombinedSteps>& all) const {
  const Options& options = analysis_->options();
  if (all.empty()) {
    for (size_t device = 0; device < options.devices.size(); ++device)
      all.push_back({device, 0, {}});
  }
  for (CombinedSteps& steps : all) {
    const auto supported = supported_precisions(options.devices[steps.device], options.roofline);
    const auto precision = first_precision(supported);
    if (!precision) continue;
    const Roofline roofline = analysis_->roofline({steps.device, *precision});
    steps.steps.push_back(dense_step(name, roofline, analysis_->figures().totals.flops));
  }
}

void Pruning::add_pruned_steps(std::vector<CombinedSteps>& all) const {
  add_dense_steps("pruned", all);
  const Options& options = analysis_->options();
  const std::vector<SparseLayer> layers = list_sparse_layers(*groups_);
  for (CombinedSteps& steps : all) {
    if (steps.steps.empty()) continue;
    const CombinedStep pruned = steps.steps.back();
    const auto sparse = seconds_with_24(*analysis_, {steps.device, pruned.precision}, layers);
    CombinedStep half = sparse_step(pruned, sparse);
    half.name = "sparse24";
    if (half.sparse24) steps.steps.push_back(half);
    const auto supported = supported_precisions(options.devices[steps.device], options.roofline);
    for (const Precision precision : {Precision::Int8, Precision::Fp8}) {
      if (std::find(supported.begin(), supported.end(), precision) == supported.end()) continue;
      const Analysis::RooflineKey key{steps.device, precision};
      const CombinedStep dense =
          dense_step(name(precision), analysis_->roofline(key), analysis_->figures().totals.flops);
      steps.steps.push_back(sparse_step(dense, seconds_with_24(*analysis_, key, layers)));
    }
  }
}

}  // namespace trtreport
