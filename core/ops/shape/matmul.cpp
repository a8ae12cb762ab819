// Shape rules of matrix products with numpy's rank rules: plain, integer, quantized, fused and with
// packed weights.
#include "ops/infer.hpp"

#include <string>
#include <utility>

namespace trtreport::ops::shape {
namespace {

// Moves the first axis behind the batch axes: (m, batch..., k) becomes (batch..., m, k).
Dims with_batch_first(Dims dims) {
  if (dims.size() < 3) return dims;
  const Dim rows = dims.front();
  dims.erase(dims.begin());
  dims.insert(dims.end() - 1, rows);
  return dims;
}

struct Operand {
  Dims dims;              // at least 2, after transposition
  bool extended = false;  // a vector made a matrix
};

// A vector becomes a row (left operand) or a column (right operand).
Operand as_matrix(const Shape& shape, bool is_left, bool transposed, bool batch_transposed) {
  Operand operand{.dims = shape.copy()};
  if (shape.rank() == 1) {
    operand.extended = true;
    operand.dims.insert(is_left ? operand.dims.begin() : operand.dims.end(), Dim(1));
    return operand;
  }
  if (batch_transposed) operand.dims = with_batch_first(std::move(operand.dims));
  if (transposed) std::swap(operand.dims.back(), operand.dims[operand.dims.size() - 2]);
  return operand;
}

struct Transposition {
  bool left = false, right = false, left_batch = false, right_batch = false;
};

// numpy.matmul's result; unknown rank where an operand's is unknown, or where a fault was stated.
Shape product_shape(InferContext& context, const Shape& left, const Shape& right,
                    Transposition transposed = {}) {
  if (!left.known() || !right.known()) return Shape::unknown();
  if (left.rank() == 0 || right.rank() == 0) {
    context.fault("an operand is a scalar, which has no rows or columns");
    return Shape::unknown();
  }
  const Operand a = as_matrix(left, true, transposed.left, transposed.left_batch);
  const Operand b = as_matrix(right, false, transposed.right, transposed.right_batch);
  const Dim& inner_a = a.dims.back();
  const Dim& inner_b = b.dims[b.dims.size() - 2];
  if (!certainly_equal(inner_a, inner_b).value_or(true)) {
    context.fault("the inner sizes " + inner_a.text() + " and " + inner_b.text() + " differ");
  }
  const Shape batch = context.broadcast(context.make_shape(Dims(a.dims.begin(), a.dims.end() - 2)),
                                        context.make_shape(Dims(b.dims.begin(), b.dims.end() - 2)));
  if (!batch.known()) return Shape::unknown();
  Dims dims = batch.copy();
  if (!a.extended) dims.push_back(a.dims[a.dims.size() - 2]);
  if (!b.extended) dims.push_back(b.dims.back());
  return context.make_shape(dims);
}

DType first_known(InferContext& context, int preferred, int otherwise) {
  const DType dtype = context.dtype(preferred);
  return dtype != DType::Undefined ? dtype : context.dtype(otherwise);
}

}  // namespace

void matmul(InferContext& context) {
  context.set(0, first_known(context, 0, 1),
              product_shape(context, context.shape(0), context.shape(1)));
}

void matmul_integer(InferContext& context) {
  context.set(0, DType::Int32, product_shape(context, context.shape(0), context.shape(1)));
}

void qlinear_matmul(InferContext& context) {
  context.set(0, first_known(context, 7, 0),
              product_shape(context, context.shape(0), context.shape(3)));
}

void fused_matmul(InferContext& context) {
  const Transposition transposed{.left = context.attribute_int("transA", 0) != 0,
                                 .right = context.attribute_int("transB", 0) != 0,
                                 .left_batch = context.attribute_int("transBatchA", 0) != 0,
                                 .right_batch = context.attribute_int("transBatchB", 0) != 0};
  context.set(0, first_known(context, 0, 1),
              product_shape(context, context.shape(0), context.shape(1), transposed));
}

// Integer products scaled back to floats: the scales carry the type.
void fused_matmul_int(InferContext& context) {
  const DType scale = context.dtype(2);
  context.set(0, is_float(scale) ? scale : DType::Float32,
              product_shape(context, context.shape(0), context.shape(1)));
}

// The weight is packed in blocks; its logical sizes K and N are attributes.
void matmul_nbits(InferContext& context) {
  const DType dtype = context.dtype(0);
  const bool transposed = context.attribute_int("transB", 1) != 0;
  const int64_t inner = context.attribute_int(transposed ? "K" : "N", 0);
  const int64_t outer = context.attribute_int(transposed ? "N" : "K", 0);
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, dtype);
  if (inner <= 0 || outer <= 0) return context.fault("attribute K or N is missing or not positive");
  if (!input.known()) return;
  if (input.rank() == 0) return context.fault("the input is a scalar");
  Dims dims = input.copy();
  if (!certainly_equal(dims.back(), inner).value_or(true)) {
    context.fault("the input's last size " + dims.back().text() + " is not the weight's " +
                  std::to_string(inner));
  }
  dims.back() = outer;
  context.set(0, dtype, dims);
}

}  // namespace trtreport::ops::shape
