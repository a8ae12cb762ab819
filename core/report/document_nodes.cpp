// Tensors, operators and nodes: the sections that grow with the model, hence without a detour.
#include "base/sorting.hpp"
#include "base/utf8.hpp"
#include "ops/table.hpp"
#include "report/document_parts.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace trtreport {
namespace {

constexpr size_t kMostListed = 16;      // longer attribute lists are left out
constexpr size_t kMostText = 256;       // strings are cut there
constexpr size_t kMostAttributes = 64;  // of one node

std::string_view kind_of(const Graph& graph, const Tensor& tensor) {
  if (tensor.kind == TensorKind::Weight) return "weight";
  if (tensor.kind == TensorKind::Input && tensor.body == kMainBody) return "input";
  if (tensor.is_output) return "output";
  if (tensor.producer == kNoNode) return {};
  const Node& producer = graph.nodes[tensor.producer];
  const bool constant = tensor.data != nullptr || graph.text(producer.proto->op) == "Constant";
  return constant && producer.proto->domain == StringId::Empty ? "constant" : std::string_view();
}

std::string_view cause_of(const Shape& shape) {
  if (!shape.known()) return "not even the rank is known";
  for (const Dim& dim : shape.dims()) {
    if (dim.is_hidden()) return dim.cause();
  }
  return {};
}

bool is_listed(const onnx::Attribute& attribute) {
  using onnx::AttributeType;
  if (attribute.cut || attribute.reference != StringId::Empty) return false;
  switch (attribute.type) {
    case AttributeType::Float:
    case AttributeType::Int:
    case AttributeType::String:
      return true;
    case AttributeType::Floats:
      return attribute.floats.size() <= kMostListed;
    case AttributeType::Ints:
      return attribute.ints.size() <= kMostListed;
    case AttributeType::Strings:
      return attribute.strings.size() <= kMostListed;
    default:
      return false;
  }
}

void write_attribute(const onnx::Attribute& attribute, const Graph& graph, JsonWriter& json) {
  using onnx::AttributeType;
  const auto text = [&](StringId id) { return graph.text(id).substr(0, kMostText); };
  switch (attribute.type) {
    case AttributeType::Float:
      return json.value(attribute.f);
    case AttributeType::Int:
      return json.value(attribute.i);
    case AttributeType::String:
      return json.value(text(attribute.s));
    default:
      break;
  }
  json.begin_array();
  if (attribute.type == AttributeType::Floats) {
    for (const float number : attribute.floats) json.value(number);
  } else if (attribute.type == AttributeType::Ints) {
    for (const int64_t number : attribute.ints) json.value(number);
  } else {
    for (const StringId id : attribute.strings) json.value(text(id));
  }
  json.end_array();
}

void write_attributes(const Node& node, const Graph& graph, const DocumentNames& names,
                      JsonWriter& json) {
  std::vector<StringId> written;
  for (const onnx::Attribute& attribute : node.proto->attributes) {
    const bool repeated =
        std::find(written.begin(), written.end(), attribute.name) != written.end();
    if (repeated || written.size() == kMostAttributes || !is_listed(attribute)) continue;
    if (written.empty()) {
      json.key("attributes");
      json.begin_object();
    }
    written.push_back(attribute.name);
    json.key(names.text(attribute.name));
    write_attribute(attribute, graph, json);
  }
  if (!written.empty()) json.end_object();
}

void write_notes(const NodeFigures& figures, JsonWriter& json) {
  if (figures.flags == 0) return;
  static constexpr std::pair<uint16_t, std::string_view> kCodes[] = {
      {kFoldable, "foldable"},         {kAssumed, "assumed_batch"},
      {kDepthwise, "depthwise"},       {kPerIteration, "loop_per_iteration"},
      {kBranch, "if_costlier_branch"}, {kDataDependent, "data_dependent"},
      {kUnbound, "unbound"},           {kUnmodelled, "unmodelled"},
      {kOverflow, "overflow"}};
  json.key("notes");
  json.begin_array();
  for (const auto& [flag, code] : kCodes) {
    if ((figures.flags & flag) == 0) continue;
    json.value(code);
    if (flag == kFoldable && figures.macs.known() && figures.macs.value() > 0)
      json.value("foldable_macs");
  }
  json.end_array();
}

void write_names(std::span<const TensorId> ids, const DocumentNames& names, JsonWriter& json) {
  json.begin_array();
  for (const TensorId id : ids) json.value(names.tensor(id));
  json.end_array();
}

void write_figures(const NodeFigures& figures, JsonWriter& json) {
  const ops::Traffic& bytes = figures.bytes;
  json.member("class", name(figures.op_class));
  json.member("macs", figures.macs);
  json.member("flops", figures.flops);
  json.key("bytes");
  json.begin_object();
  json.member("weights", bytes.weights);
  json.member("inputs", bytes.inputs);
  json.member("outputs", bytes.outputs);
  json.end_object();
  json.key("intensity");
  write_ratio(intensity_of(figures.flops, bytes.weights + bytes.inputs + bytes.outputs), json);
  json.key("course");
  write_course(figures.course_flops, figures.course_bytes, json);
  json.member("params", figures.params);
  json.key("precision");
  write_dtype(figures.precision, json);
}

}  // namespace

std::optional<double> intensity_of(ops::Count flops, ops::Count bytes) {
  if (!flops.known() || !bytes.known() || bytes.value() == 0) return std::nullopt;
  return static_cast<double>(flops.value()) / static_cast<double>(bytes.value());
}

void write_ratio(const std::optional<double>& ratio, JsonWriter& json) { json.value(ratio); }

void write_course(ops::Count flops, ops::Count bytes, JsonWriter& json) {
  json.begin_object();
  json.member("flops", flops);
  json.member("bytes", bytes);
  json.key("intensity");
  write_ratio(intensity_of(flops, bytes), json);
  json.end_object();
}

void write_dtype(DType dtype, JsonWriter& json) {
  if (dtype == DType::Undefined) {
    json.null();
  } else {
    json.value(name(dtype));
  }
}

void write_shape(const Shape& shape, JsonWriter& json) {
  if (!shape.known()) return json.null();
  json.begin_array();
  for (const Dim& dim : shape.dims()) {
    if (dim.is_number()) {
      json.value(dim.number());
    } else if (dim.is_hidden()) {
      json.null();
    } else {
      json.value(dim.text());
    }
  }
  json.end_array();
}

void write_tensors(const Analysis& analysis, const DocumentNames& names, JsonWriter& json) {
  const Graph& graph = analysis.graph();
  json.key("tensors");
  json.begin_object();
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.name == StringId::Empty) continue;
    json.key(names.text(tensor.name));
    json.begin_object();
    json.key("dtype");
    write_dtype(tensor.type.dtype, json);
    json.key("shape");
    write_shape(tensor.type.shape, json);
    const std::string_view kind = kind_of(graph, tensor);
    if (!kind.empty()) json.member("kind", kind);
    const std::string_view cause = cause_of(tensor.type.shape);
    if (!cause.empty()) json.member("unknown", cause);
    json.end_object();
  }
  json.end_object();
}

void write_operators(const Analysis& analysis, JsonWriter& json) {
  const Graph& graph = analysis.graph();
  std::vector<std::pair<std::string, uint16_t>> operators;
  std::unordered_set<uint64_t> seen;
  for (const NodeFigures& figures : analysis.figures().nodes) {
    const Node& node = graph.nodes[figures.node];
    const uint64_t key =
        static_cast<uint64_t>(node.proto->domain) << 32 | static_cast<uint64_t>(node.proto->op);
    if (!seen.insert(key).second) continue;
    const std::string_view domain = graph.text(node.proto->domain);
    std::string text = to_utf8(graph.text(node.proto->op));
    if (!domain.empty()) text = to_utf8(domain) + "::" + text;
    operators.emplace_back(std::move(text), node.op);
  }
  sort_items(operators);
  json.key("operators");
  json.begin_object();
  const std::string* last = nullptr;
  for (const auto& [key, row_index] : operators) {
    if (last != nullptr && *last == key) continue;  // names that read alike once they are UTF-8
    last = &key;
    const ops::OpRow& row = ops::table()[row_index];
    json.key(key);
    json.begin_object();
    json.member("class", name(row.op_class));
    if (!row.description.empty()) json.member("description", row.description);
    if (!row.flops_formula.empty()) json.member("flops", row.flops_formula);
    json.end_object();
  }
  json.end_object();
}

void write_nodes(const Analysis& analysis, const DocumentNames& names, JsonWriter& json) {
  const Graph& graph = analysis.graph();
  json.key("nodes");
  json.begin_array();
  uint64_t id = 0;
  for (const NodeFigures& figures : analysis.figures().nodes) {
    const Node& node = graph.nodes[figures.node];
    json.begin_object();
    json.member("id", id++);
    json.member("name", names.text(node.name));
    json.member("op", names.text(node.proto->op));
    json.member("domain", names.text(node.proto->domain));
    if (node.scope != StringId::Empty) json.member("scope", names.text(node.scope));
    json.key("inputs");
    write_names(node.inputs, names, json);
    json.key("outputs");
    write_names(node.outputs, names, json);
    write_figures(figures, json);
    write_attributes(node, graph, names, json);
    if (figures.times != 1) json.member("times", figures.times);
    write_notes(figures, json);
    json.end_object();
  }
  json.end_array();
}

}  // namespace trtreport
