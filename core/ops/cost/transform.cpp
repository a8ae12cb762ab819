// FLOPs of Fourier transforms, counted as fast ones (5 n log2 n for n points, the logarithm rounded
// up), and of determinants (2n^3/3 by LU decomposition).
#include "ops/cost/rules.hpp"

namespace trtreport::ops::cost {

namespace {

Count fast_transform(Count points) {
  if (!points.known()) return points;
  uint64_t exponent = 0;
  while (exponent < 63 && (uint64_t{1} << exponent) < points.value()) ++exponent;
  return points * exponent * 5;
}

// The only element of a constant integer input.
Count constant_input(const CostContext& context, int index) {
  const Tensor* tensor = context.input_tensor(index);
  if (tensor == nullptr || tensor->value == nullptr || tensor->value->dims.size() != 1)
    return Count::unknown();
  return context.evaluate(tensor->value->dims[0]);
}

// An attribute until opset 19, then input 2, which may count from the end.
int transform_axis(const CostContext& context) {
  if (context.node().opset < 20) return static_cast<int>(context.attribute_int("axis", 1));
  const Tensor* tensor = context.input_tensor(2);
  if (tensor == nullptr || tensor->value == nullptr || tensor->value->dims.size() != 1) return -2;
  const Dim& axis = tensor->value->dims[0];
  return axis.is_number() ? static_cast<int>(axis.number()) : -2;
}

}  // namespace

// Input and output are [..., 1 or 2]. One-sided outputs hold about half of the points of the
// transform.
Cost dft(const CostContext& context, uint32_t) {
  const int axis = transform_axis(context);
  const bool halved =
      context.attribute_int("onesided", 0) != 0 && context.attribute_int("inverse", 0) == 0;
  Count points = constant_input(context, 1);
  if (!points.known()) points = halved ? context.input_dim(0, axis) : context.output_dim(0, axis);
  const Count transforms =
      context.output_elements(0) / context.output_dim(0, -1) / context.output_dim(0, axis);
  return {.flops = transforms * fast_transform(points)};
}

// signal, frame_step, window, frame_length -> [batch, frames, bins, 2].
Cost stft(const CostContext& context, uint32_t) {
  Count points = constant_input(context, 3);
  if (!points.known()) points = context.has_input(2) ? context.input_dim(2, 0) : Count::unknown();
  if (!points.known()) {
    const Count bins = context.output_dim(0, 2);
    const bool halved = context.attribute_int("onesided", 1) != 0;
    points = halved && bins.known() && bins.value() > 0 ? Count((bins.value() - 1) * 2) : bins;
  }
  return {.flops = context.output_dim(0, 0) * context.output_dim(0, 1) * fast_transform(points)};
}

Cost det(const CostContext& context, uint32_t) {
  const Count side = context.input_dim(0, -1);
  return {.flops = context.input_elements(0) * side * 2 / 3};
}

}  // namespace trtreport::ops::cost
