// The plain bodies of the loops, and what both kinds share.
#include "quantization/lanes.hpp"

namespace trtreport::quantization {
namespace {

void scan(std::span<const float> x, RangeLanes& lanes) {
  for (size_t i = 0; i < x.size(); ++i) scan_element(x[i], i % kLanes, lanes);
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

void round(const Rounding& rounding, std::span<const float> x, ErrorLanes& lanes) {
  round_elements(rounding, x, 0, lanes);
}

float integer_loss(std::span<const float> x, float inverse_scale, float limit) {
  std::array<float, kLanes> lanes = {};
  for (size_t i = 0; i < x.size(); ++i) lanes[i % kLanes] += loss_of(x[i], inverse_scale, limit);
  return folded(lanes);
}

void integer_losses(std::span<const float> x, std::span<const float> inverse_scales, float limit,
                    std::span<float> sums) {
  for (size_t i = 0; i < inverse_scales.size(); ++i)
    sums[i] = integer_loss(x, inverse_scales[i], limit);
}

void bins(std::span<const float> x, double range, double per_unit, uint32_t last,
          std::span<uint32_t> out) {
  for (size_t i = 0; i < x.size(); ++i) out[i] = bin_of(x[i], range, per_unit, last);
}

void multiply(std::span<float> x, double factor) {
  for (float& value : x) value = static_cast<float>(static_cast<double>(value) * factor);
}

}  // namespace

RangeLanes::RangeLanes() {
  low.fill(std::numeric_limits<float>::infinity());
  high.fill(-std::numeric_limits<float>::infinity());
}

float RangeLanes::lowest() const { return *std::min_element(low.begin(), low.end()); }
float RangeLanes::highest() const { return *std::max_element(high.begin(), high.end()); }

double RangeLanes::power() const {
  double sum = 0;
  for (const double lane : square) sum += lane;
  return sum;
}

const Kernels& scalar_kernels() {
  static constexpr Kernels kKernels = {scan,           block_largest, block_range, round,
                                       integer_losses, bins,          multiply};
  return kKernels;
}

}  // namespace trtreport::quantization
