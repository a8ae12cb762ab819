// The hot loops over weight values. Each has two bodies: vectors (vector_loops.hpp), natively those
// chosen for the processor at run time, and plain C++ lane by lane. Both give the same bits:
// element i of a run belongs to lane i % 16 whatever a vector's width, each lane adds in order, and
// lanes are added in one order.
//
// Sums of squares and products are made in two steps: within a run of 256 values in float, at most
// sixteen to a lane, then runs in double. That bounds a run's relative error by 22 * 2^-24; runs
// round independently, so that the sum of many is closer by far. A run whose values are so small or
// so large that their squares leave float's range is added in double, value by value.
#pragma once

#include "quantization/format.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <span>

namespace trtreport::quantization {

inline constexpr size_t kLanes = 16;
inline constexpr size_t kRun = 256;

// What values are like; NaN and infinities are counted and otherwise left out.
struct Ranges {
  float low = std::numeric_limits<float>::infinity();  // as they are where nothing was finite
  float high = -std::numeric_limits<float>::infinity();
  double square = 0;
  uint64_t nonfinite = 0, zeros = 0;
};

// What rounding does to values x, with e = y - x.
struct Errors {
  double square = 0;     // sum of e²
  double cross = 0;      // sum of x e
  float largest = 0;     // |e|
  uint64_t clipped = 0;  // would round past the format's range
  uint64_t zeros = 0;    // are 0 once rounded, those included that were before

  void add(const Errors& part);
};

// One rounding rule over values: y = s (round(x / s) within the range). Elements of block b, which
// are `block` values long, have scales[b] and, where given, the range shifted by -zero_points[b].
struct Rounding {
  Element element;
  bool is_bfloat16 = false;
  std::span<const float> scales;
  std::span<const float> zero_points;  // empty: all 0; only of integers
  size_t block = SIZE_MAX;             // a multiple of kLanes; the largest number for one scale
  bool may_clip = true;  // false: there are no zero points, and |x / s| never exceeds clip_high
};

// One body of each loop.
struct Kernels {
  void (*scan)(std::span<const float> x, Ranges& ranges);
  // Largest |x| of each block of `block` values; the last may be short. Values must be finite.
  void (*block_largest)(std::span<const float> x, size_t block, std::span<float> out);
  // Least and largest of each block.
  void (*block_range)(std::span<const float> x, size_t block, std::span<float> low,
                      std::span<float> high);
  void (*round)(const Rounding& rounding, std::span<const float> x, Errors& errors);
  // For each symmetric integer scale s, given as 1 / s, the sum of (round(x / s) clamped to ±limit
  // - x / s)² in units of s². In float lanes: made for comparing scales over at most kGridRun
  // values.
  void (*integer_losses)(std::span<const float> x, std::span<const float> inverse_scales,
                         float limit, std::span<float> sums);
  // The magnitudes above a threshold, in order, and how many there are; `out` has room for all of x
  // and may be written to behind them.
  size_t (*above)(std::span<const float> x, float threshold, std::span<float> out);
  // The bin floor(|x| per_unit), at most `last`, of each value, where per_unit is (last + 1) /
  // range, in double; `last` + 1 for what lies above the range or is NaN.
  void (*bins)(std::span<const float> x, double range, double per_unit, uint32_t last,
               std::span<uint32_t> out);
  // Counts the same, values by turns in one table of last + 2 counts and in another behind it:
  // equal values next to each other would wait for one another.
  void (*tally)(std::span<const float> x, double range, double per_unit, uint32_t last,
                std::span<uint32_t> tables);
  // Rows of `columns` values, row after row, to columns `stride` apart.
  void (*turn)(const float* from, size_t rows, size_t columns, float* to, size_t stride);
  // Blocks of four rows of `apart` values, one after the other; a four is one value of each row of
  // a block. Adds the magnitudes of all to `all`, those of the two largest of each four to `kept`.
  // Whole blocks of finite values.
  void (*fours)(std::span<const float> x, size_t apart, double& all, double& kept);
  void (*multiply)(std::span<float> x, double factor);
};
inline constexpr size_t kGridRun = 4096;

// The bodies over vectors: natively of the best instruction set that this processor has, in
// WebAssembly of its four floats.
const Kernels& vector_kernels();
// The plain C++ twins, bit for bit equal: what the vectors are tested against.
const Kernels& scalar_kernels();

}  // namespace trtreport::quantization
