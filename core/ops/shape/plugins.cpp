// Shape rules of TensorRT's box suppression plugins, whose outputs have fixed sizes. Sources: the plugins' documentation
// (EfficientNMS_TRT, BatchedNMS_TRT).
#include <string>

#include "ops/infer.hpp"

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

}  // namespace trtreport::ops::shape
