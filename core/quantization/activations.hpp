// An activation's samples under every calibrator, and how the order in which batches arrive moves
// the scales of calibrators that see them one by one.
#pragma once

#include "quantization/histogram.hpp"
#include "quantization/metrics.hpp"
#include "quantization/scheme.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace trtreport::quantization {

struct CalibratedScale {
  Scheme scheme;  // INT8 by tensor, or FP8 with max
  double amax = 0;
  float scale = 0;
  Metrics metrics;
  bool fell_back = false;
};

// TensorRT's histogram over batches in one order.
struct BatchOrder {
  std::string_view order;  // "one-batch", "given", "ascending", "descending"
  uint64_t batches = 0;
  double range = 0;
  uint32_t doublings = 0;
  uint64_t empty_top_bins = 0;
  double amax = 0;  // of the entropy calibrator
};

struct ActivationResult : ValueSummary {
  std::vector<CalibratedScale> scales;
  std::vector<BatchOrder> orders;  // empty where there is one batch
};

// `batch` is how many values belong to one batch, in order; the last may be short.
ActivationResult analyse_activation(std::span<const float> values, uint64_t batch);

}  // namespace trtreport::quantization
