// Requests about weight values, checked as those of request.hpp are.
#pragma once

#include "prune.hpp"
#include "quantization/format.hpp"
#include "quantization/histogram.hpp"
#include "quantization/plan.hpp"
#include "quantization/scheme.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::wasm {

struct ThresholdRequest {
  quantization::Histogram histogram;
  quantization::Format format = quantization::Format::Int8;
  std::vector<double> amax;  // each above 0
  bool curve = false;
};

// What stays of one group: all but `cut` channels where `listed`, else `kept` of them, or what is
// left of a share.
struct GroupCut {
  uint32_t id = 0;
  enum class By : uint8_t { Ratio, Kept, Listed } by = By::Ratio;
  double ratio = 0;
  uint32_t kept = 0;
  std::vector<uint32_t> cut;
};
struct CutRequest {
  std::vector<GroupCut> groups;
  bool times = true;
};

// Noise of a layer's choices, as a document has it.
struct LayerNoise {
  uint32_t node = 0;  // the document's id
  struct Choice {
    quantization::LayerPrecision precision = quantization::LayerPrecision::Int8;
    std::optional<double> weight_nsr, activation_nsr;
    uint64_t weight_bytes = 0;
  };
  std::vector<Choice> choices;
};
struct PlanningRequest {
  quantization::PlanRequest request = quantization::first_plan();
  std::vector<LayerNoise> noise;
};

// The shapes of these requests stand with their calls in weight_session.hpp. Error codes:
// bad_request, bad_formats and bad_plan for texts that parse_schemes and parse_plan_request do not
// take.
tl::expected<PlanningRequest, Error> parse_planning(std::string_view json);
tl::expected<std::vector<quantization::Scheme>, Error> parse_formats(std::string_view json);
tl::expected<uint64_t, Error> parse_weight(std::string_view json);
tl::expected<PruneOptions, Error> parse_prune(std::string_view json);
tl::expected<CutRequest, Error> parse_cut(std::string_view json);
tl::expected<ThresholdRequest, Error> parse_threshold(std::string_view json);
// One string member of an object.
tl::expected<std::string, Error> parse_text(std::string_view json, std::string_view member);

}  // namespace trtreport::wasm
