// Histograms that calibrators work on: of |x| from 0 to a range, and of x on both sides of 0 as
// ONNX Runtime's entropy calibrator wants it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace trtreport::quantization {

inline constexpr size_t kCalibrationBins = 2048;

// Counts of |x| in equal bins over [0, range].
struct Histogram {
  std::vector<uint64_t> counts;
  double range = 0;
  uint64_t zeros = 0;  // of bin 0, how many are known to be exactly 0, which no scale rounds
  double power = 0;    // sum of squares of the values; 0 where it is not known

  double edge(size_t index) const {
    return static_cast<double>(index) * (range / static_cast<double>(counts.size()));
  }
  uint64_t total() const;
};

// What is said of any set of values, weights or activations, before a format comes into it.
struct ValueSummary {
  uint64_t elements = 0;
  uint64_t nonfinite = 0;  // left out of every figure
  uint64_t zeros = 0;
  float low = 0, high = 0;
  bool dead = false;      // no magnitude above kDeadMagnitude: nothing to scale by
  bool constant = false;  // one value throughout, not 0
  Histogram histogram;    // of magnitudes
};

// Adds |x| of each finite value: bin floor(|x| n / range), the range itself in the last one.
void count_magnitudes(std::span<const float> x, double range, std::span<uint64_t> counts);
Histogram magnitude_histogram(std::span<const float> x, size_t bins = kCalibrationBins);

// Counts of x in equal bins over [-range, range].
struct TwoSidedHistogram {
  std::vector<uint64_t> counts;
  double range = 0;
  double low = 0, high = 0;  // least and largest value seen

  double edge(size_t index) const {
    return -range + static_cast<double>(index) * (2 * range / static_cast<double>(counts.size()));
  }
};
// Adds each finite value: bin floor((x + range) n / (2 range)).
void count_two_sided(std::span<const float> x, double range, std::span<uint64_t> counts);
TwoSidedHistogram two_sided_histogram(std::span<const float> x, size_t bins);

// How a histogram takes batches that pass its range. The first batch with a value other than 0 sets
// the range; nothing is looked at twice, so that the order and size of batches matter.
enum class Growth : uint8_t {
  Doubling,   // the range doubles and neighbours merge: TensorRT's behaviour as documented (<= 10)
  KeptWidth,  // bins are appended: pytorch-quantization, Model Optimizer, ONNX Runtime
};

class GrowingHistogram {
 public:
  explicit GrowingHistogram(Growth growth, size_t bins = kCalibrationBins)
      : growth_(growth), bins_(bins) {}
  void add(std::span<const float> batch);
  const Histogram& histogram() const { return histogram_; }
  uint32_t doublings() const { return doublings_; }
  // Bins above the largest value seen, which a late doubling leaves behind.
  size_t empty_top_bins() const;

 private:
  void grow(double largest);

  // Kept width: past this the first batch was so small that bins no longer help anyone.
  static constexpr size_t kMostBins = 1u << 22;

  Growth growth_;
  size_t bins_;
  Histogram histogram_;
  uint32_t doublings_ = 0;
};

}  // namespace trtreport::quantization
