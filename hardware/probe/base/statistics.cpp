// Percentiles by sorting.
#include "base/statistics.hpp"

#include <algorithm>
#include <cassert>

namespace trtprobe {

double percentile(std::vector<double> samples, double share) {
  assert(!samples.empty());
  std::sort(samples.begin(), samples.end());
  const double place = share * static_cast<double>(samples.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, samples.size() - 1);
  const double fraction = place - static_cast<double>(below);
  return samples[below] + (samples[above] - samples[below]) * fraction;
}

double spread(const std::vector<double>& samples) {
  const double middle = median(samples);
  if (middle == 0) return 0;
  return (percentile(samples, 0.9) - percentile(samples, 0.1)) / middle;
}

}  // namespace trtprobe
