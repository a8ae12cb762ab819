// The context of a coupling rule, and the table of rules.
#include "pruning/rule.hpp"

#include "ops/table.hpp"

#include <algorithm>
#include <array>

namespace trtreport::pruning {

namespace rules {
#define RULE(op, rule) void rule(RuleContext&);
#include "pruning/rules.def"
}  // namespace rules

namespace {

struct Row {
  std::string_view op;
  Rule rule;
};

constexpr Row kRows[] = {
#define RULE(op, rule) {#op, rules::rule},
#include "pruning/rules.def"
};

void unsupported(RuleContext& context) { context.freeze_all(Why::NoRule); }

// Operators whose shape rule is one of these go element by element.
bool is_elementwise(const Node& node) {
  static constexpr std::array kAlike = {"Relu",  "Add",  "Sum",      "Where",  "Greater",
                                        "IsNaN", "Cast", "CastLike", "BitCast"};
  if (node.op == 0) return false;
  const ops::ShapeRule shape = ops::table()[node.op].shape;
  return std::any_of(kAlike.begin(), kAlike.end(), [&](const char* op) {
    return ops::table()[ops::find("", op)].shape == shape;
  });
}

}  // namespace

Rule rule_of(const Graph& graph, const Node& node) {
  const std::string_view op = graph.text(node.proto->op);
  if (node.op == 0) return unsupported;
  for (const Row& row : kRows) {
    if (row.op == op) return row.rule;
  }
  return is_elementwise(node) ? rules::elementwise : unsupported;
}

int RuleContext::opset() const {
  constexpr int kNewest = 9999;
  return node_.proto->domain == StringId::Empty && node_.opset > 0 ? node_.opset : kNewest;
}

TensorId RuleContext::input(int index) const {
  return index < inputs() ? node_.inputs[static_cast<size_t>(index)] : kNoTensor;
}

TensorId RuleContext::output(int index) const {
  return index < outputs() ? node_.outputs[static_cast<size_t>(index)] : kNoTensor;
}

uint32_t RuleContext::size(TensorId tensor, int axis) const {
  const AxisId id = coupling_.axis(tensor, axis);
  return id == kNoAxis ? 1 : coupling_.length(id);
}

const onnx::Attribute* RuleContext::attribute(std::string_view name) const {
  for (const onnx::Attribute& attribute : node_.proto->attributes) {
    if (coupling_.graph().text(attribute.name) == name) return &attribute;
  }
  return nullptr;
}

int64_t RuleContext::attribute_int(std::string_view name, int64_t otherwise) const {
  const onnx::Attribute* found = attribute(name);
  return found != nullptr && found->type == onnx::AttributeType::Int ? found->i : otherwise;
}

std::string_view RuleContext::attribute_string(std::string_view name) const {
  const onnx::Attribute* found = attribute(name);
  return found == nullptr ? std::string_view() : coupling_.graph().text(found->s);
}

std::optional<Dims> RuleContext::dims(std::string_view attribute_name, int input_index) const {
  if (const onnx::Attribute* found = attribute(attribute_name)) {
    if (found->type == onnx::AttributeType::Int) return Dims{Dim(found->i)};
    return Dims(found->ints.begin(), found->ints.end());
  }
  const TensorId tensor = input_index < 0 ? kNoTensor : input(input_index);
  if (tensor == kNoTensor) return {};
  const Value* value = coupling_.graph().tensors[tensor].value;
  if (value == nullptr || value->is_real() || value->is_sequence) return {};
  return value->dims;
}

std::optional<std::vector<int64_t>> RuleContext::numbers(std::string_view attribute_name,
                                                         int input_index) const {
  const std::optional<Dims> all = dims(attribute_name, input_index);
  if (!all) return {};
  std::vector<int64_t> result;
  for (const Dim& dim : *all) {
    const auto number = DimTable::evaluate(dim, coupling_.assumed());
    if (!number) return {};
    result.push_back(*number);
  }
  return result;
}

Edit RuleContext::edit_of(const char* attribute_name, int input_index) const {
  const bool in_attribute = input_index < 0 || attribute(attribute_name) != nullptr;
  Edit edit;
  edit.node = id_;
  edit.input = in_attribute ? -1 : input_index;
  if (in_attribute) edit.attribute = attribute_name;
  return edit;
}

int RuleContext::normalized(int64_t axis, int rank) {
  if (axis < 0) axis += rank;
  return axis >= 0 && axis < rank ? static_cast<int>(axis) : -1;
}

void RuleContext::freeze_all(Why why) {
  for (const TensorId tensor : node_.inputs) coupling_.freeze_all(tensor, why, id_);
  for (const TensorId tensor : node_.outputs) coupling_.freeze_all(tensor, why, id_);
}

void RuleContext::spatial(TensorId tensor, int first) {
  for (int axis = first; axis < coupling_.rank(tensor); ++axis)
    freeze(coupling_.axis(tensor, axis), Why::Spatial);
}

void RuleContext::broadcast(TensorId input, TensorId output) {
  const int in_rank = coupling_.rank(input), out_rank = coupling_.rank(output);
  if (out_rank < 0) return;
  for (int back = 1; back <= std::min(in_rank, out_rank); ++back)
    same(coupling_.axis(input, -back), coupling_.axis(output, -back));
}

void RuleContext::same_axes(TensorId input, TensorId output) {
  for (int axis = 0; axis < coupling_.rank(input); ++axis)
    same(coupling_.axis(input, axis), coupling_.axis(output, axis));
}

void RuleContext::layer(AxisId outputs, int data_input) {
  is_layer = true;
  const TensorId data = input(data_input);
  if (behind_layer == nullptr || data == kNoTensor || (*behind_layer)[data]) return;
  coupling_.flag(outputs, kFirstLayer);
}

}  // namespace trtreport::pruning
