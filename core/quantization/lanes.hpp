// One element in its lane: what the plain loops consist of and what ends a run that no vector
// fills.
#pragma once

#include "quantization/kernels.hpp"

#include <cmath>
#include <limits>

namespace trtreport::quantization {

inline void scan_element(float x, size_t lane, RangeLanes& lanes) {
  if (!(std::fabs(x) <= std::numeric_limits<float>::max())) {
    ++lanes.nonfinite;
    return;
  }
  lanes.zeros += x == 0 ? 1 : 0;
  if (x < lanes.low[lane]) lanes.low[lane] = x;
  if (x > lanes.high[lane]) lanes.high[lane] = x;
  lanes.square[lane] += static_cast<double>(x) * static_cast<double>(x);
}

// A Rounding at one block.
struct BlockRule {
  Element element;
  bool is_bfloat16;
  float scale;
  float clip_low, clip_high;
};

inline BlockRule block_rule(const Rounding& rounding, size_t index) {
  const size_t block = index / rounding.block;
  BlockRule rule = {rounding.element, rounding.is_bfloat16, rounding.scales[block], 0, 0};
  if (!rounding.zero_points.empty()) {
    rule.element.low -= rounding.zero_points[block];
    rule.element.high -= rounding.zero_points[block];
  }
  rule.clip_low = clip_low(rule.element);
  rule.clip_high = clip_high(rule.element);
  return rule;
}

inline void round_element(const BlockRule& rule, float x, size_t lane, ErrorLanes& lanes) {
  const float units = x / rule.scale;
  const float code = round_to_element(rule.element, units);
  const float error = code * rule.scale - x;
  const double wide = static_cast<double>(error);
  lanes.square[lane] += wide * wide;
  lanes.cross[lane] += static_cast<double>(x) * wide;
  const float size = std::fabs(error);
  if (size > lanes.largest[lane]) lanes.largest[lane] = size;
  lanes.clipped += units > rule.clip_high || units < rule.clip_low ? 1 : 0;
  lanes.underflows += code == 0 && x != 0 ? 1 : 0;
}

inline uint32_t bin_of(float x, double range, double per_unit, uint32_t last) {
  const double magnitude = static_cast<double>(std::fabs(x));
  if (!(magnitude <= range)) return last + 1;
  const double bin = magnitude * per_unit;
  return bin < static_cast<double>(last) ? static_cast<uint32_t>(bin) : last;
}

inline float loss_of(float x, float inverse_scale, float limit) {
  const float units = x * inverse_scale;
  float code = std::nearbyintf(units);
  if (code > limit) code = limit;
  if (code < -limit) code = -limit;
  const float error = code - units;
  return error * error;
}

}  // namespace trtreport::quantization
