// Groups, checked by a trial cut; then scenarios, each inferred from its smaller weights.
#include "prune.hpp"

#include "pruning/untie.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace trtreport {

using namespace pruning;

tl::expected<std::unique_ptr<Pruning>, Error> Pruning::run(ByteSource& source, ExternalFiles* files,
                                                           Options options, PruneOptions prune) {
  auto analysis = Analysis::run(source, files, std::move(options));
  if (!analysis) return tl::unexpected(analysis.error());
  std::unique_ptr<Pruning> pruning(new Pruning);
  pruning->prune_ = std::move(prune);
  pruning->analysis_ = std::move(*analysis);
  Untie untie;
  if (auto error = pruning->analysis_->infer_edited(&untie)) return tl::unexpected(*error);
  pruning->untied_ = untie.copies();
  pruning->groups_ =
      std::make_unique<ChannelGroups>(pruning->analysis_->graph(), pruning->analysis_->assumed());
  pruning->analysis_->infer_edited(nullptr);  // `untie` ends here; what it did stays
  pruning->freeze_contradictions();
  pruning->importance_ = measure_importance(*pruning->groups_, pruning->prune_.criterion, source);
  pruning->fall_back();
  pruning->sparse_layers_ = list_sparse_layers(*pruning->groups_);
  measure_sparse_layers(*pruning->groups_, source, pruning->sparse_layers_);
  pruning->unpruned_ = pruning->figures(Times::All);
  pruning->measure_sparse_gains();
  pruning->note_layers();
  pruning->try_groups();
  pruning->count_prunable();
  if (auto error = pruning->make_scenarios()) return tl::unexpected(*error);
  return pruning;
}

// A ranking by some of a channel's weights would pass for one by all of them.
void Pruning::fall_back() {
  if (importance_.unread == 0) return;
  importance_.of_class.clear();
  prune_.criterion = Criterion::Uniform;
}

// Half of every group is cut for trial. Where inference then finds other shapes than the rules
// expect, the groups at the node that went wrong first are not offered.
void Pruning::freeze_contradictions() {
  constexpr int kMostRounds = 16;
  const Graph& graph = analysis_->graph();
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<uint32_t> kept;
    bool any = false;
    for (const ChannelGroup& group : groups_->groups()) {
      kept.push_back(group.frozen ? group.channels : group.channels - group.channels / 2);
      any = any || kept.back() < group.channels;
    }
    if (!any) return;
    SlicedGraph trial(*groups_, groups_->sizes(cut_to(*groups_, kept, {})));
    const bool failed = analysis_->infer_edited(&trial).has_value();
    const std::vector<TensorId> wrong = trial.contradictions(graph);
    std::vector<bool> is_wrong(graph.tensors.size(), false);
    for (const TensorId tensor : wrong) is_wrong[tensor] = true;
    analysis_->infer_edited(nullptr);
    if (wrong.empty() && !failed) return;
    const bool last = round + 1 == kMostRounds || failed;
    for (const TensorId tensor : wrong) {
      const NodeId producer = graph.tensors[tensor].producer;
      std::vector<TensorId> blamed = {tensor};
      if (producer != kNoNode) {
        const Node& node = graph.nodes[producer];
        const bool inherited =
            std::any_of(node.inputs.begin(), node.inputs.end(),
                        [&](TensorId id) { return id != kNoTensor && is_wrong[id]; });
        if (inherited && !last) continue;
        for (const TensorId id : node.inputs) {
          if (id != kNoTensor) blamed.push_back(id);
        }
      }
      groups_->freeze_tensors(blamed, producer);
    }
  }
}

// Of each group one channel is cut for trial, and half of them, as long as there are not too many.
void Pruning::try_groups() {
  constexpr uint64_t kMostWork = 2'000'000;  // nodes inferred: a few seconds at most
  const uint64_t nodes = analysis_->graph().nodes.size();
  const uint64_t params = unpruned_.params;
  uint64_t work = 0;
  per_channel_.assign(groups_->groups().size(), {});
  std::vector<bool> cut(groups_->classes(), false);
  for (size_t index = 0; index < per_channel_.size(); ++index) {
    const ChannelGroup& group = groups_->groups()[index];
    work += 2 * nodes;
    if (group.frozen || work > kMostWork) continue;
    cut[group.first] = true;
    const PrunedFigures one = cut_figures(cut, Times::None);
    per_channel_[index].params = params - one.params;
    if (unpruned_.macs.known() && one.macs.known())
      per_channel_[index].macs = Count(unpruned_.macs.value() - one.macs.value());
    std::vector<uint32_t> kept;
    for (const ChannelGroup& each : groups_->groups()) kept.push_back(each.channels);
    kept[index] = kept_channels(group.channels, 0.5, prune_.selection.round_to);
    GroupHalf half{kept[index], {}, {}};
    const std::vector<bool> halved = cut_to(*groups_, kept, importance_.of_class);
    half.figures = cut_figures(halved, Times::Padded);
    if (half.figures.importance_kept && may_cut(group, prune_.selection))
      half.importance_lost = 1 - *half.figures.importance_kept;
    per_channel_[index].half = std::move(half);
    cut[group.first] = false;
  }
  analysis_->infer_edited(nullptr);
}

void Pruning::count_prunable() {
  const Coupling& coupling = groups_->coupling();
  const Graph& graph = analysis_->graph();
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    const int rank = coupling.rank(id);
    if (graph.tensors[id].data == nullptr || rank < 1) continue;
    uint64_t all = 1, fixed = 1;
    for (int axis = 0; axis < rank; ++axis) {
      const AxisId own = coupling.axis(id, axis);
      if (own == kNoAxis) continue;
      uint64_t kept = 0;
      for (uint32_t index = 0; index < coupling.length(own); ++index) {
        const ClassId at = groups_->class_at(own, index);
        kept +=
            at == kNoClass || !may_cut(groups_->groups()[groups_->group_of(at)], prune_.selection)
                ? 1
                : 0;
      }
      all *= coupling.length(own);
      fixed *= kept;
    }
    weight_elements_ += all;
    prunable_elements_ += all - fixed;
  }
}

PrunedFigures Pruning::cut_figures(const std::vector<bool>& cut, Times times) {
  auto sliced = std::make_unique<SlicedGraph>(*groups_, groups_->sizes(cut));
  const std::optional<Error> error = analysis_->infer_edited(sliced.get());
  sliced_ = std::move(sliced);  // the one before is undone by now
  PrunedFigures left = error ? PrunedFigures() : figures(times);
  left.importance_kept = importance_kept(cut);
  return left;
}

std::vector<SizeChange> Pruning::size_changes(const std::vector<bool>& cut) const {
  return SlicedGraph(*groups_, groups_->sizes(cut)).size_changes();
}

PrunedFigures Pruning::figures(Times times) const {
  const Figures& figures = analysis_->figures();
  PrunedFigures result;
  result.params = figures.totals.params;
  result.weight_bytes = figures.totals.weight_bytes;
  result.macs = figures.totals.macs;
  result.flops = figures.totals.flops;
  result.intensity = figures.totals.intensity;
  result.peak_activation_bytes = figures.memory.shared.peak_bytes;
  if (times == Times::None) return result;
  std::vector<SparseLayer> layers;
  if (times == Times::All) layers = list_sparse_layers(*groups_);
  uint32_t multiple = 0;
  Figures padded;
  for (const Analysis::RooflineKey& key : analysis_->rooflines()) {
    PrunedTime time{key.device, key.precision, {}, {}, {}};
    if (times == Times::All) time.seconds = analysis_->roofline(key).seconds;
    if (multiple != channel_multiple(key.precision)) {
      multiple = channel_multiple(key.precision);
      padded = pad_channels(figures, analysis_->graph(), multiple);
    }
    const Options& options = analysis_->options();
    time.seconds_padded = evaluate_roofline(padded, analysis_->graph(), options.devices[key.device],
                                            key.precision, options.roofline)
                              .seconds;
    if (const auto sparse =
            time.seconds ? seconds_with_24(*analysis_, key, layers) : std::optional<Sparse24>()) {
      time.seconds_24 = 0;
      for (const double seconds : sparse->node_seconds)
        *time.seconds_24 += seconds == seconds ? seconds : 0;
    }
    result.times.push_back(time);
  }
  return result;
}

std::optional<double> Pruning::importance_kept(const std::vector<bool>& cut) const {
  if (importance_.of_class.empty()) return std::nullopt;
  double all = 0, kept = 0;
  for (const ChannelGroup& group : groups_->groups()) {
    if (!may_cut(group, prune_.selection)) continue;
    for (ClassId id = group.first; id < group.first + group.channels; ++id) {
      const double value = importance_.of_class[id];
      if (value != value) continue;
      all += value;
      kept += cut[id] ? 0 : value;
    }
  }
  if (all == 0) return std::nullopt;
  return kept / all;
}

void Pruning::add_scenario(std::string name, double ratio, std::vector<bool> cut) {
  PruneScenario scenario;
  scenario.name = std::move(name);
  scenario.ratio = ratio;
  for (const ChannelGroup& group : groups_->groups()) {
    uint32_t kept = group.channels;
    for (ClassId id = group.first; id < group.first + group.channels; ++id) kept -= cut[id] ? 1 : 0;
    scenario.kept.push_back(kept);
  }
  scenario.figures = what_if(cut);
  scenario.thin = thin_layers();
  std::vector<CombinedSteps> steps = unpruned_steps_;
  for (CombinedSteps& each : steps) each.scenario = scenarios_.size();
  add_pruned_steps(steps);
  combined_.insert(combined_.end(), steps.begin(), steps.end());
  scenario.cut = std::move(cut);
  scenarios_.push_back(std::move(scenario));
}

tl::expected<std::vector<uint32_t>, Error> Pruning::kept_of_named() const {
  const Graph& graph = analysis_->graph();
  std::vector<uint32_t> kept;
  for (const ChannelGroup& group : groups_->groups()) kept.push_back(group.channels);
  for (const auto& [wanted, ratio] : prune_.of_groups) {
    size_t found = kept.size();
    for (size_t index = 0; index < kept.size() && found == kept.size(); ++index) {
      if (wanted == std::to_string(index)) found = index;
    }
    // A weight's own output channels come before its inputs: they are its first axis.
    for (int axis = 0; axis < 2 && found == kept.size(); ++axis) {
      for (size_t index = 0; index < kept.size() && found == kept.size(); ++index) {
        for (const Member& member : groups_->groups()[index].members) {
          if (member.axis == axis && graph.text(graph.tensors[member.tensor].name) == wanted)
            found = index;
        }
      }
    }
    if (found == kept.size())
      return tl::unexpected(Error{"bad_prune_group",
                                  "'" + wanted + "' is no group of channels, nor a weight of one"});
    const ChannelGroup& group = groups_->groups()[found];
    if (group.frozen) {
      return tl::unexpected(Error{
          "bad_prune_group", "group '" + wanted + "' cannot be cut: " + groups_->reason(group)});
    }
    kept[found] = kept_channels(group.channels, ratio, prune_.selection.round_to);
  }
  return kept;
}

std::optional<Error> Pruning::make_scenarios() {
  for (const double ratio : prune_.ratios) {
    Selection selection = prune_.selection;
    selection.ratio = ratio;
    add_scenario(fmt::format("{}", ratio), ratio,
                 select_channels(*groups_, selection, prune_.criterion, importance_.of_class));
  }
  if (!prune_.of_groups.empty()) {
    const auto kept = kept_of_named();
    if (!kept) return kept.error();
    add_scenario("groups", 0, cut_to(*groups_, *kept, importance_.of_class));
  }
  analysis_->infer_edited(nullptr);
  return std::nullopt;
}

void Pruning::measure_sparse_gains() {
  sparse_gains_.assign(sparse_layers_.size(), {});
  std::vector<uint32_t> listed(analysis_->graph().nodes.size(), UINT32_MAX);
  const Figures& figures = analysis_->figures();
  for (uint32_t index = 0; index < figures.nodes.size(); ++index)
    listed[figures.nodes[index].node] = index;
  for (const Analysis::RooflineKey& key : analysis_->rooflines()) {
    const Roofline dense = analysis_->roofline(key);
    const auto sparse = seconds_with_24(*analysis_, key, sparse_layers_);
    for (size_t index = 0; index < sparse_layers_.size(); ++index) {
      const uint32_t at = listed[sparse_layers_[index].node];
      std::optional<double> saved;
      if (sparse && at != UINT32_MAX) saved = dense.node_seconds[at] - sparse->node_seconds[at];
      sparse_gains_[index].seconds_saved.push_back(saved);
    }
  }
}

}  // namespace trtreport
