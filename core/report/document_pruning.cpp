// Groups, scenarios and sparsity as JSON.
#include "report/document_pruning.hpp"

#include "report/document_parts.hpp"

#include <algorithm>

namespace trtreport {
namespace {

using namespace pruning;

std::string_view name(Protection protection) {
  return protection == Protection::First ? "first layer" : "graph output";
}

// Two devices of one name are told apart by where their figures come from.
std::string time_key(const Analysis& analysis, size_t device, Precision precision) {
  const std::vector<Device>& devices = analysis.options().devices;
  const std::string& own = devices[device].name;
  const auto namesakes = std::count_if(devices.begin(), devices.end(),
                                       [&](const Device& each) { return each.name == own; });
  const std::string_view source = devices[device].measured ? "@measured" : "@datasheet";
  return own + std::string(namesakes > 1 ? source : "") + "/" +
         std::string(trtreport::name(precision));
}

// Of listed nodes: their ids in the document.
std::vector<uint32_t> listed_ids(const Analysis& analysis) {
  std::vector<uint32_t> ids(analysis.graph().nodes.size(), UINT32_MAX);
  const std::vector<NodeFigures>& nodes = analysis.figures().nodes;
  for (uint32_t index = 0; index < nodes.size(); ++index) ids[nodes[index].node] = index;
  return ids;
}

// Of each tensor the first listed node that reads it.
std::vector<uint32_t> readers(const Analysis& analysis) {
  const Graph& graph = analysis.graph();
  const std::vector<uint32_t> ids = listed_ids(analysis);
  std::vector<uint32_t> readers(graph.tensors.size(), UINT32_MAX);
  for (NodeId node = 0; node < graph.nodes.size(); ++node) {
    for (const TensorId input : graph.nodes[node].inputs) {
      if (input != kNoTensor && ids[node] < readers[input]) readers[input] = ids[node];
    }
  }
  return readers;
}

class Writer {
 public:
  Writer(const Pruning& pruning, JsonWriter& json)
      : pruning_(pruning),
        names_(pruning.analysis().graph()),
        readers_(readers(pruning.analysis())),
        json_(json) {}

  void groups() {
    json_.key("groups");
    json_.begin_array();
    for (size_t index = 0; index < pruning_.groups().groups().size(); ++index) group(index);
    json_.end_array();
  }

  void figures(const PrunedFigures& figures) {
    json_.member("params", figures.params);
    json_.member("macs", figures.macs);
    json_.member("flops", figures.flops);
    json_.member("weight_bytes", figures.weight_bytes);
    json_.member("peak_activation_bytes", figures.peak_activation_bytes);
    json_.key("intensity");
    write_ratio(figures.intensity, json_);
    times("seconds", figures, &PrunedTime::seconds);
    times("seconds_padded", figures, &PrunedTime::seconds_padded);
    times("seconds_24", figures, &PrunedTime::seconds_24);
  }

  void scenarios() {
    json_.key("scenarios");
    json_.begin_array();
    for (const PruneScenario& scenario : pruning_.scenarios()) {
      json_.begin_object();
      json_.member("name", scenario.name);
      json_.member("criterion", pruning::name(pruning_.options().criterion));
      json_.key("ratio");
      json_.value(scenario.ratio);
      json_.member("round_to", pruning_.options().selection.round_to);
      figures(scenario.figures);
      json_.key("importance_kept");
      write_ratio(scenario.figures.importance_kept, json_);
      json_.key("kept");
      json_.begin_array();
      for (const uint32_t kept : scenario.kept) json_.value(kept);
      json_.end_array();
      thin(scenario.thin);
      json_.end_object();
    }
    json_.end_array();
  }

  void combined() {
    json_.key("combined");
    json_.begin_array();
    for (const CombinedSteps& steps : pruning_.combined()) {
      const Device& device = pruning_.analysis().options().devices[steps.device];
      json_.begin_object();
      json_.member("device", device.name);
      json_.member("source", device.measured ? "measured" : "datasheet");
      json_.member("scenario", pruning_.scenarios()[steps.scenario].name);
      json_.key("steps");
      json_.begin_array();
      for (const CombinedStep& step : steps.steps) combined_step(step);
      json_.end_array();
      json_.end_object();
    }
    json_.end_array();
  }

  void sparsity() {
    write_sentences("limits", sparse_limits(pruning_), json_);
    json_.key("sparsity24");
    json_.begin_array();
    for (size_t index = 0; index < pruning_.sparse_layers().size(); ++index) layer24(index);
    json_.end_array();
    json_.key("sparsity");
    json_.begin_array();
    for (const SparseLayer& layer : pruning_.sparse_layers()) {
      if (layer.masks) masks(layer);
    }
    json_.end_array();
  }

 private:
  void thin(const std::vector<ThinLayer>& layers) {
    json_.key("thin");
    json_.begin_array();
    for (const ThinLayer& layer : layers) {
      json_.begin_object();
      json_.member("node", layer.node);
      json_.member("channels", layer.channels);
      json_.member("kept", layer.kept);
      json_.key("before");
      json_.six_digits(layer.before);
      json_.key("after");
      json_.six_digits(layer.after);
      json_.member("bound_before", std::string_view(&layer.bound_before, 1));
      json_.member("bound_after", std::string_view(&layer.bound_after, 1));
      json_.end_object();
    }
    json_.end_array();
  }

  void combined_step(const CombinedStep& step) {
    json_.begin_object();
    json_.member("name", step.name);
    json_.member("precision", trtreport::name(step.precision));
    json_.member("sparse24", step.sparse24);
    json_.member("flops", step.flops);
    json_.key("traffic_bytes");
    write_ratio(step.traffic_bytes, json_);
    json_.key("intensity");
    const bool known = step.flops.known() && step.traffic_bytes && *step.traffic_bytes > 0;
    write_ratio(known ? std::optional(static_cast<double>(step.flops.value()) / *step.traffic_bytes)
                      : std::nullopt,
                json_);
    json_.key("seconds");
    write_ratio(step.seconds, json_);
    json_.end_object();
  }

  void reason(const ChannelGroup& group) {
    json_.key("frozen");
    if (!group.frozen) return json_.null();
    json_.value(pruning_.groups().reason(group));
    json_.member("frozen_code", code(group.frozen->why));
    if (group.frozen->node == kNoNode) return;
    const Node& node = graph().nodes[group.frozen->node];
    json_.member("frozen_by", names_.text(node.name));
    json_.member("frozen_op", names_.text(node.proto->op));
  }

  void group(size_t index) {
    const ChannelGroup& group = pruning_.groups().groups()[index];
    json_.begin_object();
    json_.member("id", uint64_t{index});
    json_.member("channels", group.channels);
    reason(group);
    if (group.protection != Protection::None) json_.member("protected", name(group.protection));
    if (group.normalized_by != kNoNode)
      json_.member("normalized_by", names_.text(graph().nodes[group.normalized_by].name));
    uint32_t widest = 1;
    json_.key("members");
    json_.begin_array();
    for (const Member& member : group.members) {
      widest = std::max(widest, member.per_channel);
      json_.begin_object();
      json_.member("tensor", names_.tensor(member.tensor));
      json_.member("axis", int64_t{member.axis});
      if (member.offset != 0) json_.member("offset", member.offset);
      if (member.per_channel != 1) json_.member("per_channel", member.per_channel);
      const uint32_t reader = readers_[member.tensor];
      if (reader != UINT32_MAX) json_.member("node", reader);
      json_.end_object();
    }
    json_.end_array();
    json_.member("params_per_channel", pruning_.per_channel()[index].params);
    json_.member("macs_per_channel",
                 group.frozen ? Count::unknown() : pruning_.per_channel()[index].macs);
    if (!group.frozen) {
      useful_cuts(group);
      half(pruning_.per_channel()[index].half);
    }
    importance(group);
    json_.end_object();
  }

  // Axis lengths matter, not channels: a head counts its width, taken of the group's first weight.
  void useful_cuts(const ChannelGroup& group) {
    json_.key("next_useful_cut");
    json_.begin_object();
    const uint32_t width = group.members.empty() ? 1 : group.members.front().per_channel;
    for (const uint32_t multiple : {8u, 16u, 32u, 64u}) {
      const uint32_t cut = next_useful_cut(group.channels, width, multiple);
      json_.key(std::to_string(multiple));
      json_.value(cut == 0 ? std::optional<uint32_t>() : cut);
    }
    json_.end_object();
  }

  void half(const std::optional<GroupHalf>& half) {
    if (!half) return;
    json_.key("half");
    json_.begin_object();
    json_.member("kept", half->kept);
    json_.member("params", half->figures.params);
    json_.member("macs", half->figures.macs);
    json_.member("peak_activation_bytes", half->figures.peak_activation_bytes);
    json_.key("seconds_saved");
    json_.begin_object();
    const std::vector<PrunedTime>& before = pruning_.unpruned().times;
    for (size_t at = 0; at < before.size(); ++at) {
      const std::optional<double>& left = half->figures.times[at].seconds_padded;
      const std::optional<double>& all = before[at].seconds_padded;
      json_.key(time_key(pruning_.analysis(), before[at].device, before[at].precision));
      write_ratio(left && all ? std::optional(*all - *left) : std::nullopt, json_);
    }
    json_.end_object();
    json_.key("importance_lost");
    write_ratio(half->importance_lost, json_);
    json_.end_object();
  }

  void importance(const ChannelGroup& group) {
    const std::vector<double>& values = pruning_.importance().of_class;
    if (values.empty() || group.frozen || values[group.first] != values[group.first]) return;
    json_.key("importance");
    json_.begin_array();
    for (uint32_t k = 0; k < group.channels; ++k) json_.six_digits(values[group.first + k]);
    json_.end_array();
  }

  void times(std::string_view key, const PrunedFigures& figures,
             std::optional<double> PrunedTime::*field) {
    json_.key(key);
    json_.begin_object();
    for (const PrunedTime& time : figures.times) {
      if (key == "seconds_24" && !(time.*field)) continue;
      json_.key(time_key(pruning_.analysis(), time.device, time.precision));
      write_ratio(time.*field, json_);
    }
    json_.end_object();
  }

  void layer24(size_t index) {
    const SparseLayer& layer = pruning_.sparse_layers()[index];
    json_.begin_object();
    json_.member("tensor", names_.tensor(layer.weight));
    json_.member("node", names_.text(graph().nodes[layer.node].name));
    json_.member("eligible", layer.eligible);
    json_.member("beneficial", layer.beneficial);
    if (!layer.reason.empty()) json_.member("reason", layer.reason);
    json_.key("magnitude_kept");
    const bool fours = layer.masks && layer.matrix.columns % 4 == 0;
    write_ratio(fours ? std::optional(layer.masks->kept_24) : std::nullopt, json_);
    json_.key("magnitude_kept_permuted");
    write_ratio(layer.masks ? layer.masks->kept_permuted : std::nullopt, json_);
    json_.key("seconds_saved");
    json_.begin_object();
    const std::vector<Analysis::RooflineKey> keys = pruning_.analysis().rooflines();
    const SparseGain& gain = pruning_.sparse_gains()[index];
    for (size_t at = 0; at < keys.size(); ++at) {
      if (!layer.beneficial || !gain.seconds_saved[at]) continue;
      json_.key(time_key(pruning_.analysis(), keys[at].device, keys[at].precision));
      write_ratio(gain.seconds_saved[at], json_);
    }
    json_.end_object();
    json_.end_object();
  }

  void masks(const SparseLayer& layer) {
    const MaskFigures& masks = *layer.masks;
    json_.begin_object();
    json_.member("tensor", names_.tensor(layer.weight));
    json_.member("zeros", masks.zeros);
    json_.member("elements", layer.matrix.elements());
    json_.member("blocks2x2", masks.zero_blocks);
    json_.member("blocks", masks.blocks);
    json_.member("already_24", masks.already_24);
    const auto curve = [&](std::string_view key, const std::array<double, 3>& kept, bool known) {
      json_.key(key);
      json_.begin_object();
      for (size_t at = 0; at < kSparsities.size(); ++at) {
        json_.key(at == 0 ? "0.25" : at == 1 ? "0.5" : "0.75");
        write_ratio(known ? std::optional(kept[at]) : std::nullopt, json_);
      }
      json_.end_object();
    };
    curve("element_kept", masks.element_kept, true);
    curve("block_kept", masks.block_kept, masks.blocks > 0);
    json_.end_object();
  }

  const Graph& graph() const { return pruning_.analysis().graph(); }

  const Pruning& pruning_;
  DocumentNames names_;
  std::vector<uint32_t> readers_;
  JsonWriter& json_;
};

}  // namespace

void PruningSection::write(const DocumentNames&, JsonWriter& json) const {
  const Selection& selection = pruning_.options().selection;
  Writer writer(pruning_, json);
  json.begin_object();
  json.member("criterion", pruning::name(pruning_.options().criterion));
  json.member("global", selection.global);
  json.member("round_to", selection.round_to);
  json.member("protect_first", selection.keep_first);
  json.member("protect_last", selection.keep_last);
  json.key("prunable_share");
  const double all = static_cast<double>(pruning_.weight_elements());
  write_ratio(
      all == 0 ? std::optional<double>() : static_cast<double>(pruning_.prunable_elements()) / all,
      json);
  json.member("untied", pruning_.untied());
  if (pruning_.importance().unread > 0) {
    json.member("weights_unread", pruning_.importance().unread);
    json.member("weights_unread_cause", pruning_.importance().cause);
  }
  json.key("unpruned");
  json.begin_object();
  writer.figures(pruning_.unpruned());
  json.end_object();
  writer.groups();
  writer.scenarios();
  writer.combined();
  writer.sparsity();
  json.end_object();
}

void write_pruned_figures(const Pruning& pruning, const PrunedFigures& figures, JsonWriter& json) {
  Writer(pruning, json).figures(figures);
  json.key("importance_kept");
  write_ratio(figures.importance_kept, json);
}

}  // namespace trtreport
