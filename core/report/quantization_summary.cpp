// Quantization and plans of precisions in a few rows: for the terminal and the pull request.
#include "base/quantity.hpp"
#include "report/format.hpp"
#include "report/quantization.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace trtreport {
namespace {

using namespace quantization;
using Section = Summary::Section;
using Kind = Section::Column::Kind;

constexpr double kExact = std::numeric_limits<double>::infinity();

std::string decibels(double value) {
  if (value == kExact) return "exact";
  return (value < 0 ? "-" + plain(-value) : plain(value)) + " dB";
}

struct Ranked {
  double sqnr_db = kExact;
  size_t weight = 0;
};

// The weights of which something is known under the scheme, the weakest first.
std::vector<Ranked> ranked(const Quantization& found, size_t scheme) {
  std::vector<Ranked> all;
  for (size_t weight = 0; weight < found.targets().weights.size(); ++weight) {
    const WeightResult* result = found.result(weight);
    // Of values that no scale fits, all zero or none finite, no scheme is tried.
    if (result == nullptr || result->error || result->elements == 0) continue;
    if (scheme >= result->schemes.size()) continue;
    const Metrics& metrics = result->schemes[scheme].metrics;
    if (metrics.exact) all.push_back({kExact, weight});
    if (metrics.sqnr_db) all.push_back({*metrics.sqnr_db, weight});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Ranked& a, const Ranked& b) { return a.sqnr_db < b.sqnr_db; });
  return all;
}

std::string weight_name(const Quantization& found, size_t weight) {
  const TensorId tensor = found.targets().weights[weight].tensor;
  return summary_name(found.graph().text(found.graph().tensors[tensor].name));
}

std::string layer_name(const Quantization& found, size_t weight) {
  const NodeId node = found.targets().weights[weight].node;
  if (node == kNoNode) return std::string(kDash);
  return summary_name(found.graph().text(found.graph().nodes[node].name));
}

// What was read, what could not be, what is quantized already.
std::vector<std::string> coverage(const Quantization& found) {
  const size_t count = found.targets().weights.size();
  uint64_t elements = 0, unread = 0, skipped = 0;
  for (size_t weight = 0; weight < count; ++weight) {
    const WeightResult* result = found.result(weight);
    elements += found.elements(weight);
    skipped += result == nullptr ? 1 : 0;
    unread += result != nullptr && result->error ? 1 : 0;
  }
  std::vector<std::string> sentences;
  if (count == 0) {
    sentences.push_back("No weight of a convolution or matrix product is in floating point.");
  } else {
    sentences.push_back(fmt::format("{}, {} elements.", summary_count(count, "weight"),
                                    format_si(static_cast<double>(elements), "")));
  }
  if (skipped > 0)
    sentences.push_back(summary_count(skipped, "weight") +
                        " not looked at: --quantize reads them.");
  if (unread > 0) sentences.push_back(summary_count(unread, "weight") + " could not be read.");
  if (const size_t stored = found.targets().quantized.size(); stored > 0)
    sentences.push_back(summary_count(stored, "tensor") + " quantized already.");
  if (skipped < count)
    sentences.push_back(
        "SQNR, the ratio of signal to quantization noise: more is better, 6 dB are "
        "about one bit. Rounding errors of weights alone, no accuracy.");
  return sentences;
}

Section schemes_section(const Quantization& found) {
  Section section;
  section.title = "Quantization";
  section.sentences = coverage(found);
  for (size_t scheme = 0; scheme < found.schemes().size(); ++scheme) {
    const std::vector<Ranked> all = ranked(found, scheme);
    if (all.empty()) continue;
    const double middle = all[(all.size() - 1) / 2].sqnr_db;
    section.rows.push_back({scheme_text(found.schemes()[scheme]), decibels(middle),
                            decibels(all.front().sqnr_db), weight_name(found, all.front().weight)});
  }
  if (!section.rows.empty())
    section.columns = {
        {"Scheme"}, {"Median", Kind::Number}, {"Least", Kind::Number}, {"Of weight", Kind::Name}};
  return section;
}

// The scheme that engines store weights with, where it was tried.
size_t usual_scheme(const Quantization& found) {
  const auto& schemes = found.schemes();
  const Scheme usual{Format::Int8, Granularity::Channel};
  const auto place = std::find(schemes.begin(), schemes.end(), usual);
  return place == schemes.end() ? 0 : static_cast<size_t>(place - schemes.begin());
}

std::optional<Section> weakest_section(const Quantization& found) {
  if (found.schemes().empty()) return std::nullopt;
  const size_t scheme = usual_scheme(found);
  const std::vector<Ranked> all = ranked(found, scheme);
  if (all.size() < 2) return std::nullopt;
  Section section;
  section.title = "Weakest weights, " + scheme_text(found.schemes()[scheme]);
  section.columns = {{"SQNR", Kind::Number},
                     {"Channel spread", Kind::Number},
                     {"Shape"},
                     {"Layer", Kind::Name},
                     {"Weight", Kind::Name}};
  for (const Ranked& one : all) {
    if (section.rows.size() == Summary::kMostRows) break;
    const WeightResult& result = *found.result(one.weight);
    std::string shape;
    for (const int64_t dim :
         stored_data(found.graph(), found.targets().weights[one.weight].tensor)->dims)
      shape += (shape.empty() ? "" : "x") + std::to_string(dim);
    section.rows.push_back({decibels(one.sqnr_db), plain(channel_spread(result.channel_largest)),
                            shape, layer_name(found, one.weight), weight_name(found, one.weight)});
  }
  return section;
}

// The scale that an engine should take of each activation that was sampled or calibrated.
std::optional<Section> activations_section(const Quantization& found) {
  if (found.activations().empty() && found.caches().empty()) return std::nullopt;
  Section section;
  section.title = "Activations";
  for (const CalibrationCache& cache : found.caches())
    section.sentences.push_back(fmt::format("Calibration cache, {}: {}.",
                                            summary_name(cache.algorithm),
                                            summary_count(cache.entries.size(), "scale")));
  struct Row {
    double sqnr_db = kExact;
    std::vector<std::string> cells;
  };
  std::vector<Row> rows;
  for (const Quantization::Activation& activation : found.activations()) {
    const CalibratedScale* best = nullptr;
    for (const CalibratedScale& one : activation.result.scales) {
      if (one.scheme.format != Format::Int8) continue;
      if (best == nullptr || one.metrics.nsr < best->metrics.nsr) best = &one;
    }
    if (best == nullptr) continue;
    const double sqnr_db = best->metrics.sqnr_db.value_or(kExact);
    rows.push_back(
        {sqnr_db,
         {summary_name(found.graph().text(found.graph().tensors[activation.tensor].name)),
          calibrator_text(best->scheme), plain(best->amax), decibels(sqnr_db),
          percent(best->metrics.clipped_share)}});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.sqnr_db < b.sqnr_db; });
  for (Row& row : rows) {
    if (section.rows.size() == Summary::kMostRows) break;
    section.rows.push_back(std::move(row.cells));
  }
  if (rows.size() > section.rows.size())
    section.notes.push_back(fmt::format("The weakest {} of {}.", section.rows.size(),
                                        summary_count(rows.size(), "tensor")));
  if (!section.rows.empty())
    section.columns = {{"Tensor", Kind::Name},
                       {"Best calibrator, INT8"},
                       {"Threshold", Kind::Number},
                       {"SQNR", Kind::Number},
                       {"Clipped", Kind::Number}};
  return section;
}

// Layers whose weights were not read count as if they had no noise.
std::string noise_text(const PlanTotals& totals) {
  if (!totals.sqnr_db) return totals.unknown > 0 ? "unknown" : "exact";
  return (totals.unknown > 0 ? "< " : "") + decibels(*totals.sqnr_db);
}

std::vector<std::string> plan_row(std::string name, const PlanTotals& totals, size_t layers) {
  return {std::move(name),
          totals.seconds_padded ? duration(*totals.seconds_padded) : std::string(kDash),
          noise_text(totals), fmt::format("{} of {}", totals.quantized, layers),
          duration(totals.reformat_seconds)};
}

}  // namespace

void add_quantization(const Quantization& found, Summary& summary) {
  summary.sections.push_back(schemes_section(found));
  if (auto section = weakest_section(found)) summary.sections.push_back(std::move(*section));
  if (auto section = activations_section(found)) summary.sections.push_back(std::move(*section));
  for (const Lint& lint : found.lints()) {
    if (lint.severity != Severity::Note) summary.add_warning(lint.severity, lint.message);
  }
}

void add_plan(PrecisionPlanner& planner, const Quantization& found, Summary& summary) {
  Section section;
  section.title = "Plan of precisions";
  if (planner.device() != nullptr) {
    section.title += " on " + planner.device()->name;
    section.sentences.push_back(
        fmt::format("Predicted from {} peaks, channels padded to what tensor cores take.",
                    planner.device()->measured ? "measured" : "datasheet"));
  }
  std::vector<Sentence> notes = screening_limits(planner);
  if (planner.obstacle().empty()) {
    const PlanRequest& request = planner.request();
    const Plan plan = planner.plan(request.budget);
    const size_t layers = planner.layers().size();
    std::vector<LayerPrecision> all = {request.base};
    all.insert(all.end(), request.formats.begin(), request.formats.end());
    section.columns = {{"Precisions"},
                       {"Time", Kind::Number},
                       {"Accumulated SQNR", Kind::Number},
                       {"Layers narrow", Kind::Number},
                       {"Conversions", Kind::Number}};
    for (const LayerPrecision precision : all)
      section.rows.push_back(plan_row("all " + std::string(name(precision)),
                                      planner.uniform(precision).totals, layers));
    section.rows.push_back(plan_row(plan.met ? "this plan" : "nearest plan", plan.totals, layers));
    if (!plan.met)
      section.notes.push_back("No plan keeps within the budget; this one comes nearest.");
    if (plan.met && plan.seconds_bound)
      section.notes.push_back("No plan within the budget takes less than " +
                              duration(*plan.seconds_bound) + ".");
    for (Sentence& sentence : plan_guidance(planner, found, plan))
      notes.push_back(std::move(sentence));
    section.command = trtexec_flags(planner, plan);
    if (!section.command.empty())
      section.command_purpose = "For trtexec up to TensorRT 10, behind --onnx=FILE";
  }
  for (const Sentence& sentence : notes) section.notes.push_back(summary_sentence(sentence.text));
  summary.sections.push_back(std::move(section));
}

}  // namespace trtreport
