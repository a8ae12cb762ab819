// Reading, moving and storing the elements of small tensors.
#include "ops/values.hpp"

#include <cmath>
#include <string>

namespace trtreport::ops {

namespace {

// Hidden sizes made for one value: a tensor of thousands of unknowns tells nothing worth their
// memory.
constexpr size_t kMostHiddenElements = 256;

// Unlike a size, a value may be negative.
Dim hidden_value(InferContext& context) {
  std::string cause(context.op());
  cause += " '" + std::string(context.graph().text(context.node().name)) + "': ";
  cause += "a computed value is not known before running";
  return context.graph().dims().hidden(cause, DimTable::kNoLeast);
}

bool all_plain(const Elements& elements) {
  for (const Element& element : elements) {
    if (!element.is_number()) return false;
  }
  return true;
}

}  // namespace

std::optional<Dim> Element::integer() const {
  if (kind == Kind::Integer) return dim;
  if (kind == Kind::Unknown) return std::nullopt;
  constexpr double kLimit =
      9007199254740992.0;  // 2^53: beyond it a double is no longer every integer
  if (!(std::fabs(real) <= kLimit) || std::trunc(real) != real) return std::nullopt;
  return Dim(static_cast<int64_t>(real));
}

std::optional<Extents> small_extents(std::span<const Dim> dims) {
  Extents extents;
  extents.reserve(dims.size());
  uint64_t count = 1;
  bool empty = false;
  for (const Dim& dim : dims) {
    if (!dim.is_number() || dim.number() < 0) return std::nullopt;
    const int64_t extent = dim.number();
    extents.push_back(extent);
    empty = empty || extent == 0;
    // Stops growing once over the limit; a later zero still makes the tensor empty.
    if (extent > 0 && count <= kMostValueElements) {
      count = static_cast<uint64_t>(extent) > kMostValueElements
                  ? kMostValueElements + 1
                  : count * static_cast<uint64_t>(extent);
    }
  }
  if (!empty && count > kMostValueElements) return std::nullopt;
  return extents;
}

std::optional<Extents> small_extents(const Shape& shape) {
  if (!shape.known()) return std::nullopt;
  return small_extents(shape.dims());
}

uint64_t volume(const Extents& extents) {
  uint64_t count = 1;
  for (const int64_t extent : extents) {
    if (extent <= 0) return 0;
  }
  for (const int64_t extent : extents) count *= static_cast<uint64_t>(extent);
  return count;
}

Extents strides_of(const Extents& extents) {
  Extents strides(extents.size(), 1);
  if (volume(extents) == 0) return strides;
  for (size_t axis = extents.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * extents[axis];
  return strides;
}

Element element_of(const Value& value, uint64_t index) {
  const auto at = static_cast<size_t>(index);
  return value.is_real() ? Element::of_real(value.reals[at]) : Element::of(value.dims[at]);
}

Element Operand::at(uint64_t index) const { return element_of(*value, index); }

std::optional<std::vector<int64_t>> Operand::integers() const {
  std::vector<int64_t> numbers;
  numbers.reserve(value->size());
  for (uint64_t i = 0; i < size(); ++i) {
    const std::optional<Dim> number = at(i).integer();
    if (!number || !number->is_number()) return std::nullopt;
    numbers.push_back(number->number());
  }
  return numbers;
}

bool may_have_value(InferContext& context, int index) {
  if (!context.has_input(index)) return false;
  const TensorId id = context.node().inputs[static_cast<size_t>(index)];
  const Tensor& tensor = context.graph().tensors[id];
  return tensor.value != nullptr || tensor.data != nullptr || tensor.sparse != nullptr;
}

bool may_have_values(InferContext& context, int count) {
  for (int i = 0; i < count; ++i) {
    if (!may_have_value(context, i)) return false;
  }
  return true;
}

std::optional<Operand> operand(InferContext& context, int index) {
  if (!may_have_value(context, index)) return std::nullopt;
  std::optional<Extents> extents = small_extents(context.shape(index));
  if (!extents) return std::nullopt;
  const Value* value = context.value(index);
  if (value == nullptr || value->is_sequence || value->size() != volume(*extents)) {
    return std::nullopt;
  }
  return Operand{value, std::move(*extents)};
}

void store(InferContext& context, int output, const Elements& elements) {
  Value value;
  bool real = false;
  for (const Element& element : elements) real = real || element.kind == Element::Kind::Real;
  if (real && all_plain(elements)) {
    value.reals.reserve(elements.size());
    for (const Element& element : elements) value.reals.push_back(element.number());
    context.set_value(output, std::move(value));
    return;
  }
  size_t hidden = 0;
  value.dims.reserve(elements.size());
  for (const Element& element : elements) {
    if (const std::optional<Dim> dim = element.integer()) {
      value.dims.push_back(*dim);
      continue;
    }
    if (++hidden > kMostHiddenElements) return;
    value.dims.push_back(hidden_value(context));
  }
  context.set_value(output, std::move(value));
}

void store_picked(InferContext& context, int output, const Value& source,
                  std::span<const uint32_t> from) {
  Value value;
  if (source.is_real()) {
    value.reals.reserve(from.size());
    for (const uint32_t at : from) value.reals.push_back(source.reals[at]);
  } else {
    value.dims.reserve(from.size());
    for (const uint32_t at : from) value.dims.push_back(source.dims[at]);
  }
  context.set_value(output, std::move(value));
}

void store_same(InferContext& context, int output, int input) {
  if (!context.has_output(output) || !may_have_value(context, input)) return;
  if (const Value* value = context.value(input)) context.set_value(output, *value);
}

uint64_t offset_of(const Extents& index, const Extents& strides) {
  int64_t offset = 0;
  for (size_t axis = 0; axis < index.size(); ++axis) offset += index[axis] * strides[axis];
  return static_cast<uint64_t>(offset);
}

std::optional<std::vector<uint32_t>> broadcast_map(const Extents& from, const Extents& to) {
  if (from.size() > to.size()) return std::nullopt;
  const size_t lead = to.size() - from.size();
  const Extents own = strides_of(from);
  Extents strides(to.size(), 0);
  for (size_t axis = 0; axis < from.size(); ++axis) {
    if (from[axis] != 1 && from[axis] != to[lead + axis]) return std::nullopt;
    strides[lead + axis] = from[axis] == 1 ? 0 : own[axis];
  }
  std::vector<uint32_t> map;
  map.reserve(static_cast<size_t>(volume(to)));
  for_each_index(to, [&](const Extents& index) {
    map.push_back(static_cast<uint32_t>(offset_of(index, strides)));
  });
  return map;
}

}  // namespace trtreport::ops
