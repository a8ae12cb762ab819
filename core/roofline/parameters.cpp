// What counts as a parameter is told by how a weight is used: running statistics, shape operands,
// indices and the scales and zero points of quantization are no parameters, though their storage
// counts.
#include "roofline/parameters.hpp"

#include "base/sorting.hpp"
#include "ops/table.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace trtreport {

namespace {

// Inputs of an operator that are no parameters: bit i for input i, bit 31 for all from 31 on.
struct Operands {
  std::string_view op;
  uint32_t mask;
};

constexpr uint32_t bit(int index) { return uint32_t{1} << index; }
template <class... Indices>
constexpr uint32_t mask_of(Indices... indices) {
  return (bit(indices) | ...);
}
constexpr uint32_t kAll = UINT32_MAX;

// Sorted by name. The rest are parameters, unless they are integers that only address or shape (see
// is_parameter).
constexpr std::array kOtherOperands = {
    Operands{"BatchNormalization", mask_of(3, 4)},
    Operands{"CenterCropPad", mask_of(1)},
    Operands{"Col2Im", mask_of(1, 2)},
    Operands{"ConstantOfShape", kAll},
    Operands{"ConvInteger", mask_of(2, 3)},
    Operands{"CumProd", mask_of(1)},
    Operands{"CumSum", mask_of(1)},
    Operands{"DFT", mask_of(1, 2)},
    Operands{"DequantizeLinear", mask_of(1, 2)},
    Operands{"Dropout", mask_of(1, 2)},
    Operands{"DynamicQuantizeMatMul", mask_of(2, 3)},
    Operands{"Expand", mask_of(1)},
    Operands{"GatherBlockQuantized", mask_of(1, 2, 3)},
    Operands{"If", kAll},
    Operands{"Loop", mask_of(0, 1)},
    Operands{"MatMulBnb4", mask_of(2)},
    Operands{"MatMulInteger", mask_of(2, 3)},
    Operands{"MatMulIntegerToFloat", mask_of(2, 3, 4, 5)},
    Operands{"MatMulNBits", mask_of(2, 3, 4)},
    Operands{"NonMaxSuppression", mask_of(2, 3, 4)},
    Operands{"OneHot", mask_of(1)},
    Operands{"Pad", mask_of(1, 3)},
    Operands{"QAttention", mask_of(3, 4, 6, 7)},
    Operands{"QGemm", mask_of(1, 2, 4, 5, 7, 8)},
    Operands{"QLinearAdd", mask_of(1, 2, 4, 5, 6, 7)},
    Operands{"QLinearAveragePool", mask_of(1, 2, 3, 4)},
    Operands{"QLinearConv", mask_of(1, 2, 4, 5, 6, 7)},
    Operands{"QLinearGlobalAveragePool", mask_of(1, 2, 3, 4)},
    Operands{"QLinearLeakyRelu", mask_of(1, 2, 3, 4)},
    Operands{"QLinearMatMul", mask_of(1, 2, 4, 5, 6, 7)},
    Operands{"QLinearMul", mask_of(1, 2, 4, 5, 6, 7)},
    Operands{"QLinearReduceMean", mask_of(1, 2, 3, 4)},
    Operands{"QLinearSigmoid", mask_of(1, 2, 3, 4)},
    Operands{"QLinearSoftmax", mask_of(1, 2, 3, 4)},
    Operands{"QuantizeLinear", mask_of(1, 2)},
    Operands{"Range", kAll},
    Operands{"Reshape", mask_of(1)},
    Operands{"Resize", mask_of(1, 2, 3)},
    Operands{"STFT", mask_of(1, 3)},
    Operands{"Slice", mask_of(1, 2, 3, 4)},
    Operands{"Split", mask_of(1)},
    Operands{"SplitToSequence", mask_of(1)},
    Operands{"Squeeze", mask_of(1)},
    Operands{"Tile", mask_of(1, 2)},
    Operands{"TopK", mask_of(1)},
    Operands{"Trilu", mask_of(1)},
    Operands{"Unsqueeze", mask_of(1)},
    Operands{"Upsample", mask_of(1)},
};

uint32_t other_operands(std::string_view op) {
  const auto found =
      std::lower_bound(kOtherOperands.begin(), kOtherOperands.end(), op,
                       [](const Operands& row, std::string_view name) { return row.op < name; });
  return found != kOtherOperands.end() && found->op == op ? found->mask : 0;
}

bool is_wide_integer(DType dtype) {
  return dtype == DType::Bool || (is_integer(dtype) && bits(dtype) >= 16);
}

// Integers of 16 bits and more address, mask or shape; as operands of contractions and of
// DequantizeLinear they are biases.
bool is_parameter(const Graph& graph, const Node& node, size_t index, uint32_t others) {
  if ((others >> std::min<size_t>(index, 31) & 1) != 0) return false;
  const OpClass op_class = ops::table()[node.op].op_class;
  const bool data = op_class == OpClass::Contraction || op_class == OpClass::Quantize;
  const DType dtype = graph.tensors[node.inputs[index]].type.dtype;
  return dtype != DType::String && (data || !is_wide_integer(dtype));
}

uint64_t stored_elements(const Tensor& tensor, const ops::TensorSize& size) {
  if (tensor.sparse != nullptr) {
    uint64_t elements = 1;
    for (int64_t dim : tensor.sparse->values.dims)
      elements *= static_cast<uint64_t>(std::max<int64_t>(dim, 0));
    return elements;
  }
  return size.elements.known() ? size.elements.value() : 0;
}

// Weights packed several to a byte stand for more elements than they store.
uint64_t parameter_elements(const Counting& counting, const Node& node, size_t index) {
  const TensorId id = node.inputs[index];
  const uint64_t stored = stored_elements(counting.graph.tensors[id], counting.sizes[id]);
  if (node.proto == nullptr || counting.graph.tensors[id].type.dtype != DType::UInt8) return stored;
  const ops::CostContext context(counting.graph, node, counting.assumed, counting.sizes);
  const std::string_view op = context.op();
  if ((op == "MatMulNBits" || op == "MatMulBnb4") && index == 1) {
    const int64_t rows = context.attribute_int("N", 0), columns = context.attribute_int("K", 0);
    uint64_t elements = 0;
    const bool sound = rows > 0 && columns > 0 &&
                       !__builtin_mul_overflow(static_cast<uint64_t>(rows),
                                               static_cast<uint64_t>(columns), &elements);
    return sound ? elements : stored;
  }
  if (op == "GatherBlockQuantized" && index == 0) {
    const int64_t bits = context.attribute_int("bits", 4);
    return bits > 0 && bits <= 8 ? stored * (8 / static_cast<uint64_t>(bits)) : stored;
  }
  return stored;
}

// Counts each weight at the first of the nodes' uses as a parameter; what it adds.
class Counter {
 public:
  explicit Counter(const Counting& counting)
      : counting_(counting), counted_(counting.graph.tensors.size()) {}

  uint64_t add(NodeId id) {
    const Node& node = counting_.graph.nodes[id];
    uint64_t sum = 0;
    uint32_t others = kAll;
    bool asked = false;
    for (size_t index = 0; index < node.inputs.size(); ++index) {
      const TensorId tensor = node.inputs[index];
      if (tensor == kNoTensor || counted_[tensor] || !counting_.traits[tensor].stored) continue;
      if (!asked)
        others = node.proto == nullptr ? 0 : other_operands(counting_.graph.text(node.proto->op));
      asked = true;
      if (!is_parameter(counting_.graph, node, index, others)) continue;
      counted_[tensor] = true;
      sum += parameter_elements(counting_, node, index);
    }
    return sum;
  }

 private:
  const Counting& counting_;
  std::vector<bool> counted_;
};

void add_storage(const Counting& counting, TensorId id, Totals& totals) {
  const Tensor& tensor = counting.graph.tensors[id];
  const uint64_t elements = stored_elements(tensor, counting.sizes[id]);
  const uint64_t bytes = storage_bytes(tensor.type.dtype, elements);
  if (tensor.sparse != nullptr) {
    uint64_t indices = 1;
    for (int64_t dim : tensor.sparse->indices.dims)
      indices *= static_cast<uint64_t>(std::max<int64_t>(dim, 0));
    totals.weight_fixed_bytes += storage_bytes(DType::Int64, indices);
    totals.weight_bytes += storage_bytes(DType::Int64, indices);
  }
  totals.weight_bytes += bytes;
  if (is_plain_float(tensor.type.dtype)) {
    totals.weight_float_elements += elements;
  } else {
    totals.weight_fixed_bytes += bytes;
  }
  for (auto& [dtype, sum] : totals.weight_dtypes) {
    if (dtype != tensor.type.dtype) continue;
    sum += bytes;
    return;
  }
  totals.weight_dtypes.emplace_back(tensor.type.dtype, bytes);
}

}  // namespace

void count_parameters(const Counting& counting, std::span<NodeFigures> nodes, Totals& totals) {
  Counter counter(counting);
  for (NodeFigures& figures : nodes) {
    figures.params = counter.add(figures.node);
    totals.params += figures.params;
  }
  // Branches that are never taken, and what follows from them.
  const size_t all = counting.graph.nodes.size();
  for (NodeId id = 0; nodes.size() < all && id < all; ++id) totals.params += counter.add(id);
  for (TensorId id = 0; id < counting.graph.tensors.size(); ++id) {
    if (counting.traits[id].stored) add_storage(counting, id, totals);
  }
  sort_items(totals.weight_dtypes);
}

}  // namespace trtreport
