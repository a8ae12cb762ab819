// What can and cannot be concluded, in sentences with the numbers that they were made from.
#include "base/logarithm.hpp"
#include "base/quantity.hpp"
#include "precision_plan.hpp"
#include "quantization/layer_rules.hpp"
#include "roofline/ceilings.hpp"

#include <algorithm>
#include <map>

namespace trtreport {
namespace {

using namespace quantization;
using Args = std::vector<std::pair<std::string, std::string>>;

// What an H200 took for single products and conversions, beside their rooflines:
// hardware/probe/tests/device/gemms.py. Below kShort gains fall short of those of the peaks; a
// conversion of at most 5 million elements takes kKernelSeconds more than its bytes.
constexpr double kShort = 10e-6;
constexpr double kKernelSeconds = 1.3e-6;

std::string upper(LayerPrecision precision) {
  std::string text(name(precision));
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string db(double value) { return (value < 0 ? "-" + plain(-value) : plain(value)) + " dB"; }

// Nothing where the noise of a layer is not known.
std::string db(const PlanTotals& totals) {
  if (totals.sqnr_db) return db(*totals.sqnr_db);
  return totals.unknown > 0 ? "" : "∞ dB";
}

std::string at(const std::string& decibels) { return decibels.empty() ? "" : " at " + decibels; }

std::string counted(uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string time(const std::optional<double>& seconds) {
  return seconds ? duration(*seconds) : std::string("—");
}

std::optional<LayerPrecision> narrow_format(const PrecisionPlanner& planner) {
  for (const LayerPrecision format : planner.request().formats) {
    if (quantizes_activations(format)) return format;
  }
  return std::nullopt;
}

double launch_seconds(const PrecisionPlanner& planner) {
  return planner.device()->launch_seconds.value_or(0);
}

std::string node_name(const PrecisionPlanner& planner, const PlanLayer& layer) {
  const Graph& graph = planner.analysis().graph();
  return "'" + std::string(graph.text(graph.nodes[layer.node].name)) + "'";
}

class Sentences {
 public:
  void say(std::string code, std::string text, Args args = {}) {
    list.push_back({std::move(code), std::move(text), std::move(args)});
  }
  std::vector<Sentence> list;
};

// Layers for which `is_one` holds.
template <class IsOne>
size_t count_layers(const PrecisionPlanner& planner, IsOne is_one) {
  const auto& layers = planner.layers();
  return static_cast<size_t>(std::count_if(layers.begin(), layers.end(), is_one));
}

void tell_unknown_noise(const PrecisionPlanner& planner, Sentences& out) {
  const std::string all = std::to_string(planner.layers().size());
  const size_t unread = count_layers(planner, [](const PlanLayer& layer) {
    return std::none_of(layer.choices.begin(), layer.choices.end(),
                        [](const LayerChoice& choice) { return choice.weight_nsr.has_value(); });
  });
  if (unread > 0) {
    out.say("weights_unread",
            "The weights of " + std::to_string(unread) + " of " + all +
                " layers were not read: they count as if rounding them cost nothing.",
            {{"layers", std::to_string(unread)}, {"all", all}});
  }
  if (unread == planner.layers().size()) return;
  for (const LayerPrecision format : planner.request().formats) {
    const size_t missing = count_layers(planner, [&](const PlanLayer& layer) {
      const size_t option = layer.choice_of(format);
      return option < layer.choices.size() && !layer.choices[option].weight_nsr;
    });
    if (missing == unread || missing == 0) continue;
    out.say("not_tried",
            upper(format) + " was not tried on the weights of " +
                counted(missing, "layer: its", "layers: their") +
                " rounding counts as nothing (--formats).",
            {{"format", upper(format)}, {"layers", std::to_string(missing)}});
  }
}

// Where most of what quantizing saves is saved in layers that wait more than they work.
void tell_short_layers(const PrecisionPlanner& planner, Sentences& out) {
  const auto format = narrow_format(planner);
  if (!format || planner.device()->kind == "cpu") return;
  const auto& listed = planner.analysis().figures().nodes;
  double saved = 0, brief = 0;
  size_t count = 0;
  for (const PlanLayer& layer : planner.layers()) {
    if (!layer.seconds_saved || !(*layer.seconds_saved > 0)) continue;
    saved += *layer.seconds_saved;
    const auto times = static_cast<double>(listed[layer.listed].times);
    if (*layer.choices.front().seconds_padded >= kShort * times) continue;
    brief += *layer.seconds_saved;
    ++count;
  }
  if (count == 0 || brief < saved / 2) return;
  const bool fp8 = *format == LayerPrecision::Fp8;
  const std::string gain = fp8 ? "1.0–1.4" : "1.1–1.5";
  const std::string longer = fp8 ? "1.1–1.8" : "1.4–2.1";
  const std::string narrow = upper(*format), share = percent(brief / saved);
  const std::string some = std::to_string(count), all = std::to_string(planner.layers().size());
  out.say("short_layers",
          share + " of what " + narrow + " saves is saved in layers shorter than 10 µs (" + some +
              " of " + all + "): on an H200 such products were " + gain + " times as fast in " +
              narrow + " as in FP16, longer ones " + longer +
              " times. Starting and waiting stay: expect the microseconds saved, not the ratio.",
          {{"share", share},
           {"narrow", narrow},
           {"short", some},
           {"layers", all},
           {"gain", gain},
           {"longer", longer}});
}

// How many layers each rule keeps from a format.
void tell_refused(const PrecisionPlanner& planner, Sentences& out) {
  const std::string all = std::to_string(planner.layers().size());
  for (const LayerPrecision of : planner.request().formats) {
    for (uint8_t why = 1; why <= static_cast<uint8_t>(Refusal::WeightZero); ++why) {
      const Refusal refusal = static_cast<Refusal>(why);
      const size_t count = count_layers(planner, [&](const PlanLayer& layer) {
        for (const auto& each : layer.refused) {
          if (each.first == of && each.second == refusal) return true;
        }
        return false;
      });
      if (count == 0) continue;
      const std::string layers = std::to_string(count), format = upper(of);
      out.say(std::string(code(refusal)),
              format + " is not offered to " + layers + " of " + all +
                  " layers: " + std::string(reason(refusal)) + ".",
              {{"format", format}, {"layers", layers}, {"all", all}});
    }
  }
}

void tell_unknown_activations(const PrecisionPlanner& planner, Sentences& out) {
  const auto format = narrow_format(planner);
  if (!format) return;
  const size_t unknown = count_layers(planner, [&](const PlanLayer& layer) {
    const size_t option = layer.choice_of(*format);
    return option < layer.choices.size() && !layer.choices[option].activation_nsr;
  });
  if (unknown == 0) return;
  const std::string count = std::to_string(unknown), all = std::to_string(planner.layers().size());
  out.say("activations_unknown",
          "No samples of the inputs of " + count + " of " + all +
              " layers: what rounding them costs, often the larger part, is not in these figures "
              "(--activations).",
          {{"layers", count}, {"all", all}});
}

void tell_obstacle(const PrecisionPlanner& planner, Sentences& out) {
  const std::string& code = planner.obstacle();
  if (code.empty()) return;
  const char* text = "No plan: the device has no memory bandwidth.";
  if (code == "no_layers") text = "No plan: no layer has a weight in floating point.";
  if (code == "already_quantized")
    text = "No plan: the model is quantized already, its Q/DQ nodes set the precisions.";
  if (code == "unbound") text = "No plan: sizes are open, so there are no times.";
  if (code == "no_device") text = "No plan: there is no device to time it on.";
  out.say(code, text);
}

// The layers in an order, the greatest first.
template <class Value>
std::vector<const PlanLayer*> ranked(const PrecisionPlanner& planner, Value value) {
  std::vector<const PlanLayer*> layers;
  for (const PlanLayer& layer : planner.layers()) {
    if (value(layer) > 0) layers.push_back(&layer);
  }
  std::stable_sort(layers.begin(), layers.end(),
                   [&](const PlanLayer* a, const PlanLayer* b) { return value(*a) > value(*b); });
  return layers;
}

void tell_calibrators(const PrecisionPlanner& planner, const Quantization& quantization,
                      Sentences& out) {
  std::map<std::string, size_t> best;
  size_t sampled = 0;
  for (const Quantization::Activation& activation : quantization.activations()) {
    const auto scale = quantization.activation_scale(activation.tensor, Format::Int8);
    if (!scale || scale->calibrator == "cache") continue;
    ++best[scale->calibrator];
    ++sampled;
  }
  const auto most = std::max_element(
      best.begin(), best.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (sampled == 0) {
    const std::string format = upper(*narrow_format(planner));
    out.say("calibrate",
            "1. Calibrate: run the model on a few hundred inputs, try several calibrators for the "
            "activations and keep the one that costs least accuracy; " +
                format + " weights need none.",
            {{"format", format}});
    return;
  }
  out.say("calibrator",
          "1. Calibrate: of " + std::to_string(sampled) + " sampled tensors " +
              std::to_string(most->second) + " lose least with " + most->first +
              "; confirm it by the accuracy of the whole model.",
          {{"tensors", std::to_string(sampled)},
           {"best", std::to_string(most->second)},
           {"calibrator", most->first}});
}

// What taking one layer back to the base adds to the plan's SQNR; 0 where it is there already.
double decibels_back(const PrecisionPlanner& planner, const Plan& plan, const PlanLayer& layer) {
  const auto index = static_cast<size_t>(&layer - planner.layers().data());
  const LayerChoice& base = layer.choices.front();
  const LayerChoice& taken = layer.choices[plan.choice[index]];
  if (!taken.weight_nsr || !base.weight_nsr) return 0;
  const double all = plan.totals.nsr, without = all - taken.nsr() + base.nsr();
  return without > 0 && all > without ? decibels(all / without) : 0;
}

void tell_parts(PrecisionPlanner& planner, const Plan& plan, LayerPrecision format,
                Sentences& out) {
  const PlanTotals all = planner.uniform(format).totals;
  const PlanTotals none = planner.uniform(planner.request().base).totals;
  const std::string wide = upper(planner.request().base), narrow = upper(format);
  const size_t kept = planner.layers().size() - plan.totals.quantized;
  const std::string all_db = db(all), plan_db = db(plan.totals);
  Args args = {{"narrow", narrow},
               {"wide", wide},
               {"all_time", time(all.seconds_padded)},
               {"none_time", time(none.seconds_padded)},
               {"kept", std::to_string(kept)},
               {"layers", std::to_string(planner.layers().size())},
               {"time", time(plan.totals.seconds_padded)},
               {"conversions", std::to_string(plan.totals.reformats)}};
  if (!all_db.empty()) args.push_back({"all_db", all_db});
  if (!plan_db.empty()) args.push_back({"db", plan_db});
  out.say("in_part",
          "2. Quantize in part: every layer in " + narrow + " takes " + time(all.seconds_padded) +
              at(all_db) + ", every layer in " + wide + " " + time(none.seconds_padded) +
              ". This plan keeps " + std::to_string(kept) + " of " +
              counted(planner.layers().size(), "layer", "layers") + " in " + wide + ": " +
              time(plan.totals.seconds_padded) + at(plan_db) + ", " +
              counted(plan.totals.reformats, "conversion", "conversions") + " included.",
          std::move(args));
  const auto gives_back = [&](const PlanLayer& layer) {
    return decibels_back(planner, plan, layer);
  };
  const auto lost = ranked(planner, gives_back);
  if (lost.empty() || !(gives_back(*lost.front()) >= 0.1)) return;
  const PlanLayer& worst = *lost.front();
  const std::string gain = db(gives_back(worst));
  const std::string cost = time(std::max(worst.seconds_saved.value_or(0), 0.0));
  out.say("keep_sensitive",
          "The layer to put back first if accuracy falls short is " + node_name(planner, worst) +
              ": " + gain + " of the accumulated SQNR for " + cost + ".",
          {{"node", node_name(planner, worst)}, {"db", gain}, {"time", cost}});
}

// A layer's waiting is there in either precision; a conversion's is not, and is left out of times
// that follow from bytes.
void tell_short_conversions(PrecisionPlanner& planner, const Plan& plan, Sentences& out) {
  const Device& device = *planner.device();
  const double more = kKernelSeconds - launch_seconds(planner);
  if (!(more > 0) || device.kind == "cpu") return;
  size_t count = 0;
  double seconds = plan.totals.seconds_padded.value_or(0);
  for (const Reformat& reformat : plan.reformats) {
    const double once = reformat.bytes / *device.dram_bandwidth + launch_seconds(planner);
    if (once >= kShort) continue;
    ++count;
    seconds += more * (reformat.seconds / once);
  }
  if (count == 0) return;
  const std::string some = std::to_string(count), all = std::to_string(plan.reformats.size());
  const std::string with = duration(seconds), wide = upper(planner.request().base);
  const std::string none = time(planner.uniform(planner.request().base).totals.seconds_padded);
  out.say(
      "short_conversions",
      "Conversions predicted below 10 µs: " + some + " of " + all +
          ". On an H200 kernels of this kind took 1.3 µs more than their bytes need; unless the "
          "engine fuses them, the plan then takes " +
          with + ", and every layer in " + wide + " " + none + ".",
      {{"short", some}, {"conversions", all}, {"time", with}, {"wide", wide}, {"none_time", none}});
}

void tell_speed(const PrecisionPlanner& planner, LayerPrecision format, Sentences& out) {
  const std::string wide = upper(planner.request().base), narrow = upper(format);
  const auto gains_nothing = [](const PlanLayer& layer) {
    return layer.seconds_saved && !(*layer.seconds_saved > 0);
  };
  if (const size_t idle = count_layers(planner, gains_nothing); idle > 0) {
    out.say("no_gain",
            counted(idle, "layer is", "layers are") + " no faster in " + narrow + " than in " +
                wide + " on this device: nothing is lost by leaving " +
                (idle == 1 ? "it." : "them."),
            {{"layers", std::to_string(idle)}, {"narrow", narrow}, {"wide", wide}});
  }
  const auto is_unaligned = [&](const PlanLayer& layer) {
    const size_t option = layer.choice_of(format);
    return option < layer.choices.size() &&
           layer.choices[option].utilization < 0.75 * layer.choices.front().utilization;
  };
  if (const size_t count = count_layers(planner, is_unaligned); count > 0) {
    out.say("unaligned",
            counted(count, "layer has", "layers have") + " channels that fill " + narrow +
                " tensor cores (multiples of 16) a quarter less than " + wide + " ones.",
            {{"layers", std::to_string(count)}, {"narrow", narrow}, {"wide", wide}});
  }
}

}  // namespace

std::vector<Sentence> screening_limits(const PrecisionPlanner& planner) {
  Sentences out;
  out.say("screening",
          "A screening, not an accuracy: rounding errors of weights have been found to rank layers "
          "like the real loss only at a Spearman correlation between -0.48 and +0.57 (onnxsim, "
          "quant_sensitivity). Measure what you decide.",
          {{"low", "-0.48"}, {"high", "+0.57"}, {"source", "onnxsim, quant_sensitivity"}});
  tell_obstacle(planner, out);
  if (planner.layers().empty()) return std::move(out.list);
  tell_refused(planner, out);
  tell_unknown_noise(planner, out);
  tell_unknown_activations(planner, out);
  out.say("independent",
          "Noise of layers is added up as if each passed on its own share unchanged and none knew "
          "of another.");
  for (const PrecisionPlanner::Missing& missing : planner.missing()) {
    out.say("fallback", missing.text + ".",
            {{"device", planner.device()->name}, {"format", upper(missing.precision)}});
  }
  if (planner.obstacle().empty()) {
    out.say("conversions",
            "Where precisions meet, a kernel is charged that reads and writes the tensor; engines "
            "fuse some of these into their neighbours, and fuse less where precisions differ.");
    tell_short_layers(planner, out);
  }
  return std::move(out.list);
}

std::vector<Sentence> plan_guidance(PrecisionPlanner& planner, const Quantization& quantization,
                                    const Plan& plan) {
  Sentences out;
  const auto format = narrow_format(planner);
  if (format) {
    tell_calibrators(planner, quantization, out);
    tell_parts(planner, plan, *format, out);
    tell_short_conversions(planner, plan, out);
    tell_speed(planner, *format, out);
    out.say("train",
            "3. Train: if no plan is accurate enough, fine-tune with the Q/DQ nodes in place, from "
            "the best calibration, for about a tenth of the original epochs; a relative loss of up "
            "to 2 % is usual.");
  }
  return std::move(out.list);
}

}  // namespace trtreport
