// pytorch-quantization's percentile (calib/histogram.py, _compute_amax_percentile): shares are
// added up as it does, so that the same bin comes out.
#include "quantization/calibrate.hpp"

namespace trtreport::quantization {

Threshold percentile_threshold(const Histogram& histogram, double percent) {
  const double total = static_cast<double>(histogram.total());
  if (total == 0) return {};
  double share = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    share += static_cast<double>(histogram.counts[i]) / total;
    if (share >= percent / 100) return {i, histogram.edge(i)};
  }
  return {histogram.counts.size(), histogram.range};
}

}  // namespace trtreport::quantization
