// What rounding did to a tensor, as sums that parts of a tensor add up to, and as the figures that
// people compare.
#pragma once

#include "quantization/kernels.hpp"

#include <cstdint>
#include <optional>

namespace trtreport::quantization {

// With e = y - x over the finite values.
struct Errors {
  double square = 0;  // sum of e²
  double cross = 0;   // sum of x e
  float largest = 0;  // |e|
  uint64_t clipped = 0, underflows = 0;

  void add(const ErrorLanes& lanes);
  void add(const Errors& part);
};

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

// `power` is the sum of x², `elements` how many values there are.
Metrics metrics_of(const Errors& errors, double power, uint64_t elements);

}  // namespace trtreport::quantization
