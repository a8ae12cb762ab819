// From a device's rooflines to a problem of numbers, and from its solution back to a plan.
#include "precision_plan.hpp"

#include "base/logarithm.hpp"
#include "roofline/ceilings.hpp"
#include "roofline/dependence.hpp"
#include "roofline/node_figures.hpp"
#include "roofline/padding.hpp"

#include <algorithm>
#include <limits>

namespace trtreport {
namespace {

using namespace quantization;

double bytes_of_element(LayerPrecision base) { return base == LayerPrecision::Fp32 ? 4 : 2; }

double known(double seconds) { return seconds == seconds ? seconds : 0; }

double number(Count count) { return count.known() ? static_cast<double>(count.value()) : 0; }

// What TensorRT runs on quantized tensors without a weight: copies and views, which commute with a
// scale, pooling, sums, what is folded into a convolution or runs in its epilogue. Source: its
// documentation of explicit quantization (propagation of Q and DQ, quantizable layers).
bool runs_quantized(std::string_view op) {
  static constexpr std::string_view kOps[] = {"Add",       "AveragePool",   "BatchNormalization",
                                              "Clip",      "Concat",        "DepthToSpace",
                                              "Expand",    "Gather",        "GlobalAveragePool",
                                              "LeakyRelu", "GlobalMaxPool", "MaxPool",
                                              "PRelu",     "Pad",           "Relu",
                                              "Resize",    "Slice",         "SpaceToDepth",
                                              "Split",     "Sum",           "Tile",
                                              "Transpose", "Upsample"};
  return std::find(std::begin(kOps), std::end(kOps), op) != std::end(kOps);
}

// Nodes that tensors of the data pass through; the others are computed when the engine is built, or
// have bodies.
bool is_unit(const NodeFigures& figures, const Node& node) {
  if ((figures.flags & kFoldable) != 0 || !node.bodies.empty()) return false;
  return figures.op_class != OpClass::Shape && figures.op_class != OpClass::Constant;
}

uint32_t bit_of(size_t option) { return uint32_t{1} << option; }

// The least NSR whose SQNR is no better than asked for, from the logarithm's own side.
double nsr_at(double db) {
  double low = 0, high = 1e6;
  for (int step = 0; step < 200; ++step) {
    const double middle = (low + high) / 2;
    (decibels(1 / middle) >= db ? low : high) = middle;
  }
  return low;
}

}  // namespace

PrecisionPlanner::PrecisionPlanner(const Analysis& analysis, std::vector<PlanLayer> layers,
                                   PlanRequest request)
    : analysis_(analysis), request_(std::move(request)), layers_(std::move(layers)) {
  const auto main = analysis.main_roofline();
  if (!main) {
    obstacle_ = "no_device";
    return;
  }
  device_index_ = main->device;
  device_ = &analysis.options().devices[main->device];
  launch_seconds_ = device_->launch_seconds.value_or(0);
  if (layers_.empty()) obstacle_ = "no_layers";
  if (!device_->dram_bandwidth) obstacle_ = "no_bandwidth";
  if (!obstacle_.empty()) return;
  evaluate(request_.base);
  for (const LayerPrecision format : request_.formats) evaluate(format);
  time_layers();
  for (const NodeFigures& figures : analysis.figures().nodes) {
    const Node& node = analysis.graph().nodes[figures.node];
    if (is_quantize_linear(known_op(node))) obstacle_ = "already_quantized";
  }
  if (!analysis.roofline({device_index_, precision_of(request_.base)}).seconds)
    obstacle_ = "unbound";
  if (!obstacle_.empty()) return;
  PlanProblem problem;
  add_units(problem);
  add_wires(problem);
  for (const PlanLayer& layer : layers_) {
    std::vector<PlanProblem::Option>& options = problem.layers.emplace_back();
    for (const LayerChoice& choice : layer.choices) {
      options.push_back({choice.seconds_padded.value_or(0), choice.nsr(),
                         quantizes_activations(choice.precision)});
    }
  }
  search_.emplace(std::move(problem));
  rank_layers();
}

void PrecisionPlanner::evaluate(LayerPrecision precision) {
  const Precision own = precision_of(precision);
  const Figures& figures = analysis_.figures();
  const Figures padded = pad_channels(figures, analysis_.graph(), channel_multiple(own));
  Times times;
  times.precision = precision;
  Roofline roofline = analysis_.roofline({device_index_, own});
  // Formats that it has no units for are offered to no layer.
  if (roofline.fallback && precision == request_.base)
    missing_.push_back({precision, roofline.fallback->text});
  times.seconds = std::move(roofline.node_seconds);
  times.padded =
      evaluate_roofline(padded, analysis_.graph(), *device_, own, analysis_.options().roofline)
          .node_seconds;
  for (size_t index = 0; index < figures.nodes.size(); ++index) {
    const double wanted = number(figures.nodes[index].flops);
    times.padded_flops.push_back(wanted > 0 ? number(padded.nodes[index].flops) / wanted : 1);
  }
  times_.push_back(std::move(times));
}

const PrecisionPlanner::Times& PrecisionPlanner::times_of(LayerPrecision precision) const {
  for (const Times& times : times_) {
    if (times.precision == precision) return times;
  }
  return times_.front();
}

void PrecisionPlanner::time_layers() {
  const auto optional = [](double seconds) {
    return seconds == seconds ? std::optional(seconds) : std::nullopt;
  };
  for (PlanLayer& layer : layers_) {
    for (LayerChoice& choice : layer.choices) {
      const Times& times = times_of(choice.precision);
      choice.seconds = optional(times.seconds[layer.listed]);
      choice.seconds_padded = optional(times.padded[layer.listed]);
      const double padded = times.padded_flops[layer.listed];
      choice.utilization = padded > 0 ? 1 / padded : 1;
    }
  }
}

// A layer's unit has the number of its node; what else data passes through follows.
void PrecisionPlanner::add_units(PlanProblem& problem) {
  const auto& listed = analysis_.figures().nodes;
  unit_of_.assign(listed.size(), kNoUnit);
  std::vector<uint32_t> layer_of(listed.size(), kNoUnit);
  for (uint32_t layer = 0; layer < layers_.size(); ++layer) layer_of[layers_[layer].listed] = layer;
  const Times& base = times_.front();
  const Times* quantized = nullptr;
  for (const Times& times : times_) {
    if (quantizes_activations(times.precision)) quantized = &times;
  }
  for (uint32_t index = 0; index < listed.size(); ++index) {
    const Node& node = analysis_.graph().nodes[listed[index].node];
    if (!is_unit(listed[index], node)) continue;
    unit_of_[index] = static_cast<uint32_t>(problem.units.size());
    PlanProblem::Unit unit;
    unit.layer = layer_of[index];
    unit.base = known(base.padded[index]);
    if (quantized != nullptr) {
      unit.quantized = known(quantized->padded[index]);
      unit.can_quantize = listed[index].op_class == OpClass::View || runs_quantized(known_op(node));
    }
    problem.units.push_back(unit);
  }
}

double PrecisionPlanner::conversion_bytes(TensorId id) const {
  const Tensor& tensor = analysis_.graph().tensors[id];
  if (!is_plain_float(tensor.type.dtype) || !tensor.type.shape.known()) return 0;
  const auto elements = DimTable::evaluate(tensor.type.shape.elements(), analysis_.assumed());
  if (!elements || *elements <= 0) return 0;
  return static_cast<double>(*elements) * (bytes_of_element(request_.base) + 1);
}

double PrecisionPlanner::conversion_seconds(double bytes, uint64_t times) const {
  return (bytes / *device_->dram_bandwidth + launch_seconds_) * static_cast<double>(times);
}

void PrecisionPlanner::add_wires(PlanProblem& problem) {
  const Graph& graph = analysis_.graph();
  const auto& listed = analysis_.figures().nodes;
  constexpr uint32_t kComputedEarly = kNoUnit - 1;
  // Who makes each tensor: a unit, nobody here (inputs, bodies), or the building of the engine.
  std::vector<uint32_t> maker(graph.tensors.size(), kNoUnit);
  std::vector<uint64_t> times(graph.tensors.size(), 1);
  std::vector<uint32_t> wire_of(graph.tensors.size(), kNoUnit);
  for (uint32_t index = 0; index < listed.size(); ++index) {
    const Node& node = graph.nodes[listed[index].node];
    for (const TensorId output : node.outputs) {
      if (output == kNoTensor) continue;
      times[output] = listed[index].times;
      maker[output] =
          node.bodies.empty() && unit_of_[index] == kNoUnit ? kComputedEarly : unit_of_[index];
    }
  }
  for (uint32_t index = 0; index < listed.size(); ++index) {
    const uint32_t unit = unit_of_[index];
    if (unit == kNoUnit) continue;
    for (const TensorId input : graph.nodes[listed[index].node].inputs) {
      if (input == kNoTensor || maker[input] == kComputedEarly) continue;
      const Tensor& tensor = graph.tensors[input];
      if (tensor.kind == TensorKind::Weight || tensor.data != nullptr) continue;
      const double bytes = conversion_bytes(input);
      if (bytes == 0) continue;
      uint32_t& wire = wire_of[input];
      if (wire == kNoUnit) {
        wire = static_cast<uint32_t>(problem.wires.size());
        problem.wires.push_back({maker[input], {}, conversion_seconds(bytes, times[input])});
        wires_.push_back({input, bytes});
      }
      std::vector<uint32_t>& readers = problem.wires[wire].readers;
      if (readers.empty() || readers.back() != unit) readers.push_back(unit);
    }
  }
}

// Of each layer alone, and of what it takes when all are quantized.
void PrecisionPlanner::rank_layers() {
  double all = 0;
  std::vector<size_t> chosen;
  for (const PlanLayer& layer : layers_) {
    size_t option = 1;
    while (option < layer.choices.size() && !quantizes_activations(layer.choices[option].precision))
      ++option;
    if (option == layer.choices.size()) option = layer.choices.size() > 1 ? 1 : 0;
    chosen.push_back(option);
    all += layer.choices[option].nsr();
  }
  std::vector<double> at_wire(analysis_.graph().tensors.size(), 0);
  const auto& wires = search_->problem().wires;
  for (size_t i = 0; i < wires.size(); ++i) {
    if (wires[i].maker != kNoUnit) at_wire[wires_[i].tensor] = wires[i].seconds;
  }
  for (size_t index = 0; index < layers_.size(); ++index) {
    PlanLayer& layer = layers_[index];
    if (chosen[index] == 0) continue;
    const LayerChoice &base = layer.choices.front(), &choice = layer.choices[chosen[index]];
    if (base.seconds_padded && choice.seconds_padded)
      layer.seconds_saved = *base.seconds_padded - *choice.seconds_padded;
    layer.reformat_seconds = 0;
    if (quantizes_activations(choice.precision)) {
      for (const TensorId tensor : {layer.input, layer.output})
        *layer.reformat_seconds += tensor == kNoTensor ? 0 : at_wire[tensor];
    }
    if (!choice.weight_nsr || !base.weight_nsr) continue;
    const double without = all - choice.nsr() + base.nsr();
    layer.db_lost = without > 0 && all > without ? decibels(all / without) : 0;
    if (layer.seconds_saved && *layer.seconds_saved > 0)
      layer.db_per_us = *layer.db_lost / (*layer.seconds_saved * 1e6);
  }
}

std::vector<uint32_t> PrecisionPlanner::allowed(const Budget& budget) const {
  std::vector<uint32_t> options;
  for (const PlanLayer& layer : layers_) {
    const bool kept = budget.keep_first_last && (layer.first || layer.last);
    options.push_back(kept ? 1 : bit_of(layer.choices.size()) - 1);
  }
  return options;
}

PlanTotals PrecisionPlanner::totals(const PlanChoice& choice) const {
  PlanTotals totals;
  const auto& problem = search_->problem();
  std::vector<LayerPrecision> by_unit(problem.units.size(), request_.base);
  LayerPrecision narrow = request_.base;
  for (const LayerPrecision format : request_.formats) {
    if (quantizes_activations(format)) narrow = format;
  }
  for (size_t unit = 0; unit < by_unit.size(); ++unit) {
    const uint32_t layer = problem.units[unit].layer;
    if (layer != kNoUnit) {
      by_unit[unit] = layers_[layer].choices[choice.options[layer]].precision;
    } else if (choice.sides[unit] != 0) {
      by_unit[unit] = narrow;
    }
  }
  // In the order in which rooflines add them up.
  double seconds = 0, padded = 0;
  for (size_t index = 0; index < unit_of_.size(); ++index) {
    const uint32_t unit = unit_of_[index];
    const Times& times = unit == kNoUnit ? times_.front() : times_of(by_unit[unit]);
    seconds += known(times.seconds[index]);
    padded += known(times.padded[index]);
  }
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    const LayerChoice& taken = layers_[layer].choices[choice.options[layer]];
    totals.quantized += choice.options[layer] != 0 ? 1 : 0;
    totals.unknown += taken.weight_nsr ? 0 : 1;
    totals.nsr += taken.nsr();
    totals.weight_bytes += taken.weight_bytes;
  }
  for (const PlanProblem::Wire& wire : problem.wires) {
    if (!is_converted(wire, choice.sides)) continue;
    ++totals.reformats;
    totals.reformat_seconds += wire.seconds;
  }
  totals.seconds = seconds + totals.reformat_seconds;
  totals.seconds_padded = padded + totals.reformat_seconds;
  if (totals.nsr > 0) totals.sqnr_db = decibels(1 / totals.nsr);
  return totals;
}

Plan PrecisionPlanner::described(const PlanChoice& choice) const {
  Plan plan;
  plan.choice = choice.options;
  plan.totals = totals(choice);
  const auto& problem = search_->problem();
  for (size_t index = 0; index < unit_of_.size(); ++index) {
    const uint32_t unit = unit_of_[index];
    char letter = 'n';
    if (unit != kNoUnit && times_.front().seconds[index] > 0) {
      const uint32_t layer = problem.units[unit].layer;
      letter = choice.sides[unit] != 0 ? 'q' : 'b';
      if (letter == 'b' && layer != kNoUnit && choice.options[layer] != 0) letter = 'w';
    }
    plan.node_precision.push_back(letter);
  }
  for (size_t i = 0; i < problem.wires.size(); ++i) {
    const PlanProblem::Wire& wire = problem.wires[i];
    if (!is_converted(wire, choice.sides)) continue;
    const bool made_quantized = wire.maker != kNoUnit && choice.sides[wire.maker] != 0;
    plan.reformats.push_back({wires_[i].tensor, !made_quantized, wires_[i].bytes, wire.seconds});
  }
  return plan;
}

Plan PrecisionPlanner::plan(const Budget& budget) {
  PlanSearch::Limits limits;
  limits.seconds = budget.seconds;
  if (budget.sqnr_db) limits.nsr = nsr_at(*budget.sqnr_db);
  const PlanSearch::Found found = search_->solve(limits, allowed(budget));
  Plan plan = described(found.choice);
  plan.met = found.met;
  plan.seconds_bound = found.seconds_bound;
  return plan;
}

Plan PrecisionPlanner::plan_of(std::span<const uint8_t> choice) {
  std::vector<uint8_t> options(layers_.size(), 0);
  for (size_t layer = 0; layer < std::min(options.size(), choice.size()); ++layer) {
    if (choice[layer] < layers_[layer].choices.size()) options[layer] = choice[layer];
  }
  return described(search_->complete(options));
}

Plan PrecisionPlanner::uniform(LayerPrecision precision) {
  std::vector<uint8_t> options;
  for (const PlanLayer& layer : layers_) {
    const size_t option = layer.choice_of(precision);
    options.push_back(static_cast<uint8_t>(option == layer.choices.size() ? 0 : option));
  }
  return plan_of(options);
}

std::vector<ParetoPoint> PrecisionPlanner::pareto(const Budget& budget) {
  std::vector<ParetoPoint> points;
  for (const PlanChoice& choice : search_->pareto(allowed(budget)))
    points.push_back({choice.options, totals(choice)});
  return points;
}

}  // namespace trtreport
