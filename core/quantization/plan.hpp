// A plan of mixed precision: what each layer may run in and what that costs and saves, which of it
// was chosen, and what the choice adds up to. Data alone: search.hpp chooses, quantize.hpp (the
// facade) fills times from a device's roofline and noise from the weights.
#pragma once

#include "graph/graph.hpp"
#include "quantization/scheme.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::quantization {

// What a layer's arithmetic and the tensors around it are in. Int4 is of the weight alone: the
// arithmetic and the tensors stay in the plan's base precision.
enum class LayerPrecision : uint8_t { Fp32, Fp16, Bf16, Fp8, Int8, Int4 };
std::string_view name(LayerPrecision precision);  // "fp32", …
std::optional<LayerPrecision> layer_precision_from_name(std::string_view name);
// Whether the tensors around the layer are quantized (Fp8, Int8), so that a neighbour in the base
// precision needs a conversion in between.
bool quantizes_activations(LayerPrecision precision);

// Why a layer is not offered a precision, or keeps its own where a file is written. The rules stand
// in layer_rules.hpp.
enum class Refusal : uint8_t {
  None,
  Operator,
  Subgraph,
  LeftFactor,
  NotStored,
  AlreadyQuantized,
  WeightType,
  NotMatrix,
  Int4Operator,
  Int4Block,
  Int4Depth,
  Fp8Operator,
  Fp8Groups,
  Fp8Kernel,
  Scheme,
  Device,
  WeightEmpty,
  WeightNonfinite,
  WeightZero,
};

// One way to run a layer.
struct LayerChoice {
  LayerPrecision precision = LayerPrecision::Fp16;
  // How the weight is stored: of those tried that TensorRT can take, the one of least error.
  // Without a value for Fp32, and for Fp16 and Bf16 where they were not tried.
  std::optional<Scheme> weights;
  std::optional<double> weight_nsr;      // sum e² / sum x² of the weight; none: it was not read
  std::optional<double> activation_nsr;  // of the layer's input; 0 in the base precision; none: no
                                         // samples of it
  std::optional<double> seconds;         // of this node at the roofline, as rooflines have it
  std::optional<double> seconds_padded;  // with channels padded to what a tensor core takes at once
  double utilization = 1;                // share of the padded arithmetic that is wanted
  uint64_t weight_bytes = 0;             // with scales

  // What this layer adds to the noise-to-signal ratio at the model's output.
  double nsr() const { return weight_nsr.value_or(0) + activation_nsr.value_or(0); }
  // None where nothing is known of the weight, and where it stays exact.
  std::optional<double> sqnr_db() const;
};

struct PlanLayer {
  NodeId node = kNoNode;             // in the Graph
  uint32_t listed = 0;               // index into Figures::nodes, the document's id
  size_t weight = 0;                 // index into Targets::weights
  TensorId input = kNoTensor;        // the activation that it reads
  TensorId output = kNoTensor;       // and the one that it makes
  std::vector<LayerChoice> choices;  // the base precision first; never empty
  // Of the request's formats those that it has no choice of.
  std::vector<std::pair<LayerPrecision, Refusal>> refused;
  bool first = false, last = false;  // of those between the graph's inputs and outputs
  bool depthwise = false;
  // Of the first choice that quantizes activations, against the base; none where there is no such
  // choice or no time.
  std::optional<double> seconds_saved;     // padded, the layer by itself
  std::optional<double> reformat_seconds;  // conversions around it while its neighbours stay
  std::optional<double> db_lost;           // of the wholly quantized model's accumulated SQNR, what
                                           // this layer takes
  std::optional<double> db_per_us;         // db_lost per microsecond saved; none where nothing is

  // Index into `choices`; their number where there is none.
  size_t choice_of(LayerPrecision precision) const;
};

// What is asked of a plan. Both limits may be given; the faster plan wins within the noise, and
// without a limit on noise the quieter one within the time.
struct Budget {
  std::optional<double> seconds;  // at most, padded, reformats included
  std::optional<double> sqnr_db;  // accumulated, at least
  bool keep_first_last = false;   // first and last layers stay in the base precision
};

// A tensor that is converted because who makes it and who reads it differ: one kernel, however many
// read the result.
struct Reformat {
  TensorId tensor = kNoTensor;
  bool quantizes = false;  // base to quantized; else back
  double bytes = 0;        // read and written
  double seconds = 0;
};

struct PlanTotals {
  std::optional<double> seconds;         // reformats included; none while a size is unbound
  std::optional<double> seconds_padded;  // likewise
  double reformat_seconds = 0;
  uint32_t reformats = 0;
  uint32_t quantized = 0;  // layers that are not in the base precision
  uint32_t unknown = 0;    // layers of whose weight's noise nothing is known: they count as exact
  double nsr = 0;          // sum over layers of what their choices add
  std::optional<double> sqnr_db;  // -10 log10(nsr); none where nothing changes
  uint64_t weight_bytes = 0;      // of the layers' weights, with scales
};

struct Plan {
  std::vector<uint8_t> choice;  // by layer
  // By listed node: b base, q quantized, w weight alone, n nothing to convert (views, shapes,
  // constants, integers).
  std::string node_precision;
  std::vector<Reformat> reformats;
  PlanTotals totals;
  bool met = true;  // the budget
  // No choice of precisions within the budget takes less (padded); from the search's relaxation.
  std::optional<double> seconds_bound;
};

struct ParetoPoint {
  std::vector<uint8_t> choice;  // by layer
  PlanTotals totals;
};

// --plan: items between commas, "fastest" (no limit), latency=2ms (s, ms, us), sqnr=35 (dB),
// keep-first-last, base=fp16|bf16|fp32, format=int8|fp8|int4 or several with +, as in
// format=int8+int4. INT8 and FP8 exclude each other, as do "fastest" and a limit; nothing is given
// twice. The error is one line naming the item.
struct PlanRequest {
  Budget budget;
  LayerPrecision base = LayerPrecision::Fp16;
  std::vector<LayerPrecision> formats = {LayerPrecision::Int8};
};
// What nobody asked for otherwise: the fastest with the first and last layers left alone.
PlanRequest first_plan();
tl::expected<PlanRequest, std::string> parse_plan_request(std::string_view text);
// What has to be tried on weights to judge its base and its formats.
std::vector<Scheme> schemes_of(const PlanRequest& request);

}  // namespace trtreport::quantization
