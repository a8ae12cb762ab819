// The plan of a cut, as a training script follows it.
#include "report/document_parts.hpp"
#include "report/document_pruning.hpp"

#include <algorithm>
#include <map>

namespace trtreport {
namespace {

using namespace pruning;

// Indices that go, by tensor and axis, in the order of the graph.
using Gone = std::map<std::pair<TensorId, int>, std::vector<uint32_t>>;

Gone gone_of(const Pruning& pruning, const PruneScenario& scenario) {
  Gone gone;
  for (ClassId id = 0; id < scenario.cut.size(); ++id) {
    if (!scenario.cut[id]) continue;
    for (const Slice& slice : pruning.groups().slices(id))
      gone[{slice.tensor, slice.axis}].push_back(slice.index);
  }
  for (auto& entry : gone) std::sort(entry.second.begin(), entry.second.end());
  return gone;
}

// Tensors of one name: a vector that layers share has one entry for each of them.
std::vector<bool> shared_of(const Graph& graph, const Gone& gone) {
  std::map<StringId, TensorId> first_of_name;
  std::vector<bool> shared(graph.tensors.size(), false);
  for (const auto& entry : gone) {
    const TensorId tensor = entry.first.first;
    const auto [known, added] = first_of_name.emplace(graph.tensors[tensor].name, tensor);
    if (!added && known->second != tensor) shared[tensor] = shared[known->second] = true;
  }
  return shared;
}

// Of each tensor the first node that reads it.
std::vector<NodeId> users_of(const Graph& graph) {
  std::vector<NodeId> user(graph.tensors.size(), kNoNode);
  for (const NodeId id : graph.bodies[kMainBody].nodes) {
    for (const TensorId input : graph.nodes[id].inputs) {
      if (input != kNoTensor && user[input] == kNoNode) user[input] = id;
    }
  }
  return user;
}

void write_tensors(const Pruning& pruning, const PruneScenario& scenario,
                   const DocumentNames& names, JsonWriter& json) {
  const Graph& graph = pruning.analysis().graph();
  const Gone gone = gone_of(pruning, scenario);
  const std::vector<bool> shared = shared_of(graph, gone);
  const std::vector<NodeId> user = users_of(graph);
  json.key("tensors");
  json.begin_array();
  for (const auto& [place, indices] : gone) {
    json.begin_object();
    json.member("tensor", names.tensor(place.first));
    if (shared[place.first] && user[place.first] != kNoNode)
      json.member("node", names.text(graph.nodes[user[place.first]].name));
    json.member("axis", int64_t{place.second});
    // The graph may stand cut; the rules saw it whole.
    const Coupling& coupling = pruning.groups().coupling();
    json.member("of", coupling.length(coupling.axis(place.first, place.second)));
    json.key("remove");
    json.begin_array();
    for (const uint32_t index : indices) json.value(index);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_sizes(const Pruning& pruning, const PruneScenario& scenario, const DocumentNames& names,
                 JsonWriter& json) {
  const Graph& graph = pruning.analysis().graph();
  json.key("sizes");
  json.begin_array();
  for (const SizeChange& change : pruning.size_changes(scenario.cut)) {
    json.begin_object();
    json.member("node", names.text(graph.nodes[change.node].name));
    if (change.input >= 0) {
      json.member("input", int64_t{change.input});
    } else {
      json.member("attribute", change.attribute);
    }
    if (change.element >= 0) json.member("element", int64_t{change.element});
    json.member("before", change.before.text());
    json.member("after", change.after.text());
    json.end_object();
  }
  json.end_array();
}

}  // namespace

bool write_prune_plan(const Pruning& pruning, const PruneScenario& scenario, Sink& sink) {
  const Graph& graph = pruning.analysis().graph();
  const DocumentNames names(graph);
  JsonWriter json(sink);
  json.begin_object();
  json.member("schema", "trtreport-prune/1");
  json.member("model", graph.model().file);
  json.member("scenario", scenario.name);
  json.member("criterion", pruning::name(pruning.options().criterion));
  json.member("params", scenario.figures.params);
  json.member("macs", scenario.figures.macs);
  write_tensors(pruning, scenario, names, json);
  write_sizes(pruning, scenario, names, json);
  json.end_object();
  return json.finish();
}

}  // namespace trtreport
