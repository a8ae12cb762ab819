// See inferred.hpp.
#include "inferred.hpp"

#include "base/byte_source.hpp"
#include "graph/graph.hpp"
#include "models/text_model.hpp"
#include "ops/inference.hpp"

#include <memory>
#include <span>

#include <fmt/format.h>

namespace trtreport::test {
namespace {

struct Run {
  std::string error;
  std::string bytes;
  Diagnostics diagnostics;
  std::unique_ptr<Graph> graph;
};

std::string model_text(std::string_view inputs, std::string_view nodes, int opset) {
  std::string text = "<ir_version: 10, opset_import: [\"\" : " + std::to_string(opset);
  for (const char* domain : {"com.microsoft", "ai.onnx.ml", "ai.onnx.preview"}) {
    text += std::string(", \"") + domain + "\" : 1";
  }
  text += "]>\none (" + std::string(inputs) + ") => () {\n" + std::string(nodes) + "\n}\n";
  return text;
}

Run run(std::string_view inputs, std::string_view nodes, int opset) {
  Run result;
  const auto text = models::parse_text_model(model_text(inputs, nodes, opset));
  if (!text) {
    result.error = text.error();
    return result;
  }
  result.bytes = text->bytes;
  MemorySource source("one.onnx", std::as_bytes(std::span(result.bytes)));
  auto model = onnx::read_model(source, nullptr, result.diagnostics);
  if (!model) {
    result.error = model.error().message;
    return result;
  }
  auto graph = build_graph(std::move(*model), result.diagnostics);
  if (!graph) {
    result.error = graph.error().message;
    return result;
  }
  result.graph = std::move(*graph);
  ops::Inference inference(*result.graph, source, result.diagnostics);
  if (const auto error = inference.run({})) result.error = error->message;
  return result;
}

std::string text_of(const Type& type) {
  if (type.kind == TypeKind::Unknown) return "-";
  std::string text = type.kind == TypeKind::Sequence ? "sequence " : "";
  text += name(type.dtype);
  if (!type.shape.known()) return text;
  text += '[';
  for (int i = 0; i < type.shape.rank(); ++i) {
    if (i > 0) text += ", ";
    text += type.shape[i].is_hidden() ? "?" : type.shape[i].text();
  }
  return text + ']';
}

std::string text_of(const Value* value) {
  if (value == nullptr || value->is_sequence) return "-";
  std::string text = "{";
  for (size_t i = 0; i < value->size(); ++i) {
    if (i > 0) text += ", ";
    if (value->is_real()) {
      text += fmt::format("{:g}", value->reals[i]);
    } else {
      text += value->dims[i].is_hidden() ? "?" : value->dims[i].text();
    }
  }
  return text + '}';
}

// What `describe` says of each output of the last node.
template <typename Describe>
std::string outputs_of(const Run& result, Describe describe) {
  if (!result.error.empty()) return "error: " + result.error;
  const Body& body = result.graph->bodies[kMainBody];
  if (body.nodes.empty()) return "error: no node";
  std::string text;
  for (const TensorId id : result.graph->nodes[body.nodes.back()].outputs) {
    if (!text.empty()) text += ' ';
    text += id == kNoTensor ? "-" : describe(result.graph->tensors[id]);
  }
  return text;
}

}  // namespace

std::string inferred(std::string_view inputs, std::string_view nodes, int opset) {
  return outputs_of(run(inputs, nodes, opset),
                    [](const Tensor& tensor) { return text_of(tensor.type); });
}

std::string contents(std::string_view inputs, std::string_view nodes, int opset) {
  return outputs_of(run(inputs, nodes, opset),
                    [](const Tensor& tensor) { return text_of(tensor.value); });
}

std::string faults(std::string_view inputs, std::string_view nodes, int opset) {
  const Run result = run(inputs, nodes, opset);
  std::string text = result.error;
  for (const Diagnostic& item : result.diagnostics.items()) {
    if (item.severity != Severity::Note) text += (text.empty() ? "" : "\n") + item.message;
  }
  return text;
}

}  // namespace trtreport::test
