// MACs of the matrix products: output elements x inner dimension, whatever the batch dimensions
// broadcast to.
#include "ops/cost/rules.hpp"

namespace trtreport::ops::cost {

namespace {

// The inner dimension of the first operand; a vector's only one.
Count inner_dim(const CostContext& context, bool transposed) {
  return context.input_dim(0, transposed && context.input_rank(0) > 1 ? -2 : -1);
}

}  // namespace

Cost gemm(const CostContext& context, uint32_t) {
  const bool transposed = context.attribute_int("transA", 0) != 0;
  return contraction(context.output_elements(0) * inner_dim(context, transposed));
}

Cost matmul(const CostContext& context, uint32_t) {
  return contraction(context.output_elements(0) * inner_dim(context, false));
}

Cost qlinear_matmul(const CostContext& context, uint32_t per_element) {
  return matmul(context, per_element);
}

// transBatchA moves the first dim behind the batch dims, so that a transposed operand has its inner
// dim in front.
Cost fused_matmul(const CostContext& context, uint32_t) {
  const bool transposed = context.attribute_int("transA", 0) != 0;
  const bool batch_inside = context.attribute_int("transBatchA", 0) != 0;
  const Count inner =
      transposed && batch_inside ? context.input_dim(0, 0) : inner_dim(context, transposed);
  return contraction(context.output_elements(0) * inner);
}

// The packed weight does not show its dims; attributes K and N do.
Cost matmul_nbits(const CostContext& context, uint32_t) {
  const int64_t inner = context.attribute_int("K", -1);
  if (inner < 0) return contraction(Count::unknown());
  return contraction(context.output_elements(0) * static_cast<uint64_t>(inner));
}

}  // namespace trtreport::ops::cost
