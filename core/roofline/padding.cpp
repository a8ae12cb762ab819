// Contractions as tensor cores compute them: with channels that are not wanted.
#include "roofline/padding.hpp"

namespace trtreport {

namespace {

uint64_t rounded_up(uint64_t size, uint32_t multiple) {
  return (size + multiple - 1) / multiple * multiple;
}

}  // namespace

std::optional<LayerChannels> channels_of(const Graph& graph, const Node& node) {
  const std::string_view op = graph.text(node.proto->op);
  const bool conv = op == "Conv" || op == "ConvTranspose", gemm = op == "Gemm";
  if ((!conv && !gemm && op != "MatMul") || node.inputs.size() < 2) return std::nullopt;
  if (node.inputs[1] == kNoTensor) return std::nullopt;
  const Shape& weight = graph.tensors[node.inputs[1]].type.shape;
  if (!weight.known() || weight.rank() < 2) return std::nullopt;
  bool rows_first = op == "Conv";
  if (gemm) {
    for (const onnx::Attribute& attribute : node.proto->attributes) {
      if (graph.text(attribute.name) == "transB") rows_first = attribute.i != 0;
    }
  }
  const int first = conv || gemm ? 0 : weight.rank() - 2;
  const Dim &a = weight[first], &b = weight[first + 1];
  if (!a.is_number() || !b.is_number() || a.number() < 1 || b.number() < 1) return std::nullopt;
  const auto rows = static_cast<uint64_t>(a.number()), columns = static_cast<uint64_t>(b.number());
  return LayerChannels{rows_first ? columns : rows, rows_first ? rows : columns};
}

namespace {

Count scaled(Count count, uint64_t from, uint64_t to) { return count * Count(to) / Count(from); }

// A weight's and its neighbours' share of the traffic, padded: everything else stays.
void pad_traffic(const LayerChannels& channels, uint64_t in, uint64_t out, const Graph& graph,
                 const Node& node, NodeFigures& figures) {
  ResizableTraffic& traffic = figures.resizable;
  if (!traffic.weight_elements.known() || !traffic.activation_elements.known()) return;
  const uint64_t weights = traffic.weight_elements.value();
  const uint64_t padded_weights = static_cast<uint64_t>(
      static_cast<double>(weights) * (static_cast<double>(in) / static_cast<double>(channels.in)) *
      (static_cast<double>(out) / static_cast<double>(channels.out)));
  uint64_t outputs = 0;
  if (!node.outputs.empty() && node.outputs[0] != kNoTensor) {
    const Shape& shape = graph.tensors[node.outputs[0]].type.shape;
    const auto elements =
        shape.known() ? DimTable::evaluate(shape.elements(), {}) : std::optional<int64_t>();
    if (elements && *elements > 0) outputs = static_cast<uint64_t>(*elements) * figures.times;
  }
  const uint64_t activations = traffic.activation_elements.value();
  if (outputs == 0 || outputs > activations) return;
  const uint64_t padded_activations =
      outputs / channels.out * out + (activations - outputs) / channels.in * in;
  const double before = static_cast<double>(weights + activations);
  const double after = static_cast<double>(padded_weights + padded_activations);
  if (traffic.float_bytes.known() && before > 0) {
    traffic.float_bytes =
        static_cast<uint64_t>(static_cast<double>(traffic.float_bytes.value()) * (after / before));
  }
  traffic.weight_elements = padded_weights;
  traffic.activation_elements = padded_activations;
}

}  // namespace

uint32_t channel_multiple(Precision precision) {
  switch (precision) {
    case Precision::Fp32:
    case Precision::Tf32:
      return 4;
    case Precision::Int8:
    case Precision::Fp8:
      return 16;
    default:
      return 8;  // int4 and fp4 store weights; their arithmetic is fp16
  }
}

Figures pad_channels(const Figures& figures, const Graph& graph, uint32_t multiple) {
  Figures padded = figures;
  for (NodeFigures& node : padded.nodes) {
    if (node.op_class != OpClass::Contraction || (node.flags & kDepthwise) != 0) continue;
    const Node& in_graph = graph.nodes[node.node];
    const std::optional<LayerChannels> channels = channels_of(graph, in_graph);
    if (!channels) continue;
    const uint64_t in = rounded_up(channels->in, multiple),
                   out = rounded_up(channels->out, multiple);
    if (in == channels->in && out == channels->out) continue;
    for (Count* count : {&node.macs, &node.flops})
      *count = scaled(scaled(*count, channels->in, in), channels->out, out);
    pad_traffic(*channels, in, out, graph, in_graph, node);
  }
  return padded;
}

}  // namespace trtreport
