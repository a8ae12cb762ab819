// One row an operator that has weights; what lies between a weight and its operator is looked
// through.
#include "quantization/targets.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace trtreport::quantization {
namespace {

// Where the output channels lie among a weight's axes.
enum class Axis : uint8_t {
  First,
  Second,
  Last,
  BeforeLast,
  GemmRight,   // the second axis, or with transB the first
  GemmLeft,    // the first, or with transA the second
  FusedRight,  // the last, or with transB the one before
  Embedding,   // the first, of tables of rank 2
  Einsum,      // the last that the result has and the other operand has not
};

struct OpWeight {
  std::string_view op;
  uint32_t input;
  Axis axis;
};

constexpr OpWeight kWeights[] = {
    {"Conv", 1, Axis::First},
    {"FusedConv", 1, Axis::First},
    {"DeformConv", 1, Axis::First},
    {"ConvTranspose", 1, Axis::Second},
    {"Gemm", 1, Axis::GemmRight},
    {"Gemm", 0, Axis::GemmLeft},
    {"FusedGemm", 1, Axis::GemmRight},
    {"GemmFastGelu", 1, Axis::Last},
    {"MatMul", 1, Axis::Last},
    {"MatMul", 0, Axis::BeforeLast},
    {"FusedMatMul", 1, Axis::FusedRight},
    {"FusedMatMulActivation", 1, Axis::FusedRight},
    {"RNN", 1, Axis::Second},
    {"RNN", 2, Axis::Second},
    {"LSTM", 1, Axis::Second},
    {"LSTM", 2, Axis::Second},
    {"GRU", 1, Axis::Second},
    {"GRU", 2, Axis::Second},
    {"Attention", 1, Axis::Last},
    {"Gather", 0, Axis::Embedding},
    {"EmbedLayerNormalization", 2, Axis::First},
    {"EmbedLayerNormalization", 3, Axis::First},
    {"EmbedLayerNormalization", 4, Axis::First},
    {"NhwcConv", 1, Axis::First},
    {"Einsum", 0, Axis::Einsum},
    {"Einsum", 1, Axis::Einsum},
};

struct QuantizedInput {
  std::string_view op;
  uint32_t input, scale, zero_point;
  std::string_view how;
};
constexpr uint32_t kNone = UINT32_MAX;
constexpr QuantizedInput kQuantized[] = {
    {"QLinearConv", 3, 4, 5, "qlinear"},
    {"QLinearMatMul", 3, 4, 5, "qlinear"},
    {"QGemm", 3, 4, 5, "qlinear"},
    {"ConvInteger", 1, kNone, 3, "dynamic"},
    {"MatMulInteger", 1, kNone, 3, "dynamic"},
    {"DynamicQuantizeMatMul", 1, 2, 3, "dynamic"},
    {"MatMulIntegerToFloat", 1, 3, 5, "dynamic"},
    {"DynamicQuantizeLSTM", 1, 8, 9, "dynamic"},
    {"DynamicQuantizeLSTM", 2, 10, 11, "dynamic"},
    {"QAttention", 1, 4, 7, "qlinear"},
    {"MatMulNBits", 1, 2, 3, "blocks"},
    {"MatMulBnb4", 1, 2, kNone, "blocks"},
    {"GatherBlockQuantized", 0, 2, 3, "blocks"},
};

bool is_own_domain(std::string_view domain) { return domain.empty() || domain == "com.microsoft"; }

std::string_view op_of(const Graph& graph, const Node& node) {
  if (node.proto == nullptr || !is_own_domain(graph.text(node.proto->domain))) return {};
  return graph.text(node.proto->op);
}

TensorId input_of(const Node& node, uint32_t index) {
  return index < node.inputs.size() ? node.inputs[index] : kNoTensor;
}

const onnx::Attribute* attribute(const Graph& graph, const Node& node, std::string_view name) {
  if (node.proto == nullptr) return nullptr;
  for (const onnx::Attribute& item : node.proto->attributes) {
    if (graph.text(item.name) == name) return &item;
  }
  return nullptr;
}

// A stored tensor behind an operator's input, and what became of one of its axes on the way.
struct Origin {
  TensorId tensor = kNoTensor;
  size_t axis = 0;
};

// Through what leaves the values in their order or turns them, up to a stored tensor or what else
// makes it.
std::optional<Origin> look_behind(const Graph& graph, TensorId tensor, size_t axis) {
  constexpr int kMostSteps = 8;
  for (int step = 0; step < kMostSteps; ++step) {
    if (tensor == kNoTensor) return std::nullopt;
    const NodeId producer = graph.tensors[tensor].producer;
    if (stored_data(graph, tensor) != nullptr || producer == kNoNode) return Origin{tensor, axis};
    const Node& node = graph.nodes[producer];
    const std::string_view op = op_of(graph, node);
    if (op == "Transpose") {
      const onnx::Attribute* order = attribute(graph, node, "perm");
      const int rank = graph.tensors[tensor].type.shape.rank();
      if (order != nullptr && axis < order->ints.size()) {
        axis = static_cast<size_t>(std::max<int64_t>(order->ints[axis], 0));
      } else if (order == nullptr && rank > static_cast<int>(axis)) {
        axis = static_cast<size_t>(rank) - 1 - axis;
      } else {
        return std::nullopt;
      }
    } else if (op != "Identity" && op != "Cast" && op != "QuantizeLinear" &&
               op != "DequantizeLinear") {
      return Origin{tensor, axis};
    }
    tensor = input_of(node, 0);
  }
  return std::nullopt;
}

bool is_recurrent(std::string_view op) { return op == "LSTM" || op == "GRU" || op == "RNN"; }

// Of "ij,jk->ik" and the second operand: k, its second axis. None for other forms than two
// operands, letters and a result.
std::optional<size_t> einsum_axis(std::string_view equation, uint32_t input) {
  std::string terms;
  for (const char c : equation) terms += c == ' ' ? "" : std::string(1, c);
  const size_t comma = terms.find(','), arrow = terms.find("->");
  if (comma == std::string::npos || arrow == std::string::npos || comma > arrow)
    return std::nullopt;
  const std::string first = terms.substr(0, comma);
  const std::string second = terms.substr(comma + 1, arrow - comma - 1);
  const std::string result = terms.substr(arrow + 2);
  const std::string &own = input == 0 ? first : second, &other = input == 0 ? second : first;
  if (second.find(',') != std::string::npos || own.find('.') != std::string::npos)
    return std::nullopt;
  for (size_t axis = own.size(); axis-- > 0;) {
    if (result.find(own[axis]) != std::string::npos && other.find(own[axis]) == std::string::npos)
      return axis;
  }
  return std::nullopt;
}

std::optional<size_t> axis_of(const Graph& graph, const Node& node, const OpWeight& row,
                              size_t rank) {
  if (rank < 2) return std::nullopt;
  const auto is_set = [&](std::string_view name) {
    return attribute_int(graph, node, name, 0) != 0;
  };
  switch (row.axis) {
    case Axis::First:
      return 0;
    case Axis::Second:
      return 1;
    case Axis::Last:
      return rank - 1;
    case Axis::BeforeLast:
      return rank - 2;
    case Axis::GemmRight:
      return is_set("transB") ? 0 : 1;
    case Axis::GemmLeft:
      return is_set("transA") ? 1 : 0;
    case Axis::FusedRight:
      return is_set("transB") ? rank - 2 : rank - 1;
    case Axis::Embedding:
      if (rank != 2 || attribute_int(graph, node, "axis", 0) != 0) return std::nullopt;
      return 0;
    case Axis::Einsum: {
      const onnx::Attribute* equation = attribute(graph, node, "equation");
      if (equation == nullptr) return std::nullopt;
      const auto axis = einsum_axis(graph.text(equation->s), row.input);
      return axis && *axis < rank ? axis : std::nullopt;
    }
  }
  return std::nullopt;
}

bool is_weight_type(DType dtype) {
  return dtype == DType::Float32 || dtype == DType::Float16 || dtype == DType::BFloat16 ||
         dtype == DType::Float64;
}

class Finder {
 public:
  Finder(const Graph& graph, ByteSource& source)
      : graph_(graph), source_(source), readers_(graph.tensors.size(), kNoNode) {
    for (NodeId id = 0; id < graph.nodes.size(); ++id) {
      for (const TensorId tensor : graph.nodes[id].inputs) {
        if (tensor != kNoTensor) readers_[tensor] = id;
      }
    }
  }

  Targets find() {
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      const Node& node = graph_.nodes[id];
      const std::string_view op = op_of(graph_, node);
      for (const OpWeight& row : kWeights) {
        if (row.op == op) add_weight(id, node, row);
      }
      for (const QuantizedInput& row : kQuantized) {
        if (row.op == op) add_quantized(id, node, row);
      }
      if (op == "DequantizeLinear") add_quantized(id, node, {op, 0, 1, 2, "dequantize"});
    }
    return std::move(targets_);
  }

 private:
  void add_weight(NodeId id, const Node& node, const OpWeight& row) {
    const TensorId read = input_of(node, row.input);
    if (read == kNoTensor) return;
    size_t rank = 0;
    if (const onnx::TensorData* data = stored_data(graph_, read)) {
      rank = data->dims.size();
    } else if (graph_.tensors[read].type.shape.known()) {
      rank = static_cast<size_t>(graph_.tensors[read].type.shape.rank());
    }
    if (is_recurrent(row.op)) rank = 3;
    const std::optional<size_t> axis = axis_of(graph_, node, row, rank);
    if (!axis) return;
    add_origins(id, row, read, *axis, is_recurrent(row.op) ? kMostJoints : 0);
  }

  // The stored tensors behind an operator's input. With `joints` to spare also behind what
  // exporters put a recurrent layer's gates in ONNX's order with: slices of one tensor, put
  // together anew, with an axis for the direction.
  void add_origins(NodeId id, const OpWeight& row, TensorId tensor, size_t axis, int joints) {
    const std::optional<Origin> origin = look_behind(graph_, tensor, axis);
    if (!origin) return;
    if (stored_data(graph_, origin->tensor) != nullptr) return add_origin(id, row, *origin);
    const NodeId producer = graph_.tensors[origin->tensor].producer;
    if (joints == 0 || producer == kNoNode) return;
    const Node& node = graph_.nodes[producer];
    const std::string_view op = op_of(graph_, node);
    if (op == "Concat" && node.inputs.size() <= kMostParts) {
      for (const TensorId part : node.inputs) add_origins(id, row, part, origin->axis, joints - 1);
    } else if (op == "Slice") {
      add_origins(id, row, input_of(node, 0), origin->axis, joints - 1);
    } else if (op == "Unsqueeze" && is_first_axis(node) && origin->axis > 0) {
      add_origins(id, row, input_of(node, 0), origin->axis - 1, joints - 1);
    }
  }

  void add_origin(NodeId id, const OpWeight& row, const Origin& origin) {
    const onnx::TensorData& data = *stored_data(graph_, origin.tensor);
    if (!is_weight_type(data.dtype) || origin.axis >= data.dims.size()) return;
    // Read along another axis its channels are others, and so is all that is found of it.
    const auto [known, is_new] =
        index_.try_emplace({origin.tensor, origin.axis}, targets_.weights.size());
    for (size_t i = targets_.uses.size(); i > 0 && targets_.uses[i - 1].node == id; --i) {
      const WeightUse& use = targets_.uses[i - 1];
      if (use.input == row.input && use.weight == known->second) return;  // another slice of it
    }
    targets_.uses.push_back({id, row.input, known->second});
    if (!is_new) {
      ++targets_.weights[known->second].more_nodes;
      targets_.weights[known->second].factors.clear();  // one reader's normalization is not all's
      return;
    }
    WeightTarget target{origin.tensor, id, 0, origin.axis, {}};
    if (row.op == "Conv" || row.op == "ConvTranspose") {
      target.factors =
          folded_factors(graph_.nodes[id], static_cast<size_t>(data.dims[origin.axis]));
    }
    targets_.weights.push_back(std::move(target));
  }

  // Whether an Unsqueeze inserts axis 0 alone.
  bool is_first_axis(const Node& node) const {
    if (const onnx::Attribute* axes = attribute(graph_, node, "axes"))
      return axes->ints.size() == 1 && axes->ints[0] == 0;
    const TensorId axes = input_of(node, 1);
    const onnx::TensorData* data = axes == kNoTensor ? nullptr : stored_data(graph_, axes);
    if (data == nullptr) return false;
    const auto read = onnx::read_elements(graph_.model(), source_, *data, 1);
    return read && read->ints.size() == 1 && read->ints[0] == 0;
  }

  void add_quantized(NodeId id, const Node& node, const QuantizedInput& row) {
    const TensorId tensor = input_of(node, row.input);
    if (tensor == kNoTensor || stored_data(graph_, tensor) == nullptr) return;
    if (is_weight_type(stored_data(graph_, tensor)->dtype)) return;
    const TensorId zero = row.zero_point == kNone ? kNoTensor : input_of(node, row.zero_point);
    const TensorId scale = row.scale == kNone ? kNoTensor : input_of(node, row.scale);
    targets_.quantized.push_back({tensor, id, scale, zero, row.how});
  }

  std::vector<double> numbers(TensorId tensor, size_t count) const {
    constexpr uint64_t kMostChannels = 1u << 20;
    if (tensor == kNoTensor) return {};
    const onnx::TensorData* data = stored_data(graph_, tensor);
    if (data == nullptr) return {};
    auto read = onnx::read_elements(graph_.model(), source_, *data, kMostChannels);
    if (!read || read->floats.size() != count) return {};
    return std::move(read->floats);
  }

  // The normalization right behind a convolution that nobody else reads.
  std::vector<double> folded_factors(const Node& node, size_t channels) const {
    if (node.outputs.empty() || node.outputs[0] == kNoTensor) return {};
    const Tensor& output = graph_.tensors[node.outputs[0]];
    if (output.uses != 1 || output.is_output) return {};
    const NodeId reader = readers_[node.outputs[0]];
    if (reader == kNoNode) return {};
    const Node& next = graph_.nodes[reader];
    if (op_of(graph_, next) != "BatchNormalization" || next.body != node.body ||
        attribute_int(graph_, next, "training_mode", 0) != 0) {
      return {};
    }
    const std::vector<double> gamma = numbers(input_of(next, 1), channels);
    const std::vector<double> variance = numbers(input_of(next, 4), channels);
    if (gamma.empty() || variance.empty()) return {};
    const onnx::Attribute* epsilon = attribute(graph_, next, "epsilon");
    return fold_factors(gamma, variance,
                        static_cast<double>(epsilon == nullptr ? 1e-5f : epsilon->f));
  }

  static std::vector<double> fold_factors(const std::vector<double>& gamma,
                                          const std::vector<double>& variance, double epsilon) {
    std::vector<double> factors(gamma.size());
    for (size_t c = 0; c < gamma.size(); ++c)
      factors[c] = gamma[c] / std::sqrt(variance[c] + epsilon);
    return factors;
  }

  // Joints between a recurrent layer and its weight: two directions, and four gates of each.
  static constexpr int kMostJoints = 4;
  static constexpr size_t kMostParts = 4;

  const Graph& graph_;
  ByteSource& source_;
  std::vector<NodeId> readers_;  // by tensor: a node that reads it, the only one where uses is 1
  std::map<std::pair<TensorId, size_t>, size_t> index_;  // by tensor and axis of channels
  Targets targets_;
};

}  // namespace

uint64_t reduced_apart(const Graph& graph, const WeightTarget& target) {
  const Node& node = graph.nodes[target.node];
  const std::string_view op = graph.text(node.proto->op);
  const auto dims = stored_data(graph, target.tensor)->dims;
  if (op == "Gemm" || op == "MatMul")
    return dims.size() == 2 && dims[1 - target.channel_axis] % 4 == 0 ? 1 : 0;
  const bool is_read_as_stored = node.inputs.size() > 1 && node.inputs[1] == target.tensor;
  if (op != "Conv" || !is_read_as_stored || dims.size() < 3 || dims[1] % 4 != 0) return 0;
  uint64_t positions = 1;
  for (size_t axis = 2; axis < dims.size(); ++axis) positions *= static_cast<uint64_t>(dims[axis]);
  return positions;
}

const onnx::TensorData* stored_data(const Graph& graph, TensorId tensor) {
  return graph.tensors[tensor].data;
}

int64_t attribute_int(const Graph& graph, const Node& node, std::string_view name,
                      int64_t otherwise) {
  const onnx::Attribute* found = attribute(graph, node, name);
  return found != nullptr && found->type == onnx::AttributeType::Int ? found->i : otherwise;
}

Targets find_targets(const Graph& graph, ByteSource& source) {
  return Finder(graph, source).find();
}

}  // namespace trtreport::quantization
