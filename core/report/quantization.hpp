// The document's section "quantization".
#pragma once

#include "precision_plan.hpp"
#include "quantization/quantization.hpp"
#include "report/document.hpp"
#include "report/summary.hpp"

namespace trtreport {

class QuantizationSection : public DocumentSection {
 public:
  // All must outlive it. With a planner: also which layers are sensitive, and the plan within its
  // request's budget.
  QuantizationSection(const Analysis& analysis, const quantization::Quantization& quantization,
                      PrecisionPlanner* planner = nullptr)
      : analysis_(analysis), quantization_(quantization), planner_(planner) {}

  std::string_view name() const override { return "quantization"; }
  void write(const DocumentNames& names, JsonWriter& json) const override;

 private:
  const Analysis& analysis_;
  const quantization::Quantization& quantization_;
  PrecisionPlanner* planner_;
};

// What each scheme does to the weights, the weakest of them, activations that were sampled or
// calibrated; findings become warnings.
void add_quantization(const quantization::Quantization& found, Summary& summary);
// The plan within the request's budget, what it is to be compared with, how to go on, and trtexec's
// flags.
void add_plan(PrecisionPlanner& planner, const quantization::Quantization& found, Summary& summary);

// The members "sensitivity" and, where there is no obstacle, "plan" of that section.
void write_precision_plan(PrecisionPlanner& planner, const quantization::Quantization& quantization,
                          const DocumentNames& names, JsonWriter& json);
// The members "totals", "choice", "node_precision" and "reformats" of a plan, made by hand or not.
void write_made_plan(const quantization::Plan& plan, const DocumentNames& names, JsonWriter& json);
// {"seconds",…}: what a plan adds up to; also of one that was made by hand.
void write_plan_totals(const quantization::PlanTotals& totals, JsonWriter& json);

}  // namespace trtreport
