// Operators that lay the same elements out anew: Transpose, Expand, Tile.
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>
#include <numeric>

namespace trtreport::ops::shape {

namespace {

// Axis i of the output is axis permutation[i] of the input; empty (and a fault) where it is no
// permutation.
std::optional<std::vector<size_t>> permutation_of(InferContext& context, int rank) {
  std::vector<size_t> order(static_cast<size_t>(rank));
  const auto given = context.attribute_ints("perm");
  if (!given || (given->empty() && rank != 0)) {
    std::iota(order.rbegin(), order.rend(), size_t{0});
    return order;
  }
  std::vector<bool> used(order.size(), false);
  if (given->size() != order.size()) {
    context.fault("its perm has " + std::to_string(given->size()) + " axes, the input " +
                  std::to_string(rank));
    return std::nullopt;
  }
  for (size_t i = 0; i < order.size(); ++i) {
    const std::optional<int> axis = context.axis((*given)[i], rank);
    if (!axis) return std::nullopt;
    order[i] = static_cast<size_t>(*axis);
    if (used[order[i]]) {
      context.fault("its perm names an axis twice");
      return std::nullopt;
    }
    used[order[i]] = true;
  }
  return order;
}

// Dims of a broadcast to a target of which only the length is known.
void expand_to_unknown(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& shape = context.shape(0);
  const Shape& length = context.shape(1);
  const bool counted = length.known() && length.rank() == 1 && length[0].is_number();
  if (!counted || length[0].number() > kMostRank || !shape.known()) {
    return context.set_unknown_rank(0, dtype);
  }
  const int target = static_cast<int>(length[0].number());
  const int rank = std::max(shape.rank(), target);
  Dims dims;
  for (int axis = 0; axis < rank; ++axis) {
    const int own = axis - (rank - shape.rank());
    const bool reached = axis >= rank - target;
    const bool fixed = own >= 0 && (!reached || (shape[own].is_number() && !shape[own].is(1)));
    dims.push_back(fixed ? shape[own] : context.hidden("the target shape depends on the data"));
  }
  context.set(0, dtype, dims);
}

void store_broadcast(InferContext& context, const Shape& shape) {
  if (!may_have_value(context, 0)) return;
  const std::optional<Extents> to = small_extents(shape);
  if (!to) return;
  const std::optional<Operand> x = operand(context, 0);
  const auto from = x ? broadcast_map(x->extents, *to) : std::nullopt;
  if (from) store_picked(context, 0, *x->value, *from);
}

// Tile-1 names one axis and how often; later versions a count for each axis.
std::optional<Dims> repeats_of(InferContext& context, int rank) {
  if (version(context) >= 6) {
    std::optional<Dims> repeats = context.ints(1);
    if (repeats && repeats->size() != static_cast<size_t>(rank)) {
      context.fault("it repeats " + std::to_string(repeats->size()) + " axes of an input of rank " +
                    std::to_string(rank));
      return std::nullopt;
    }
    return repeats;
  }
  const std::optional<Operand> tiles = operand(context, 1);
  const std::optional<Operand> where = operand(context, 2);
  if (!tiles || !where || tiles->size() != 1 || where->size() != 1) return std::nullopt;
  const std::optional<Dim> count = tiles->at(0).integer();
  const std::optional<Dim> at = where->at(0).integer();
  if (!count || !at || !at->is_number()) return std::nullopt;
  const std::optional<int> axis = context.axis(at->number(), rank);
  if (!axis) return std::nullopt;
  Dims repeats(static_cast<size_t>(rank), Dim(1));
  repeats[static_cast<size_t>(*axis)] = *count;
  return repeats;
}

void store_tiled(InferContext& context, const Dims& dims) {
  if (!may_have_value(context, 0)) return;
  const std::optional<Extents> to = small_extents(dims);
  if (!to) return;
  const std::optional<Operand> x = operand(context, 0);
  if (!x || x->extents.size() != to->size()) return;
  const Extents strides = strides_of(x->extents);
  std::vector<uint32_t> from;
  for_each_index(*to, [&](const Extents& index) {
    Extents source = index;
    for (size_t axis = 0; axis < source.size(); ++axis) source[axis] %= x->extents[axis];
    from.push_back(static_cast<uint32_t>(offset_of(source, strides)));
  });
  store_picked(context, 0, *x->value, from);
}

}  // namespace

void transpose(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!shape.known()) {
    const auto given = context.attribute_ints("perm");
    if (!given || given->size() > static_cast<size_t>(kMostRank)) {
      return context.set_unknown_rank(0, dtype);
    }
    return context.set_unknown_dims(0, dtype, static_cast<int>(given->size()),
                                    "the input's shape is unknown");
  }
  const auto order = permutation_of(context, shape.rank());
  if (!order) return context.set_unknown_dims(0, dtype, shape.rank(), "its perm is faulty");
  Dims dims;
  for (const size_t axis : *order) dims.push_back(shape[static_cast<int>(axis)]);
  context.set(0, dtype, dims);

  const std::optional<Operand> x = operand(context, 0);
  const std::optional<Extents> to = small_extents(dims);
  if (!x || !to) return;
  const Extents own = strides_of(x->extents);
  Extents strides;
  for (const size_t axis : *order) strides.push_back(own[axis]);
  std::vector<uint32_t> from;
  for_each_index(*to, [&](const Extents& index) {
    from.push_back(static_cast<uint32_t>(offset_of(index, strides)));
  });
  store_picked(context, 0, *x->value, from);
}

void expand(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  std::optional<Dims> target = context.ints(1);
  if (!target || target->size() > static_cast<size_t>(kMostRank)) return expand_to_unknown(context);
  if (const std::optional<Dims> rewritten = context.reconcile_reshape(shape, *target)) {
    target = rewritten;
  }
  // Some exporters write -1 for "as it is", which is what broadcasting to 1 does.
  for (Dim& size : *target) {
    if (size.is(-1)) size = 1;
    if (!size.is_number() || size.number() >= 0) continue;
    context.fault("it asks for a negative size");
    size = context.hidden("a size is negative");
  }
  const Shape wide = context.broadcast(shape, context.make_shape(*target));
  context.set(0, dtype, wide);
  store_broadcast(context, wide);
}

void tile(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!shape.known()) return context.set_unknown_rank(0, dtype);
  const std::optional<Dims> repeats = repeats_of(context, shape.rank());
  if (!repeats) {
    return context.set_unknown_dims(0, dtype, shape.rank(), "the repeats depend on the data");
  }
  Dims dims;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    dims.push_back(shape[axis] * (*repeats)[static_cast<size_t>(axis)]);
  }
  context.set(0, dtype, dims);
  store_tiled(context, dims);
}

}  // namespace trtreport::ops::shape
