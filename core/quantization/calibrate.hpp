// Calibrators: from a histogram to the largest magnitude that is still represented. Each is one
// file, named after the tool whose rule it is; where tools differ, both rules are here.
#pragma once

#include "quantization/format.hpp"
#include "quantization/histogram.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace trtreport::quantization {

struct Threshold {
  size_t bin = 0;         // edge number: bins below it are represented
  double amax = 0;        // its value
  double divergence = 0;  // Kullback-Leibler, in nats; entropy calibrators only
};

// pytorch-quantization's percentile: the lower edge of the first bin at which the share of values
// reaches `percent`; the values of that bin are clipped.
Threshold percentile_threshold(const Histogram& histogram, double percent);

// TensorRT's published algorithm as pytorch-quantization and Model Optimizer have it: 128 levels,
// every range from 128 bins up, the count of bin 0 replaced by that of bin 1, the last of equal
// minima. Falls back to the whole range where no candidate has a finite divergence.
Threshold entropy_threshold(const Histogram& histogram);
// Divergence of every candidate, from 128 bins up; infinity where it is undefined.
std::vector<double> entropy_divergences(const Histogram& histogram);

// ONNX Runtime's: symmetric slices around zero, means cut to integers, smoothed counts, the first
// of equal minima, limits clamped to what was seen. With as many levels as bins it is plain
// min-max.
struct TwoSidedThreshold {
  size_t bins_each_side = 0;
  double low = 0, high = 0;
  double divergence = 0;
};
TwoSidedThreshold entropy_threshold_onnxruntime(const TwoSidedHistogram& histogram,
                                                uint32_t levels);

// The ratio of the range, from 0.2 to 1, of least squared error over bin centres, found on a grid
// and refined by golden section. The whole range is always a candidate.
Threshold mse_threshold(const Histogram& histogram, const Element& element);

// What a symmetric scale amax / element.high would do to the counted values, judged at bin centres,
// or at the centres of `parts` equal parts of each bin: coarse bins are nearly as wide as a step.
// Values of the first bin are taken to lie in the lower `first` of it.
struct HistogramErrors {
  double square = 0;  // sum of squared errors
  double power = 0;   // sum of squares
  double clipped = 0;
};
HistogramErrors errors_at(const Histogram& histogram, const Element& element, double amax,
                          uint32_t parts = 1, double first = 1);

// One threshold of the curves that show why calibrators differ.
struct ThresholdPoint {
  double amax = 0;
  float scale = 1;                   // amax / largest value of the element, as float32
  std::optional<double> divergence;  // Kullback-Leibler of TensorRT's entropy calibrator, in nats;
                                     // none below 128 bins, where it is infinite, and where the
                                     // element is no 8-bit integer
  // Values spread evenly over bins, those of the first bin over the part of it that the histogram's
  // power leaves them: a long tail puts most of a tensor there. None where nothing changes.
  std::optional<double> sqnr_db;
  double clipped_share = 0;  // of the counted values
};
ThresholdPoint threshold_at(const Histogram& histogram, const Element& element, double amax);
// At the upper edge of every bin, ascending. Costs the square of the number of bins: made for the
// 512 of a report.
std::vector<ThresholdPoint> threshold_curve(const Histogram& histogram, const Element& element);

}  // namespace trtreport::quantization
