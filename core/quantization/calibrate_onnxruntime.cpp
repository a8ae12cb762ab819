// ONNX Runtime's entropy calibrator (quantization/calibrate.py, HistogramCollector), with what sets
// it apart kept: no bin of the remainder receives mass, and means are cut to integers.
#include "base/logarithm.hpp"
#include "quantization/calibrate.hpp"

#include <algorithm>
#include <limits>

namespace trtreport::quantization {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSmoothing = 1e-4;

// Adds a little where nothing is and takes it from what is there. False where all is zero.
bool smooth(std::vector<double>& counts) {
  size_t filled = 0;
  for (const double count : counts) filled += count != 0 ? 1 : 0;
  if (filled == 0) return false;
  const double taken =
      kSmoothing * static_cast<double>(counts.size() - filled) / static_cast<double>(filled);
  for (double& count : counts) count = count == 0 ? kSmoothing : count - taken;
  return true;
}

double divergence(std::vector<double>& p, std::vector<double>& q) {
  if (!smooth(p) || !smooth(q)) return kInfinity;
  double sum_p = 0, sum_q = 0;
  for (const double value : p) sum_p += value;
  for (const double value : q) sum_q += value;
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double a = p[i] / sum_p, b = q[i] / sum_q;
    if (a <= 0) continue;
    if (b <= 0) return kInfinity;
    sum += a * natural_log(a / b);
  }
  return sum;
}

// The slice's means over `levels` groups of equal length. The last group's sum, but not its bins,
// includes what is left over.
void spread(std::span<const double> slice, std::span<const double> p, uint32_t levels,
            std::vector<double>& q) {
  q.assign(slice.size(), 0);
  const size_t group = slice.size() / levels;
  for (size_t level = 0; level < levels; ++level) {
    const size_t begin = level * group, end = begin + group;
    double mass = 0, filled = 0;
    for (size_t i = begin; i < end; ++i) {
      mass += slice[i];
      filled += p[i] != 0 ? 1 : 0;
    }
    if (level + 1 == levels) {
      for (size_t i = end; i < slice.size(); ++i) mass += slice[i];
    }
    if (filled == 0) continue;
    const double mean = static_cast<double>(static_cast<int64_t>(mass / filled));
    for (size_t i = begin; i < end; ++i) q[i] = mean;
  }
}

}  // namespace

TwoSidedThreshold entropy_threshold_onnxruntime(const TwoSidedHistogram& histogram,
                                                uint32_t levels) {
  const std::vector<double> counts(histogram.counts.begin(), histogram.counts.end());
  const size_t size = counts.size(), zero = size / 2;
  std::vector<double> before(size + 1, 0);
  for (size_t i = 0; i < size; ++i) before[i + 1] = before[i] + counts[i];

  TwoSidedThreshold best;
  best.divergence = kInfinity;
  std::vector<double> p, q;
  bool found = false;
  size_t first = 0, last = size;
  for (size_t side = levels / 2; side <= zero; ++side) {
    const size_t begin = zero - side, end = std::min(zero + side + 1, size);
    const std::span slice(counts.data() + begin, end - begin);
    if (slice.size() < levels) continue;
    p.assign(slice.begin(), slice.end());
    p.front() += before[begin];
    p.back() += before[size] - before[end];
    spread(slice, p, levels, q);
    const double value = divergence(p, q);
    if (found && !(value < best.divergence)) continue;
    found = true;
    best.divergence = value;
    best.bins_each_side = side;
    first = begin;
    last = end;
  }
  best.low = std::max(histogram.edge(first), histogram.low);
  best.high = std::min(histogram.edge(last), histogram.high);
  return best;
}

}  // namespace trtreport::quantization
