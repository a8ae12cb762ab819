// Figures from sums. y's own sums follow from x's and the errors', so that no loop needs them.
#include "quantization/metrics.hpp"

#include "base/logarithm.hpp"

#include <algorithm>
#include <cmath>

namespace trtreport::quantization {

Metrics metrics_of(const Errors& errors, double power, uint64_t elements, uint64_t zeros) {
  Metrics metrics;
  metrics.exact = errors.square == 0;
  metrics.max_abs_error = static_cast<double>(errors.largest);
  metrics.overflows = errors.clipped;
  metrics.underflows = errors.zeros - zeros;
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
