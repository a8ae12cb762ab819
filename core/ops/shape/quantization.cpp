// Shape rules of quantization and of the elementwise operators on quantized tensors.
#include "ops/infer.hpp"

#include <string>
#include <vector>

namespace trtreport::ops::shape {
namespace {

DType or_else(DType dtype, DType otherwise) {
  return dtype != DType::Undefined ? dtype : otherwise;
}

DType output_dtype(InferContext& context) {
  return dtype_from_onnx(context.attribute_int("output_dtype", 0));
}

}  // namespace

// The zero point's type, else the attribute's, else uint8.
void quantize_linear(InferContext& context) {
  const DType named = or_else(output_dtype(context), DType::UInt8);
  context.set(0, or_else(context.dtype(2), named), context.shape(0));
}

// The scale's type, unless opset 23's attribute names another.
void dequantize_linear(InferContext& context) {
  const DType scale = or_else(context.dtype(1), DType::Float32);
  context.set(0, or_else(output_dtype(context), scale), context.shape(0));
}

void dynamic_quantize_linear(InferContext& context) {
  context.set(0, DType::UInt8, context.shape(0));
  context.set(1, DType::Float32, Dims{});
  context.set(2, DType::UInt8, Dims{});
}

// A, its scale and zero point, B, …
void qlinear_binary(InferContext& context) {
  context.set(0, context.dtype(0), context.broadcast(context.shape(0), context.shape(3)));
}

// Condition, X, its scale and zero point, Y, …
void qlinear_where(InferContext& context) {
  const std::vector<Shape> shapes{context.shape(0), context.shape(1), context.shape(4)};
  context.set(0, context.dtype(1), context.broadcast(std::span<const Shape>(shapes)));
}

// Scale and zero point of the result, then tensor, scale and zero point of each operand.
void qlinear_concat(InferContext& context) {
  const DType dtype = or_else(context.dtype(1), context.dtype(2));
  context.set_unknown_rank(0, dtype);
  Dims dims;
  int axis = -1;
  for (int i = 2; i < context.input_count(); i += 3) {
    const Shape& shape = context.shape(i);
    if (!shape.known()) return;
    if (axis < 0) {
      axis = context.axis(context.attribute_int("axis", 0), shape.rank()).value_or(-1);
      if (axis < 0) return;
      dims = shape.copy();
      continue;
    }
    if (static_cast<size_t>(shape.rank()) != dims.size()) {
      return context.fault("its operands differ in their number of dimensions");
    }
    for (int j = 0; j < shape.rank(); ++j) {
      Dim& dim = dims[static_cast<size_t>(j)];
      if (j == axis) {
        dim = dim + shape[j];
      } else if (!dim.is_number()) {
        dim = shape[j];
      }
    }
  }
  if (axis >= 0) context.set(0, dtype, dims);
}

}  // namespace trtreport::ops::shape
