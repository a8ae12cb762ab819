// What one step of a weight's job found.
#pragma once

#include "quantization/job.hpp"

#include <optional>
#include <vector>

namespace trtreport::quantization {

// Scales that channel MSE compares: ratios of the channel's largest magnitude, 1 first.
inline constexpr size_t kCandidates = 9;

struct WeightJob::Partial {
  Chunk chunk;
  std::optional<Error> error;
  // Range
  std::vector<float> low, high;  // by channel of the chunk
  std::vector<float> before;     // largest magnitude before folding
  double power = 0;
  uint64_t nonfinite = 0, zeros = 0;
  // Errors
  Kept24 kept24;
  // Errors, Searched
  std::vector<uint64_t> counts, two_sided;
  std::vector<Errors> errors;               // by scheme
  std::vector<std::vector<double>> losses;  // by scheme: candidates of each channel of the chunk
  std::vector<std::vector<float>> scales;   // by scheme: picked for each channel of the chunk
};

}  // namespace trtreport::quantization
