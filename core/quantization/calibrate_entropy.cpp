// TensorRT's entropy calibration (Migacz, GTC 2017), by prefix sums: each candidate costs one
// logarithm a level instead of one a bin.
#include "base/logarithm.hpp"
#include "quantization/calibrate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

constexpr size_t kLevels = 128;  // of a signed 8-bit value's magnitude
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A sum with the rounding errors of its additions beside it: what is left after large terms cancel
// is the result.
struct Sum {
  double high = 0, low = 0;
  void add(double x) {
    const double total = high + x;
    const double part = total - high;
    low += (high - (total - part)) + (x - part);
    high = total;
  }
  double value() const { return high + low; }
};

// Running totals: before[i] is of bins [0, i).
struct Prefix {
  std::vector<double> counts, nonzero;
  std::vector<Sum> weighted;  // count times ln count
};

std::vector<double> hide_zero_spike(const Histogram& histogram) {
  std::vector<double> counts(histogram.counts.begin(), histogram.counts.end());
  if (counts.size() > 1) counts[0] = counts[1];
  return counts;
}

Prefix sums_of(std::span<const double> counts) {
  Prefix prefix;
  prefix.counts.assign(counts.size() + 1, 0);
  prefix.nonzero.assign(counts.size() + 1, 0);
  prefix.weighted.resize(counts.size() + 1);
  for (size_t i = 0; i < counts.size(); ++i) {
    prefix.counts[i + 1] = prefix.counts[i] + counts[i];
    prefix.nonzero[i + 1] = prefix.nonzero[i] + (counts[i] != 0 ? 1 : 0);
    prefix.weighted[i + 1] = prefix.weighted[i];
    if (counts[i] != 0) prefix.weighted[i + 1].add(counts[i] * natural_log(counts[i]));
  }
  return prefix;
}

// Divergence of the first `bins` bins, the rest added to the last of them, from their means over
// levels. Levels end where pytorch-quantization's linspace and digitize put them.
double divergence(std::span<const double> counts, const Prefix& prefix, size_t bins) {
  const double total = prefix.counts.back(), inside = prefix.counts[bins];
  const double outside = total - inside;
  const double last = counts[bins - 1];
  if (inside == 0 || (last == 0 && outside > 0)) return kInfinity;

  const double step = static_cast<double>(bins) / static_cast<double>(kLevels);
  Sum sum = prefix.weighted[bins - 1];
  const double raised = last + outside;
  if (raised > 0) sum.add(raised * natural_log(raised));
  size_t begin = 0;
  for (size_t level = 0; level < kLevels; ++level) {
    size_t end = bins;
    if (level + 1 < kLevels) {
      const double edge = static_cast<double>(level + 1) * step;
      end = static_cast<size_t>(edge);
      if (static_cast<double>(end) < edge) ++end;  // the first bin at or above the edge
    }
    double mass = prefix.counts[end] - prefix.counts[begin];
    const double filled = prefix.nonzero[end] - prefix.nonzero[begin];
    begin = end;
    if (filled == 0) continue;
    const double log_mean = natural_log(mass / filled);
    if (end == bins) mass += outside;
    sum.add(-(mass * log_mean));
  }
  return sum.value() / total - (natural_log(total) - natural_log(inside));
}

}  // namespace

std::vector<double> entropy_divergences(const Histogram& histogram) {
  std::vector<double> found;
  if (histogram.counts.size() < kLevels) return found;
  const std::vector<double> counts = hide_zero_spike(histogram);
  const Prefix prefix = sums_of(counts);
  for (size_t bins = kLevels; bins <= counts.size(); ++bins)
    found.push_back(divergence(counts, prefix, bins));
  return found;
}

Threshold entropy_threshold(const Histogram& histogram) {
  const std::vector<double> candidates = entropy_divergences(histogram);
  size_t best = candidates.size();
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i] == kInfinity) continue;
    if (best == candidates.size() || candidates[i] <= candidates[best]) best = i;
  }
  if (best == candidates.size()) return {histogram.counts.size(), histogram.range, kInfinity};
  const size_t bin = kLevels + best;
  return {bin, histogram.edge(bin), std::max(candidates[best], 0.0)};
}

}  // namespace trtreport::quantization
