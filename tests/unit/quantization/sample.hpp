// The data that golden figures of quantization are stated for: a published generator (splitmix64)
// and thirty hand-picked values.
#pragma once

#include <cstdint>
#include <vector>

namespace trtreport::quantization::test {

class SplitMix64 {
 public:
  explicit SplitMix64(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  // Sum of twelve uniform numbers less six: nearly a standard Gaussian, in exact arithmetic.
  float gaussian() {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return static_cast<float>(sum - 6);
  }

 private:
  uint64_t state_;
};

inline std::vector<float> irwin_hall(uint64_t seed, size_t count) {
  SplitMix64 generator(seed);
  std::vector<float> values(count);
  for (float& value : values) value = generator.gaussian();
  return values;
}

// D of the golden vectors, and OUT: one value in 1024 four times as large.
inline std::vector<float> plain_sample() { return irwin_hall(42, 65536); }
inline std::vector<float> outlier_sample() {
  std::vector<float> values = plain_sample();
  for (size_t i = 7; i < values.size(); i += 1024) values[i] *= 4;
  return values;
}

inline const std::vector<float> kHandPicked = {
    0.0f,   -0.031f, 0.052f, 0.113f, -0.127f,  0.2f,    -0.25f, 0.333f, -0.41f, 0.5f,
    0.617f, -0.75f,  0.875f, -1.0f,  1.125f,   1.3f,    -1.5f,  1.75f,  -2.0f,  2.2f,
    2.5f,   -2.75f,  3.0f,   0.005f, -0.0125f, 0.9999f, 1.999f, -0.6f,  4.0f,   5.08f};

}  // namespace trtreport::quantization::test
