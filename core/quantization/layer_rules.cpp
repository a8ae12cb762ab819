// The table, and what a node and its weight are to it.
#include "quantization/layer_rules.hpp"

#include <algorithm>
#include <array>

namespace trtreport::quantization {
namespace {

struct Words {
  std::string_view code, reason;
};
constexpr std::array<Words, 19> kWords = {{
    {"", ""},
    {"operator", "TensorRT does not run it quantized"},
    {"subgraph", "it stands in a subgraph or a function"},
    {"left_factor", "its weight is the left factor"},
    {"not_stored", "its weight is not stored in the shape that it reads"},
    {"quantized_before", "it is quantized already"},
    {"weight_type", "its weight is not of a floating type that quantizes"},
    {"not_matrix", "its weight is no matrix"},
    {"int4_operator", "TensorRT takes INT4 weights of matrix products alone"},
    {"int4_block", "INT4 weights come in blocks"},
    {"int4_depth", "its depth is no multiple of the block"},
    {"fp8_operator", "TensorRT has no FP8 kernels for transposed convolutions"},
    {"fp8_groups", "TensorRT has no FP8 kernels for convolutions in groups"},
    {"fp8_kernel", "TensorRT's FP8 convolutions have windows of at most 32 values"},
    {"scheme", "TensorRT does not take weights of this format so"},
    {"no_units", "the device has no units for it"},
    {"weight_empty", "its weight is empty"},
    {"weight_nonfinite", "its weight holds NaN or infinite values"},
    {"weight_zero", "its weight is zero throughout"},
}};

// Where the output channels lie in the weight as read.
enum class Axis : uint8_t { First, Second, Last, Gemm };
struct Row {
  std::string_view op;
  Axis axis;
  bool has_fp8, has_int4;
};
constexpr Row kRows[] = {{"Conv", Axis::First, true, false},
                         {"ConvTranspose", Axis::Second, false, false},
                         {"Gemm", Axis::Gemm, true, true},
                         {"MatMul", Axis::Last, true, true}};
constexpr uint64_t kLargestFp8Window = 32;
constexpr int kFp8ByChannel = 90;  // capability

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

// Values of a kernel between one channel and another.
uint64_t window_of(const FileGraph& file, TensorId weight) {
  const auto& dims = file.graph().tensors[weight].data->dims;
  uint64_t window = 1;
  for (size_t axis = 2; axis < dims.size(); ++axis) {
    if (dims[axis] > int64_t{1} << 20) return UINT64_MAX;
    window = std::min<uint64_t>(window * static_cast<uint64_t>(dims[axis]), uint64_t{1} << 40);
  }
  return window;
}

}  // namespace

std::string_view code(Refusal refusal) { return kWords[static_cast<size_t>(refusal)].code; }
std::string_view reason(Refusal refusal) { return kWords[static_cast<size_t>(refusal)].reason; }

bool is_scale_type(DType dtype) {
  return dtype == DType::Float32 || dtype == DType::Float16 || dtype == DType::BFloat16;
}

bool is_quantizable(std::string_view op) { return row_of(op) != nullptr; }

LayerSite site_of(const FileGraph& file, const WeightUse& use) {
  LayerSite site;
  site.node = use.node;
  site.target = use.weight;
  const auto refused = [&](Refusal refusal) {
    site.refusal = refusal;
    return site;
  };
  const Row* row = row_of(file.op(use.node));
  if (row == nullptr) return refused(Refusal::Operator);
  if (use.input != 1) return refused(Refusal::LeftFactor);
  site.is_product = row->axis == Axis::Gemm || row->axis == Axis::Last;
  site.input = file.input(use.node, 0);
  site.weight = file.input(use.node, 1);
  if (site.weight == kNoTensor || site.input == kNoTensor) return refused(Refusal::NotStored);
  const size_t rank = rank_of(file, site.weight);
  site.channel_axis = rank == 0 ? 0 : channel_axis_of(file, use.node, row->axis, rank);
  const Origin origin = origin_of(file, site.weight, rank, site.channel_axis);
  site.stored = origin.stored;
  site.stored_axis = origin.axis;
  const auto place = file.place(use.node);
  if (!place) return refused(Refusal::Subgraph);
  site.place = *place;
  if (origin.is_quantized || is_dequantized(file, site.input))
    return refused(Refusal::AlreadyQuantized);
  if (!is_scale_type(file.dtype(site.weight))) return refused(Refusal::WeightType);
  if (site.is_product && rank != 2) return refused(Refusal::NotMatrix);
  return site.stored == kNoTensor ? refused(Refusal::NotStored) : site;
}

Refusal refusal_of(const FileGraph& file, const LayerSite& site, LayerPrecision precision) {
  const bool is_int4 = precision == LayerPrecision::Int4, is_fp8 = precision == LayerPrecision::Fp8;
  if (!is_int4 && !quantizes_activations(precision)) return Refusal::None;
  if (site.refusal != Refusal::None) return site.refusal;
  const Row& row = *row_of(file.op(site.node));
  if (is_int4 && !row.has_int4) return Refusal::Int4Operator;
  if (!is_fp8) return Refusal::None;
  if (!row.has_fp8) return Refusal::Fp8Operator;
  if (site.is_product) return Refusal::None;
  const Graph& graph = file.graph();
  if (attribute_int(graph, graph.nodes[site.node], "group", 1) != 1) return Refusal::Fp8Groups;
  return window_of(file, site.stored) > kLargestFp8Window ? Refusal::Fp8Kernel : Refusal::None;
}

Refusal refusal_of(const FileGraph& file, const LayerSite& site, LayerPrecision precision,
                   const Scheme& scheme, int capability) {
  const Refusal whatever = refusal_of(file, site, precision);
  if (whatever != Refusal::None) return whatever;
  const auto unless = [&](bool fits) { return fits ? Refusal::None : Refusal::Scheme; };
  const bool in_blocks = scheme.granularity == Granularity::Block;
  if (!scheme.symmetric) return Refusal::Scheme;
  switch (precision) {
    case LayerPrecision::Fp32:
      return Refusal::Scheme;
    case LayerPrecision::Fp16:
      return unless(scheme.format == Format::Fp16);
    case LayerPrecision::Bf16:
      return unless(scheme.format == Format::Bf16);
    case LayerPrecision::Int8:
      return unless(scheme.format == Format::Int8 && !in_blocks);
    case LayerPrecision::Fp8: {
      const bool by_channel = site.is_product && capability >= kFp8ByChannel;
      return unless(scheme.format == Format::Fp8E4M3 && !in_blocks &&
                    (scheme.granularity == Granularity::Tensor || by_channel));
    }
    case LayerPrecision::Int4:
      break;
  }
  if (scheme.format != Format::Int4) return Refusal::Scheme;
  if (!in_blocks || scheme.block == 0) return Refusal::Int4Block;
  const int64_t depth = file.graph().tensors[site.stored].data->dims[1 - site.stored_axis];
  return depth % scheme.block != 0 ? Refusal::Int4Depth : Refusal::None;
}

Refusal refusal_of(const WeightResult& result) {
  if (result.error) return Refusal::None;
  if (result.elements == 0) return Refusal::WeightEmpty;
  if (result.nonfinite > 0) return Refusal::WeightNonfinite;
  return result.dead ? Refusal::WeightZero : Refusal::None;
}

}  // namespace trtreport::quantization
