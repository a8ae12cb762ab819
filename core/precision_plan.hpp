// The facade of mixed precision: which layers could run in which precision, what each would take on
// the analysis' first device and what rounding does to its weight; plans of them; and what to do
// with a plan. A library of its own with the rest of quantization.
#pragma once

#include "quantization/plan.hpp"
#include "quantization/quantization.hpp"
#include "quantization/search.hpp"
#include "trtreport.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trtreport {

// The layers that a plan decides on: convolutions and matrix products with a weight that is stored
// in floating point, each with the base precision and those of the request's formats that TensorRT
// takes there (layer_rules.hpp) and the analysis' first device has units for, and the noise of what
// was tried on its weight. No times yet.
std::vector<quantization::PlanLayer> plan_layers(const Analysis& analysis,
                                                 const quantization::Quantization& quantization,
                                                 const quantization::PlanRequest& request);

// What the layer's arithmetic is evaluated as.
Precision precision_of(quantization::LayerPrecision precision);

class PrecisionPlanner {
 public:
  // `layers` of plan_layers, or read back from a document; their times and what follows from them
  // are filled in here. The analysis must outlive it and keep its options.
  PrecisionPlanner(const Analysis& analysis, std::vector<quantization::PlanLayer> layers,
                   quantization::PlanRequest request);

  const Analysis& analysis() const { return analysis_; }
  const quantization::PlanRequest& request() const { return request_; }
  const std::vector<quantization::PlanLayer>& layers() const { return layers_; }
  // Of the analysis' options; none where the analysis has no roofline.
  const Device* device() const { return device_; }
  // Why there are times but no plan, or neither; empty where there is one. Codes: no_device,
  // no_layers, already_quantized (Q/DQ nodes set the precisions), unbound (sizes), no_bandwidth.
  const std::string& obstacle() const { return obstacle_; }
  // The base precision where the device has no units for it, and what it takes instead, in words.
  struct Missing {
    quantization::LayerPrecision precision = quantization::LayerPrecision::Fp16;
    std::string text;
  };
  const std::vector<Missing>& missing() const { return missing_; }

  // All of these: only where there is no obstacle.
  quantization::Plan plan(const quantization::Budget& budget);
  // What a choice made by hand comes to: what runs between the layers takes the side that costs
  // least. One option a layer; those that do not exist are taken as 0.
  quantization::Plan plan_of(std::span<const uint8_t> choice);
  // The given precision wherever a layer has it, else the base.
  quantization::Plan uniform(quantization::LayerPrecision precision);
  // From the fastest to the quietest.
  std::vector<quantization::ParetoPoint> pareto(const quantization::Budget& budget);

 private:
  // Seconds of every listed node at one precision, as the roofline has them and padded.
  struct Times {
    quantization::LayerPrecision precision = quantization::LayerPrecision::Fp16;
    std::vector<double> seconds, padded;
    std::vector<double> padded_flops;  // over the wanted ones
  };
  const Times& times_of(quantization::LayerPrecision precision) const;
  void evaluate(quantization::LayerPrecision precision);
  void time_layers();
  void rank_layers();
  void add_units(quantization::PlanProblem& problem);
  void add_wires(quantization::PlanProblem& problem);
  double conversion_bytes(TensorId tensor) const;
  double conversion_seconds(double bytes, uint64_t times) const;
  std::vector<uint32_t> allowed(const quantization::Budget& budget) const;
  quantization::Plan described(const quantization::PlanChoice& choice) const;
  quantization::PlanTotals totals(const quantization::PlanChoice& choice) const;

  struct Wire {
    TensorId tensor = kNoTensor;
    double bytes = 0;
  };

  const Analysis& analysis_;
  quantization::PlanRequest request_;
  std::vector<quantization::PlanLayer> layers_;
  const Device* device_ = nullptr;
  size_t device_index_ = 0;
  double launch_seconds_ = 0;
  std::string obstacle_;
  std::vector<Missing> missing_;
  std::vector<Times> times_;       // the base first
  std::vector<uint32_t> unit_of_;  // by listed node
  std::vector<Wire> wires_;        // as the problem's
  std::optional<quantization::PlanSearch> search_;
};

// What the figures of a screening do not know. Codes: screening, the planner's obstacle,
// weights_unread, not_tried, activations_unknown, independent, fallback, conversions, short_layers.
std::vector<Sentence> screening_limits(const PrecisionPlanner& planner);

// How to go on, with the model's own numbers: calibrate, quantize in part, train. Codes: calibrate,
// calibrator, in_part, keep_sensitive, short_conversions, no_gain, unaligned, train.
std::vector<Sentence> plan_guidance(PrecisionPlanner& planner,
                                    const quantization::Quantization& quantization,
                                    const quantization::Plan& plan);

// trtexec's flags for a plan up to TensorRT 10; empty where they cannot express it (FP8, INT4, or a
// node's name that trtexec would take apart). TensorRT 11 takes Q/DQ nodes only.
std::string trtexec_flags(const PrecisionPlanner& planner, const quantization::Plan& plan);

}  // namespace trtreport
