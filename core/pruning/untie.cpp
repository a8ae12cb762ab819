// One copy a use, in execution order; the first use keeps the stored tensor.
#include "pruning/untie.hpp"

#include <algorithm>
#include <vector>

namespace trtreport::pruning {
namespace {

bool is_vector(const Tensor& tensor) {
  if (tensor.data == nullptr || tensor.body != kMainBody || !is_float(tensor.data->dtype))
    return false;
  const std::span<const int64_t> dims = tensor.data->dims;
  return std::count_if(dims.begin(), dims.end(), [](int64_t dim) { return dim > 1; }) == 1;
}

}  // namespace

void Untie::apply(Graph& graph) {
  // Of each tensor, the stored vector that it is.
  std::vector<TensorId> stored(graph.tensors.size(), kNoTensor);
  for (TensorId id = 0; id < stored.size(); ++id) {
    if (is_vector(graph.tensors[id])) stored[id] = id;
  }
  std::vector<bool> used(stored.size(), false);
  std::vector<TensorId> inputs;
  for (const NodeId id : graph.bodies[kMainBody].nodes) {
    Node& node = graph.nodes[id];
    if (graph.text(node.proto->op) == "Identity" && !node.inputs.empty() &&
        node.inputs[0] != kNoTensor && node.inputs[0] < stored.size()) {
      stored[node.outputs[0]] = stored[node.inputs[0]];
      continue;
    }
    inputs.assign(node.inputs.begin(), node.inputs.end());
    bool changed = false;
    for (TensorId& input : inputs) {
      if (input == kNoTensor || input >= stored.size() || stored[input] == kNoTensor) continue;
      const TensorId source = stored[input];
      const bool first = !used[source];
      used[source] = true;
      if (first && input == source) continue;
      changed = true;
      if (first) {
        input = source;
        continue;
      }
      Tensor copy = graph.tensors[source];
      copy.kind = TensorKind::Weight;
      copy.producer = kNoNode;
      copy.uses = 1;
      input = static_cast<TensorId>(graph.tensors.size());
      graph.tensors.push_back(copy);
      ++copies_;
    }
    if (changed) node.inputs = graph.model().arena.copy(inputs);
  }
}

}  // namespace trtreport::pruning
