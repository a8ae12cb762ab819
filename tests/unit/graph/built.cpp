// See built.hpp.
#include "built.hpp"

#include "catch.hpp"
#include "models/text_model.hpp"

#include <span>

#include <onnx/onnx_pb.h>

namespace trtreport::test {
namespace {

std::string name_of(const Graph& graph, TensorId tensor) {
  return tensor == kNoTensor ? "-" : std::string(graph.text(graph.tensors[tensor].name));
}

std::string text_of(const Dim& dim) { return dim.is_hidden() ? "?" : dim.text(); }

void leave_out(::onnx::GraphProto& graph) {
  for (::onnx::NodeProto& node : *graph.mutable_node()) {
    for (std::string& input : *node.mutable_input()) {
      if (input == "omitted") input.clear();
    }
    for (::onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) leave_out(*attribute.mutable_g());
    }
  }
}

std::string prefix(TypeKind kind) {
  if (kind == TypeKind::Sequence) return "sequence ";
  if (kind == TypeKind::Optional) return "optional ";
  return kind == TypeKind::OptionalSequence ? "optional sequence " : "";
}

}  // namespace

std::string Built::order(BodyId body) const {
  std::string text;
  for (const NodeId id : graph->bodies[body].nodes) {
    text += (text.empty() ? "" : " ") + std::string(graph->text(graph->nodes[id].name));
  }
  return text;
}

const Node& Built::node(std::string_view name) const {
  for (const Node& each : graph->nodes) {
    if (graph->text(each.name) == name) return each;
  }
  FAIL("no node is called " << name);
  return graph->nodes.front();
}

std::string Built::wiring(std::string_view node_name) const {
  const Node& found = node(node_name);
  std::string text;
  for (const TensorId tensor : found.inputs) text += name_of(*graph, tensor) + " ";
  text += "->";
  for (const TensorId tensor : found.outputs) text += " " + name_of(*graph, tensor);
  return text;
}

const Tensor* Built::tensor(std::string_view name) const {
  for (const Tensor& each : graph->tensors) {
    if (graph->text(each.name) == name) return &each;
  }
  return nullptr;
}

std::string Built::type(std::string_view tensor_name) const {
  if (!graph) return "error: " + error;
  const Tensor* found = tensor(tensor_name);
  if (found == nullptr) return "no such tensor";
  if (found->type.kind == TypeKind::Unknown) return "-";
  std::string text = prefix(found->type.kind) + std::string(trtreport::name(found->type.dtype));
  if (!found->type.shape.known()) return text;
  text += '[';
  for (int axis = 0; axis < found->type.shape.rank(); ++axis) {
    text += (axis > 0 ? ", " : "") + text_of(found->type.shape[axis]);
  }
  return text + ']';
}

std::string Built::value(std::string_view tensor_name) const {
  const Tensor* found = tensor(tensor_name);
  if (found == nullptr) return "no such tensor";
  const Value* value = found->value;
  if (value == nullptr) return "none";
  std::string text = "[";
  for (const Dim& dim : value->dims) text += (text.size() > 1 ? ", " : "") + text_of(dim);
  for (const double real : value->reals)
    text += (text.size() > 1 ? ", " : "") + std::to_string(real);
  return text + "]";
}

int Built::count(std::string_view code) const {
  int found = 0;
  for (const Diagnostic& item : diagnostics.items()) found += item.code == code;
  return found;
}

std::string Built::message(std::string_view code) const {
  for (const Diagnostic& item : diagnostics.items()) {
    if (item.code == code) return item.message;
  }
  return {};
}

Built build(std::string_view text, const std::function<void(::onnx::ModelProto&)>& edit,
            int opset) {
  Built result;
  const std::string whole = "<ir_version: 10, opset_import: [\"\" : " + std::to_string(opset) +
                            ", \"local\" : 1, \"com.microsoft\" : 1]>\n" + std::string(text);
  auto model = models::parse_text_model(whole);
  if (!model) {
    result.error = model.error();
    return result;
  }
  result.bytes = std::move(model->bytes);
  ::onnx::ModelProto proto;
  proto.ParseFromString(result.bytes);
  leave_out(*proto.mutable_graph());
  if (edit) edit(proto);
  result.bytes = proto.SerializeAsString();
  result.source =
      std::make_unique<MemorySource>("test.onnx", std::as_bytes(std::span(result.bytes)));
  auto skeleton = trtreport::onnx::read_model(*result.source, nullptr, result.diagnostics);
  if (!skeleton) {
    result.error = skeleton.error().code;
    return result;
  }
  auto graph = build_graph(std::move(*skeleton), result.diagnostics);
  if (graph) {
    result.graph = std::move(*graph);
  } else {
    result.error = graph.error().code;
  }
  return result;
}

Built analyse(std::string_view text, const ops::Binding& binding, int opset,
              const std::function<void(::onnx::ModelProto&)>& edit) {
  Built result = build(text, edit, opset);
  if (!result.error.empty()) return result;
  // The diagnostics move with the result: the inference that refers to them ends here.
  Diagnostics diagnostics;
  ops::Inference inference(*result.graph, *result.source, diagnostics);
  if (const auto error = inference.run(binding)) result.error = error->code;
  for (const Diagnostic& item : diagnostics.items()) result.diagnostics.add(item);
  result.runs = inference.bodies();
  result.batch_symbols = inference.batch_symbols();
  result.overridden = inference.overridden();
  return result;
}

}  // namespace trtreport::test
