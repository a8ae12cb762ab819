// Activations are in memory as a whole, so that calibrators are judged on the values themselves and
// not on bins.
#include "quantization/activations.hpp"

#include "quantization/calibrate.hpp"
#include "quantization/scales.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

bool is_finite(float x) { return std::fabs(x) <= std::numeric_limits<float>::max(); }

double amax_of(const Scheme& scheme, const Histogram& histogram,
               const TwoSidedHistogram& two_sided) {
  switch (scheme.calibrator) {
    case Calibrator::Entropy:
      return entropy_threshold(histogram).amax;
    case Calibrator::EntropyOnnxRuntime: {
      const TwoSidedThreshold found = entropy_threshold_onnxruntime(two_sided, 255);
      return std::max(std::fabs(found.low), std::fabs(found.high));
    }
    case Calibrator::Percentile:
      return percentile_threshold(histogram, scheme.percent).amax;
    case Calibrator::Mse:
      return mse_threshold(histogram, row(scheme.format).element).amax;
    default:
      return histogram.range;
  }
}

std::vector<Scheme> schemes_of_activations() {
  std::vector<Scheme> schemes;
  for (const Scheme& scheme : all_schemes()) {
    const bool is_fp8 = scheme.format == Format::Fp8E4M3;
    if (scheme.granularity == Granularity::Tensor && scheme.symmetric &&
        (scheme.format == Format::Int8 || is_fp8)) {
      schemes.push_back(scheme);
    }
  }
  return schemes;
}

BatchOrder collect(std::string_view name, std::span<const std::span<const float>> batches) {
  GrowingHistogram histogram(Growth::Doubling);
  for (const auto& batch : batches) histogram.add(batch);
  BatchOrder order;
  order.order = name;
  order.batches = batches.size();
  order.range = histogram.histogram().range;
  order.doublings = histogram.doublings();
  order.empty_top_bins = histogram.empty_top_bins();
  order.amax = entropy_threshold(histogram.histogram()).amax;
  return order;
}

std::vector<BatchOrder> try_orders(std::span<const float> values, uint64_t batch) {
  std::vector<std::span<const float>> batches;
  std::vector<std::pair<float, size_t>> largest;
  for (size_t begin = 0; begin < values.size(); begin += static_cast<size_t>(batch)) {
    const size_t size = std::min(static_cast<size_t>(batch), values.size() - begin);
    batches.push_back(values.subspan(begin, size));
    float most = 0;
    for (const float value : batches.back()) {
      if (is_finite(value)) most = std::max(most, std::fabs(value));
    }
    largest.emplace_back(most, largest.size());
  }
  if (batches.size() < 2) return {};
  std::sort(largest.begin(), largest.end());
  std::vector<std::span<const float>> sorted;
  for (const auto& [most, index] : largest) sorted.push_back(batches[index]);
  std::vector<BatchOrder> orders;
  const std::span<const float> whole[] = {values};
  orders.push_back(collect("one-batch", whole));
  orders.push_back(collect("given", batches));
  orders.push_back(collect("ascending", sorted));
  std::reverse(sorted.begin(), sorted.end());
  orders.push_back(collect("descending", sorted));
  return orders;
}

}  // namespace

ActivationResult analyse_activation(std::span<const float> values, uint64_t batch) {
  ActivationResult result;
  Ranges ranges;
  vector_kernels().scan(values, ranges);
  result.elements = values.size();
  result.nonfinite = ranges.nonfinite;
  result.zeros = ranges.zeros;
  if (ranges.low <= ranges.high) {
    result.low = ranges.low;
    result.high = ranges.high;
  }
  const float largest = std::max(result.high, -result.low);
  result.dead = largest <= kDeadMagnitude;
  if (result.dead) return result;
  result.constant = result.low == result.high;

  std::vector<float> clean;
  if (result.nonfinite > 0) {
    std::copy_if(values.begin(), values.end(), std::back_inserter(clean), is_finite);
    values = clean;
  }
  result.histogram = magnitude_histogram(values);
  result.histogram.zeros = result.zeros;
  const TwoSidedHistogram two_sided = two_sided_histogram(values, kCalibrationBins);
  for (const Scheme& scheme : schemes_of_activations()) {
    CalibratedScale found;
    found.scheme = scheme;
    found.amax = amax_of(scheme, result.histogram, two_sided);
    found.fell_back = scheme.calibrator != Calibrator::Max &&
                      (result.constant || !(found.amax > static_cast<double>(kDeadMagnitude)));
    if (found.fell_back) found.amax = static_cast<double>(largest);
    const Element& element = row(scheme.format).element;
    found.scale = symmetric_scale(element, static_cast<float>(found.amax));
    Errors errors;
    vector_kernels().round({element, false, {&found.scale, 1}, {}}, values, errors);
    found.metrics = metrics_of(errors, ranges.square, values.size(), result.zeros);
    result.scales.push_back(found);
  }
  result.orders = try_orders(values, std::max<uint64_t>(batch, 1));
  return result;
}

}  // namespace trtreport::quantization
