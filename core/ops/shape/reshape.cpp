// Views that regroup the elements without moving any: Reshape, Flatten, Squeeze, Unsqueeze.
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>

namespace trtreport::ops::shape {

namespace {

constexpr std::string_view kTargetUnknown = "the target shape depends on the data";

// Removes what stands in both lists, so that sizes which only a run could tell cancel.
void cancel(Dims& a, Dims& b) {
  for (auto it = a.begin(); it != a.end();) {
    const auto twin = std::find(b.begin(), b.end(), *it);
    if (twin == b.end() || it->is(0)) {
      ++it;
      continue;
    }
    b.erase(twin);
    it = a.erase(it);
  }
}

// The size that makes the product of `others` and it equal the product of `all`.
Dim missing_size(InferContext& context, Dims all, Dims others) {
  cancel(all, others);
  const Dim whole = product(all);
  const Dim part = product(others);
  if (part.is(0)) return context.hidden("a size of 0 leaves the inferred one open");
  if (const std::optional<Dim> exact = exact_div(whole, part)) return *exact;
  if (whole.is_number() && part.is_number()) {
    context.fault("the elements do not divide into the target shape");
    return context.hidden("the elements do not divide into the target shape");
  }
  return floor_div(whole, part);
}

// A target of n unknown sizes: one of them alone follows from the number of elements.
void set_open(InferContext& context, DType dtype, const Shape& shape, int rank) {
  if (rank == 1 && shape.known()) {
    context.set(0, dtype, Dims{shape.elements()});
  } else {
    context.set_unknown_dims(0, dtype, rank, kTargetUnknown);
  }
}

// Sizes of the output as far as the target says them; `open` is where the one to be inferred
// stands, or -1.
struct Target {
  Dims dims;
  int open = -1;
  bool faulty = false;
};

Target read_target(InferContext& context, const Dims& wanted, const Shape& shape) {
  const bool zero_copies = context.attribute_int("allowzero", 0) == 0;
  Target target;
  for (int i = 0; i < static_cast<int>(wanted.size()); ++i) {
    const Dim& size = wanted[static_cast<size_t>(i)];
    if (size.is(0) && zero_copies) {
      if (shape.known() && i >= shape.rank()) {
        context.fault("its target copies a dim that the input does not have");
        target.faulty = true;
        return target;
      }
      target.dims.push_back(shape.known() ? shape[i]
                                          : context.hidden("the input's rank is unknown"));
    } else if (size.is_number() && size.number() < 0) {
      if (size.number() != -1 || target.open >= 0) {
        context.fault("its target shape has more than one -1, or a negative size");
        target.faulty = true;
        return target;
      }
      target.open = i;
      target.dims.push_back(1);
    } else {
      target.dims.push_back(size);
    }
  }
  return target;
}

// With no -1, a single size that only a run would tell follows from the others.
int single_hidden(const Target& target, const Shape& shape) {
  const auto hidden = [](const Dim& dim) { return dim.is_hidden(); };
  const auto count = std::count_if(target.dims.begin(), target.dims.end(), hidden);
  const auto first = std::find_if(target.dims.begin(), target.dims.end(), hidden);
  if (count != 1 || std::any_of(shape.dims().begin(), shape.dims().end(), hidden)) return -1;
  return static_cast<int>(first - target.dims.begin());
}

Dims other_sizes(const Dims& dims, int open) {
  Dims others = dims;
  others.erase(others.begin() + open);
  return others;
}

void settle_target(InferContext& context, Target& target, const Shape& shape) {
  if (!shape.known()) {
    if (target.open >= 0) {
      target.dims[static_cast<size_t>(target.open)] =
          context.hidden("the input's shape is unknown");
    }
    return;
  }
  int open = target.open;
  if (open < 0) open = single_hidden(target, shape);
  if (open < 0) return;
  const Dims others = other_sizes(target.dims, open);
  target.dims[static_cast<size_t>(open)] = missing_size(context, shape.copy(), others);
}

}  // namespace

void reshape(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  const InferContext::MovedInts wanted = context.moved_ints("shape", 1);
  if (!wanted.values) {
    const Shape& length = context.shape(1);
    const bool counted = length.known() && length.rank() == 1 && length[0].is_number();
    if (wanted.given && counted && length[0].number() <= kMostRank) {
      set_open(context, dtype, shape, static_cast<int>(length[0].number()));
    } else {
      context.set_unknown_rank(0, dtype);
    }
    return;
  }
  if (const std::optional<Dims> rewritten = context.reconcile_reshape(shape, *wanted.values)) {
    context.set(0, dtype, *rewritten);
    return store_same(context, 0, 0);
  }
  Target target = read_target(context, *wanted.values, shape);
  if (target.faulty) return context.set_unknown_rank(0, dtype);
  settle_target(context, target, shape);
  context.set(0, dtype, target.dims);
  const Shape made = context.make_shape(target.dims);
  if (shape.is_static() && made.is_static() && !(shape.elements() == made.elements())) {
    context.fault(shape.elements().text() + " elements do not make a shape of " +
                  made.elements().text());
  }
  store_same(context, 0, 0);
}

void flatten(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& shape = context.shape(0);
  if (!shape.known()) {
    return context.set_unknown_dims(0, dtype, 2, "the input's rank is unknown");
  }
  // The axis may also stand behind the last dim.
  int64_t axis = context.attribute_int("axis", 1);
  if (axis < 0) axis += shape.rank();
  if (axis < 0 || axis > shape.rank()) {
    context.fault("its axis is outside the input's rank");
    return context.set_unknown_dims(0, dtype, 2, "the axis is outside the input's rank");
  }
  const auto dims = shape.dims();
  const auto split = static_cast<size_t>(axis);
  context.set(0, dtype, Dims{product(dims.subspan(0, split)), product(dims.subspan(split))});
  store_same(context, 0, 0);
}

namespace {

std::optional<std::vector<int64_t>> plain(const Dims& dims) {
  std::vector<int64_t> numbers;
  for (const Dim& dim : dims) {
    if (!dim.is_number()) return std::nullopt;
    numbers.push_back(dim.number());
  }
  return numbers;
}

// Rank after dropping or adding as many axes as input 1 holds, where their numbers are unknown; -1
// where it is.
int rank_by_axes(InferContext& context, int sign) {
  const Shape& axes = context.shape(1);
  const Shape& shape = context.shape(0);
  if (!shape.known() || !axes.known() || axes.rank() > 1) return -1;
  const Dim count = axes.elements();
  if (!count.is_number() || count.number() < 0 || count.number() > kMostRank) return -1;
  return shape.rank() + sign * static_cast<int>(count.number());
}

void set_rank(InferContext& context, int rank) {
  if (rank < 0 || rank > kMostRank) return context.set_unknown_rank(0, context.dtype(0));
  context.set_unknown_dims(0, context.dtype(0), rank, "its axes depend on the data");
}

// Without axes every dim of 1 goes; a size that is not certain leaves the rank open.
void squeeze_ones(InferContext& context) {
  const DType dtype = context.dtype(0);
  Dims dims;
  for (const Dim& dim : context.shape(0).dims()) {
    if (certainly_equal(dim, Dim(1)) == std::nullopt) return context.set_unknown_rank(0, dtype);
    if (!dim.is(1)) dims.push_back(dim);
  }
  context.set(0, dtype, dims);
  store_same(context, 0, 0);
}

void unsqueeze_at(InferContext& context, const std::vector<int64_t>& given) {
  const DType dtype = context.dtype(0);
  const Shape& shape = context.shape(0);
  if (!shape.known() || given.size() > static_cast<size_t>(kMostRank)) {
    return context.set_unknown_rank(0, dtype);
  }
  const int rank = shape.rank() + static_cast<int>(given.size());
  const std::optional<std::vector<int>> axes = context.axes(given, rank);
  if (!axes) return context.set_unknown_rank(0, dtype);
  std::vector<bool> added(static_cast<size_t>(rank), false);
  for (const int axis : *axes) {
    if (added[static_cast<size_t>(axis)]) {
      context.fault("it names an axis twice");
      return context.set_unknown_rank(0, dtype);
    }
    added[static_cast<size_t>(axis)] = true;
  }
  Dims dims;
  int from = 0;
  for (const bool is_new : added) dims.push_back(is_new ? Dim(1) : shape[from++]);
  context.set(0, dtype, dims);
  store_same(context, 0, 0);
}

}  // namespace

void squeeze(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  const InferContext::MovedInts given = context.moved_ints("axes", 1);
  if (!shape.known()) return context.set_unknown_rank(0, dtype);
  if (!given.given) return squeeze_ones(context);
  const auto numbers = given.values ? plain(*given.values) : std::nullopt;
  if (!numbers) return set_rank(context, rank_by_axes(context, -1));
  const auto axes = context.axes(*numbers, shape.rank());
  if (!axes) return context.set_unknown_rank(0, dtype);
  std::vector<bool> dropped(static_cast<size_t>(shape.rank()), false);
  for (const int axis : *axes) dropped[static_cast<size_t>(axis)] = true;
  Dims dims;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!dropped[static_cast<size_t>(axis)]) {
      dims.push_back(shape[axis]);
    } else if (shape[axis].is_number() && !shape[axis].is(1)) {
      context.fault("it drops an axis whose size is " + shape[axis].text() + ", not 1");
      return context.set_unknown_rank(0, dtype);
    }
  }
  context.set(0, dtype, dims);
  store_same(context, 0, 0);
}

void unsqueeze(InferContext& context) {
  const InferContext::MovedInts given = context.moved_ints("axes", 1);
  const auto numbers = given.values ? plain(*given.values) : std::nullopt;
  if (!numbers) return set_rank(context, rank_by_axes(context, 1));
  unsqueeze_at(context, *numbers);
}

// com.microsoft's Unsqueeze of one axis.
void expand_dims(InferContext& context) {
  const std::optional<Dim> axis = context.scalar(1);
  if (!axis || !axis->is_number()) {
    const Shape& shape = context.shape(0);
    return set_rank(context, shape.known() ? shape.rank() + 1 : -1);
  }
  unsqueeze_at(context, {axis->number()});
}

}  // namespace trtreport::ops::shape
