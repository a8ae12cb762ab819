// The statistics of samples: rates and times on a GPU are not normally distributed, so medians and
// percentiles.
#pragma once

#include <vector>

namespace trtprobe {

// The value below which `share` (0 to 1) of the samples lie, interpolated between neighbours.
// `samples` must not be empty.
double percentile(std::vector<double> samples, double share);

inline double median(const std::vector<double>& samples) { return percentile(samples, 0.5); }

// (90th - 10th percentile) / median; 0 where the median is 0.
double spread(const std::vector<double>& samples);

}  // namespace trtprobe
