// One element in its lane: what the plain loops consist of and what ends a run that no vector
// fills; and what both kinds of loops do with the sums of a run.
#pragma once

#include "quantization/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trtreport::quantization {

using Lanes = std::array<float, kLanes>;

// The sum of the lanes, halves onto halves.
inline float folded(Lanes& lanes) {
  for (size_t half = kLanes / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

// Whether squares of values up to `largest` add up in float. At 2^-44 squares below float's
// smallest normal number are of values 2^-19 times as large: all that a run could lose of them is
// 2^-30 of its sum. An error that is not 0 is at least half the last bit of its value, so that
// 2^40 also bounds the products of both.
inline bool adds_in_float(float largest) {
  return largest == 0 || (largest >= 0x1p-44f && largest <= 0x1p40f);
}

// --- ranges

// Any values, one by one.
inline void scan_wide(std::span<const float> run, Ranges& ranges) {
  for (const float x : run) {
    if (!(std::fabs(x) <= std::numeric_limits<float>::max())) {
      ++ranges.nonfinite;
      continue;
    }
    ranges.zeros += x == 0 ? 1 : 0;
    ranges.low = std::min(ranges.low, x + 0.0f);
    ranges.high = std::max(ranges.high, x + 0.0f);
    ranges.square += static_cast<double>(x) * static_cast<double>(x);
  }
}

// What is known of a run in float.
struct RunRanges {
  Lanes square;
  float low, high;
  uint64_t zeros;
};

// Takes the elements from `done` on, and the whole run into the ranges. The sum is NaN if a value
// is; -0 becomes 0, so that it does not matter which of both was first.
inline void end_scan(std::span<const float> run, size_t done, RunRanges& found, Ranges& ranges) {
  for (; done < run.size(); ++done) {
    const float v = run[done];
    found.square[done % kLanes] += v * v;
    if (v < found.low) found.low = v;
    if (v > found.high) found.high = v;
    found.zeros += v == 0 ? 1 : 0;
  }
  const float square = folded(found.square);
  if (square != square || !adds_in_float(std::max(found.high, -found.low)))
    return scan_wide(run, ranges);
  ranges.low = std::min(ranges.low, found.low + 0.0f);
  ranges.high = std::max(ranges.high, found.high + 0.0f);
  ranges.square += static_cast<double>(square);
  ranges.zeros += found.zeros;
}

// --- rounding

// A Rounding at one block: what its elements are rounded with.
struct BlockRule {
  Element element;
  float scale, clip_low, clip_high;

  BlockRule(const Rounding& rounding, size_t block);
};

// The end of the block that an element lies in, at most `end`.
inline size_t block_end(const Rounding& rounding, size_t block, size_t end) {
  return std::min((block + 1) * rounding.block, end);
}

struct RunSums {
  Lanes square, cross;
  float largest;
};

inline void add_wide(const Rounding& rounding, std::span<const float> x, size_t begin, size_t end,
                     Errors& errors) {
  while (begin < end) {
    const size_t block = begin / rounding.block, stop = block_end(rounding, block, end);
    const BlockRule rule(rounding, block);
    for (; begin < stop; ++begin) {
      const float v = x[begin], code = round_to_element(rule.element, v / rule.scale);
      const double error = static_cast<double>(code * rule.scale - v);
      errors.square += error * error;
      errors.cross += static_cast<double>(v) * error;
    }
  }
}

// Takes elements [done, end) of the run that begins at `begin`, and the whole run into the errors.
inline void end_round(const Rounding& rounding, std::span<const float> x, size_t begin, size_t done,
                      size_t end, RunSums& sums, Errors& errors) {
  while (done < end) {
    const size_t block = done / rounding.block, stop = block_end(rounding, block, end);
    const BlockRule rule(rounding, block);
    for (; done < stop; ++done) {
      const float v = x[done], units = v / rule.scale;
      const float code = round_to_element(rule.element, units);
      const float error = code * rule.scale - v, size = std::fabs(error);
      sums.square[done % kLanes] += error * error;
      sums.cross[done % kLanes] += v * error;
      if (size > sums.largest) sums.largest = size;
      errors.clipped += units > rule.clip_high || units < rule.clip_low ? 1 : 0;
      errors.zeros += code == 0 ? 1 : 0;
    }
  }
  if (sums.largest > errors.largest) errors.largest = sums.largest;
  if (!adds_in_float(sums.largest)) return add_wide(rounding, x, begin, end, errors);
  errors.square += static_cast<double>(folded(sums.square));
  errors.cross += static_cast<double>(folded(sums.cross));
}

// --- the rest

inline uint32_t bin_of(float x, double range, double per_unit, uint32_t last) {
  const double magnitude = static_cast<double>(std::fabs(x));
  if (!(magnitude <= range)) return last + 1;
  const double bin = magnitude * per_unit;
  return bin < static_cast<double>(last) ? static_cast<uint32_t>(bin) : last;
}

// All but the first rows and columns.
inline void turn_from(const float* from, size_t rows, size_t columns, size_t first_row,
                      size_t first_column, float* to, size_t stride) {
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = row < first_row ? first_column : 0; column < columns; ++column)
      to[column * stride + row] = from[row * columns + column];
  }
}

// Sums of some blocks in float: at most sixteen to a lane where rows are short.
struct FourSums {
  Lanes all = {}, kept = {};
};
inline size_t blocks_at_once(size_t apart) {
  return std::max<size_t>(kRun / kLanes / ((apart + kLanes - 1) / kLanes), 1);
}
// Of so many blocks, those that vectors may take: past rows that they do not fill they read up to
// fifteen values, which have to be among the `left` from the first block on.
inline size_t blocks_in_vectors(size_t blocks, size_t apart, size_t left) {
  if (apart % kLanes == 0) return blocks;
  return std::min(blocks, left < kLanes ? 0 : (left - kLanes) / (4 * apart));
}

template <class Sum>
void add_four(const float* x, size_t apart, Sum& all, Sum& kept) {
  const float a = std::fabs(x[0]), b = std::fabs(x[apart]);
  const float c = std::fabs(x[2 * apart]), d = std::fabs(x[3 * apart]);
  const float high = std::max(a, b), other = std::max(c, d);
  const float second = std::max(std::min(high, other), std::max(std::min(a, b), std::min(c, d)));
  all += (static_cast<Sum>(a) + static_cast<Sum>(b)) + (static_cast<Sum>(c) + static_cast<Sum>(d));
  kept += static_cast<Sum>(std::max(high, other)) + static_cast<Sum>(second);
}

inline void add_fours(std::span<const float> x, size_t apart, FourSums& sums) {
  for (size_t row = 0; row < apart; ++row) {
    for (size_t at = row; at < x.size(); at += 4 * apart)
      add_four(x.data() + at, apart, sums.all[row % kLanes], sums.kept[row % kLanes]);
  }
}

// Takes the blocks from value `done` on; in double where float's range does not hold the sums.
inline void end_fours(std::span<const float> x, size_t done, size_t apart, FourSums& sums,
                      double& all, double& kept) {
  add_fours(x.subspan(done), apart, sums);
  const float whole = folded(sums.all);
  if (whole <= std::numeric_limits<float>::max()) {
    all += static_cast<double>(whole);
    kept += static_cast<double>(folded(sums.kept));
    return;
  }
  for (size_t block = 0; block < x.size(); block += 4 * apart) {
    for (size_t at = block; at < block + apart; ++at) add_four(x.data() + at, apart, all, kept);
  }
}

// The blocks as far as float lanes go; `take` adds those that vectors may read past.
template <class Take>
void walk_fours(std::span<const float> x, size_t apart, double& all, double& kept, Take take) {
  const size_t block = 4 * apart, at_once = blocks_at_once(apart) * block;
  for (; !x.empty(); x = x.subspan(std::min(at_once, x.size()))) {
    const std::span<const float> run = x.first(std::min(at_once, x.size()));
    const size_t full = block * blocks_in_vectors(run.size() / block, apart, x.size());
    FourSums sums;
    take(run.first(full), sums);
    end_fours(run, full, apart, sums, all, kept);
  }
}

// Behind the `count` that are there already. Without a branch, which nobody could foretell.
inline size_t append_above(std::span<const float> x, float threshold, std::span<float> out,
                           size_t count) {
  for (const float v : x) {
    const float magnitude = std::fabs(v);
    out[count] = magnitude;
    count += magnitude > threshold ? 1 : 0;
  }
  return count;
}

// Takes the elements from `done` on, and answers the sum of the lanes.
inline float end_losses(std::span<const float> x, size_t done, float inverse_scale, float limit,
                        Lanes& lanes) {
  for (; done < x.size(); ++done) {
    const float units = std::fabs(x[done]) * inverse_scale;
    const float error = std::nearbyintf(units > limit ? limit : units) - units;
    lanes[done % kLanes] += error * error;
  }
  return folded(lanes);
}

}  // namespace trtreport::quantization
