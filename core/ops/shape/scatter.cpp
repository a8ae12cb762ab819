// Writing by index: the output is like the data; Scatter, ScatterElements, ScatterND,
// TensorScatter.
#include "ops/arithmetic.hpp"
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

namespace trtreport::ops::shape {

namespace {

// What `reduction` does with the old and the new element; null for "none".
Binary reduction_of(InferContext& context, bool& known) {
  const std::string_view reduction = context.attribute_string("reduction", "none");
  known = true;
  if (reduction == "none") return nullptr;
  if (reduction == "add") return binary_of("Add");
  if (reduction == "mul") return binary_of("Mul");
  if (reduction == "min") return binary_of("Min");
  if (reduction == "max") return binary_of("Max");
  known = false;
  return nullptr;
}

struct Operands {
  Operand data, indices, updates;
  std::vector<int64_t> numbers;  // the indices
};

std::optional<Operands> operands(InferContext& context) {
  if (!may_have_values(context, 3)) return std::nullopt;
  const std::optional<Operand> data = operand(context, 0);
  const std::optional<Operand> indices = data ? operand(context, 1) : std::nullopt;
  const std::optional<Operand> updates = indices ? operand(context, 2) : std::nullopt;
  if (!updates) return std::nullopt;
  std::optional<std::vector<int64_t>> numbers = indices->integers();
  if (!numbers) return std::nullopt;
  return Operands{*data, *indices, *updates, std::move(*numbers)};
}

void write(InferContext& context, Elements& elements, size_t at, const Element& update,
           Binary reduction) {
  elements[at] = reduction ? reduction(elements[at], update, context.dtype(0)) : update;
}

// Index from the front; empty where it is outside.
std::optional<int64_t> place_of(int64_t index, int64_t size) {
  if (index < -size || index >= size) return std::nullopt;
  return index < 0 ? index + size : index;
}

bool scatter_elements(InferContext& context, const Operands& in, Binary reduction,
                      Elements& elements) {
  const size_t rank = in.data.extents.size();
  if (in.indices.extents != in.updates.extents || in.indices.extents.size() != rank) return false;
  const auto axis = context.axis(context.attribute_int("axis", 0), static_cast<int>(rank));
  if (!axis) return false;
  const auto along = static_cast<size_t>(*axis);
  const Extents strides = strides_of(in.data.extents);
  size_t next = 0;
  bool inside = true;
  for_each_index(in.indices.extents, [&](const Extents& index) {
    Extents target = index;
    const auto place = place_of(in.numbers[next], in.data.extents[along]);
    inside = inside && place.has_value();
    target[along] = place.value_or(0);
    for (size_t i = 0; i < rank; ++i) inside = inside && target[i] < in.data.extents[i];
    if (inside) {
      write(context, elements, static_cast<size_t>(offset_of(target, strides)), in.updates.at(next),
            reduction);
    }
    ++next;
  });
  return inside;
}

bool scatter_tuples(InferContext& context, const Operands& in, Binary reduction,
                    Elements& elements) {
  const size_t rank = in.data.extents.size();
  if (in.indices.extents.empty()) return false;
  const auto width = static_cast<size_t>(in.indices.extents.back());
  if (width > rank) return false;
  const Extents strides = strides_of(in.data.extents);
  uint64_t block = 1;
  for (size_t i = width; i < rank; ++i) block *= static_cast<uint64_t>(in.data.extents[i]);
  Extents leading = in.indices.extents;
  leading.pop_back();
  const uint64_t tuples = volume(leading);
  if (in.updates.size() != tuples * block) return false;
  for (uint64_t tuple = 0; tuple < tuples; ++tuple) {
    uint64_t at = 0;
    for (size_t i = 0; i < width; ++i) {
      const auto place =
          place_of(in.numbers[static_cast<size_t>(tuple * width + i)], in.data.extents[i]);
      if (!place) return false;
      at += static_cast<uint64_t>(*place * strides[i]);
    }
    for (uint64_t i = 0; i < block; ++i) {
      write(context, elements, static_cast<size_t>(at + i), in.updates.at(tuple * block + i),
            reduction);
    }
  }
  return true;
}

}  // namespace

void scatter(InferContext& context) {
  context.set(0, context.dtype(0), context.shape(0));
  if (context.op() == "TensorScatter") return;
  const std::optional<Operands> in = operands(context);
  bool known = false;
  const Binary reduction = reduction_of(context, known);
  if (!in || !known) return;
  Elements elements;
  for (uint64_t i = 0; i < in->data.size(); ++i) elements.push_back(in->data.at(i));
  const bool written = context.op() == "ScatterND"
                           ? scatter_tuples(context, *in, reduction, elements)
                           : scatter_elements(context, *in, reduction, elements);
  if (written) {
    store(context, 0, elements);
  } else {
    context.fault("its indices do not fit its data");
  }
}

}  // namespace trtreport::ops::shape
