// What a threshold does, anywhere between 0 and the range: the two measures that calibrators
// minimize, side by side.
#include "base/logarithm.hpp"
#include "quantization/calibrate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

constexpr uint32_t kParts = 4;  // of a bin: a report's 512 bins are a quarter of an INT8 step wide

// How far the values of the first bin reach into it, so that all squares add up to the power.
double reach_in_first(const Histogram& histogram, const Element& element) {
  if (!(histogram.power > 0)) return 1;
  Histogram others = histogram;
  others.zeros = others.counts[0];
  const double beyond = errors_at(others, element, histogram.range, kParts).power;
  const double evenly = errors_at(histogram, element, histogram.range, kParts).power - beyond;
  const double left = histogram.power - beyond;
  if (!(evenly > 0)) return 1;
  return left > 0 ? std::sqrt(std::min(1.0, left / evenly)) : 0;
}

ThresholdPoint point_at(const Histogram& histogram, const Element& element, double amax,
                        double total, double first) {
  ThresholdPoint point;
  point.amax = amax;
  point.scale = static_cast<float>(amax / static_cast<double>(element.high));
  const HistogramErrors errors = errors_at(histogram, element, amax, kParts, first);
  const double power = histogram.power > 0 ? histogram.power : errors.power;
  if (errors.square > 0 && power > 0) point.sqnr_db = decibels(power / errors.square);
  if (total > 0) point.clipped_share = errors.clipped / total;
  return point;
}

void set_divergence(double value, ThresholdPoint& point) {
  if (value < std::numeric_limits<double>::infinity()) point.divergence = value > 0 ? value : 0;
}

bool has_levels(const Element& element) { return element.is_integer && element.high == 127; }

}  // namespace

ThresholdPoint threshold_at(const Histogram& histogram, const Element& element, double amax) {
  if (!(amax > 0) || histogram.counts.empty()) return {};
  ThresholdPoint point = point_at(histogram, element, amax, static_cast<double>(histogram.total()),
                                  reach_in_first(histogram, element));
  if (!has_levels(element) || !(histogram.range > 0)) return point;
  const double size = static_cast<double>(histogram.counts.size());
  const double edge = amax / histogram.range * size + 0.5;  // of the nearest bin
  const size_t bin = edge < size ? static_cast<size_t>(edge) : histogram.counts.size();
  const std::vector<double> found = entropy_divergences(histogram);
  const size_t first = histogram.counts.size() + 1 - found.size();
  if (!found.empty() && bin >= first) set_divergence(found[bin - first], point);
  return point;
}

std::vector<ThresholdPoint> threshold_curve(const Histogram& histogram, const Element& element) {
  std::vector<ThresholdPoint> curve;
  if (!(histogram.range > 0)) return curve;
  const double total = static_cast<double>(histogram.total());
  const double first = reach_in_first(histogram, element);
  const size_t size = histogram.counts.size();
  curve.reserve(size);
  for (size_t bin = 1; bin <= size; ++bin)
    curve.push_back(point_at(histogram, element, histogram.edge(bin), total, first));
  if (!has_levels(element)) return curve;
  const std::vector<double> found = entropy_divergences(histogram);
  for (size_t i = 0; i < found.size(); ++i)
    set_divergence(found[i], curve[size - found.size() + i]);
  return curve;
}

}  // namespace trtreport::quantization
