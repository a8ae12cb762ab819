// Shape rules of Gemm and its quantized kin: two matrices, either of them transposed.
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

// A size of a matrix operand; hidden where its shape is unknown.
Dim side(InferContext& context, const Shape& shape, bool second) {
  if (!shape.known()) return context.hidden("the shape of an operand is unknown");
  return shape[second ? 1 : 0];
}

void multiply(InferContext& context, int left, int right, DType dtype) {
  const Shape& a = context.shape(left);
  const Shape& b = context.shape(right);
  const bool a_transposed = context.attribute_int("transA", 0) != 0;
  const bool b_transposed = context.attribute_int("transB", 0) != 0;
  context.set_unknown_rank(0, dtype);
  if ((a.known() && a.rank() != 2) || (b.known() && b.rank() != 2)) {
    return context.fault("its operands have " + std::to_string(a.rank()) + " and " +
                         std::to_string(b.rank()) + " dimensions, not 2");
  }
  if (a.known() && b.known()) {
    const Dim& inner_a = a[a_transposed ? 0 : 1];
    const Dim& inner_b = b[b_transposed ? 1 : 0];
    if (!certainly_equal(inner_a, inner_b).value_or(true)) {
      context.fault("the inner sizes " + inner_a.text() + " and " + inner_b.text() + " differ");
    }
  }
  context.set(0, dtype, {side(context, a, a_transposed), side(context, b, !b_transposed)});
}

}  // namespace

void gemm(InferContext& context) {
  const DType dtype = context.dtype(0);
  multiply(context, 0, 1, dtype != DType::Undefined ? dtype : context.dtype(1));
}

void gemm_float8(InferContext& context) {
  multiply(context, 0, 1, dtype_from_onnx(context.attribute_int("dtype", 1)));
}

// Without an output zero point the result stays float.
void qgemm(InferContext& context) {
  const bool quantized = context.has_input(8) && context.dtype(8) != DType::Undefined;
  multiply(context, 0, 3, quantized ? context.dtype(8) : DType::Float32);
}

}  // namespace trtreport::ops::shape
