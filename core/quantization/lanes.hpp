// One element in its lane: what the plain loops consist of and what ends a run that no vector
// fills.
#pragma once

#include "quantization/kernels.hpp"

#include <algorithm>
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

// A Rounding at one block: what its elements are rounded with. Only zero points make blocks differ
// in more than their scale.
struct BlockRule {
  Element element;
  float scale = 0;
  float clip_low, clip_high;

  explicit BlockRule(const Rounding& rounding)
      : element(rounding.element),
        clip_low(quantization::clip_low(element)),
        clip_high(quantization::clip_high(element)) {}
  // True where more than the scale has changed.
  bool enter(const Rounding& rounding, size_t block) {
    scale = rounding.scales[block];
    if (rounding.zero_points.empty()) return false;
    element.low = rounding.element.low - rounding.zero_points[block];
    element.high = rounding.element.high - rounding.zero_points[block];
    clip_low = quantization::clip_low(element);
    clip_high = quantization::clip_high(element);
    return true;
  }
};

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

// From element `begin` on.
inline void round_elements(const Rounding& rounding, std::span<const float> x, size_t begin,
                           ErrorLanes& lanes) {
  BlockRule rule(rounding);
  while (begin < x.size()) {
    const size_t block = begin / rounding.block, first = block * rounding.block;
    rule.enter(rounding, block);
    const size_t end = first + std::min(rounding.block, x.size() - first);
    for (; begin < end; ++begin) round_element(rule, x[begin], begin % kLanes, lanes);
  }
}

inline uint32_t bin_of(float x, double range, double per_unit, uint32_t last) {
  const double magnitude = static_cast<double>(std::fabs(x));
  if (!(magnitude <= range)) return last + 1;
  const double bin = magnitude * per_unit;
  return bin < static_cast<double>(last) ? static_cast<uint32_t>(bin) : last;
}

// The sum of the lanes, halves onto halves.
inline float folded(std::array<float, kLanes>& lanes) {
  for (size_t half = kLanes / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
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
