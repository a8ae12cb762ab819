// The plan beside the two that need no planning, then sentences.
#include "cli/plan.hpp"

#include "base/quantity.hpp"
#include "report/escape.hpp"

#include <vector>

#include <fmt/format.h>

namespace trtreport::cli {
namespace {

using namespace quantization;

// Layers whose weights were not read count as if they had no noise.
std::string noise_text(const PlanTotals& totals) {
  if (!totals.sqnr_db) return totals.unknown > 0 ? "? dB" : "exact";
  return (totals.unknown > 0 ? "< " : "") + fmt::format("{:.3g} dB", *totals.sqnr_db);
}

std::string row(const std::string& name, const PlanTotals& totals, size_t layers) {
  std::string text = fmt::format("  {:<18} {:>10}  {:>9}", name,
                                 totals.seconds_padded ? duration(*totals.seconds_padded) : "?",
                                 noise_text(totals));
  text += fmt::format("  {:>4} of {} layers narrow, {} of conversions", totals.quantized, layers,
                      duration(totals.reformat_seconds));
  return text + "\n";
}

}  // namespace

std::string plan_text(PrecisionPlanner& planner, const Quantization& quantization) {
  std::string text = "\nPlan of precisions";
  if (planner.device() != nullptr) {
    text += fmt::format(" on {} ({}; channels padded to what tensor cores take)",
                        escape_terminal(planner.device()->name),
                        planner.device()->measured ? "measured" : "datasheet");
  }
  text += "\n";
  std::vector<Sentence> sentences = screening_limits(planner);
  if (planner.obstacle().empty()) {
    const PlanRequest& request = planner.request();
    const Plan plan = planner.plan(request.budget);
    const size_t layers = planner.layers().size();
    std::vector<LayerPrecision> all = {request.base};
    all.insert(all.end(), request.formats.begin(), request.formats.end());
    for (const LayerPrecision precision : all) {
      text += row("all " + std::string(name(precision)), planner.uniform(precision).totals, layers);
    }
    text += row(plan.met ? "this plan" : "nearest plan", plan.totals, layers);
    if (!plan.met) text += "  No plan keeps within the budget; this one comes nearest.\n";
    if (plan.met && plan.seconds_bound) {
      text += fmt::format("  No plan within the budget takes less than {}.\n",
                          duration(*plan.seconds_bound));
    }
    for (Sentence& sentence : plan_guidance(planner, quantization, plan))
      sentences.push_back(std::move(sentence));
    const std::string flags = trtexec_flags(planner, plan);
    if (!flags.empty())
      sentences.push_back({"trtexec", "TensorRT up to 10, behind trtexec --onnx=: " + flags, {}});
  }
  for (const Sentence& sentence : sentences) text += "  " + escape_terminal(sentence.text) + "\n";
  return text;
}

}  // namespace trtreport::cli
