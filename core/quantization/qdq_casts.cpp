// Regions in the base precision: the layers that the plan leaves there, and what lies between them.
// A tensor is cast once each way, where it crosses a region's edge.
#include "quantization/qdq_parts.hpp"

#include <algorithm>

namespace trtreport::quantization {
namespace {

// Operators that follow their input into 16 bits. Those that need float32 somewhere (Resize's
// scales, sizes of NonMaxSuppression), that hold subgraphs or whose result is no float of the
// input's type stay out.
constexpr std::string_view kFollowers[] = {"Abs",
                                           "Add",
                                           "AveragePool",
                                           "BatchNormalization",
                                           "Clip",
                                           "Concat",
                                           "DepthToSpace",
                                           "Div",
                                           "Dropout",
                                           "Elu",
                                           "Erf",
                                           "Exp",
                                           "Expand",
                                           "Flatten",
                                           "Gather",
                                           "Gelu",
                                           "GlobalAveragePool",
                                           "GlobalMaxPool",
                                           "HardSigmoid",
                                           "HardSwish",
                                           "Identity",
                                           "InstanceNormalization",
                                           "LayerNormalization",
                                           "LeakyRelu",
                                           "Log",
                                           "LogSoftmax",
                                           "MatMul",
                                           "Max",
                                           "MaxPool",
                                           "Min",
                                           "Mish",
                                           "Mul",
                                           "Neg",
                                           "PRelu",
                                           "Pad",
                                           "Pow",
                                           "ReduceMax",
                                           "ReduceMean",
                                           "ReduceSum",
                                           "Relu",
                                           "Reshape",
                                           "Selu",
                                           "Sigmoid",
                                           "Slice",
                                           "Softmax",
                                           "Softplus",
                                           "SpaceToDepth",
                                           "Split",
                                           "Sqrt",
                                           "Squeeze",
                                           "Sub",
                                           "Sum",
                                           "Tanh",
                                           "Tile",
                                           "Transpose",
                                           "Unsqueeze",
                                           "Where"};

// Operator sets from which on operators take bfloat16, where that is not 13. Source: ONNX's
// operator changelog.
struct Since {
  std::string_view op;
  int64_t opset;
};
constexpr int64_t kBfloat16 = 13;
constexpr Since kBfloat16Since[] = {{"AveragePool", 22},
                                    {"BatchNormalization", 14},
                                    {"Conv", 22},
                                    {"ConvTranspose", 22},
                                    {"Elu", 22},
                                    {"Gelu", 20},
                                    {"GlobalAveragePool", 22},
                                    {"GlobalMaxPool", 22},
                                    {"HardSigmoid", 22},
                                    {"HardSwish", 22},
                                    {"InstanceNormalization", 22},
                                    {"LayerNormalization", 17},
                                    {"LeakyRelu", 16},
                                    {"MaxPool", 22},
                                    {"Mish", 22},
                                    {"PRelu", 16},
                                    {"Selu", 22},
                                    {"Softplus", 22},
                                    {"Where", 16}};

int64_t bfloat16_since(std::string_view op) {
  for (const Since& row : kBfloat16Since) {
    if (row.op == op) return row.opset;
  }
  return kBfloat16;
}

bool contains(std::span<const std::string_view> list, std::string_view op) {
  return std::find(list.begin(), list.end(), op) != list.end();
}

class Caster {
 public:
  Caster(const FileGraph& file, const QdqRequest& request, QdqEdit& edit)
      : file_(file), edit_(edit), dtype_(dtype_of(request.base)) {}

  uint64_t run(const Targets& targets, const std::vector<QdqLayer>& layers) {
    choose(targets, layers);
    std::vector<std::pair<size_t, NodeId>> order;
    for (const NodeId id : chosen_) order.emplace_back(*file_.place(id), id);
    std::sort(order.begin(), order.end());
    for (const auto& [place, id] : order) cast_inputs(place, id);
    for (const auto& [place, id] : order) cast_outputs(place, id);
    return order.size();
  }

 private:
  bool is_float32(TensorId tensor) const {
    return tensor != kNoTensor && file_.graph().tensors[tensor].type.kind == TypeKind::Tensor &&
           file_.dtype(tensor) == DType::Float32;
  }

  bool is_narrow(TensorId tensor) const {
    const NodeId from = file_.producer(tensor);
    return from != kNoNode && chosen_.count(from) != 0;
  }

  void choose(const Targets& targets, const std::vector<QdqLayer>& layers) {
    std::set<NodeId> wide;  // that compute quantized
    for (const QdqLayer& layer : layers) {
      if (layer.activations) {
        wide.insert(layer.node);
      } else if (is_float32(layer.input)) {
        chosen_.insert(layer.node);  // only its weight is rounded
        if (layer.how.precision != LayerPrecision::Int4) pairs_.insert(layer.node);
      }
    }
    std::set<NodeId> others;  // that have a weight
    for (const WeightUse& use : targets.uses) others.insert(use.node);
    for (NodeId id = 0; id < file_.graph().nodes.size(); ++id) {
      if (!file_.place(id) || wide.count(id) != 0) continue;
      if ((others.count(id) != 0 && is_layer(id)) || follows(id)) chosen_.insert(id);
    }
    for (auto at = chosen_.begin(); at != chosen_.end();) {
      at = is_float32(file_.output(*at)) ? std::next(at) : chosen_.erase(at);
    }
  }

  bool is_layer(NodeId id) const {
    const std::string_view op = file_.op(id);
    const bool has_weight = op == "Conv" || op == "ConvTranspose" || op == "Gemm" || op == "MatMul";
    return has_weight && is_float32(file_.input(id, 0)) && is_float32(file_.input(id, 1));
  }

  bool follows(NodeId id) const {
    const std::string_view op = file_.op(id);
    if (!contains(kFollowers, op)) return false;
    const auto edited = edit_.edit().nodes.find(*file_.place(id));
    if (edited != edit_.edit().nodes.end() && !edited->second.inputs.empty()) return false;
    bool any = false;
    for (const TensorId input : file_.graph().nodes[id].inputs) {
      if (!is_float32(input)) continue;
      if (is_narrow(input)) {
        any = true;
      } else if (!file_.is_stored(input)) {
        return false;
      }
    }
    return any;
  }

  // Of a tensor in the narrow type.
  std::string narrow(size_t place, TensorId tensor, const std::string& name) {
    const auto [at, is_new] = narrow_.try_emplace(tensor);
    if (!is_new) return at->second;
    at->second = edit_.fresh(name + "_" + std::string(trtreport::name(dtype_)));
    if (!is_narrow(tensor)) edit_.at(place).before.push_back(cast(name, at->second, dtype_));
    return at->second;
  }

  onnx::NodeDraft cast(const std::string& from, const std::string& to, DType dtype) {
    onnx::NodeDraft node;
    node.op = "Cast";
    node.name = edit_.fresh(to + "_Cast");
    node.inputs = {from};
    node.outputs = {to};
    node.set("to", static_cast<int64_t>(dtype));
    return node;
  }

  // A normalization that an engine folds into the layer before it: its parameters are constants,
  // which a Cast would hide, and may have a type of their own.
  bool keeps_parameters(NodeId id) const {
    if (file_.op(id) != "BatchNormalization") return false;
    const auto& inputs = file_.graph().nodes[id].inputs;
    return inputs.size() > 1 && std::all_of(inputs.begin() + 1, inputs.end(), [&](TensorId input) {
             return input != kNoTensor && file_.is_stored(input);
           });
  }

  void need_types(NodeId id, bool keeps) {
    constexpr int64_t kParametersApart = 15;
    if (keeps) edit_.need_opset(kParametersApart);
    if (dtype_ == DType::BFloat16) edit_.need_opset(bfloat16_since(file_.op(id)));
  }

  void cast_inputs(size_t place, NodeId id) {
    const bool keeps = keeps_parameters(id);
    need_types(id, keeps);
    for (const TensorId input : file_.graph().nodes[id].inputs) {
      if (!is_float32(input) || (keeps && input != file_.input(id, 0))) continue;
      const std::string name = file_.name(input);
      auto& edits = edit_.at(place).inputs;
      const auto taken = std::find_if(edits.begin(), edits.end(),
                                      [&](const auto& item) { return item.first == name; });
      // What stands in for an INT4 weight has the narrow type already.
      if (taken != edits.end()) {
        if (pairs_.count(id) != 0) cast_pair(place, taken->second);
        continue;
      }
      std::string to = narrow(place, input, name);
      edit_.at(place).inputs.emplace_back(name, std::move(to));
    }
    edit_.at(place).computes_in = dtype_;
  }

  // A dequantized weight of float32; several layers may read it.
  void cast_pair(size_t place, std::string& tensor) {
    const auto [at, is_new] = narrow_pairs_.try_emplace(tensor);
    if (is_new) {
      at->second = edit_.fresh(tensor + "_" + std::string(trtreport::name(dtype_)));
      edit_.at(place).before.push_back(cast(tensor, at->second, dtype_));
    }
    tensor = at->second;
  }

  void cast_outputs(size_t place, NodeId id) {
    const onnx::Node& proto = *file_.graph().nodes[id].proto;
    const auto& outputs = file_.graph().nodes[id].outputs;
    for (size_t i = 0; i < outputs.size() && i < proto.outputs.size(); ++i) {
      if (!is_float32(outputs[i])) continue;
      const std::string name(file_.graph().text(proto.outputs[i]));
      const std::string own = narrow(place, outputs[i], name);
      onnx::NodeEdit& edit = edit_.at(place);
      edit.outputs.emplace_back(name, own);
      if (is_read_wide(outputs[i])) edit.after.push_back(cast(own, name, DType::Float32));
    }
  }

  bool is_read_wide(TensorId tensor) const {
    const Tensor& found = file_.graph().tensors[tensor];
    if (found.is_output) return true;
    uint32_t narrow_uses = 0;
    for (const NodeId reader : file_.readers(tensor)) narrow_uses += chosen_.count(reader) != 0;
    return narrow_uses != found.uses;
  }

  const FileGraph& file_;
  QdqEdit& edit_;
  DType dtype_;
  std::set<NodeId> chosen_;
  std::set<NodeId> pairs_;  // of these: with a pair at their weight
  std::unordered_map<TensorId, std::string> narrow_;
  std::unordered_map<std::string, std::string> narrow_pairs_;  // by what DequantizeLinear makes
};

}  // namespace

uint64_t place_casts(const FileGraph& file, const Targets& targets, const QdqRequest& request,
                     const std::vector<QdqLayer>& layers, QdqEdit& edit) {
  if (request.base != LayerPrecision::Fp16 && request.base != LayerPrecision::Bf16) return 0;
  return Caster(file, request, edit).run(targets, layers);
}

}  // namespace trtreport::quantization
