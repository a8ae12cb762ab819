// The context of one shape rule: reading inputs and attributes, stating outputs.
#include "ops/infer.hpp"

#include "graph/names.hpp"
#include "ops/inference.hpp"

#include <algorithm>
#include <cmath>

namespace trtreport::ops {
namespace {

const Type kNoType;
constexpr size_t kMostCauseName = 160;  // hidden sizes are many

}  // namespace

InferContext::InferContext(Inference& engine, NodeId id)
    : engine_(engine), id_(id), node_(&engine.graph().nodes[id]) {}

Graph& InferContext::graph() { return engine_.graph(); }

std::string_view InferContext::op() const { return engine_.graph().text(node_->proto->op); }

std::string_view InferContext::domain() const { return engine_.graph().text(node_->proto->domain); }

bool InferContext::has_input(int index) const {
  return index >= 0 && index < input_count() &&
         node_->inputs[static_cast<size_t>(index)] != kNoTensor;
}

const Type& InferContext::type(int index) const {
  if (!has_input(index)) return kNoType;
  return engine_.graph().tensors[node_->inputs[static_cast<size_t>(index)]].type;
}

const Value* InferContext::value(int index) {
  if (!has_input(index)) return nullptr;
  const Value* value = engine_.value_of(node_->inputs[static_cast<size_t>(index)]);
  return engine_.operand_value(id_, index, value);
}

std::optional<Dims> InferContext::ints(int index) {
  const Value* value = this->value(index);
  if (value == nullptr || value->is_real() || value->is_sequence) return {};
  return value->dims;
}

std::optional<std::vector<int64_t>> InferContext::numbers(int index) {
  const Value* value = this->value(index);
  if (value == nullptr || value->is_real() || value->is_sequence) return {};
  std::vector<int64_t> result;
  result.reserve(value->dims.size());
  for (const Dim& dim : value->dims) {
    if (!dim.is_number()) return {};
    result.push_back(dim.number());
  }
  return result;
}

std::optional<std::vector<double>> InferContext::reals(int index) {
  const Value* value = this->value(index);
  if (value == nullptr || value->is_sequence) return {};
  if (value->is_real()) return value->reals;
  std::vector<double> result;
  result.reserve(value->dims.size());
  for (const Dim& dim : value->dims) {
    if (!dim.is_number()) return {};
    result.push_back(static_cast<double>(dim.number()));
  }
  return result;
}

std::optional<Dim> InferContext::scalar(int index) {
  const Value* value = this->value(index);
  if (value == nullptr || value->is_real() || value->dims.size() != 1) return {};
  return value->dims[0];
}

const onnx::Attribute* InferContext::attribute(std::string_view name) const {
  for (const onnx::Attribute& attribute : node_->proto->attributes) {
    if (engine_.graph().text(attribute.name) == name) return &attribute;
  }
  return nullptr;
}

int64_t InferContext::attribute_int(std::string_view name, int64_t otherwise) const {
  const onnx::Attribute* found = attribute(name);
  return found != nullptr && found->type == onnx::AttributeType::Int ? found->i : otherwise;
}

double InferContext::attribute_float(std::string_view name, double otherwise) const {
  const onnx::Attribute* found = attribute(name);
  return found != nullptr && found->type == onnx::AttributeType::Float
             ? static_cast<double>(found->f)
             : otherwise;
}

std::string_view InferContext::attribute_string(std::string_view name,
                                                std::string_view otherwise) const {
  const onnx::Attribute* found = attribute(name);
  return found != nullptr && found->type == onnx::AttributeType::String
             ? engine_.graph().text(found->s)
             : otherwise;
}

std::optional<std::vector<int64_t>> InferContext::attribute_ints(std::string_view name) const {
  const onnx::Attribute* found = attribute(name);
  if (found == nullptr || found->type != onnx::AttributeType::Ints || found->cut) return {};
  return std::vector<int64_t>(found->ints.begin(), found->ints.end());
}

std::optional<std::vector<double>> InferContext::attribute_floats(std::string_view name) const {
  const onnx::Attribute* found = attribute(name);
  if (found == nullptr || found->type != onnx::AttributeType::Floats || found->cut) return {};
  return std::vector<double>(found->floats.begin(), found->floats.end());
}

std::optional<Value> InferContext::attribute_elements(std::string_view name) const {
  const onnx::Attribute* found = attribute(name);
  return found != nullptr && found->tensor != nullptr ? engine_.value_of(*found->tensor)
                                                      : std::nullopt;
}

InferContext::MovedInts InferContext::moved_ints(std::string_view attribute_name, int input_index) {
  if (const onnx::Attribute* found = attribute(attribute_name)) {
    if (found->type == onnx::AttributeType::Int) return {true, Dims{Dim(found->i)}};
    if (const auto list = attribute_ints(attribute_name)) {
      return {true, Dims(list->begin(), list->end())};
    }
  }
  if (!has_input(input_index)) return {};
  return {true, ints(input_index)};
}

bool InferContext::has_output(int index) const {
  return index >= 0 && index < output_count() &&
         node_->outputs[static_cast<size_t>(index)] != kNoTensor;
}

void InferContext::set_type(int index, Type type) {
  if (has_output(index)) engine_.set_type(node_->outputs[static_cast<size_t>(index)], type);
}

void InferContext::set(int index, DType dtype, std::span<const Dim> dims) {
  if (!has_output(index)) return;
  const auto is_negative = [](const Dim& dim) { return dim.is_number() && dim.number() < 0; };
  if (std::none_of(dims.begin(), dims.end(), is_negative)) {
    set(index, dtype, graph().shape(dims));
    return;
  }
  fault("its operands and attributes ask for a negative size");
  Dims sizes(dims.begin(), dims.end());
  std::replace_if(sizes.begin(), sizes.end(), is_negative, hidden("the size would be negative"));
  set(index, dtype, graph().shape(sizes));
}

void InferContext::set(int index, DType dtype, const Shape& shape) {
  set_type(index, {TypeKind::Tensor, dtype, shape});
}

void InferContext::set_unknown_rank(int index, DType dtype) { set(index, dtype, Shape::unknown()); }

void InferContext::set_unknown_dims(int index, DType dtype, int rank, std::string_view cause) {
  if (!has_output(index)) return;
  Dims dims;
  for (int axis = 0; axis < rank; ++axis) dims.push_back(hidden(cause));
  set(index, dtype, dims);
}

void InferContext::set_sequence(int index, DType dtype, const Shape& element_shape) {
  set_type(index, {TypeKind::Sequence, dtype, element_shape});
}

void InferContext::set_value(int index, Value value) {
  if (has_output(index)) {
    engine_.set_value(node_->outputs[static_cast<size_t>(index)], std::move(value));
  }
}

Dim InferContext::hidden(std::string_view cause) {
  std::string text(op());
  text.append(" '").append(cut_text(graph().text(node_->name), kMostCauseName));
  text.append("': ").append(cause);
  return graph().dims().hidden(text);
}

void InferContext::fault(const std::string& cause) {
  engine_.body_run(node_->body).faulty = true;
  const std::string name(graph().text(node_->name));
  engine_.say({Severity::Warning,
               "bad_node",
               std::string(op()) + " '" + name + "': " + cause,
               {{"name", name}, {"op", std::string(op())}, {"cause", cause}},
               id_,
               {}});
}

std::optional<Dims> InferContext::reconcile_reshape(const Shape& input, const Dims& target) {
  return engine_.overridden() ? engine_.reconcile_reshape(id_, input, target) : std::nullopt;
}

std::optional<Dim> InferContext::reconcile_dims(const Dim& a, const Dim& b) {
  if (!engine_.overridden()) return {};
  const bool a_is_new = engine_.is_rebatched(b, a);
  if (!a_is_new && !engine_.is_rebatched(a, b)) return {};
  const Dim& now = a_is_new ? a : b;
  const Dim& before = a_is_new ? b : a;
  engine_.note_rewritten(
      id_, before.text(), now.text(),
      "an operand keeps the old size " + before.text() + " where another has " + now.text());
  return now;
}

std::optional<BodyId> InferContext::body(std::string_view attribute_name) const {
  for (size_t index = 0; index < node_->bodies.size(); ++index) {
    if (engine_.graph().text(node_->body_attributes[index]) == attribute_name) {
      return node_->bodies[index];
    }
  }
  return {};
}

const Body& InferContext::body_of(BodyId id) { return graph().bodies[id]; }

void InferContext::set_body_input(BodyId body, int index, const Type& type, const Value* value) {
  const std::vector<TensorId>& inputs = graph().bodies[body].inputs;
  if (index < 0 || static_cast<size_t>(index) >= inputs.size()) return;
  engine_.set_body_input(inputs[static_cast<size_t>(index)], type, value);
}

void InferContext::infer_body(BodyId body, bool quiet) { engine_.infer_body(body, quiet); }

const Type& InferContext::body_output_type(BodyId body, int index) {
  const std::vector<TensorId>& outputs = graph().bodies[body].outputs;
  if (index < 0 || static_cast<size_t>(index) >= outputs.size()) return kNoType;
  return graph().tensors[outputs[static_cast<size_t>(index)]].type;
}

const Value* InferContext::body_output_value(BodyId body, int index) {
  const std::vector<TensorId>& outputs = graph().bodies[body].outputs;
  if (index < 0 || static_cast<size_t>(index) >= outputs.size()) return nullptr;
  return engine_.value_of(outputs[static_cast<size_t>(index)]);
}

void InferContext::set_body_times(BodyId body, std::optional<uint64_t> times) {
  engine_.body_run(body).times = times;
}

void InferContext::set_body_taken(BodyId body, bool taken, bool certain) {
  engine_.body_run(body).taken = taken;
  engine_.body_run(body).certain = certain;
}

bool InferContext::may_repeat(BodyId body) { return engine_.may_repeat(body); }

}  // namespace trtreport::ops
