// Shape rules of TensorRT's plugins: box suppression with fixed output sizes, attention, narrow
// quantization. Sources: the plugins' documentation.
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

// The first attribute of these names, as the number of boxes kept; hidden where none is positive.
Dim kept_boxes(InferContext& context, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    const int64_t kept = context.attribute_int(name, -1);
    if (kept > 0) return kept;
  }
  return context.hidden("how many boxes it keeps is not given");
}

// Number of detections, boxes, scores, classes.
void set_detections(InferContext& context, const Dim& kept, DType classes) {
  const Shape& boxes = context.shape(0);
  const Dim batch = boxes.known() && boxes.rank() > 0
                        ? boxes[0]
                        : context.hidden("the shape of its boxes is unknown");
  const DType dtype = context.dtype(0);
  context.set(0, DType::Int32, {batch, 1});
  context.set(1, dtype, {batch, kept, 4});
  context.set(2, dtype, {batch, kept});
  context.set(3, classes, {batch, kept});
}

}  // namespace

void efficient_nms(InferContext& context) {
  if (context.op() == "EfficientNMS_ONNX_TRT") {
    constexpr std::string_view kPerClass[] = {"max_output_boxes_per_class"};
    const Shape& boxes = context.shape(0);
    const Dim batch = boxes.known() && boxes.rank() > 0
                          ? boxes[0]
                          : context.hidden("the shape of its boxes is unknown");
    return context.set(0, DType::Int32, {batch * kept_boxes(context, kPerClass), 3});
  }
  constexpr std::string_view kNames[] = {"max_output_boxes", "max_total_size",
                                         "max_output_size_per_class"};
  set_detections(context, kept_boxes(context, kNames), DType::Int32);
}

void batched_nms(InferContext& context) {
  constexpr std::string_view kNames[] = {"keepTopK", "keep_topk"};
  set_detections(context, kept_boxes(context, kNames), context.dtype(0));
}

// Values (batch, keys, heads, size) sampled at locations (batch, queries, heads, levels, points,
// 2).
void deformable_attention(InferContext& context) {
  const Shape& values = context.shape(0);
  const Shape& locations = context.shape(3);
  context.set_unknown_rank(0, context.dtype(0));
  if (!values.known() || !locations.known()) return;
  if (values.rank() != 4 || locations.rank() != 6) {
    return context.fault("its values need 4 dimensions, its sampling locations 6");
  }
  context.set(0, context.dtype(0), {values[0], locations[1], values[2], values[3]});
}

// X, offsets (N, ..., height, width of the result), mask, weight.
void modulated_deform_conv(InferContext& context) {
  const Shape& input = context.shape(0);
  const Shape& offset = context.shape(1);
  const Shape& weight = context.shape(3);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known() || !offset.known() || !weight.known()) return;
  if (input.rank() != 4 || offset.rank() != 4 || weight.rank() != 4) {
    return context.fault("its operands need 4 dimensions");
  }
  context.set(0, context.dtype(0), {input[0], weight[0], offset[2], offset[3]});
}

// (length, batch, 3*hidden, 1, 1): queries, keys and values in one axis.
void qkv_to_context(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  if (input.rank() < 3) return context.fault("the input has fewer than 3 dimensions");
  Dims dims = input.copy();
  dims[2] = exact_div(dims[2], 3).value_or(floor_div(dims[2], 3));
  context.set(0, context.dtype(0), dims);
}

void quantize_float8(InferContext& context) {
  context.set(0, DType::Float8E4M3FN, context.shape(0));
}

// The tensor in 4 bits, and one scale a block of the axis.
void quantize_float4(InferContext& context) {
  const Shape& input = context.shape(0);
  const DType scale = dtype_from_onnx(context.attribute_int("scale_type", 17));
  context.set(0, DType::Float4E2M1, input);
  context.set_unknown_rank(1, scale);
  const int64_t block = context.attribute_int("block_size", 16);
  if (block <= 0) return context.fault("block_size is not positive");
  if (!input.known()) return;
  const auto axis = context.axis(context.attribute_int("axis", -1), input.rank());
  if (!axis) return;
  Dims dims = input.copy();
  Dim& blocks = dims[static_cast<size_t>(*axis)];
  blocks = exact_div(blocks, block).value_or(floor_div(blocks + (Dim(block) - 1), block));
  context.set(1, scale, dims);
}

}  // namespace trtreport::ops::shape
