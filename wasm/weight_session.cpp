// See weight_session.hpp.
#include "wasm/weight_session.hpp"

#include "quantization/calibrate.hpp"
#include "quantization/result_bytes.hpp"
#include "report/summary.hpp"

#include <utility>

namespace trtreport::wasm {
namespace {

using quantization::ThresholdPoint;

std::string fault(std::string code, std::string message) {
  return error_text({std::move(code), std::move(message)});
}

void write_threshold(const ThresholdPoint& figures, JsonWriter& json) {
  json.begin_object();
  json.member("amax", figures.amax);
  json.member("scale", figures.scale);
  json.member("sqnr_db", figures.sqnr_db);
  json.member("clipped_share", figures.clipped_share);
  json.member("divergence", figures.divergence);
  json.end_object();
}

template <class Number>
void write_column(std::string_view name, const std::vector<ThresholdPoint>& curve,
                  Number ThresholdPoint::*figure, JsonWriter& json) {
  json.key(name);
  json.begin_array();
  for (const ThresholdPoint& each : curve) json.value(each.*figure);
  json.end_array();
}

// The classes that a request cuts; the error names a group that cannot be cut so.
tl::expected<std::vector<bool>, Error> cut_of(const Pruning& pruning, const CutRequest& request) {
  const pruning::ChannelGroups& all = pruning.groups();
  const auto refuse = [](uint32_t id, std::string_view why) {
    return tl::unexpected(
        Error{"bad_prune_group", "group " + std::to_string(id) + " " + std::string(why)});
  };
  std::vector<uint32_t> kept;
  for (const pruning::ChannelGroup& group : all.groups()) kept.push_back(group.channels);
  for (const GroupCut& cut : request.groups) {
    if (cut.id >= kept.size()) return refuse(cut.id, "is none of the model");
    const pruning::ChannelGroup& group = all.groups()[cut.id];
    const bool none = cut.by == GroupCut::By::Listed ? cut.cut.empty()
                      : cut.by == GroupCut::By::Kept ? cut.kept >= group.channels
                                                     : cut.ratio == 0;
    if (none) continue;
    if (group.frozen) return refuse(cut.id, "cannot be cut: " + all.reason(group));
    if (cut.by == GroupCut::By::Kept) kept[cut.id] = cut.kept;
    if (cut.by == GroupCut::By::Ratio) {
      kept[cut.id] =
          pruning::kept_channels(group.channels, cut.ratio, pruning.options().selection.round_to);
    }
  }
  std::vector<bool> classes = pruning::cut_to(all, kept, pruning.importance().of_class);
  for (const GroupCut& cut : request.groups) {
    const pruning::ChannelGroup& group = all.groups()[cut.id];
    if (cut.by != GroupCut::By::Listed) continue;
    if (cut.cut.size() >= group.channels) return refuse(cut.id, "has to keep a channel");
    for (const uint32_t channel : cut.cut) {
      if (channel >= group.channels) return refuse(cut.id, "has no such channel");
      classes[group.first + channel] = true;
    }
  }
  return classes;
}

void write_kept(const Pruning& pruning, const std::vector<bool>& cut, JsonWriter& json) {
  json.key("kept");
  json.begin_array();
  for (const pruning::ChannelGroup& group : pruning.groups().groups()) {
    uint32_t kept = group.channels;
    for (uint32_t id = group.first; id < group.first + group.channels; ++id)
      kept -= cut[id] ? 1 : 0;
    json.value(kept);
  }
  json.end_array();
}

}  // namespace

std::unique_ptr<Session> make_session(Host& host) { return std::make_unique<WeightSession>(host); }

void WeightSession::forget() {
  quantization_section_.reset();
  planner_.reset();
  planning_.reset();
  quantization_.reset();
  scratch_ = {};
  pruning_section_.reset();
  pruning_.reset();
}

std::vector<const DocumentSection*> WeightSession::sections() const {
  std::vector<const DocumentSection*> all;
  if (quantization_section_) all.push_back(quantization_section_.get());
  if (pruning_section_) all.push_back(pruning_section_.get());
  return all;
}

std::string WeightSession::quantize(std::string_view request) {
  if (!analysis_) return not_open_text();
  auto schemes = parse_formats(request);
  if (!schemes) return error_text(schemes.error());
  scratch_ = {};
  quantization_section_.reset();
  planner_.reset();
  planning_.reset();
  quantization_ = std::make_unique<quantization::Quantization>(analysis_->graph(), *model_,
                                                               std::move(*schemes));
  quantization_section_ = std::make_unique<QuantizationSection>(*analysis_, *quantization_);
  return answer_text([&](JsonWriter& json) {
    json.key("weights");
    json.begin_array();
    for (size_t i = 0; i < quantization_->targets().weights.size(); ++i)
      json.value(quantization_->weight_bytes(i));
    json.end_array();
    json.member("bytes", quantization_->weight_bytes());
  });
}

std::string WeightSession::keep(size_t weight, quantization::WeightResult result) {
  quantization_->keep(weight, std::move(result));
  return "{}";
}

std::string WeightSession::quantize_weight(std::string_view request) {
  const auto weight = parse_weight(request);
  if (!weight) return error_text(weight.error());
  if (!quantization_ || *weight >= quantization_->targets().weights.size())
    return fault("bad_request", "there is no such weight");
  const size_t index = static_cast<size_t>(*weight);
  const auto job = quantization_->job(index);
  job->run(scratch_);
  result_ = quantization::result_to_bytes(job->result());
  keep(index, job->result());
  return answer_text([&](JsonWriter& json) {
    json.key("result");
    json.begin_object();
    json.member("pointer", static_cast<uint64_t>(reinterpret_cast<uintptr_t>(result_.data())));
    json.member("length", static_cast<uint64_t>(result_.size()));
    json.end_object();
  });
}

std::string WeightSession::keep_weight(std::string_view request) {
  const size_t space = request.find(' ');
  uint64_t weight = 0;
  for (const char c : request.substr(0, space)) {
    weight = c >= '0' && c <= '9' && weight < UINT32_MAX
                 ? weight * 10 + static_cast<uint64_t>(c - '0')
                 : UINT64_MAX;
  }
  if (space == std::string_view::npos || !quantization_ ||
      weight >= quantization_->targets().weights.size())
    return fault("bad_request", "there is no such weight");
  auto result = quantization::result_from_bytes(request.substr(space + 1));
  if (!result) return fault("bad_request", "these are no bytes of a weight's result");
  return keep(static_cast<size_t>(weight), std::move(*result));
}

// A planner holds for the options that it was made with.
void WeightSession::make_planner() {
  std::vector<quantization::PlanLayer> layers =
      plan_layers(*analysis_, *quantization_, planning_->request);
  for (quantization::PlanLayer& layer : layers) {
    for (const LayerNoise& noise : planning_->noise) {
      if (noise.node != layer.listed) continue;
      for (const LayerNoise::Choice& known : noise.choices) {
        const size_t at = layer.choice_of(known.precision);
        if (at >= layer.choices.size()) continue;
        layer.choices[at].weight_nsr = known.weight_nsr;
        layer.choices[at].activation_nsr = known.activation_nsr;
        layer.choices[at].weight_bytes = known.weight_bytes;
      }
    }
  }
  planner_ = std::make_unique<PrecisionPlanner>(*analysis_, std::move(layers), planning_->request);
  quantization_section_ =
      std::make_unique<QuantizationSection>(*analysis_, *quantization_, planner_.get());
}

void WeightSession::changed() {
  if (planner_) make_planner();
}

std::string WeightSession::plan(std::string_view request) {
  if (!quantization_) return fault("not_quantized", "weights were not looked at");
  auto parsed = parse_planning(request);
  if (!parsed) return error_text(parsed.error());
  planning_ = std::make_unique<PlanningRequest>(std::move(*parsed));
  make_planner();
  return "{}";
}

std::string WeightSession::plan_of(std::string_view request) {
  if (!planner_) return fault("not_planned", "there is no plan to change");
  if (!planner_->obstacle().empty()) return fault(planner_->obstacle(), "there can be no plan");
  const auto text = parse_text(request, "choice");
  if (!text) return error_text(text.error());
  std::vector<uint8_t> choice;
  for (const char c : *text) choice.push_back(static_cast<uint8_t>(c - '0'));
  if (choice.size() != planner_->layers().size())
    return fault("bad_request", "choice has not one option a layer");
  const quantization::Plan plan = planner_->plan_of(choice);
  return answer_text(
      [&](JsonWriter& json) { write_made_plan(plan, DocumentNames(analysis_->graph()), json); });
}

std::string WeightSession::prune(std::string_view request) {
  if (!analysis_) return not_open_text();
  auto options = parse_prune(request);
  if (!options) return error_text(options.error());
  auto pruning = Pruning::run(*model_, files_.get(), analysis_->options(), std::move(*options));
  if (!pruning) return error_text(pruning.error());
  pruning_section_.reset();
  pruning_ = std::move(*pruning);
  pruning_section_ = std::make_unique<PruningSection>(*pruning_);
  return "{}";
}

std::string WeightSession::prune_what_if(std::string_view request) {
  if (!pruning_) return fault("not_pruned", "channels were not looked at");
  const auto parsed = parse_cut(request);
  if (!parsed) return error_text(parsed.error());
  const auto cut = cut_of(*pruning_, *parsed);
  if (!cut) return error_text(cut.error());
  const PrunedFigures figures = pruning_->what_if(*cut, parsed->times);
  return answer_text([&](JsonWriter& json) {
    write_pruned_figures(*pruning_, figures, json);
    write_kept(*pruning_, *cut, json);
  });
}

std::string WeightSession::prune_mask(std::string_view request) {
  if (!pruning_) return fault("not_pruned", "channels were not looked at");
  const auto parsed = parse_cut(request);
  if (!parsed) return error_text(parsed.error());
  auto cut = cut_of(*pruning_, *parsed);
  if (!cut) return error_text(cut.error());
  PruneScenario scenario;
  scenario.name = "own";
  scenario.figures = pruning_->what_if(*cut, false);
  scenario.cut = std::move(*cut);
  HostSink sink(host_);
  if (!write_prune_plan(*pruning_, scenario, sink))
    return fault("cancelled", "the plan was not taken to its end");
  return answer_text([&](JsonWriter& json) { json.member("bytes", sink.bytes()); });
}

std::string WeightSession::section(std::string_view request) {
  if (!analysis_) return not_open_text();
  const auto name = parse_text(request, "name");
  if (!name) return error_text(name.error());
  for (const DocumentSection* each : sections()) {
    if (each->name() != *name) continue;
    HostSink sink(host_);
    JsonWriter json(sink);
    each->write(DocumentNames(analysis_->graph()), json);
    if (!json.finish()) return fault("cancelled", "the section was not taken to its end");
    return answer_text([&](JsonWriter& out) { out.member("bytes", sink.bytes()); });
  }
  return fault("no_section", "nothing was found for '" + *name + "'");
}

Summary WeightSession::summary() {
  Summary summary = summarize(*analysis_);
  if (quantization_) add_quantization(*quantization_, summary);
  if (planner_) add_plan(*planner_, *quantization_, summary);
  if (pruning_) add_pruning(*pruning_, summary);
  return summary;
}

std::string WeightSession::markdown(std::string_view request) {
  if (!analysis_) return not_open_text();
  const auto text = parse_text(request, "template");
  if (!text) return error_text(text.error());
  HostSink sink(host_);
  if (!sink.write(summary_markdown(summary(), *text)))
    return fault("cancelled", "the text was not taken");
  return answer_text([&](JsonWriter& json) { json.member("bytes", sink.bytes()); });
}

std::string WeightSession::threshold(std::string_view request) {
  const auto parsed = parse_threshold(request);
  if (!parsed) return error_text(parsed.error());
  const quantization::Element& element = quantization::row(parsed->format).element;
  return answer_text([&](JsonWriter& json) {
    json.key("at");
    json.begin_array();
    for (const double amax : parsed->amax)
      write_threshold(quantization::threshold_at(parsed->histogram, element, amax), json);
    json.end_array();
    if (!parsed->curve) return;
    const auto curve = quantization::threshold_curve(parsed->histogram, element);
    json.key("curve");
    json.begin_object();
    write_column("sqnr_db", curve, &ThresholdPoint::sqnr_db, json);
    write_column("clipped_share", curve, &ThresholdPoint::clipped_share, json);
    write_column("divergence", curve, &ThresholdPoint::divergence, json);
    json.end_object();
  });
}

}  // namespace trtreport::wasm
