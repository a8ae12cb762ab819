// Which nodes a plan decides on, and what was found about their weights.
#include "precision_plan.hpp"
#include "quantization/layer_rules.hpp"
#include "roofline/ceilings.hpp"
#include "roofline/dependence.hpp"

#include <algorithm>

namespace trtreport {
namespace {

using namespace quantization;

// Tensors before the first layer and behind the last one: those that every path to them from the
// inputs (from them to the outputs) reaches without a layer.
struct Ends {
  std::vector<bool> before, behind;  // by tensor
};

bool is_data(const Graph& graph, TensorId id) {
  if (id == kNoTensor) return false;
  const Tensor& tensor = graph.tensors[id];
  return tensor.kind != TensorKind::Weight && tensor.data == nullptr;
}

Ends find_ends(const Analysis& analysis, const std::vector<bool>& is_layer) {
  const Graph& graph = analysis.graph();
  const auto& listed = analysis.figures().nodes;
  Ends ends{std::vector<bool>(graph.tensors.size(), false),
            std::vector<bool>(graph.tensors.size(), false)};
  for (const TensorId input : graph.bodies[kMainBody].inputs) ends.before[input] = true;
  for (size_t index = 0; index < listed.size(); ++index) {
    const Node& node = graph.nodes[listed[index].node];
    bool all = !is_layer[index];
    for (const TensorId input : node.inputs)
      all = all && (!is_data(graph, input) || ends.before[input]);
    for (const TensorId output : node.outputs) {
      if (output != kNoTensor) ends.before[output] = all;
    }
  }
  std::vector<bool> read_on(graph.tensors.size(), false);  // by something that a layer is behind
  for (size_t index = listed.size(); index-- > 0;) {
    const Node& node = graph.nodes[listed[index].node];
    bool on = is_layer[index] || !node.bodies.empty();
    for (const TensorId output : node.outputs) on = on || (output != kNoTensor && read_on[output]);
    for (const TensorId input : node.inputs) {
      if (input != kNoTensor && on) read_on[input] = true;
    }
  }
  for (TensorId id = 0; id < graph.tensors.size(); ++id) ends.behind[id] = !read_on[id];
  return ends;
}

uint64_t bits_of(LayerPrecision precision) {
  switch (precision) {
    case LayerPrecision::Fp32:
      return 32;
    case LayerPrecision::Fp16:
    case LayerPrecision::Bf16:
      return 16;
    case LayerPrecision::Int4:
      return 4;
    default:
      return 8;
  }
}

// Decides what one layer is offered.
class Offers {
 public:
  Offers(const Analysis& analysis, const Quantization& quantization, const PlanRequest& request)
      : file_(analysis.graph()), quantization_(quantization), request_(request) {
    schemes_ = schemes_of(request);
    schemes_.insert(schemes_.end(), quantization.schemes().begin(), quantization.schemes().end());
    const auto main = analysis.main_roofline();
    if (!main) return;
    const Options& options = analysis.options();
    const Device& device = options.devices[main->device];
    if (device.capability() > 0) capability_ = device.capability();
    for (const LayerPrecision format : request.formats) {
      if (resolve_ceilings(device, precision_of(format), options.roofline).fallback)
        missing_.push_back(format);
    }
  }

  void fill(const WeightUse& use, PlanLayer& layer) const {
    layer.choices.push_back(choice_of(request_.base, layer));
    const LayerSite site = site_of(file_, use);
    const WeightResult* result = quantization_.result(layer.weight);
    for (const LayerPrecision format : request_.formats) {
      Refusal refusal = refusal_of(file_, site, format);
      if (std::find(missing_.begin(), missing_.end(), format) != missing_.end())
        refusal = Refusal::Device;
      if (refusal == Refusal::None && result != nullptr) refusal = refusal_of(*result);
      if (refusal == Refusal::None) refusal = refusal_of_schemes(site, format, result);
      if (refusal == Refusal::None) {
        layer.choices.push_back(choice_of(format, layer, &site));
      } else {
        layer.refused.emplace_back(format, refusal);
      }
    }
  }

 private:
  // None where one of those that were tried (or will be) fits, or none of this format was.
  Refusal refusal_of_schemes(const LayerSite& site, LayerPrecision format,
                             const WeightResult* result) const {
    Refusal refusal = Refusal::None;
    bool fits = false;
    const auto judge = [&](const Scheme& scheme) {
      const Refusal found = refusal_of(file_, site, format, scheme, capability_);
      fits = fits || found == Refusal::None;
      if (found != Refusal::Scheme) refusal = found;
    };
    if (result != nullptr && !result->error) {
      for (const SchemeResult& each : result->schemes) judge(each.scheme);
    } else {
      for (const Scheme& scheme : schemes_) judge(scheme);
    }
    return fits ? Refusal::None : refusal;
  }

  LayerChoice choice_of(LayerPrecision precision, const PlanLayer& layer,
                        const LayerSite* site = nullptr) const {
    LayerChoice choice;
    choice.precision = precision;
    const uint64_t elements = quantization_.elements(layer.weight);
    choice.weight_bytes = elements * bits_of(precision) / 8;
    if (!quantizes_activations(precision)) {
      choice.activation_nsr = 0;
    } else {
      const Format format = precision == LayerPrecision::Int8 ? Format::Int8 : Format::Fp8E4M3;
      if (const auto scale = quantization_.activation_scale(layer.input, format))
        choice.activation_nsr = scale->nsr;
    }
    const WeightResult* result = quantization_.result(layer.weight);
    if (result == nullptr || result->error) return choice;
    const bool has_nothing_to_round = result->dead || result->elements == 0;
    if (has_nothing_to_round || precision == LayerPrecision::Fp32) choice.weight_nsr = 0;
    for (const SchemeResult& each : result->schemes) {
      const LayerSite any;
      const Refusal refusal =
          refusal_of(file_, site == nullptr ? any : *site, precision, each.scheme, capability_);
      if (refusal != Refusal::None) continue;
      if (choice.weight_nsr && !(each.metrics.nsr < *choice.weight_nsr)) continue;
      choice.weight_nsr = each.metrics.nsr;
      choice.weights = each.scheme;
      const double bits = bits_per_weight(each.scheme, elements, result->channel_largest.size());
      choice.weight_bytes = static_cast<uint64_t>(static_cast<double>(elements) * bits / 8 + 0.5);
    }
    return choice;
  }

  FileGraph file_;
  const Quantization& quantization_;
  const PlanRequest& request_;
  std::vector<Scheme> schemes_;
  std::vector<LayerPrecision> missing_;  // that the device has no units for
  int capability_ = kAnyDevice;
};

}  // namespace

Precision precision_of(LayerPrecision precision) {
  switch (precision) {
    case LayerPrecision::Fp32:
      return Precision::Fp32;
    case LayerPrecision::Fp16:
      return Precision::Fp16;
    case LayerPrecision::Bf16:
      return Precision::Bf16;
    case LayerPrecision::Fp8:
      return Precision::Fp8;
    case LayerPrecision::Int8:
      return Precision::Int8;
    case LayerPrecision::Int4:
      return Precision::Int4;
  }
  return Precision::Fp16;
}

std::vector<PlanLayer> plan_layers(const Analysis& analysis, const Quantization& quantization,
                                   const PlanRequest& request) {
  const Graph& graph = analysis.graph();
  const auto& listed = analysis.figures().nodes;
  std::vector<const WeightUse*> use_of(graph.nodes.size(), nullptr);
  for (const WeightUse& use : quantization.targets().uses) use_of[use.node] = &use;
  const Offers offers(analysis, quantization, request);
  std::vector<bool> is_layer(listed.size(), false);
  std::vector<PlanLayer> layers;
  for (uint32_t index = 0; index < listed.size(); ++index) {
    const NodeFigures& figures = listed[index];
    const Node& node = graph.nodes[figures.node];
    is_layer[index] = figures.op_class == OpClass::Contraction;
    const WeightUse* use = use_of[figures.node];
    if (use == nullptr || !is_quantizable(known_op(node)) || (figures.flags & kFoldable) != 0)
      continue;
    PlanLayer layer;
    layer.node = figures.node;
    layer.listed = index;
    layer.weight = use->weight;
    layer.depthwise = (figures.flags & kDepthwise) != 0;
    const size_t other = use->input == 0 ? 1 : 0;
    if (other < node.inputs.size()) layer.input = node.inputs[other];
    if (!node.outputs.empty()) layer.output = node.outputs[0];
    offers.fill(*use, layer);
    layers.push_back(std::move(layer));
  }
  const Ends ends = find_ends(analysis, is_layer);
  for (PlanLayer& layer : layers) {
    layer.first = layer.input != kNoTensor && ends.before[layer.input];
    layer.last = layer.output != kNoTensor && ends.behind[layer.output];
  }
  return layers;
}

}  // namespace trtreport
