// MACs of the convolutions. Each output element takes Cin/group x kernel of them, which is the
// number of elements of one filter: weights are [Cout, Cin/group, kernel...] in every operator, of
// any rank, channels first or last.
#include "ops/cost/rules.hpp"

namespace trtreport::ops::cost {

namespace {

// Elements of one filter: the weight's dims after the first.
Count filter_elements(const CostContext& context, int weight) {
  const int rank = context.input_rank(weight);
  if (rank < 1) return Count::unknown();
  Count elements = 1;
  for (int axis = 1; axis < rank; ++axis) elements = elements * context.input_dim(weight, axis);
  return elements;
}

Count conv_macs(const CostContext& context, int weight) {
  return context.output_elements(0) * filter_elements(context, weight);
}

// QLinearConv interleaves scales and zero points: x, x_scale, x_zero_point, w, …
int weight_index(const CostContext& context) { return context.op() == "QLinearConv" ? 3 : 1; }

}  // namespace

Cost conv(const CostContext& context, uint32_t) {
  return contraction(conv_macs(context, weight_index(context)));
}

Cost conv_nhwc(const CostContext& context, uint32_t) { return contraction(conv_macs(context, 1)); }

Cost qlinear_conv_ms(const CostContext& context, uint32_t) {
  return contraction(conv_macs(context, 3));
}

// Each input element meets Cout/group x kernel weights; the weight is [Cin, Cout/group, kernel...].
Cost conv_transpose(const CostContext& context, uint32_t) {
  return contraction(context.input_elements(0) * filter_elements(context, 1));
}

// Beside the MACs, each kernel position of each input channel is a bilinear sample: four products,
// three sums and the mask, 8 FLOPs.
Cost deform_conv(const CostContext& context, uint32_t) {
  constexpr uint64_t kSampleFlops = 8;
  const Count macs = conv_macs(context, 1);
  const Count positions =
      context.output_elements(0) / context.input_dim(1, 0);  // batch x output pixels
  const Count kernel = filter_elements(context, 1) / context.input_dim(1, 1);
  const Count samples = positions * kernel * context.input_dim(0, 1);
  return {.macs = macs, .flops = macs * 2 + samples * kSampleFlops};
}

// Depthwise over time: input [batch, channels, length], weight [channels, 1, kernel].
Cost causal_conv_with_state(const CostContext& context, uint32_t) {
  return contraction(conv_macs(context, 1));
}

}  // namespace trtreport::ops::cost
