// Operators that keep the elements and change at most their type: Cast and its kin, Identity,
// Dropout.
#include "ops/arithmetic.hpp"
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>
#include <string>

namespace trtreport::ops::shape {

namespace {

// What a two-operand node computed and from what; empty where the values are not all there.
struct Quotient {
  bool divide = false;
  const Value* a = nullptr;
  const Value* b = nullptr;
  std::vector<uint32_t> from_a, from_b;
};

std::optional<Quotient> quotient_behind(InferContext& context, const Extents& extents) {
  const Graph& graph = context.graph();
  const NodeId maker = graph.tensors[context.node().inputs[0]].producer;
  if (maker == kNoNode) return std::nullopt;
  const Node& node = graph.nodes[maker];
  const std::string_view op = graph.text(node.proto->op);
  if ((op != "Div" && op != "Mul") || node.proto->domain != StringId::Empty) return std::nullopt;
  if (node.inputs.size() != 2 || node.inputs[0] == kNoTensor || node.inputs[1] == kNoTensor) {
    return std::nullopt;
  }
  const Tensor& a = graph.tensors[node.inputs[0]];
  const Tensor& b = graph.tensors[node.inputs[1]];
  if (a.value == nullptr || b.value == nullptr || !is_float(a.type.dtype)) return std::nullopt;
  const auto extents_a = small_extents(a.type.shape);
  const auto extents_b = small_extents(b.type.shape);
  if (!extents_a || !extents_b) return std::nullopt;
  auto from_a = broadcast_map(*extents_a, extents);
  auto from_b = broadcast_map(*extents_b, extents);
  if (!from_a || !from_b) return std::nullopt;
  if (volume(*extents_a) != a.value->size() || volume(*extents_b) != b.value->size()) {
    return std::nullopt;
  }
  return Quotient{op == "Div", a.value, b.value, std::move(*from_a), std::move(*from_b)};
}

bool has_hidden(const Value& value) {
  return std::any_of(value.dims.begin(), value.dims.end(),
                     [](const Dim& dim) { return dim.is_hidden(); });
}

Element round_toward(const Element& x, Toward toward, DType dtype) {
  if (toward == Toward::Zero) return cast_element(x, dtype, DType::Int64);
  return unary_of(toward == Toward::Down ? "Floor" : "Ceil")(x, dtype);
}

void convert(InferContext& context, DType to) {
  context.set(0, to, context.shape(0));
  if (!may_have_value(context, 0)) return;
  if (is_integer(to) && store_rounded_quotient(context, Toward::Zero)) return;
  const std::optional<Operand> x = operand(context, 0);
  const bool followed = to == DType::Bool || is_integer(to) || is_float(to);
  if (!x || !followed || (is_float(to) && bits(to) < 16)) return;
  Elements elements;
  elements.reserve(static_cast<size_t>(x->size()));
  for (uint64_t i = 0; i < x->size(); ++i) {
    elements.push_back(cast_element(x->at(i), context.dtype(0), to));
  }
  store(context, 0, elements);
}

// Cast-1 names its type in words: "FLOAT", "INT64".
DType cast_target(InferContext& context) {
  const onnx::Attribute* to = context.attribute("to");
  if (to == nullptr) return DType::Undefined;
  if (to->type != onnx::AttributeType::String)
    return dtype_attribute(context, "to", DType::Undefined);
  std::string name(context.attribute_string("to", ""));
  for (char& letter : name) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return dtype_from_name(name).value_or(DType::Undefined);
}

}  // namespace

bool store_rounded_quotient(InferContext& context, Toward toward) {
  const std::optional<Operand> x = operand(context, 0);
  if (!x || !has_hidden(*x->value)) return false;
  const std::optional<Quotient> quotient = quotient_behind(context, x->extents);
  if (!quotient) return false;
  Elements elements;
  elements.reserve(static_cast<size_t>(x->size()));
  for (size_t i = 0; i < x->size(); ++i) {
    const Element known = x->at(i);
    if (known.kind != Element::Kind::Integer || !known.dim.is_hidden()) {
      elements.push_back(round_toward(known, toward, context.dtype(0)));
      continue;
    }
    elements.push_back(rounded_product(element_of(*quotient->a, quotient->from_a[i]),
                                       element_of(*quotient->b, quotient->from_b[i]),
                                       quotient->divide, toward));
  }
  store(context, 0, elements);
  return true;
}

void cast(InferContext& context) {
  const DType to = cast_target(context);
  if (to == DType::Undefined) context.fault("its attribute 'to' names no type");
  convert(context, to);
}

void cast_like(InferContext& context) { convert(context, context.dtype(1)); }

// Bits read as another type of the same width.
void bit_cast(InferContext& context) {
  context.set(0, dtype_attribute(context, "to", DType::Undefined), context.shape(0));
}

void identity(InferContext& context) {
  pass_type(context);
  store_same(context, 0, 0);
}

// At inference it hands its input on. The mask became bool with version 10.
void dropout(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set(0, dtype, context.shape(0));
  const bool may_train = context.has_input(2);  // training_mode
  if (!may_train) store_same(context, 0, 0);
  context.set(1, version(context) < 10 ? dtype : DType::Bool, context.shape(0));
}

}  // namespace trtreport::ops::shape
