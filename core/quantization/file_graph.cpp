// Look-ups by node and tensor.
#include "quantization/file_graph.hpp"

namespace trtreport::quantization {
namespace {

// Copies and picks; all take their data first.
constexpr std::string_view kMovers[] = {"MaxPool",      "Reshape",     "Transpose", "Flatten",
                                        "Squeeze",      "Unsqueeze",   "Identity",  "Dropout",
                                        "DepthToSpace", "SpaceToDepth"};

}  // namespace

FileGraph::FileGraph(const Graph& graph) : graph_(graph), readers_(graph.tensors.size()) {
  const auto& nodes = graph.model().graph.nodes;
  for (size_t place = 0; place < nodes.size(); ++place) places_.emplace(&nodes[place], place);
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    for (const TensorId tensor : graph.nodes[id].inputs) {
      if (tensor != kNoTensor) readers_[tensor].push_back(id);
    }
  }
}

std::optional<size_t> FileGraph::place(NodeId node) const {
  if (node == kNoNode || graph_.nodes[node].body != kMainBody) return std::nullopt;
  const auto found = places_.find(graph_.nodes[node].proto);
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

std::string_view FileGraph::op(NodeId node) const {
  const onnx::Node* proto = graph_.nodes[node].proto;
  if (proto == nullptr || proto->domain != StringId::Empty) return {};
  return graph_.text(proto->op);
}

TensorId FileGraph::input(NodeId node, size_t index) const {
  const auto& inputs = graph_.nodes[node].inputs;
  return index < inputs.size() ? inputs[index] : kNoTensor;
}

TensorId FileGraph::output(NodeId node) const {
  const auto& outputs = graph_.nodes[node].outputs;
  return outputs.empty() ? kNoTensor : outputs[0];
}

NodeId FileGraph::producer(TensorId tensor) const {
  return tensor == kNoTensor ? kNoNode : graph_.tensors[tensor].producer;
}

// Names of the graph may differ from the file's where those collide.
std::string FileGraph::name(TensorId tensor) const {
  for (const NodeId reader : readers_[tensor]) {
    const auto at = place(reader);
    if (!at) continue;
    const onnx::Node& proto = graph_.model().graph.nodes[*at];
    const auto& inputs = graph_.nodes[reader].inputs;
    for (size_t i = 0; i < inputs.size() && i < proto.inputs.size(); ++i) {
      if (inputs[i] == tensor) return std::string(graph_.text(proto.inputs[i]));
    }
  }
  return std::string(graph_.text(graph_.tensors[tensor].name));
}

std::string FileGraph::node_name(NodeId node) const {
  return std::string(graph_.text(graph_.nodes[node].name));
}

DType FileGraph::dtype(TensorId tensor) const {
  const Tensor& found = graph_.tensors[tensor];
  if (found.type.dtype != DType::Undefined || found.data == nullptr) return found.type.dtype;
  return found.data->dtype;
}

bool FileGraph::only_moves(NodeId node) const {
  const std::string_view own = op(node);
  for (const std::string_view mover : kMovers) {
    if (mover == own) return true;
  }
  return false;
}

}  // namespace trtreport::quantization
