// Sensitive layers, and the plan of precisions.
#include "report/document_parts.hpp"
#include "report/quantization.hpp"

#include <vector>

namespace trtreport {
namespace {

using namespace quantization;

void write_number(std::string_view key, const std::optional<double>& value, JsonWriter& json) {
  json.key(key);
  value ? json.six_digits(*value) : json.null();
}

void write_members(const PlanTotals& totals, JsonWriter& json) {
  write_number("seconds", totals.seconds, json);
  write_number("seconds_padded", totals.seconds_padded, json);
  write_number("reformat_seconds", totals.reformat_seconds, json);
  json.member("reformats", totals.reformats);
  json.member("quantized", totals.quantized);
  json.member("unknown", totals.unknown);
  write_number("nsr", totals.nsr, json);
  write_number("sqnr_db", totals.sqnr_db, json);
  json.member("weight_bytes", totals.weight_bytes);
}

std::string digits(const std::vector<uint8_t>& choice) {
  std::string text;
  for (const uint8_t option : choice) text.push_back(static_cast<char>('0' + option));
  return text;
}

class Writer {
 public:
  Writer(PrecisionPlanner& planner, const Quantization& quantization, const DocumentNames& names,
         JsonWriter& json)
      : planner_(planner), quantization_(quantization), names_(names), json_(json) {}

  void write_sensitivity() {
    json_.key("sensitivity");
    json_.begin_object();
    json_.member("kind", "screening");
    write_where();
    write_sentences("limits", screening_limits(planner_), json_);
    json_.key("layers");
    json_.begin_array();
    for (const PlanLayer& layer : planner_.layers()) write_layer(layer);
    json_.end_array();
    json_.end_object();
  }

  void write_plan() {
    const PlanRequest& request = planner_.request();
    const Plan plan = planner_.plan(request.budget);
    json_.key("plan");
    json_.begin_object();
    write_where();
    json_.key("formats");
    json_.begin_array();
    for (const LayerPrecision format : request.formats) json_.value(name(format));
    json_.end_array();
    json_.key("budget");
    json_.begin_object();
    number("seconds", request.budget.seconds);
    number("sqnr_db", request.budget.sqnr_db);
    json_.member("keep_first_last", request.budget.keep_first_last);
    json_.end_object();
    json_.member("met", plan.met);
    number("seconds_bound", plan.seconds_bound);
    write_made_plan(plan, names_, json_);
    write_uniform(request);
    write_pareto(request.budget);
    write_sentences("guidance", plan_guidance(planner_, quantization_, plan), json_);
    const std::string flags = trtexec_flags(planner_, plan);
    json_.key("trtexec");
    flags.empty() ? json_.null() : json_.value(flags);
    json_.end_object();
  }

 private:
  void number(std::string_view key, const std::optional<double>& value) {
    write_number(key, value, json_);
  }

  void write_where() {
    const Device* device = planner_.device();
    json_.key("device");
    device == nullptr ? json_.null() : json_.value(device->name);
    json_.member("source", device != nullptr && device->measured ? "measured" : "datasheet");
    json_.member("base", name(planner_.request().base));
  }

  void write_layer(const PlanLayer& layer) {
    json_.begin_object();
    json_.member("node", layer.listed);
    const WeightTarget& weight = quantization_.targets().weights[layer.weight];
    json_.member("tensor", names_.tensor(weight.tensor));
    json_.member("weight", uint64_t{layer.weight});
    json_.member("input", names_.tensor(layer.input));
    if (layer.first) json_.member("first", true);
    if (layer.last) json_.member("last", true);
    if (layer.depthwise) json_.member("depthwise", true);
    json_.key("choices");
    json_.begin_array();
    for (const LayerChoice& choice : layer.choices) write_choice(choice);
    json_.end_array();
    number("seconds_saved", layer.seconds_saved);
    number("reformat_seconds", layer.reformat_seconds);
    number("db_lost", layer.db_lost);
    number("db_per_us", layer.db_per_us);
    json_.end_object();
  }

  void write_choice(const LayerChoice& choice) {
    json_.begin_object();
    json_.member("precision", name(choice.precision));
    json_.key("weights");
    choice.weights ? json_.value(scheme_text(*choice.weights)) : json_.null();
    number("weight_nsr", choice.weight_nsr);
    number("activation_nsr", choice.activation_nsr);
    number("sqnr_db", choice.sqnr_db());
    number("seconds", choice.seconds);
    number("seconds_padded", choice.seconds_padded);
    number("utilization", choice.utilization);
    json_.member("weight_bytes", choice.weight_bytes);
    json_.end_object();
  }

  void write_uniform(const PlanRequest& request) {
    std::vector<LayerPrecision> all = {request.base};
    all.insert(all.end(), request.formats.begin(), request.formats.end());
    json_.key("uniform");
    json_.begin_array();
    for (const LayerPrecision precision : all) {
      json_.begin_object();
      json_.member("precision", name(precision));
      json_.key("totals");
      write_plan_totals(planner_.uniform(precision).totals, json_);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_pareto(const Budget& budget) {
    json_.key("pareto");
    json_.begin_array();
    for (const ParetoPoint& point : planner_.pareto(budget)) {
      json_.begin_object();
      json_.member("choice", digits(point.choice));
      write_members(point.totals, json_);
      json_.end_object();
    }
    json_.end_array();
  }

  PrecisionPlanner& planner_;
  const Quantization& quantization_;
  const DocumentNames& names_;
  JsonWriter& json_;
};

}  // namespace

void write_made_plan(const Plan& plan, const DocumentNames& names, JsonWriter& json) {
  json.key("totals");
  write_plan_totals(plan.totals, json);
  json.member("choice", digits(plan.choice));
  json.member("node_precision", plan.node_precision);
  json.key("reformats");
  json.begin_array();
  for (const Reformat& reformat : plan.reformats) {
    json.begin_object();
    json.member("tensor", names.tensor(reformat.tensor));
    json.member("quantizes", reformat.quantizes);
    write_number("bytes", reformat.bytes, json);
    write_number("seconds", reformat.seconds, json);
    json.end_object();
  }
  json.end_array();
}

void write_plan_totals(const PlanTotals& totals, JsonWriter& json) {
  json.begin_object();
  write_members(totals, json);
  json.end_object();
}

void write_precision_plan(PrecisionPlanner& planner, const Quantization& quantization,
                          const DocumentNames& names, JsonWriter& json) {
  Writer writer(planner, quantization, names, json);
  writer.write_sensitivity();
  if (planner.obstacle().empty()) writer.write_plan();
}

}  // namespace trtreport
