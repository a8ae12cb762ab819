// TensorRT's calibration cache: a text of scales, one activation a line. Reading it, judging it
// against a model, and setting two of them side by side.
#pragma once

#include "graph/graph.hpp"
#include "quantization/lints.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::quantization {

struct CacheEntry {
  std::string tensor;  // may hold spaces and colons: the last ": " of the line ends it
  uint32_t bits = 0;   // of the scale, as written
  float scale = 0;     // largest magnitude / 127
};

struct CalibrationCache {
  std::string version;    // "8601" of "TRT-8601-EntropyCalibration2"
  std::string algorithm;  // "EntropyCalibration2"
  std::vector<CacheEntry> entries;
};

// Error codes: not_a_cache (the first line is no TensorRT header), bad_cache_line (with its
// number).
tl::expected<CalibrationCache, Error> parse_calibration_cache(std::string_view text);

// As TensorRT writes a scale.
std::string cache_hex(float scale);

// Codes: cache_scale_invalid, cache_tensor_unknown, cache_tensor_missing, cache_tensor_repeated,
// cache_scale_repeated (many tensors that no copy connects share one scale), cache_scale_outlier.
std::vector<Lint> audit_cache(const CalibrationCache& cache, const Graph& graph);

struct CacheDifference {
  std::string tensor;
  float first = 0, second = 0;  // scales; 0 where one cache lacks the tensor
  double ratio() const;         // second / first; 0 where either is missing
};
// Tensors whose scales differ, the largest ratio first.
std::vector<CacheDifference> compare_caches(const CalibrationCache& first,
                                            const CalibrationCache& second);

}  // namespace trtreport::quantization
