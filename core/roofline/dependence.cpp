// One pass in execution order: a node's results depend on what its inputs depend on. If, whose
// results come from its branches, is settled when its bodies are through.
#include "roofline/dependence.hpp"

#include "ops/table.hpp"

#include <algorithm>
#include <array>

namespace trtreport {

namespace {

bool is_one_of(std::string_view op, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), op) != names.end();
}

bool is_random(std::string_view op) {
  static constexpr std::array<std::string_view, 6> kRandom = {"RandomNormal",  "RandomNormalLike",
                                                              "RandomUniform", "RandomUniformLike",
                                                              "Bernoulli",     "Multinomial"};
  return is_one_of(op, kRandom);
}

// Their results tell only of their input's shape.
bool reads_shape_only(std::string_view op) {
  static constexpr std::array<std::string_view, 3> kShapeOnly = {"Shape", "Size", "EyeLike"};
  return is_one_of(op, kShapeOnly);
}

Dependence of_node(const Node& node, std::span<const TensorTraits> traits) {
  const ops::OpRow& row = ops::table()[node.op];
  const std::string_view op = known_op(node);
  if (node.op == 0 || !ops::is_modelled(row) || !node.bodies.empty()) return Dependence::Runtime;
  if (is_random(op) || is_dequantize_linear(op)) return Dependence::Runtime;
  Dependence result = Dependence::Constant;
  for (TensorId input : node.inputs) {
    if (input != kNoTensor) result = std::max(result, traits[input].dependence);
  }
  return result == Dependence::Runtime && reads_shape_only(op) ? Dependence::Shape : result;
}

// Marks what Constants make, and tensors that QuantizeLinear alone reads with the type that it
// makes of them. Of all nodes, also those in branches that never run.
void mark_ends(const Graph& graph, std::vector<TensorTraits>& traits) {
  std::vector<uint32_t> reads;
  for (const Node& node : graph.nodes) {
    if (node.outputs.empty() || node.outputs[0] == kNoTensor) continue;
    const std::string_view op = known_op(node);
    if (op == "Constant") traits[node.outputs[0]].stored = true;
    if (!is_quantize_linear(op) || node.inputs.empty() || node.inputs[0] == kNoTensor) continue;
    const TensorId input = node.inputs[0];
    if (reads.empty()) reads.resize(graph.tensors.size());
    if (++reads[input] == graph.tensors[input].uses && !graph.tensors[input].is_output) {
      traits[input].written = graph.tensors[node.outputs[0]].type.dtype;
    }
  }
}

void set_dequantized(const Graph& graph, NodeId id, std::vector<TensorTraits>& traits) {
  const Node& node = graph.nodes[id];
  if (node.inputs.empty() || node.outputs.empty()) return;
  const TensorId input = node.inputs[0], output = node.outputs[0];
  if (input == kNoTensor || output == kNoTensor) return;
  if (is_dequantize_linear(known_op(node))) {
    traits[output].dequantized_by = id;
    traits[output].weight = traits[input].dependence != Dependence::Runtime;
  } else if (ops::table()[node.op].op_class == ops::OpClass::View ||
             moves_quantized_weight(node, traits)) {
    traits[output].dequantized_by = traits[input].dequantized_by;
    traits[output].weight = traits[output].weight || traits[input].weight;
  }
}

void set_outputs(const Node& node, Dependence dependence, std::vector<TensorTraits>& traits) {
  for (TensorId output : node.outputs) {
    if (output == kNoTensor) continue;
    traits[output].dependence = dependence;
    traits[output].weight = dependence != Dependence::Runtime;
  }
}

// An If's results: what the branches that may run give them, and the condition where it is open.
void settle_if(const Graph& graph, const Node& node, const ops::Inference& inference,
               std::vector<TensorTraits>& traits) {
  const Dependence condition = node.inputs.empty() || node.inputs[0] == kNoTensor
                                   ? Dependence::Runtime
                                   : traits[node.inputs[0]].dependence;
  for (size_t index = 0; index < node.outputs.size(); ++index) {
    Dependence result = Dependence::Constant;
    for (BodyId body : node.bodies) {
      const ops::BodyRun run =
          body < inference.bodies().size() ? inference.bodies()[body] : ops::BodyRun{};
      if (!run.taken) continue;
      if (!run.certain) result = std::max(result, condition);
      const std::vector<TensorId>& outputs = graph.bodies[body].outputs;
      const bool there = index < outputs.size() && outputs[index] != kNoTensor;
      result = std::max(result, there ? traits[outputs[index]].dependence : Dependence::Runtime);
    }
    const TensorId output = node.outputs[index];
    if (output == kNoTensor) continue;
    traits[output].dependence = result;
    traits[output].weight = result != Dependence::Runtime;
  }
}

}  // namespace

std::string_view known_op(const Node& node) { return ops::table()[node.op].name; }
bool is_quantize_linear(std::string_view op) { return op == "QuantizeLinear"; }
bool is_dequantize_linear(std::string_view op) { return op == "DequantizeLinear"; }

bool moves_quantized_weight(const Node& node, std::span<const TensorTraits> traits) {
  if (known_op(node) != "Transpose" || node.inputs.empty() || node.inputs[0] == kNoTensor)
    return false;
  const TensorTraits& input = traits[node.inputs[0]];
  return input.weight && input.dequantized_by != kNoNode;
}

bool is_foldable(const Node& node, std::span<const TensorTraits> traits) {
  return of_node(node, traits) != Dependence::Runtime;
}

std::vector<TensorTraits> trace_dependence(const Graph& graph, std::span<const Step> steps,
                                           const ops::Inference& inference) {
  std::vector<TensorTraits> traits(graph.tensors.size());
  for (size_t id = 0; id < traits.size(); ++id) {
    if (graph.tensors[id].kind != TensorKind::Weight) continue;
    traits[id].dependence = Dependence::Constant;
    traits[id].weight = true;
    traits[id].stored = true;
  }
  mark_ends(graph, traits);
  std::vector<uint32_t> open;  // Ifs whose branches are being passed
  for (uint32_t index = 0; index <= steps.size(); ++index) {
    while (!open.empty() && steps[open.back()].end == index) {
      settle_if(graph, graph.nodes[steps[open.back()].node], inference, traits);
      open.pop_back();
    }
    if (index == steps.size()) break;
    const NodeId id = steps[index].node;
    const Node& node = graph.nodes[id];
    set_outputs(node, of_node(node, traits), traits);
    set_dequantized(graph, id, traits);
    if (!node.bodies.empty() && known_op(node) == "If") open.push_back(index);
  }
  return traits;
}

}  // namespace trtreport
