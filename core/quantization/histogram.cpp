// Binning in double, which agrees with numpy's integer counts bin by bin.
#include "quantization/histogram.hpp"

#include "quantization/kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

bool is_finite(float x) { return std::fabs(x) <= std::numeric_limits<float>::max(); }

double largest_of(std::span<const float> x) {
  float largest = 0;
  for (const float value : x) {
    if (is_finite(value)) largest = std::max(largest, std::fabs(value));
  }
  return static_cast<double>(largest);
}

}  // namespace

uint64_t Histogram::total() const {
  uint64_t sum = 0;
  for (const uint64_t count : counts) sum += count;
  return sum;
}

void count_magnitudes(std::span<const float> x, double range, std::span<uint64_t> counts) {
  if (!(range > 0) || counts.empty()) return;
  const double per_unit = static_cast<double>(counts.size()) / range;
  const uint32_t last = static_cast<uint32_t>(counts.size() - 1);
  if (counts.size() <= 4096 && x.size() >= 4096 && x.size() < UINT32_MAX) {
    const size_t stride = counts.size() + 1;  // with a bin for what is left out
    std::vector<uint32_t> tables(2 * stride);
    vector_kernels().tally(x, range, per_unit, last, tables);
    for (size_t bin = 0; bin < counts.size(); ++bin)
      counts[bin] += uint64_t{tables[bin]} + tables[stride + bin];
    return;
  }
  std::array<uint32_t, 1024> bins;
  for (size_t begin = 0; begin < x.size(); begin += bins.size()) {
    const size_t size = std::min(bins.size(), x.size() - begin);
    vector_kernels().bins(x.subspan(begin, size), range, per_unit, last, bins);
    for (size_t i = 0; i < size; ++i) {
      if (bins[i] <= last) ++counts[bins[i]];
    }
  }
}

Histogram magnitude_histogram(std::span<const float> x, size_t bins) {
  Histogram histogram{std::vector<uint64_t>(bins), largest_of(x)};
  count_magnitudes(x, histogram.range, histogram.counts);
  return histogram;
}

void count_two_sided(std::span<const float> x, double range, std::span<uint64_t> counts) {
  if (!(range > 0) || counts.empty()) return;
  const double per_unit = static_cast<double>(counts.size()) / (2 * range);
  const int64_t last = static_cast<int64_t>(counts.size()) - 1;
  for (const float value : x) {
    if (!is_finite(value)) continue;
    const int64_t bin = static_cast<int64_t>((static_cast<double>(value) + range) * per_unit);
    ++counts[static_cast<size_t>(std::clamp<int64_t>(bin, 0, last))];
  }
}

TwoSidedHistogram two_sided_histogram(std::span<const float> x, size_t bins) {
  TwoSidedHistogram histogram{std::vector<uint64_t>(bins), largest_of(x)};
  count_two_sided(x, histogram.range, histogram.counts);
  bool first = true;
  for (const float value : x) {
    if (!is_finite(value)) continue;
    const double wide = static_cast<double>(value);
    histogram.low = first ? wide : std::min(histogram.low, wide);
    histogram.high = first ? wide : std::max(histogram.high, wide);
    first = false;
  }
  return histogram;
}

void GrowingHistogram::grow(double largest) {
  if (growth_ == Growth::KeptWidth) {
    const double width = histogram_.range / static_cast<double>(histogram_.counts.size());
    const double wanted = std::ceil(largest / width);
    const size_t bins =
        wanted < static_cast<double>(kMostBins) ? static_cast<size_t>(wanted) : kMostBins;
    histogram_.counts.resize(std::max(bins, histogram_.counts.size()));
    histogram_.range = width * static_cast<double>(histogram_.counts.size());
    return;
  }
  while (largest > histogram_.range) {
    std::vector<uint64_t>& counts = histogram_.counts;
    for (size_t i = 0; i < counts.size() / 2; ++i) counts[i] = counts[2 * i] + counts[2 * i + 1];
    std::fill(counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2), counts.end(), 0);
    histogram_.range *= 2;
    ++doublings_;
  }
}

void GrowingHistogram::add(std::span<const float> batch) {
  const double largest = largest_of(batch);
  if (histogram_.range == 0) {
    if (largest == 0) return;
    histogram_ = {std::vector<uint64_t>(bins_), largest};
  }
  if (largest > histogram_.range) grow(largest);
  count_magnitudes(batch, histogram_.range, histogram_.counts);
}

size_t GrowingHistogram::empty_top_bins() const {
  size_t empty = 0;
  const std::vector<uint64_t>& counts = histogram_.counts;
  while (empty < counts.size() && counts[counts.size() - 1 - empty] == 0) ++empty;
  return empty;
}

}  // namespace trtreport::quantization
