// FLOPs of interpolation: a weighted sum of the neighbours, one product each and one sum less. Over
// `a` axes that is 2^(a+1) - 1 (linear: 7 over two) or 2 x 4^a - 1 (cubic: 31 over two); computed
// coordinates add one more.
#include "ops/cost/rules.hpp"

namespace trtreport::ops::cost {

namespace {

enum class Mode { Nearest, Linear, Cubic };

Mode mode_of(std::string_view name) {
  if (name == "cubic" || name == "bicubic") return Mode::Cubic;
  return name == "linear" || name == "bilinear" ? Mode::Linear : Mode::Nearest;
}

// 1 for nearest and where nothing is interpolated.
uint64_t interpolation_flops(Mode mode, int axes) {
  if (mode == Mode::Nearest || axes <= 0) return 1;
  const int bits = mode == Mode::Linear ? axes : 2 * axes;
  return bits > 60 ? UINT64_MAX : (uint64_t{2} << bits) - 1;
}

// Axes along which the size changes.
int resized_axes(const CostContext& context) {
  int axes = 0;
  for (int axis = 0; axis < context.input_rank(0); ++axis) {
    axes += context.input_dim(0, axis) == context.output_dim(0, axis) ? 0 : 1;
  }
  return axes;
}

}  // namespace

Cost resize(const CostContext& context, uint32_t) {
  const Mode mode = mode_of(context.attribute_string("mode", "nearest"));
  return {.flops = context.output_elements(0) * interpolation_flops(mode, resized_axes(context))};
}

// Input [batch, channels, spatial...]; the default was "bilinear" before opset 20 and is "linear"
// since.
Cost grid_sample(const CostContext& context, uint32_t) {
  const Mode mode = mode_of(context.attribute_string("mode", "linear"));
  const int axes = context.input_rank(0) - 2;
  const uint64_t flops = interpolation_flops(mode, axes) + (mode == Mode::Nearest ? 0 : 1);
  return {.flops = context.output_elements(0) * flops};
}

// A ratio of 0 adapts to each region's size, which depends on the data: one sample is counted then.
Cost roi_align(const CostContext& context, uint32_t) {
  constexpr uint64_t kSampleFlops = 8;
  const int64_t ratio = context.attribute_int("sampling_ratio", 0);
  const Count side = ratio > 0 ? static_cast<uint64_t>(ratio) : uint64_t{1};
  return {.flops = context.output_elements(0) * side * side * kSampleFlops};
}

// Each coordinate is a row of theta times the point: as many products and sums as there are
// coordinates.
Cost affine_grid(const CostContext& context, uint32_t) {
  return {.flops = context.output_elements(0) * context.output_dim(0, -1) * 2};
}

}  // namespace trtreport::ops::cost
