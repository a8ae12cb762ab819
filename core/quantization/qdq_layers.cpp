// Which nodes can be quantized as the request says, and the file's view of the graph.
#include "base/sorting.hpp"
#include "quantization/qdq_parts.hpp"

namespace trtreport::quantization {
namespace {

// Operators that TensorRT runs quantized, with the axis of output channels in the weight as read.
enum class Axis : uint8_t { First, Second, Last, Gemm };
struct Row {
  std::string_view op;
  Axis axis;
};
constexpr Row kRows[] = {{"Conv", Axis::First},
                         {"ConvTranspose", Axis::Second},
                         {"Gemm", Axis::Gemm},
                         {"MatMul", Axis::Last}};

// Copies and picks; all take their data first.
constexpr std::string_view kMovers[] = {"MaxPool",      "Reshape",     "Transpose", "Flatten",
                                        "Squeeze",      "Unsqueeze",   "Identity",  "Dropout",
                                        "DepthToSpace", "SpaceToDepth"};

const Row* row_of(std::string_view op) {
  for (const Row& row : kRows) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

// What lies between an operator and its stored weight.
struct Origin {
  TensorId stored = kNoTensor;
  size_t axis = 0;            // of it; which the operator calls `axis`
  bool is_quantized = false;  // by Q/DQ nodes that are there already
};

bool follow_transpose(const FileGraph& file, NodeId node, size_t rank, size_t& axis) {
  for (const onnx::Attribute& item : file.graph().nodes[node].proto->attributes) {
    if (file.graph().text(item.name) != "perm") continue;
    if (axis >= item.ints.size() || item.ints[axis] < 0) return false;
    axis = static_cast<size_t>(item.ints[axis]);
    return true;
  }
  if (axis >= rank) return false;
  axis = rank - 1 - axis;
  return true;
}

Origin origin_of(const FileGraph& file, TensorId tensor, size_t rank, size_t axis) {
  constexpr int kMostSteps = 8;
  Origin origin;
  for (int step = 0; step < kMostSteps && tensor != kNoTensor; ++step) {
    if (file.is_stored(tensor)) {
      const auto& dims = file.graph().tensors[tensor].data->dims;
      if (dims.size() == rank && axis < rank) origin.stored = tensor;
      origin.axis = axis;
      return origin;
    }
    const NodeId from = file.producer(tensor);
    if (from == kNoNode) return origin;
    const std::string_view op = file.op(from);
    if (op == "QuantizeLinear" || op == "DequantizeLinear") {
      origin.is_quantized = true;
    } else if (op == "Transpose") {
      if (!follow_transpose(file, from, rank, axis)) return origin;
    } else if (op != "Identity" && op != "Cast") {
      return origin;
    }
    tensor = file.input(from, 0);
  }
  return origin;
}

size_t rank_of(const FileGraph& file, TensorId tensor) {
  const Tensor& found = file.graph().tensors[tensor];
  if (found.data != nullptr) return found.data->dims.size();
  return found.type.shape.known() ? static_cast<size_t>(found.type.shape.rank()) : 0;
}

size_t channel_axis_of(const FileGraph& file, NodeId node, Axis axis, size_t rank) {
  switch (axis) {
    case Axis::First:
      return 0;
    case Axis::Second:
      return 1;
    case Axis::Gemm:
      return attribute_int(file.graph(), file.graph().nodes[node], "transB", 0) != 0 ? 0 : 1;
    case Axis::Last:
      return rank - 1;
  }
  return 0;
}

bool is_dequantized(const FileGraph& file, TensorId tensor) {
  const NodeId from = file.producer(tensor);
  return from != kNoNode && file.op(from) == "DequantizeLinear";
}

const char* objection(const FileGraph& file, const QdqLayer& layer, const Row& row, size_t rank) {
  const bool is_product = row.axis == Axis::Gemm || row.axis == Axis::Last;
  if (!is_scale_type(file.dtype(layer.weight)))
    return "its weight is not of a floating type that quantizes";
  if (is_product && rank != 2) return "its weight has more than two axes";
  if (layer.how.precision != LayerPrecision::Int4) return nullptr;
  if (!is_product) return "TensorRT takes INT4 weights of matrix products alone";
  if (layer.how.scheme.granularity != Granularity::Block || layer.how.scheme.block == 0)
    return "INT4 weights come in blocks";
  const int64_t depth = file.graph().tensors[layer.stored].data->dims[1 - layer.stored_axis];
  if (depth % layer.how.scheme.block != 0) return "its depth is no multiple of the block";
  return nullptr;
}

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

std::vector<QdqLayer> find_layers(const FileGraph& file, const Targets& targets,
                                  const QdqRequest& request, std::vector<QdqLeftOut>& left_out) {
  const Graph& graph = file.graph();
  std::vector<QdqLayer> layers;
  for (const WeightUse& use : targets.uses) {
    const auto wanted = request.layers.find(use.node);
    if (wanted == request.layers.end()) continue;
    const NodeId id = use.node;
    const Row* row = row_of(file.op(id));
    if (row == nullptr || use.input != 1) {
      std::string reason = "TensorRT does not run " +
                           std::string(graph.text(graph.nodes[id].proto->op)) + " quantized";
      if (row != nullptr) reason = "its weight is the left factor";
      left_out.push_back({file.node_name(id), std::move(reason)});
      continue;
    }
    QdqLayer layer;
    layer.node = id;
    layer.input = file.input(id, 0);
    layer.weight = file.input(id, 1);
    if (layer.weight == kNoTensor || layer.input == kNoTensor) continue;
    const size_t rank = rank_of(file, layer.weight);
    layer.channel_axis = rank == 0 ? 0 : channel_axis_of(file, id, row->axis, rank);
    const Origin origin = origin_of(file, layer.weight, rank, layer.channel_axis);
    layer.stored = origin.stored;
    layer.stored_axis = origin.axis;
    layer.target = use.weight;
    layer.how = wanted->second;
    if (layer.stored == kNoTensor) continue;
    const auto place = file.place(id);
    const char* fault = nullptr;
    if (!place) {
      fault = "it stands in a subgraph or a function";
    } else if (origin.is_quantized || is_dequantized(file, layer.input)) {
      fault = "it is quantized already";
    } else {
      fault = objection(file, layer, *row, rank);
    }
    if (fault != nullptr) {
      left_out.push_back({file.node_name(id), fault});
      continue;
    }
    layer.place = *place;
    layers.push_back(layer);
  }
  sort_items(layers, [](const QdqLayer& a, const QdqLayer& b) { return a.place < b.place; });
  return layers;
}

}  // namespace trtreport::quantization
