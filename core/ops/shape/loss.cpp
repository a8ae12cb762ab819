// Shape rules of the training losses: (N, C, d...) against labels (N, d...).
#include "ops/infer.hpp"

namespace trtreport::ops::shape {
namespace {

// A scalar, or one loss a label where nothing is reduced.
void set_loss(InferContext& context) {
  const DType dtype = context.dtype(0);
  if (context.attribute_string("reduction", "mean") != "none") {
    return context.set(0, dtype, Dims{});
  }
  const Shape& labels = context.shape(1);
  const Shape& scores = context.shape(0);
  context.set(0, dtype, labels);
  if (labels.known() || !scores.known() || scores.rank() < 2) return;
  Dims dims = scores.copy();
  dims.erase(dims.begin() + 1);
  context.set(0, dtype, dims);
}

}  // namespace

void nll_loss(InferContext& context) { set_loss(context); }

void softmax_cross_entropy_loss(InferContext& context) {
  set_loss(context);
  context.set(1, context.dtype(0), context.shape(0));
}

}  // namespace trtreport::ops::shape
