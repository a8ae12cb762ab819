// What rounding did to a tensor, as sums that parts of a tensor add up to, and as the figures that
// people compare.
#pragma once

#include "quantization/kernels.hpp"

#include <cstdint>
#include <optional>

namespace trtreport::quantization {

struct Metrics {
  bool exact = false;  // no value changed
  double mse = 0;
  std::optional<double> sqnr_db;  // 10 log10(sum x² / sum e²); none where exact or x is all zero
  double nsr = 0;                 // sum e² / (sum x² + 1e-7)
  std::optional<double> cosine;   // between x and y; none where either is all zero
  double max_abs_error = 0;
  double clipped_share = 0;
  uint64_t overflows = 0, underflows = 0;
};

// `power` is the sum of x², `elements` how many values there are, `zeros` how many of those that
// were rounded were 0.
Metrics metrics_of(const Errors& errors, double power, uint64_t elements, uint64_t zeros);

}  // namespace trtreport::quantization
