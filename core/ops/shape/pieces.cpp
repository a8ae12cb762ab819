// Joining tensors along an axis and cutting them apart: Concat, Split, Compress.
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace trtreport::ops::shape {

namespace {

// The rank that the inputs of a Concat share; -1 where none tells it, or after a fault where they
// differ.
int common_rank(InferContext& context) {
  int rank = -1;
  for (int i = 0; i < context.input_count(); ++i) {
    const Shape& shape = context.shape(i);
    if (!shape.known()) continue;
    if (rank >= 0 && shape.rank() != rank) {
      context.fault("its inputs have ranks " + std::to_string(rank) + " and " +
                    std::to_string(shape.rank()));
      return -1;
    }
    rank = shape.rank();
  }
  return rank;
}

// Sizes beside the joined axis are equal: a number tells more than a symbol, a symbol more than a
// hidden size.
Dim agreed(InferContext& context, const Dim& a, const Dim& b) {
  if (a == b) return a;
  if (a.is_number() && b.is_number()) {
    if (const std::optional<Dim> rewritten = context.reconcile_dims(a, b)) return *rewritten;
    context.fault("its inputs differ beside the joined axis: " + a.text() + " and " + b.text());
    return context.hidden("the inputs differ beside the joined axis");
  }
  if (a.is_number() || b.is_hidden()) return a;
  return b.is_number() || a.is_hidden() ? b : a;
}

DType first_dtype(InferContext& context) {
  for (int i = 0; i < context.input_count(); ++i) {
    if (context.dtype(i) != DType::Undefined) return context.dtype(i);
  }
  return DType::Undefined;
}

Dims joined_dims(InferContext& context, int rank, int axis) {
  Dims dims;
  bool first = true;
  bool all_known = true;
  for (int i = 0; i < context.input_count(); ++i) {
    const Shape& shape = context.shape(i);
    all_known = all_known && shape.known();
    if (!shape.known()) continue;
    for (int at = 0; at < rank; ++at) {
      if (first) {
        dims.push_back(shape[at]);
        continue;
      }
      Dim& dim = dims[static_cast<size_t>(at)];
      dim = at == axis ? dim + shape[at] : agreed(context, dim, shape[at]);
    }
    first = false;
  }
  if (!all_known) dims[static_cast<size_t>(axis)] = context.hidden("an input's shape is unknown");
  return dims;
}

// An input of a Concat of values: its elements, or as many unknown ones.
std::optional<Elements> elements_or_unknown(InferContext& context, int input, bool& any_known) {
  if (const std::optional<Operand> x = operand(context, input)) {
    Elements elements;
    for (uint64_t i = 0; i < x->size(); ++i) elements.push_back(x->at(i));
    any_known = any_known || !elements.empty();
    return elements;
  }
  const std::optional<Extents> extents = small_extents(context.shape(input));
  if (!extents) return std::nullopt;
  return Elements(static_cast<size_t>(volume(*extents)));
}

void store_joined(InferContext& context, const Dims& dims, int axis) {
  const std::optional<Extents> to = small_extents(dims);
  if (!to) return;
  // Nothing is read for the sake of a result that is all unknown: an activation of plain size is
  // the common case.
  bool any = false;
  for (int i = 0; i < context.input_count(); ++i) any = any || may_have_value(context, i);
  if (!any) return;
  const auto along = static_cast<size_t>(axis);
  const auto inner = static_cast<size_t>(
      std::accumulate(to->begin() + axis + 1, to->end(), int64_t{1}, std::multiplies<int64_t>()));
  const auto row = static_cast<size_t>((*to)[along]) * inner;
  Elements joined(static_cast<size_t>(volume(*to)));
  if (joined.empty()) return store(context, 0, joined);
  bool any_known = false;
  size_t before = 0;
  for (int i = 0; i < context.input_count(); ++i) {
    const std::optional<Elements> part = elements_or_unknown(context, i, any_known);
    if (!part) return;
    const size_t width = static_cast<size_t>(context.shape(i)[axis].number()) * inner;
    if (width == 0) continue;
    for (size_t at = 0; at < part->size(); ++at) {
      const size_t position = at / width * row + before + at % width;
      if (position >= joined.size()) return;
      joined[position] = (*part)[at];
    }
    before += width;
  }
  if (any_known) store(context, 0, joined);
}

// Sizes of the parts of a Split.
std::optional<Dims> part_sizes(InferContext& context, const Dim& size) {
  const InferContext::MovedInts given = context.moved_ints("split", 1);
  if (given.given) return given.values;
  const int outputs = context.output_count();
  const int64_t wanted = context.attribute_int("num_outputs", outputs);
  if (wanted < 1 || wanted > kMostListed || outputs > wanted) {
    context.fault("it has " + std::to_string(outputs) + " outputs for " + std::to_string(wanted) +
                  " parts");
    return std::nullopt;
  }
  const Dim parts(wanted);
  const auto count = static_cast<size_t>(wanted);
  if (const std::optional<Dim> even = exact_div(size, parts)) return Dims(count, *even);
  if (size.is_number() && version(context) < 18) {
    context.fault("a size of " + size.text() + " does not split into " + std::to_string(wanted) +
                  " equal parts");
    return std::nullopt;
  }
  // Since version 18 the last part takes what is left.
  if (version(context) < 18) return Dims(count, floor_div(size, parts));
  const Dim part = ceil_div(size, parts);
  Dims sizes(count, part);
  sizes.back() = size - part * Dim(wanted - 1);
  return sizes;
}

void store_parts(InferContext& context, int axis, const Dims& sizes) {
  const std::optional<Operand> x = operand(context, 0);
  if (!x) return;
  const Extents strides = strides_of(x->extents);
  const auto along = static_cast<size_t>(axis);
  int64_t before = 0;
  for (int output = 0; output < context.output_count(); ++output) {
    const Dim& size = sizes[static_cast<size_t>(output)];
    if (!size.is_number() || size.number() < 0) return;
    if (size.number() > x->extents[along] - before) return;
    Extents extents = x->extents;
    extents[along] = size.number();
    std::vector<uint32_t> from;
    for_each_index(extents, [&](const Extents& index) {
      const auto start = static_cast<uint64_t>(before * strides[along]);
      from.push_back(static_cast<uint32_t>(offset_of(index, strides) + start));
    });
    store_picked(context, output, *x->value, from);
    before += size.number();
  }
}

}  // namespace

void concat(InferContext& context) {
  const DType dtype = first_dtype(context);
  const int rank = common_rank(context);
  if (rank < 0) return context.set_unknown_rank(0, dtype);
  const std::optional<int> axis = context.axis(context.attribute_int("axis", 1), rank);
  if (!axis) return context.set_unknown_dims(0, dtype, rank, "its axis is outside the rank");
  const Dims dims = joined_dims(context, rank, *axis);
  context.set(0, dtype, dims);
  store_joined(context, dims, *axis);
}

void split(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  const auto axis =
      shape.known() ? context.axis(context.attribute_int("axis", 0), shape.rank()) : std::nullopt;
  for (int i = 0; i < context.output_count(); ++i) context.set_unknown_rank(i, dtype);
  if (!axis) return;
  const std::optional<Dims> sizes = part_sizes(context, shape[*axis]);
  if (sizes && sizes->size() < static_cast<size_t>(context.output_count())) {
    return context.fault("it has more outputs than parts");
  }
  for (int i = 0; i < context.output_count(); ++i) {
    Dims dims = shape.copy();
    Dim& size = dims[static_cast<size_t>(*axis)];
    size = sizes ? (*sizes)[static_cast<size_t>(i)]
                 : context.hidden("the sizes of its parts depend on the data");
    context.set(i, dtype, dims);
  }
  if (sizes) store_parts(context, *axis, *sizes);
}

void compress(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  const bool flat = !context.has_attribute("axis");
  if (!flat && !shape.known()) return context.set_unknown_rank(0, dtype);
  int axis = 0;
  if (!flat) {
    const std::optional<int> found = context.axis(context.attribute_int("axis", 0), shape.rank());
    if (!found) return context.set_unknown_dims(0, dtype, shape.rank(), "its axis is faulty");
    axis = *found;
  }
  Dims dims = flat ? Dims{shape.known() ? shape.elements() : context.hidden("no shape is known")}
                   : shape.copy();
  const auto along = static_cast<size_t>(axis);
  const std::optional<Operand> condition = operand(context, 1);
  const std::optional<std::vector<int64_t>> flags =
      condition ? condition->integers() : std::nullopt;
  if (!flags) {
    dims[along] = context.hidden("the number of selected slices depends on the data");
    return context.set(0, dtype, dims);
  }
  // A condition shorter than the axis leaves the rest out.
  std::vector<int64_t> kept;
  for (size_t i = 0; i < flags->size(); ++i) {
    const Dim place(static_cast<int64_t>(i));
    if ((*flags)[i] != 0 && certainly_less(place, dims[along]) != false) {
      kept.push_back(place.number());
    }
  }
  dims[along] = Dim(static_cast<int64_t>(kept.size()));
  context.set(0, dtype, dims);

  const std::optional<Operand> x = operand(context, 0);
  const std::optional<Extents> to = small_extents(dims);
  if (!x || !to) return;
  const Extents strides = flat ? Extents{1} : strides_of(x->extents);
  std::vector<uint32_t> from;
  for_each_index(*to, [&](const Extents& index) {
    Extents source = index;
    source[along] = kept[static_cast<size_t>(index[along])];
    from.push_back(static_cast<uint32_t>(offset_of(source, strides)));
  });
  store_picked(context, 0, *x->value, from);
}

}  // namespace trtreport::ops::shape
