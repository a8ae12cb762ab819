// Figures from sums. y's own sums follow from x's and the errors', so that no loop needs them.
#include "quantization/metrics.hpp"

#include "base/logarithm.hpp"

#include <algorithm>
#include <cmath>

namespace trtreport::quantization {

void Errors::add(const ErrorLanes& lanes) {
  Errors part;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    part.square += lanes.square[lane];
    part.cross += lanes.cross[lane];
    part.largest = std::max(part.largest, lanes.largest[lane]);
  }
  part.clipped = lanes.clipped;
  part.underflows = lanes.underflows;
  add(part);
}

void Errors::add(const Errors& part) {
  square += part.square;
  cross += part.cross;
  largest = std::max(largest, part.largest);
  clipped += part.clipped;
  underflows += part.underflows;
}

Metrics metrics_of(const Errors& errors, double power, uint64_t elements) {
  Metrics metrics;
  metrics.exact = errors.square == 0;
  metrics.max_abs_error = static_cast<double>(errors.largest);
  metrics.overflows = errors.clipped;
  metrics.underflows = errors.underflows;
  metrics.nsr = errors.square / (power + 1e-7);
  if (elements > 0) {
    const double count = static_cast<double>(elements);
    metrics.mse = errors.square / count;
    metrics.clipped_share = static_cast<double>(errors.clipped) / count;
  }
  if (!metrics.exact && power > 0) metrics.sqnr_db = decibels(power / errors.square);
  const double of_rounded = power + 2 * errors.cross + errors.square;
  if (power > 0 && of_rounded > 0) {
    const double cosine = (power + errors.cross) / std::sqrt(power * of_rounded);
    metrics.cosine = std::clamp(cosine, -1.0, 1.0);
  }
  return metrics;
}

}  // namespace trtreport::quantization
