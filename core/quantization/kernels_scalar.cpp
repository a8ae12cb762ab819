// The plain bodies of the loops, and what both kinds share.
#include "quantization/lanes.hpp"

namespace trtreport::quantization {
namespace {

void scan(std::span<const float> x, Ranges& ranges) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (; !x.empty(); x = x.subspan(std::min(kRun, x.size()))) {
    RunRanges found = {{}, kInfinity, -kInfinity, 0};
    end_scan(x.first(std::min(kRun, x.size())), 0, found, ranges);
  }
}

void block_range(std::span<const float> x, size_t block, std::span<float> low,
                 std::span<float> high) {
  for (size_t begin = 0, b = 0; begin < x.size(); ++b) {
    const size_t end = begin + std::min(block, x.size() - begin);
    low[b] = high[b] = x[begin];
    for (; begin < end; ++begin) {
      if (x[begin] < low[b]) low[b] = x[begin];
      if (x[begin] > high[b]) high[b] = x[begin];
    }
  }
}

void block_largest(std::span<const float> x, size_t block, std::span<float> out) {
  for (size_t begin = 0, b = 0; begin < x.size(); ++b) {
    const size_t end = begin + std::min(block, x.size() - begin);
    out[b] = 0;
    for (; begin < end; ++begin) {
      if (std::fabs(x[begin]) > out[b]) out[b] = std::fabs(x[begin]);
    }
  }
}

void round(const Rounding& rounding, std::span<const float> x, Errors& errors) {
  for (size_t begin = 0; begin < x.size(); begin += kRun) {
    RunSums sums = {};
    end_round(rounding, x, begin, begin, std::min(begin + kRun, x.size()), sums, errors);
  }
}

void integer_losses(std::span<const float> x, std::span<const float> inverse_scales, float limit,
                    std::span<float> sums) {
  for (size_t i = 0; i < inverse_scales.size(); ++i) {
    Lanes lanes = {};
    sums[i] = end_losses(x, 0, inverse_scales[i], limit, lanes);
  }
}

size_t above(std::span<const float> x, float threshold, std::span<float> out) {
  return append_above(x, threshold, out, 0);
}

void bins(std::span<const float> x, double range, double per_unit, uint32_t last,
          std::span<uint32_t> out) {
  for (size_t i = 0; i < x.size(); ++i) out[i] = bin_of(x[i], range, per_unit, last);
}

void tally(std::span<const float> x, double range, double per_unit, uint32_t last,
           std::span<uint32_t> tables) {
  const size_t stride = tables.size() / 2;
  for (size_t i = 0; i < x.size(); ++i)
    ++tables[i % 2 * stride + bin_of(x[i], range, per_unit, last)];
}

void turn(const float* from, size_t rows, size_t columns, float* to, size_t stride) {
  turn_from(from, rows, columns, 0, 0, to, stride);
}

void fours(std::span<const float> x, size_t apart, double& all, double& kept) {
  walk_fours(x, apart, all, kept, [&](std::span<const float> blocks, FourSums& sums) {
    add_fours(blocks, apart, sums);
  });
}

void multiply(std::span<float> x, double factor) {
  for (float& value : x) value = static_cast<float>(static_cast<double>(value) * factor);
}

}  // namespace

BlockRule::BlockRule(const Rounding& rounding, size_t block)
    : element(rounding.element), scale(rounding.scales[block]) {
  // Short channels would take longer to find limits that nothing passes than to be rounded.
  clip_high = std::numeric_limits<float>::infinity();
  clip_low = -clip_high;
  if (!rounding.may_clip) return;
  if (!rounding.zero_points.empty()) {
    element.low -= rounding.zero_points[block];
    element.high -= rounding.zero_points[block];
  }
  clip_low = quantization::clip_low(element);
  clip_high = quantization::clip_high(element);
}

void Errors::add(const Errors& part) {
  square += part.square;
  cross += part.cross;
  largest = std::max(largest, part.largest);
  clipped += part.clipped;
  zeros += part.zeros;
}

const Kernels& scalar_kernels() {
  static constexpr Kernels kKernels = {scan,           block_largest, block_range, round,
                                       integer_losses, above,         bins,        tally,
                                       turn,           fours,         multiply};
  return kKernels;
}

}  // namespace trtreport::quantization
