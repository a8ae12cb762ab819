// Cost and traffic of one node. Foldable, shape, view, constant and control nodes move nothing; the
// others read each tensor once and write their outputs.
#include "roofline/node_figures.hpp"

#include "ops/table.hpp"

#include <algorithm>
#include <array>

namespace trtreport {

namespace {

// A tensor that the node reads or writes, with the elements of it that move.
struct Move {
  TensorId tensor;
  Count elements;
};

Count stored_bytes(const Counting& counting, const Move& move) {
  const Tensor& tensor = counting.graph.tensors[move.tensor];
  if (tensor.sparse != nullptr) {
    const auto length = [](const onnx::TensorData& data) {
      Count elements = 1;
      for (int64_t dim : data.dims)
        elements = elements * static_cast<uint64_t>(std::max<int64_t>(dim, 0));
      return bytes_of(data.dtype, elements);
    };
    return length(tensor.sparse->values) + length(tensor.sparse->indices);
  }
  return bytes_of(tensor.type.dtype, move.elements);
}

void add_resizable(const Counting& counting, const Move& move, Count stored, bool written,
                   ResizableTraffic& traffic) {
  const TensorTraits& traits = counting.traits[move.tensor];
  const DType dtype = counting.graph.tensors[move.tensor].type.dtype;
  if (!written && traits.dequantized_by != kNoNode) {
    const Node& dequantizer = counting.graph.nodes[traits.dequantized_by];
    const TensorId source = dequantizer.inputs[0];
    traffic.fixed_bytes =
        traffic.fixed_bytes + bytes_of(counting.graph.tensors[source].type.dtype, move.elements);
    for (TensorId scale : dequantizer.inputs.subspan(1)) {
      if (scale == kNoTensor) continue;
      traffic.fixed_bytes = traffic.fixed_bytes + bytes_of(counting.graph.tensors[scale].type.dtype,
                                                           counting.sizes[scale].elements);
    }
  } else if (written && traits.written != DType::Undefined) {
    traffic.fixed_bytes = traffic.fixed_bytes + bytes_of(traits.written, move.elements);
  } else if (is_plain_float(dtype)) {
    Count& elements = traits.weight ? traffic.weight_elements : traffic.activation_elements;
    elements = elements + move.elements;
    traffic.float_bytes = traffic.float_bytes + stored;
  } else {
    traffic.fixed_bytes = traffic.fixed_bytes + stored;
  }
}

void add_reads(const Counting& counting, const ops::CostContext& context, const ops::OpRow& row,
               NodeFigures& figures) {
  const std::span<const TensorId> inputs = context.node().inputs;
  for (size_t index = 0; index < inputs.size(); ++index) {
    const TensorId id = inputs[index];
    const auto here = inputs.begin() + static_cast<std::ptrdiff_t>(index);
    if (id == kNoTensor || std::find(inputs.begin(), here, id) != here) continue;
    const Move move{id, row.traffic(context, static_cast<int>(index))};
    const Count stored = stored_bytes(counting, move);
    Count& bytes = counting.traits[id].weight ? figures.bytes.weights : figures.bytes.inputs;
    bytes = bytes + stored;
    add_resizable(counting, move, stored, false, figures.resizable);
  }
}

void add_writes(const Counting& counting, const ops::CostContext& context, NodeFigures& figures) {
  for (TensorId id : context.node().outputs) {
    if (id == kNoTensor) continue;
    Move move{id, counting.sizes[id].elements};
    const bool sequence = counting.graph.tensors[id].type.kind == TypeKind::Sequence;
    if (sequence && !move.elements.known())
      move.elements = context.input_elements(0);  // cut into a sequence
    const Count stored = stored_bytes(counting, move);
    figures.bytes.outputs = figures.bytes.outputs + stored;
    add_resizable(counting, move, stored, true, figures.resizable);
  }
}

Count output_bytes(const Counting& counting, const Node& node) {
  Count bytes = 0;
  for (TensorId id : node.outputs) {
    if (id != kNoTensor)
      bytes = bytes + bytes_of(counting.graph.tensors[id].type.dtype, counting.sizes[id].elements);
  }
  return bytes;
}

// The operands whose types set a contraction's arithmetic: data and weight.
std::array<size_t, 2> operands_of(std::string_view op) {
  if (op == "QLinearConv" || op == "QLinearMatMul" || op == "QGemm") return {0, 3};
  return {0, 1};
}

DType operand_type(const Counting& counting, const Node& node, size_t index) {
  if (index >= node.inputs.size() || node.inputs[index] == kNoTensor) return DType::Undefined;
  const TensorId id = node.inputs[index];
  const NodeId dequantizer = counting.traits[id].dequantized_by;
  if (dequantizer == kNoNode) return counting.graph.tensors[id].type.dtype;
  return counting.graph.tensors[counting.graph.nodes[dequantizer].inputs[0]].type.dtype;
}

bool is_quantized(DType dtype) {
  return bits(dtype) > 0 && bits(dtype) <= 8 && dtype != DType::Bool;
}

// Arithmetic runs in a quantized type only where both operands have one; of two, in the wider.
DType contraction_precision(const Counting& counting, const Node& node, std::string_view op) {
  const std::array<size_t, 2> operands = operands_of(op);
  const DType data = operand_type(counting, node, operands[0]);
  const DType weight = operand_type(counting, node, operands[1]);
  if (op == "DynamicQuantizeMatMul") return weight;
  if (is_quantized(data) && is_quantized(weight)) return bits(weight) > bits(data) ? weight : data;
  if (is_plain_float(data)) return data;
  const TensorId first = node.inputs.empty() ? kNoTensor : node.inputs[0];
  return first == kNoTensor ? DType::Undefined : counting.graph.tensors[first].type.dtype;
}

// The first input's type; the output's where the input only selects or addresses (conditions,
// indices).
DType plain_precision(const Counting& counting, const Node& node) {
  const auto type_of = [&](std::span<const TensorId> tensors) {
    return tensors.empty() || tensors[0] == kNoTensor
               ? DType::Undefined
               : counting.graph.tensors[tensors[0]].type.dtype;
  };
  const DType input = type_of(node.inputs), output = type_of(node.outputs);
  if (is_float(input)) return input;
  return is_float(output) || input == DType::Undefined || input == DType::Bool ? output : input;
}

bool is_depthwise(const ops::CostContext& context) {
  const std::string_view op = context.op();
  if (op == "CausalConvWithState") return true;
  if (op.find("Conv") == std::string_view::npos) return false;
  const int64_t group = context.attribute_int("group", 1);
  if (group <= 1) return false;
  const bool last = op.substr(0, 4) == "Nhwc" || context.attribute_int("channels_last", 0) != 0;
  return context.input_dim(0, last ? -1 : 1) == Count(static_cast<uint64_t>(group));
}

void note_unknowns(const Counting& counting, const Node& node, NodeFigures& figures) {
  const std::array<Count, 5> counts = {figures.macs, figures.flops, figures.bytes.weights,
                                       figures.bytes.inputs, figures.bytes.outputs};
  const bool overflow =
      std::any_of(counts.begin(), counts.end(), [](Count count) { return count.overflowed(); });
  const bool unknown =
      std::any_of(counts.begin(), counts.end(), [](Count count) { return !count.known(); });
  bool assumed = false, unbound = false, data_dependent = false;
  for (std::span<const TensorId> tensors : {node.inputs, node.outputs}) {
    for (TensorId id : tensors) {
      if (id == kNoTensor) continue;
      assumed = assumed || counting.sizes[id].assumed;
      unbound = unbound || counting.sizes[id].unbound;
      data_dependent = data_dependent || counting.sizes[id].data_dependent;
    }
  }
  uint16_t flags = 0;
  if (assumed) flags |= kAssumed;
  if (overflow) flags |= kOverflow;
  if (unknown && !overflow && unbound) flags |= kUnbound;
  if (unknown && !overflow && !unbound && data_dependent) flags |= kDataDependent;
  if (unknown && !overflow && !unbound && !data_dependent) flags |= kUnmodelled;
  figures.flags = static_cast<uint16_t>(figures.flags | flags);
}

void repeat(uint64_t times, NodeFigures& figures) {
  if (times == 1) return;
  for (Count* count :
       {&figures.macs, &figures.flops, &figures.bytes.weights, &figures.bytes.inputs,
        &figures.bytes.outputs, &figures.resizable.weight_elements,
        &figures.resizable.activation_elements, &figures.resizable.float_bytes,
        &figures.resizable.fixed_bytes, &figures.course_flops, &figures.course_bytes}) {
    *count = *count * times;
  }
}

bool moves_nothing(OpClass op_class, const Node& node) {
  return op_class == OpClass::View || op_class == OpClass::Shape || op_class == OpClass::Constant ||
         !node.bodies.empty();
}

void count_traffic(const Counting& counting, const ops::CostContext& context, const ops::OpRow& row,
                   NodeFigures& figures) {
  const Node& node = context.node();
  figures.bytes = {.weights = 0, .inputs = 0, .outputs = 0};
  if (moves_nothing(figures.op_class, node)) {
    if (figures.op_class == OpClass::View) figures.course_bytes = output_bytes(counting, node);
    return;
  }
  add_reads(counting, context, row, figures);
  add_writes(counting, context, figures);
  figures.course_bytes = figures.bytes.weights + figures.bytes.outputs;
  if (moves_quantized_weight(node, counting.traits)) figures.resizable = {};
}

}  // namespace

bool is_plain_float(DType dtype) {
  return dtype == DType::Float32 || dtype == DType::Float16 || dtype == DType::BFloat16 ||
         dtype == DType::Float64;
}

Count bytes_of(DType dtype, Count elements) {
  if (!elements.known()) return elements;
  return bits(dtype) == 0 ? Count::unknown() : Count(storage_bytes(dtype, elements.value()));
}

NodeFigures count_node(const Counting& counting, const Step& step) {
  const Node& node = counting.graph.nodes[step.node];
  const ops::OpRow& row = ops::table()[node.op];
  const ops::CostContext context(counting.graph, node, counting.assumed, counting.sizes);
  const bool modelled = ops::is_modelled(row);
  NodeFigures figures;
  figures.node = step.node;
  figures.times = step.times;
  figures.op_class = row.op_class;
  const ops::Cost cost = modelled ? row.cost(context, row.flops_per_element)
                                  : ops::Cost{.macs = Count::unknown(), .flops = Count::unknown()};
  figures.macs = cost.macs;
  if (is_foldable(node, counting.traits)) {
    const bool shape = std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
      return id != kNoTensor && counting.traits[id].dependence != Dependence::Constant;
    });
    figures.op_class = shape ? OpClass::Shape : OpClass::Constant;
    figures.flags = kFoldable;
    figures.bytes = {.weights = 0, .inputs = 0, .outputs = 0};
  } else {
    figures.flops = cost.flops;
    // Each MAC as one FLOP instead of two.
    figures.course_flops = cost.flops.known() && cost.macs.known()
                               ? Count(cost.flops.value() - cost.macs.value())
                               : cost.flops;
    count_traffic(counting, context, row, figures);
  }
  if (!modelled) figures.flags = static_cast<uint16_t>(figures.flags | kUnmodelled);
  const bool contraction = row.op_class == OpClass::Contraction;
  if (contraction && is_depthwise(context))
    figures.flags = static_cast<uint16_t>(figures.flags | kDepthwise);
  figures.precision = contraction ? contraction_precision(counting, node, context.op())
                                  : plain_precision(counting, node);
  repeat(step.times, figures);
  note_unknowns(counting, node, figures);
  if (step.per_iteration) figures.flags = static_cast<uint16_t>(figures.flags | kPerIteration);
  if (step.overflow) figures.flags = static_cast<uint16_t>(figures.flags | kOverflow);
  return figures;
}

}  // namespace trtreport
