// Operators that make tensors from nothing but a shape or a number: constants, fills, ranges,
// random tensors; and those that tell a shape.
#include "ops/arithmetic.hpp"
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>
#include <cmath>

namespace trtreport::ops::shape {

namespace {

Dims dims_of(std::span<const int64_t> numbers) { return Dims(numbers.begin(), numbers.end()); }

// A constant list, one element or many.
struct ListForm {
  std::string_view name;
  DType dtype;
  bool scalar;
};

constexpr ListForm kListForms[] = {
    {"value_int", DType::Int64, true},     {"value_ints", DType::Int64, false},
    {"value_float", DType::Float32, true}, {"value_floats", DType::Float32, false},
    {"value_string", DType::String, true}, {"value_strings", DType::String, false},
};

size_t list_size(const onnx::Attribute& attribute) {
  return std::max({attribute.ints.size(), attribute.floats.size(), attribute.strings.size()});
}

// Dims of the outputs of fills: as the value of `input` says; hidden ones where only their number
// is known.
std::optional<Dims> wanted_dims(InferContext& context, int input, DType dtype) {
  std::optional<Dims> dims = context.ints(input);
  if (dims && dims->size() <= static_cast<size_t>(kMostRank)) {
    const auto negative = [](const Dim& dim) { return dim.is_number() && dim.number() < 0; };
    if (std::none_of(dims->begin(), dims->end(), negative)) return dims;
    context.fault("it asks for a negative size");
    context.set_unknown_dims(0, dtype, static_cast<int>(dims->size()), "a size is negative");
    return std::nullopt;
  }
  const Shape& length = context.shape(input);
  const bool counted = length.known() && length.rank() == 1 && length[0].is_number();
  if (counted && length[0].number() >= 0 && length[0].number() <= kMostRank) {
    context.set_unknown_dims(0, dtype, static_cast<int>(length[0].number()),
                             "the shape depends on the data");
  } else {
    context.set_unknown_rank(0, dtype);
  }
  return std::nullopt;
}

// How many steps of `delta` lead from `start` up to `limit`; empty where nothing is known.
std::optional<Dim> step_count(const Element& start, const Element& limit, const Element& delta,
                              DType dtype) {
  if (!start.known() || !limit.known() || !delta.known()) return std::nullopt;
  const bool plain = start.is_number() && limit.is_number() && delta.is_number();
  if (delta.is_number() && delta.number() == 0) return std::nullopt;
  if (plain && is_float(dtype)) {
    const double distance = rounded(limit.number() - start.number(), dtype);
    const double count = std::ceil(distance / delta.number());
    return Element::of_real(count > 0 ? count : 0).integer();
  }
  const std::optional<Dim> from = start.integer();
  const std::optional<Dim> to = limit.integer();
  const std::optional<Dim> step = delta.integer();
  if (!from || !to || !step) return std::nullopt;
  const Dim distance = *to - *from;
  if (step->is_number() && step->number() < 0) {
    const Dim back = Dim(0) - distance;
    const Dim count = ceil_div(back, Dim(0) - *step);
    return certainly_less(back, Dim(0)) == false ? count : max(count, Dim(0));
  }
  if (!step->is_number() && certainly_less(Dim(0), *step) != true) return std::nullopt;
  const Dim count = ceil_div(distance, *step);
  return certainly_less(distance, Dim(0)) == false ? count : max(count, Dim(0));
}

Element only_element(InferContext& context, int input) {
  const std::optional<Operand> x = operand(context, input);
  return x && x->size() == 1 ? x->at(0) : Element::unknown();
}

}  // namespace

// The graph keeps the contents of Constants where they lie in the file; only their types are made
// here.
void constant(InferContext& context) {
  if (const onnx::Attribute* value = context.attribute("value"); value && value->tensor) {
    // The tensor may be a cut one, of a graph that was edited.
    const TensorId made = context.has_output(0) ? context.node().outputs[0] : kNoTensor;
    const onnx::TensorData* kept = made == kNoTensor ? nullptr : context.graph().tensors[made].data;
    const onnx::TensorData& data = kept != nullptr ? *kept : *value->tensor;
    return context.set(0, data.dtype, dims_of(data.dims));
  }
  if (const onnx::Attribute* value = context.attribute("sparse_value"); value && value->sparse) {
    return context.set(0, value->sparse->values.dtype, dims_of(value->sparse->dims));
  }
  for (const ListForm& form : kListForms) {
    const onnx::Attribute* value = context.attribute(form.name);
    if (value == nullptr) continue;
    if (form.scalar) return context.set(0, form.dtype, Dims{});
    if (value->cut) return context.set_unknown_dims(0, form.dtype, 1, "its list was cut");
    return context.set(0, form.dtype, Dims{Dim(static_cast<int64_t>(list_size(*value)))});
  }
  context.fault("it holds no value");
}

void constant_of_shape(InferContext& context) {
  const onnx::Attribute* value = context.attribute("value");
  const bool given = value != nullptr && value->tensor != nullptr;
  const DType dtype = given ? value->tensor->dtype : DType::Float32;
  const std::optional<Dims> dims = wanted_dims(context, 0, dtype);
  if (!dims) return;
  context.set(0, dtype, *dims);
  const std::optional<Extents> to = small_extents(*dims);
  if (!to) return;
  const std::optional<Value> fill = given ? context.attribute_elements("value") : std::nullopt;
  if (given && (!fill || fill->size() != 1)) return;
  const Element element = fill ? element_of(*fill, 0) : Element::of_real(0);
  store(context, 0, Elements(static_cast<size_t>(volume(*to)), element));
}

void eye_like(InferContext& context) {
  const DType dtype = dtype_attribute(context, "dtype", context.dtype(0));
  context.set(0, dtype, context.shape(0));
  const std::optional<Extents> to = small_extents(context.shape(0));
  if (!to || to->size() != 2) return;
  // A tensor with a value is far smaller than these bounds.
  const int64_t diagonal =
      std::clamp<int64_t>(context.attribute_int("k", 0), -1'000'000, 1'000'000);
  Elements elements;
  for_each_index(*to, [&](const Extents& index) {
    elements.push_back(Element::of(Dim(index[1] - index[0] == diagonal ? 1 : 0)));
  });
  store(context, 0, elements);
}

void one_hot(InferContext& context) {
  const DType dtype = context.dtype(2);
  const Shape indices = context.shape(0);
  if (!indices.known()) return context.set_unknown_rank(0, dtype);
  const std::optional<int> axis =
      context.axis(context.attribute_int("axis", -1), indices.rank() + 1);
  if (!axis) return context.set_unknown_rank(0, dtype);
  const Element depth = only_element(context, 1);
  const std::optional<Dim> count = depth.kind == Element::Kind::Real
                                       ? Element::of_real(std::trunc(depth.real)).integer()
                                       : depth.integer();
  Dims dims = indices.copy();
  dims.insert(dims.begin() + *axis,
              count ? *count : context.hidden("the depth depends on the data"));
  context.set(0, dtype, dims);

  if (!may_have_values(context, 3) || !count || !count->is_number()) return;
  const std::optional<Extents> to = small_extents(dims);
  const std::optional<Operand> places = operand(context, 0);
  const std::optional<Operand> values = operand(context, 2);
  const auto numbers = places ? places->integers() : std::nullopt;
  if (!to || !numbers || !values || values->size() != 2) return;
  const Extents strides = strides_of(places->extents);
  const auto along = static_cast<size_t>(*axis);
  Elements elements;
  for_each_index(*to, [&](const Extents& index) {
    Extents source = index;
    source.erase(source.begin() + *axis);
    const int64_t place = (*numbers)[static_cast<size_t>(offset_of(source, strides))];
    const int64_t hot = place < 0 ? place + count->number() : place;
    elements.push_back(values->at(index[along] == hot ? 1 : 0));
  });
  store(context, 0, elements);
}

void range(InferContext& context) {
  const DType dtype = context.dtype(0) == DType::Undefined ? context.dtype(1) : context.dtype(0);
  const Element start = only_element(context, 0);
  const Element limit = only_element(context, 1);
  // com.microsoft's Range may leave the step out.
  const Element delta = context.has_input(2) ? only_element(context, 2) : Element::of(Dim(1));
  if (delta.is_number() && delta.number() == 0) context.fault("its step is 0");
  const std::optional<Dim> count = step_count(start, limit, delta, dtype);
  if (!count) return context.set_unknown_dims(0, dtype, 1, "the range depends on the data");
  context.set(0, dtype, Dims{*count});
  if (!small_extents(Dims{*count})) return;
  const Binary add = binary_of("Add");
  const Binary multiply = binary_of("Mul");
  Elements elements;
  for (int64_t i = 0; i < count->number(); ++i) {
    elements.push_back(add(start, multiply(Element::of(Dim(i)), delta, dtype), dtype));
  }
  store(context, 0, elements);
}

void shape(InferContext& context) {
  const Shape& input = context.shape(0);
  if (!input.known()) {
    return context.set_unknown_dims(0, DType::Int64, 1, "the input's rank is unknown");
  }
  const auto place = [&](int64_t position) {
    if (position < 0) position = position < -input.rank() ? 0 : position + input.rank();
    return std::min<int64_t>(position, input.rank());
  };
  const int64_t start = place(context.attribute_int("start", 0));
  const int64_t end = place(context.attribute_int("end", input.rank()));
  Value value;
  for (int64_t i = start; i < end; ++i) value.dims.push_back(input[static_cast<int>(i)]);
  context.set(0, DType::Int64, Dims{Dim(static_cast<int64_t>(value.dims.size()))});
  context.set_value(0, std::move(value));
}

void size(InferContext& context) {
  context.set(0, DType::Int64, Dims{});
  if (!context.shape(0).known()) return;
  Value value;
  value.dims.push_back(context.shape(0).elements());
  context.set_value(0, std::move(value));
}

void random(InferContext& context) {
  const DType dtype = dtype_attribute(context, "dtype", DType::Float32);
  const auto numbers = context.attribute_ints("shape");
  if (!numbers || numbers->size() > static_cast<size_t>(kMostRank)) {
    return context.set_unknown_rank(0, dtype);
  }
  const auto negative = [](int64_t number) { return number < 0; };
  if (std::any_of(numbers->begin(), numbers->end(), negative)) {
    context.fault("it asks for a negative size");
    return context.set_unknown_rank(0, dtype);
  }
  context.set(0, dtype, dims_of(*numbers));
}

void multinomial(InferContext& context) {
  const DType dtype = dtype_attribute(context, "dtype", DType::Int32);
  const Shape& input = context.shape(0);
  const Dim rows = input.known() && input.rank() == 2
                       ? input[0]
                       : context.hidden("the input's shape is unknown");
  context.set(0, dtype, Dims{rows, Dim(context.attribute_int("sample_size", 1))});
}

}  // namespace trtreport::ops::shape
