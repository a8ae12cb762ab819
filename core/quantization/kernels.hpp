// The hot loops over weight values. Each has two bodies: vectors (vector_loops.hpp), natively those
// chosen for the processor at run time, and plain C++ lane by lane. Both give the same bits:
// element i of a run belongs to lane i % 16 whatever a vector's width, each lane adds in order, and
// lanes are added in one order.
#pragma once

#include "quantization/format.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace trtreport::quantization {

inline constexpr size_t kLanes = 16;

// What a run of values is like; NaN and infinities are counted and otherwise left out.
struct RangeLanes {
  std::array<float, kLanes> low, high;  // start at +infinity, -infinity
  std::array<double, kLanes> square = {};
  uint64_t nonfinite = 0, zeros = 0;
  RangeLanes();

  float lowest() const;  // +infinity where nothing was finite
  float highest() const;
  double power() const;  // sum of squares
};

// What rounding does to values x, with e = y - x.
struct ErrorLanes {
  std::array<double, kLanes> square = {};  // e²
  std::array<double, kLanes> cross = {};   // x e
  std::array<float, kLanes> largest = {};  // |e|
  uint64_t clipped = 0;                    // would round past the format's range
  uint64_t underflows = 0;                 // became 0 without being it
};

// One rounding rule over a run: y = s (round(x / s) within the range). Elements of block b, which
// are `block` values long, have scales[b] and, where given, the range shifted by -zero_points[b].
struct Rounding {
  Element element;
  bool is_bfloat16 = false;
  std::span<const float> scales;
  std::span<const float> zero_points;  // empty: all 0; only of integers
  size_t block = SIZE_MAX;             // a multiple of kLanes; the largest number for one scale
};

// One body of each loop.
struct Kernels {
  void (*scan)(std::span<const float> x, RangeLanes& lanes);
  // Largest |x| of each block of `block` values; the last may be short. Values must be finite.
  void (*block_largest)(std::span<const float> x, size_t block, std::span<float> out);
  // Least and largest of each block.
  void (*block_range)(std::span<const float> x, size_t block, std::span<float> low,
                      std::span<float> high);
  void (*round)(const Rounding& rounding, std::span<const float> x, ErrorLanes& lanes);
  // For each symmetric integer scale s, given as 1 / s, the sum of (round(x / s) clamped to ±limit
  // - x / s)² in units of s². In float lanes: made for comparing scales over at most kGridRun
  // values.
  void (*integer_losses)(std::span<const float> x, std::span<const float> inverse_scales,
                         float limit, std::span<float> sums);
  // The bin floor(|x| per_unit), at most `last`, of each value; `last` + 1 for what lies above the
  // range or is NaN.
  void (*bins)(std::span<const float> x, double range, double per_unit, uint32_t last,
               std::span<uint32_t> out);
  void (*multiply)(std::span<float> x, double factor);
};
inline constexpr size_t kGridRun = 4096;

const Kernels& vector_kernels();
const Kernels& scalar_kernels();

}  // namespace trtreport::quantization
