// The rules, each over the list of Q/DQ nodes or the graph; at most kMostAlike findings of each,
// then their number.
#include "quantization/lints.hpp"

#include "quantization/targets.hpp"

#include <algorithm>

namespace trtreport::quantization {
namespace {

constexpr uint64_t kMostScales = 1u << 20;

class Linter {
 public:
  Linter(const Graph& graph, std::span<const QuantizeNode> nodes)
      : graph_(graph), list_(nodes), readers_(graph.tensors.size()) {
    for (NodeId id = 0; id < graph.nodes.size(); ++id) {
      for (const TensorId tensor : graph.nodes[id].inputs) {
        if (tensor != kNoTensor) readers_[tensor].push_back(id);
      }
    }
  }

  std::vector<Lint> run() {
    for (const QuantizeNode& item : list_) {
      check_values(item);
      check_place(item);
      check_fusion(item);
    }
    check_operators();
    check_ends();
    return std::move(lints_);
  }

 private:
  std::string_view op(NodeId id) const {
    const Node& node = graph_.nodes[id];
    return node.proto == nullptr ? std::string_view() : graph_.text(node.proto->op);
  }
  std::string named(NodeId id) const {
    return "'" + std::string(graph_.text(graph_.nodes[id].name)) + "'";
  }
  NodeId producer(TensorId tensor) const {
    return tensor == kNoTensor ? kNoNode : graph_.tensors[tensor].producer;
  }
  bool is_dequantized(TensorId tensor) const {
    const NodeId from = producer(tensor);
    return from != kNoNode && op(from) == "DequantizeLinear";
  }
  const std::vector<NodeId>& readers(NodeId id) const {
    static const std::vector<NodeId> kNobody;
    const auto& outputs = graph_.nodes[id].outputs;
    return outputs.empty() || outputs[0] == kNoTensor ? kNobody : readers_[outputs[0]];
  }
  bool gives_output(NodeId id) const {
    const auto& outputs = graph_.nodes[id].outputs;
    return !outputs.empty() && outputs[0] != kNoTensor && graph_.tensors[outputs[0]].is_output;
  }

  // `args` go with the node's name, which every message has.
  void say(Severity severity, std::string_view code, NodeId node, std::string message,
           Lint::Args args = {}) {
    args.insert(args.begin(), {"name", named(node)});
    lints_.push_back({severity, code, std::move(message), node, kNoTensor, std::move(args)});
  }

  void check_values(const QuantizeNode& item) {
    if (item.shifted) {
      say(Severity::Error, "zero_point_not_zero", item.node,
          named(item.node) +
              " has a zero point other than 0: TensorRT takes symmetric "
              "quantization only and refuses the model");
    }
    if (item.known && !(item.least > 0)) {
      say(Severity::Error, "scale_not_positive", item.node,
          named(item.node) + " has a scale that is not above 0: TensorRT refuses it");
    }
    const bool blocks = attribute_int(graph_, graph_.nodes[item.node], "block_size", 0) != 0;
    if (item.scales > 1 && !item.of_weight && !blocks && item.quantizes) {
      say(Severity::Error, "activation_by_channel", item.node,
          named(item.node) + " quantizes an activation with " + std::to_string(item.scales) +
              " scales: TensorRT takes one for activations, and per-channel ones for weights "
              "only",
          {{"count", std::to_string(item.scales)}});
    }
  }

  void check_place(const QuantizeNode& item) {
    const TensorId read = item.tensor;
    if (item.quantizes) {
      const auto& next = readers(item.node);
      const bool has_pair = std::any_of(next.begin(), next.end(), [&](NodeId id) {
        return op(id) == "DequantizeLinear" || op(id).substr(0, 7) == "QLinear";
      });
      if (!has_pair && !gives_output(item.node)) {
        say(Severity::Warning, "dangling_quantize", item.node,
            named(item.node) + ": nothing dequantizes what it quantizes");
      }
      if (is_dequantized(read) && !graph_.tensors[read].is_output) {
        say(Severity::Warning, "doubled_quantize", item.node,
            named(item.node) + " quantizes what " + named(producer(read)) +
                " just dequantized: with other scales that rounds twice, with equal ones it is "
                "idle",
            {{"other", named(producer(read))}});
      }
      return;
    }
    if (readers(item.node).empty() && !gives_output(item.node)) {
      say(Severity::Warning, "dangling_dequantize", item.node,
          named(item.node) + ": nobody reads what it dequantizes");
    }
  }

  // Q behind a convolution whose normalization or activation comes only after DQ.
  void check_fusion(const QuantizeNode& item) {
    if (!item.quantizes || item.of_weight) return;
    const NodeId from = producer(item.tensor);
    if (from == kNoNode || (op(from) != "Conv" && op(from) != "ConvTranspose")) return;
    for (const NodeId pair : readers(item.node)) {
      if (op(pair) != "DequantizeLinear") continue;
      for (const NodeId next : readers(pair)) {
        if (op(next) != "BatchNormalization" && op(next) != "Relu" && op(next) != "Clip") continue;
        say(Severity::Warning, "fusion_blocked", item.node,
            named(item.node) + " stands between " + named(from) + " and " + named(next) + " (" +
                std::string(op(next)) + "), which TensorRT would fuse: quantize behind it instead",
            {{"first", named(from)}, {"second", named(next)}, {"op", std::string(op(next))}});
        return;
      }
    }
  }

  void check_operators() {
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      const std::string_view name = op(id);
      if (name == "DynamicQuantizeLinear" || name == "MatMulInteger" || name == "ConvInteger" ||
          name == "DynamicQuantizeMatMul" || name == "DynamicQuantizeLSTM") {
        say(Severity::Error, "dynamic_quantization", id,
            named(id) + " (" + std::string(name) +
                ") quantizes while running: TensorRT has no such operator, use Q/DQ pairs",
            {{"op", std::string(name)}});
      }
      if (name == "Add" && !list_.empty()) check_add(id);
    }
  }

  // Whether a layer that computes quantized makes this tensor for one reader, or its normalization.
  bool is_behind_layer(TensorId tensor) const {
    if (graph_.tensors[tensor].uses != 1) return false;
    NodeId from = producer(tensor);
    if (from != kNoNode && op(from) == "BatchNormalization") {
      const TensorId before = graph_.nodes[from].inputs[0];
      if (before == kNoTensor || graph_.tensors[before].uses != 1) return false;
      from = producer(before);
    }
    if (from == kNoNode) return false;
    const std::string_view name = op(from);
    if (name != "Conv" && name != "ConvTranspose" && name != "Gemm" && name != "MatMul")
      return false;
    const auto& inputs = graph_.nodes[from].inputs;
    return inputs.size() > 1 && is_dequantized(inputs[0]) && is_dequantized(inputs[1]);
  }

  void check_add(NodeId id) {
    uint32_t dequantized = 0, plain = 0;
    for (const TensorId input : graph_.nodes[id].inputs) {
      if (input == kNoTensor || stored_data(graph_, input) != nullptr) return;
      if (is_behind_layer(input)) return;  // the sum becomes part of the layer, as it should
      (is_dequantized(input) ? dequantized : plain) += 1;
    }
    if (dequantized == 0 || plain == 0) return;
    say(Severity::Warning, "partly_quantized_add", id,
        named(id) +
            " adds a quantized and a plain input: the sum leaves INT8 and a separate kernel "
            "converts; quantize both branches of a residual");
  }

  void check_ends() {
    NodeId first = kNoNode, last = kNoNode;
    for (const NodeId id : graph_.bodies[kMainBody].nodes) {
      const std::string_view name = op(id);
      if (name != "Conv" && name != "Gemm" && name != "MatMul") continue;
      if (first == kNoNode) first = id;
      last = id;
    }
    const auto quantized = [&](NodeId id) {
      return id != kNoNode && !graph_.nodes[id].inputs.empty() &&
             is_dequantized(graph_.nodes[id].inputs[0]);
    };
    if (quantized(first)) {
      say(Severity::Note, "first_layer_quantized", first,
          named(first) + " is the first layer and quantized: it is sensitive and gains little");
    }
    if (quantized(last) && last != first) {
      say(Severity::Note, "last_layer_quantized", last,
          named(last) + " is the last layer and quantized: its errors reach the output unchanged");
    }
  }

  const Graph& graph_;
  std::span<const QuantizeNode> list_;
  std::vector<std::vector<NodeId>> readers_;  // by tensor
  std::vector<Lint> lints_;
};

// Whether values of the file stand behind a tensor, if need be rounded, cast or turned.
bool is_of_weight(const Graph& graph, TensorId tensor) {
  constexpr int kMostSteps = 8;
  constexpr std::string_view kThrough[] = {"Identity", "Cast",           "Transpose",
                                           "Reshape",  "QuantizeLinear", "DequantizeLinear"};
  for (int step = 0; step < kMostSteps && tensor != kNoTensor; ++step) {
    if (stored_data(graph, tensor) != nullptr) return true;
    const NodeId producer = graph.tensors[tensor].producer;
    if (producer == kNoNode) return false;
    const Node& node = graph.nodes[producer];
    if (node.proto == nullptr || node.inputs.empty()) return false;
    const std::string_view op = graph.text(node.proto->op);
    if (std::find(std::begin(kThrough), std::end(kThrough), op) == std::end(kThrough)) return false;
    tensor = node.inputs[0];
  }
  return false;
}

void read_scales(const Graph& graph, ByteSource& source, const Node& node, QuantizeNode& item) {
  const auto data_of = [&](size_t index) -> const onnx::TensorData* {
    if (index >= node.inputs.size() || node.inputs[index] == kNoTensor) return nullptr;
    return stored_data(graph, node.inputs[index]);
  };
  if (const onnx::TensorData* scale = data_of(1)) {
    item.scales = 1;
    for (const int64_t dim : scale->dims) item.scales *= static_cast<uint64_t>(dim);
    const auto read = onnx::read_elements(graph.model(), source, *scale, kMostScales);
    if (read && !read->floats.empty()) {
      item.known = true;
      item.least = *std::min_element(read->floats.begin(), read->floats.end());
      item.most = *std::max_element(read->floats.begin(), read->floats.end());
    }
  }
  if (const onnx::TensorData* zero = data_of(2)) {
    item.dtype = zero->dtype;
    const auto read = onnx::read_elements(graph.model(), source, *zero, kMostScales);
    if (!read) return;
    item.shifted =
        std::any_of(read->ints.begin(), read->ints.end(), [](int64_t x) { return x != 0; }) ||
        std::any_of(read->floats.begin(), read->floats.end(), [](double x) { return x != 0; });
  }
}

}  // namespace

std::vector<QuantizeNode> quantize_nodes(const Graph& graph, ByteSource& source) {
  std::vector<QuantizeNode> found;
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    if (node.proto == nullptr || node.inputs.empty() || node.inputs[0] == kNoTensor) continue;
    const std::string_view op = graph.text(node.proto->op);
    if (op != "QuantizeLinear" && op != "DequantizeLinear") continue;
    QuantizeNode item;
    item.node = id;
    item.quantizes = op == "QuantizeLinear";
    item.tensor = node.inputs[0];
    const onnx::TensorData* stored = stored_data(graph, item.tensor);
    item.of_weight = is_of_weight(graph, item.tensor);
    if (stored != nullptr && !item.quantizes) {
      item.dtype = stored->dtype;
    } else if (item.quantizes) {
      item.dtype = DType::UInt8;  // what ONNX says where no zero point is given
    }
    read_scales(graph, source, node, item);
    found.push_back(item);
  }
  return found;
}

std::vector<Lint> lint_quantization(const Graph& graph, std::span<const QuantizeNode> nodes) {
  return Linter(graph, nodes).run();
}

}  // namespace trtreport::quantization
