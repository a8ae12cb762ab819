// Thresholds of least squared error over bin centres, for any symmetric format.
#include "quantization/calibrate.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace trtreport::quantization {
namespace {

double centre(const Histogram& histogram, size_t bin) {
  return (histogram.edge(bin) + histogram.edge(bin + 1)) / 2;
}

// The filled bins of a histogram from the largest values down, where clipping shows first.
struct FilledBins {
  std::vector<float> centres;
  std::vector<double> counts;

  explicit FilledBins(const Histogram& histogram) {
    for (size_t bin = histogram.counts.size(); bin > 0; --bin) {
      uint64_t count = histogram.counts[bin - 1];
      if (bin == 1) count -= std::min(count, histogram.zeros);
      if (count == 0) continue;
      centres.push_back(static_cast<float>(centre(histogram, bin - 1)));
      counts.push_back(static_cast<double>(count));
    }
  }
};

// Ties to even, up to 2^22: adding 1.5 * 2^23 leaves no bit for a fraction.
float round_whole(float x) { return (x + 12582912.0f) - 12582912.0f; }

// Sum of squared errors with `amax` as the largest value; where it exceeds `most`, any number that
// does as well.
double loss_at(const FilledBins& bins, const Element& element, double amax, double most) {
  constexpr size_t kBetweenLooks = 128;
  const float scale = static_cast<float>(amax / static_cast<double>(element.high));
  double loss = 0;
  for (size_t begin = 0; begin < bins.counts.size() && !(loss > most); begin += kBetweenLooks) {
    const size_t end = std::min(begin + kBetweenLooks, bins.counts.size());
    for (size_t i = begin; i < end; ++i) {
      const float x = bins.centres[i], units = x / scale;
      const float code = element.is_integer ? round_whole(std::min(units, element.high))
                                            : round_to_element(element, units);
      const double error = static_cast<double>(code * scale - x);
      loss += error * error * bins.counts[i];
    }
  }
  return loss;
}

}  // namespace

HistogramErrors errors_at(const Histogram& histogram, const Element& element, double amax,
                          uint32_t parts, double first) {
  HistogramErrors errors;
  const float scale = static_cast<float>(amax / static_cast<double>(element.high));
  const float most = clip_high(element) * scale;
  const double width = histogram.range / static_cast<double>(histogram.counts.size());
  for (size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    uint64_t count = histogram.counts[bin];
    if (bin == 0) count -= std::min(count, histogram.zeros);
    if (count == 0) continue;
    const double weight = static_cast<double>(count) / static_cast<double>(parts);
    for (uint32_t part = 0; part < parts; ++part) {
      const double share = (static_cast<double>(part) + 0.5) / static_cast<double>(parts);
      const double place = bin == 0 ? share * first : static_cast<double>(bin) + share;
      const float x = static_cast<float>(place * width);
      const double error = static_cast<double>(round_to_element(element, x / scale) * scale - x);
      errors.square += error * error * weight;
      errors.power += static_cast<double>(x) * static_cast<double>(x) * weight;
      if (x > most) errors.clipped += weight;
    }
  }
  return errors;
}

Threshold mse_threshold(const Histogram& histogram, const Element& element) {
  constexpr int kSteps = 32;
  constexpr double kLeast = 0.2, kStep = (1 - kLeast) / kSteps;
  constexpr double kNoLimit = std::numeric_limits<double>::infinity();
  const FilledBins bins(histogram);
  double best = 1, least = loss_at(bins, element, histogram.range, kNoLimit);
  for (int step = kSteps - 1; step >= 0; --step) {
    const double ratio = kLeast + step * kStep;
    const double loss = loss_at(bins, element, ratio * histogram.range, least);
    if (!(loss < least)) continue;
    least = loss;
    best = ratio;
  }
  constexpr double kGolden = 0.6180339887498949;
  double low = std::max(best - kStep, kLeast), high = std::min(best + kStep, 1.0);
  for (int round = 0; round < 6; ++round) {
    const double reach = kGolden * (high - low);
    const std::array<double, 2> inner = {high - reach, low + reach};
    std::array<double, 2> losses;
    for (size_t i = 0; i < 2; ++i) {
      losses[i] = loss_at(bins, element, inner[i] * histogram.range, kNoLimit);
      if (!(losses[i] < least)) continue;
      least = losses[i];
      best = inner[i];
    }
    (losses[0] < losses[1] ? high : low) = losses[0] < losses[1] ? inner[1] : inner[0];
  }
  return {static_cast<size_t>(best * static_cast<double>(histogram.counts.size())),
          best * histogram.range};
}

}  // namespace trtreport::quantization
