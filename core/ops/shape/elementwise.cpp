// Operators that work element by element: one operand, two, or many, with numpy's broadcasting.
#include "ops/arithmetic.hpp"
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>
#include <limits>

namespace trtreport::ops::shape {

namespace {

// Operand b of an operator of opset < 7 with broadcast = 1: its dims stand from `axis` on, or at
// the end.
Extents old_alignment(InferContext& context, Extents from, size_t rank) {
  if (version(context) >= 7 || !context.has_attribute("axis")) return from;
  const std::optional<int> axis =
      context.axis(context.attribute_int("axis", 0), static_cast<int>(rank));
  if (!axis) return from;
  const size_t before = static_cast<size_t>(*axis);
  if (before + from.size() < rank) from.resize(rank - before, 1);
  return from;
}

// The value of an operator of two operands, where both are known and the output's shape is plain.
void store_binary(InferContext& context, Binary function, DType dtype, const Shape& shape) {
  if (function == nullptr || !may_have_values(context, 2)) return;
  const std::optional<Extents> to = small_extents(shape);
  if (!to) return;
  const std::optional<Operand> a = operand(context, 0);
  const std::optional<Operand> b = operand(context, 1);
  if (!a || !b) return;
  const auto from_a = broadcast_map(a->extents, *to);
  const auto from_b = broadcast_map(old_alignment(context, b->extents, to->size()), *to);
  if (!from_a || !from_b) return;
  Elements elements;
  elements.reserve(from_a->size());
  for (size_t i = 0; i < from_a->size(); ++i) {
    elements.push_back(function(a->at((*from_a)[i]), b->at((*from_b)[i]), dtype));
  }
  store(context, 0, elements);
}

// Shape of a broadcasting operator of two operands. Before opset 7 `broadcast` fits the second to
// the first.
Shape binary_shape(InferContext& context) {
  const bool fits_first = version(context) < 7 && context.attribute_int("broadcast", 0) != 0;
  return fits_first ? context.shape(0) : context.broadcast(context.shape(0), context.shape(1));
}

Binary binary_function(InferContext& context) {
  const std::string_view op = context.op();
  if (op == "Mod" && context.attribute_int("fmod", 0) != 0) return binary_of("FMod");
  if (op != "BitShift") return binary_of(op);
  return binary_of(context.attribute_string("direction", "") == "LEFT" ? "ShiftLeft"
                                                                       : "ShiftRight");
}

// A bound of Clip: an input since opset 11, an attribute before; nothing where there is none.
std::optional<Element> clip_bound(InferContext& context, std::string_view name, int index) {
  if (context.has_attribute(name)) return Element::of_real(context.attribute_float(name, 0));
  if (!context.has_input(index)) return std::nullopt;
  const std::optional<Operand> bound = operand(context, index);
  return bound && bound->size() == 1 ? bound->at(0) : Element::unknown();
}

void store_clip(InferContext& context) {
  const std::optional<Operand> x = operand(context, 0);
  if (!x) return;
  const DType dtype = context.dtype(0);
  const std::optional<Element> low = clip_bound(context, "min", 1);
  const std::optional<Element> high = clip_bound(context, "max", 2);
  const Binary larger = binary_of("Max");
  const Binary smaller = binary_of("Min");
  Elements elements;
  elements.reserve(static_cast<size_t>(x->size()));
  for (uint64_t i = 0; i < x->size(); ++i) {
    Element element = x->at(i);
    if (low) element = larger(element, *low, dtype);
    if (high) element = smaller(element, *high, dtype);
    elements.push_back(element);
  }
  store(context, 0, elements);
}

}  // namespace

void unary(InferContext& context) {
  context.set(0, context.dtype(0), context.shape(0));
  if (!may_have_value(context, 0)) return;
  if (context.op() == "Clip") return store_clip(context);
  const Unary function = unary_of(context.op());
  if (function == nullptr) return;
  const std::optional<Operand> x = operand(context, 0);
  if (!x) return;
  if (context.op() == "Floor" && store_rounded_quotient(context, Toward::Down)) return;
  if (context.op() == "Ceil" && store_rounded_quotient(context, Toward::Up)) return;
  Elements elements;
  elements.reserve(static_cast<size_t>(x->size()));
  for (uint64_t i = 0; i < x->size(); ++i) elements.push_back(function(x->at(i), context.dtype(0)));
  store(context, 0, elements);
}

void unary_bool(InferContext& context) { context.set(0, DType::Bool, context.shape(0)); }

void binary(InferContext& context) {
  const DType first = context.dtype(0);
  const bool own_types = context.op() == "Pow";  // base and exponent may differ
  const DType dtype = first == DType::Undefined && !own_types ? context.dtype(1) : first;
  // The slope of PRelu broadcasts to its input, never the other way.
  const Shape shape = context.op() == "PRelu" ? context.shape(0) : binary_shape(context);
  context.set(0, dtype, shape);
  store_binary(context, binary_function(context), dtype, shape);
}

void compare(InferContext& context) {
  const Shape shape = binary_shape(context);
  context.set(0, DType::Bool, shape);
  store_binary(context, predicate_of(context.op()), DType::Bool, shape);
}

void variadic(InferContext& context) {
  std::vector<Shape> shapes;
  DType dtype = DType::Undefined;
  for (int i = 0; i < context.input_count(); ++i) {
    shapes.push_back(context.shape(i));
    if (dtype == DType::Undefined) dtype = context.dtype(i);
  }
  const Shape shape = shapes.size() == 1 ? shapes[0] : context.broadcast(shapes);
  context.set(0, dtype, shape);

  const bool mean = context.op() == "Mean";
  const Binary function = binary_of(mean ? "Sum" : context.op());
  if (function == nullptr || !may_have_values(context, context.input_count())) return;
  const std::optional<Extents> to = small_extents(shape);
  if (!to) return;
  Elements elements;
  for (int i = 0; i < context.input_count(); ++i) {
    const std::optional<Operand> x = operand(context, i);
    const auto from = x ? broadcast_map(x->extents, *to) : std::nullopt;
    if (!from) return;
    for (size_t at = 0; at < from->size(); ++at) {
      const Element element = x->at((*from)[at]);
      if (i == 0) {
        elements.push_back(element);
      } else {
        elements[at] = function(elements[at], element, dtype);
      }
    }
  }
  if (mean) {
    const Element count = Element::of(Dim(context.input_count()));
    for (Element& element : elements) element = binary_of("Div")(element, count, dtype);
  }
  store(context, 0, elements);
}

void where(InferContext& context) {
  const DType dtype = context.dtype(1) == DType::Undefined ? context.dtype(2) : context.dtype(1);
  const Shape shapes[] = {context.shape(0), context.shape(1), context.shape(2)};
  const Shape shape = context.broadcast(shapes);
  context.set(0, dtype, shape);

  if (!may_have_values(context, 3)) return;
  const std::optional<Extents> to = small_extents(shape);
  const std::optional<Operand> condition = operand(context, 0);
  const std::optional<Operand> x = operand(context, 1);
  const std::optional<Operand> y = operand(context, 2);
  if (!to || !condition || !x || !y) return;
  const auto from_condition = broadcast_map(condition->extents, *to);
  const auto from_x = broadcast_map(x->extents, *to);
  const auto from_y = broadcast_map(y->extents, *to);
  if (!from_condition || !from_x || !from_y) return;
  const Binary equal = predicate_of("Equal");
  Elements elements;
  elements.reserve(from_x->size());
  for (size_t i = 0; i < from_x->size(); ++i) {
    const Element chosen = condition->at((*from_condition)[i]);
    const Element yes = x->at((*from_x)[i]);
    const Element no = y->at((*from_y)[i]);
    const Element same = equal(yes, no, dtype);
    if (chosen.is_number()) {
      elements.push_back(chosen.number() != 0 ? yes : no);
    } else {
      elements.push_back(same.is_number() && same.number() != 0 ? yes : Element::unknown());
    }
  }
  store(context, 0, elements);
}

// Gate and value have the same shape: either tells it.
void swiglu(InferContext& context) {
  context.set(0, context.dtype(0), context.broadcast(context.shape(0), context.shape(1)));
}

}  // namespace trtreport::ops::shape
