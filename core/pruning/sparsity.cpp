// Which layers sparse tensor cores could run, and what masks do to their weights.
#include "pruning/sparsity.hpp"

#include "ops/table.hpp"

namespace trtreport::pruning {
namespace {

std::optional<SparseLayer> layer_of(const ChannelGroups& groups, NodeId id) {
  const Graph& graph = groups.coupling().graph();
  const Node& node = graph.nodes[id];
  const std::string_view op = graph.text(node.proto->op);
  const bool conv = op == "Conv", gemm = op == "Gemm", matmul = op == "MatMul";
  if ((!conv && !gemm && !matmul) || node.inputs.size() < 2) return std::nullopt;
  const TensorId weight = node.inputs[1];
  if (weight == kNoTensor || graph.tensors[weight].data == nullptr) return std::nullopt;
  const onnx::TensorData& data = *graph.tensors[weight].data;
  if (!is_float(data.dtype) || data.dims.size() < 2 || (!conv && data.dims.size() != 2))
    return std::nullopt;
  SparseLayer layer;
  layer.node = id;
  layer.weight = weight;
  bool rows_first = conv;
  for (const onnx::Attribute& attribute : node.proto->attributes) {
    if (gemm && graph.text(attribute.name) == "transB") rows_first = attribute.i != 0;
  }
  const auto first = static_cast<uint64_t>(data.dims[0]);
  const auto second = static_cast<uint64_t>(data.dims[1]);
  uint64_t kernel = 1;
  for (size_t axis = 2; axis < data.dims.size(); ++axis)
    kernel *= static_cast<uint64_t>(data.dims[axis]);
  if (first == 0 || second == 0 || kernel == 0) return std::nullopt;
  WeightMatrix& matrix = layer.matrix;
  layer.outputs = rows_first ? first : second;
  matrix = {layer.outputs, rows_first ? second : first, kernel, rows_first};
  const AxisId reduced = groups.coupling().axis(weight, rows_first ? 1 : 0);
  layer.permutable = reduced != kNoAxis;
  for (uint32_t index = 0; layer.permutable && index < matrix.columns; ++index) {
    const ClassId own = groups.class_at(reduced, index);
    layer.permutable = own != kNoClass && !groups.groups()[groups.group_of(own)].frozen;
  }
  constexpr uint64_t kPays = 256;
  if (matrix.columns % 16 != 0) {
    layer.reason = "the reduction is no multiple of 16";
  } else if (layer.outputs % 8 != 0) {
    layer.reason = "the output channels are no multiple of 8";
  } else {
    layer.eligible = true;
    layer.beneficial = matrix.columns * kernel >= kPays && layer.outputs >= kPays;
    if (!layer.beneficial) layer.reason = "too small to gain";
  }
  return layer;
}

}  // namespace

std::vector<SparseLayer> list_sparse_layers(const ChannelGroups& groups) {
  std::vector<SparseLayer> layers;
  for (const NodeId id : groups.coupling().graph().bodies[kMainBody].nodes) {
    if (auto layer = layer_of(groups, id)) layers.push_back(std::move(*layer));
  }
  return layers;
}

void measure_sparse_layers(const ChannelGroups& groups, ByteSource& source,
                           std::span<SparseLayer> layers) {
  const Graph& graph = groups.coupling().graph();
  for (SparseLayer& layer : layers) {
    const auto values = open_values(graph.model(), source, *graph.tensors[layer.weight].data);
    const bool permute = layer.eligible && layer.permutable;
    if (values) layer.masks = measure_masks(layer.matrix, *values, permute);
  }
}

}  // namespace trtreport::pruning
