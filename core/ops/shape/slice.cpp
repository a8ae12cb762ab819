// Slice: lengths of slices of sizes that may be symbols, and the slices of known values.
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>

namespace trtreport::ops::shape {

namespace {

// Exporters write "to the end" as the largest number of 32 or 64 bits, and "to the start" as the
// smallest.
constexpr int64_t kFar = INT32_MAX;
constexpr int64_t kMostStep = int64_t{1} << 40;

// One axis of a slice as plain numbers: element i of the output is start + i*step of the input.
struct Cut {
  int64_t start = 0;
  int64_t step = 1;
  int64_t length = 0;
};

Cut plain_cut(int64_t size, int64_t start, int64_t end, int64_t step) {
  Cut cut{0, std::clamp(step, -kMostStep, kMostStep), 0};
  if (size <= 0) return cut;
  const auto place = [&](int64_t position, int64_t least, int64_t most) {
    if (position < 0) position = position < -size ? -1 : position + size;
    return std::clamp(position, least, most);
  };
  // A backward slice starts at an element and may end before the first.
  const bool forward = step > 0;
  cut.start = place(start, 0, forward ? size : size - 1);
  const int64_t stop = forward ? place(end, 0, size) : place(end, -1, size - 1);
  const int64_t distance = forward ? stop - cut.start : cut.start - stop;
  const int64_t stride = forward ? cut.step : -cut.step;
  cut.length = distance <= 0 ? 0 : (distance - 1) / stride + 1;
  return cut;
}

// The position that `given` names, counted from the front; empty where its sign is not certain.
std::optional<Dim> from_front(const Dim& given, const Dim& size) {
  const std::optional<bool> backward = certainly_less(given, Dim(0));
  if (!backward) return std::nullopt;
  return *backward ? given + size : given;
}

Dim at_least_zero(const Dim& dim) {
  return certainly_less(dim, Dim(0)) == false ? dim : max(dim, Dim(0));
}

Dim forward_length(InferContext& context, const Dim& size, const Dim& start, const Dim& end,
                   int64_t step) {
  const bool whole_tail = end.is_number() && end.number() >= kFar;
  const bool from_start = start.is_number() && (start.is(0) || start.number() <= -kFar);
  const std::optional<Dim> first = from_start ? Dim(0) : from_front(start, size);
  const std::optional<Dim> last = whole_tail ? size : from_front(end, size);
  if (!first || !last) return context.hidden("an end of the slice may count from either side");
  // Behind the end the distance is negative, so only the front of the start and the back of the end
  // need a bound.
  const Dim stop = whole_tail || certainly_less(size, *last) == false ? *last : min(*last, size);
  const Dim distance = at_least_zero(stop - at_least_zero(*first));
  return step == 1 ? distance : ceil_div(distance, Dim(step));
}

Dim backward_length(InferContext& context, const Dim& size, const Dim& start, const Dim& end,
                    int64_t step) {
  const Dim back = size - Dim(1);
  const bool from_back = start.is(-1) || (start.is_number() && start.number() >= kFar);
  const bool to_front = end.is_number() && end.number() <= -kFar;
  const std::optional<Dim> first = from_back ? back : from_front(start, size);
  const std::optional<Dim> last = to_front ? Dim(-1) : from_front(end, size);
  if (!first || !last) return context.hidden("an end of the slice may count from either side");
  const Dim begin = from_back ? back : min(*first, back);
  const Dim stop = to_front ? Dim(-1) : max(*last, Dim(-1));
  return ceil_div(at_least_zero(begin - stop), Dim(-step));
}

Dim slice_length(InferContext& context, const Dim& size, const Dim& start, const Dim& end,
                 const Dim& step) {
  if (!step.is_number()) return context.hidden("the step of the slice depends on the data");
  if (size.is_number() && start.is_number() && end.is_number()) {
    return Dim(plain_cut(size.number(), start.number(), end.number(), step.number()).length);
  }
  const int64_t stride = std::clamp(step.number(), -kMostStep, kMostStep);
  return stride > 0 ? forward_length(context, size, start, end, stride)
                    : backward_length(context, size, start, end, stride);
}

// The four lists, brought to one length. Empty lists where one is unknown.
struct Slices {
  std::vector<int> axes;
  bool axes_known = false;
  std::optional<Dims> starts, ends, steps;
};

std::optional<size_t> listed(InferContext& context, const InferContext::MovedInts& list,
                             int input) {
  if (list.values) return list.values->size();
  const Shape& shape = context.shape(input);
  if (!shape.known() || shape.rank() > 1) return std::nullopt;
  const Dim count = shape.elements();
  if (!count.is_number() || count.number() < 0 || count.number() > kMostRank) return std::nullopt;
  return static_cast<size_t>(count.number());
}

// Reads what is known; empty (after a fault where the model is wrong) where not even the axes are.
std::optional<Slices> read_slices(InferContext& context, int rank) {
  const auto starts = context.moved_ints("starts", 1);
  const auto ends = context.moved_ints("ends", 2);
  const auto axes = context.moved_ints("axes", 3);
  const auto steps = context.moved_ints("steps", 4);
  const std::optional<size_t> count = listed(context, starts, 1);
  if (axes.given && !axes.values) return std::nullopt;

  Slices slices{{}, true, starts.values, ends.values, steps.values};
  if (axes.values) {
    std::vector<int64_t> numbers;
    for (const Dim& axis : *axes.values) {
      if (!axis.is_number()) return std::nullopt;
      numbers.push_back(axis.number());
    }
    const auto resolved = context.axes(numbers, rank);
    if (!resolved) return std::nullopt;
    slices.axes = *resolved;
  } else {
    if (!count) return std::nullopt;
    if (*count > static_cast<size_t>(rank)) {
      context.fault("it slices more axes than the input has");
      return std::nullopt;
    }
    for (size_t i = 0; i < *count; ++i) slices.axes.push_back(static_cast<int>(i));
  }
  if (!steps.given) slices.steps = Dims(slices.axes.size(), Dim(1));
  for (const std::optional<Dims>* list : {&slices.starts, &slices.ends, &slices.steps}) {
    if (*list && (*list)->size() != slices.axes.size()) {
      context.fault("its starts, ends, axes and steps differ in length");
      return std::nullopt;
    }
  }
  return slices;
}

// The slice of a known value, where all of it is plain.
void store_slice(InferContext& context, const Slices& slices, const Dims& dims) {
  if (!slices.starts || !slices.ends || !slices.steps) return;
  const std::optional<Operand> x = operand(context, 0);
  const std::optional<Extents> to = small_extents(dims);
  if (!x || !to) return;
  std::vector<Cut> cuts(x->extents.size());
  for (size_t i = 0; i < slices.axes.size(); ++i) {
    const Dim& start = (*slices.starts)[i];
    const Dim& end = (*slices.ends)[i];
    const Dim& step = (*slices.steps)[i];
    if (!start.is_number() || !end.is_number() || !step.is_number()) return;
    const auto axis = static_cast<size_t>(slices.axes[i]);
    cuts[axis] = plain_cut(x->extents[axis], start.number(), end.number(), step.number());
  }
  const Extents strides = strides_of(x->extents);
  std::vector<uint32_t> from;
  for_each_index(*to, [&](const Extents& index) {
    Extents source = index;
    for (size_t axis = 0; axis < source.size(); ++axis) {
      source[axis] = cuts[axis].start + index[axis] * cuts[axis].step;
    }
    from.push_back(static_cast<uint32_t>(offset_of(source, strides)));
  });
  store_picked(context, 0, *x->value, from);
}

}  // namespace

void slice(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!shape.known()) return context.set_unknown_rank(0, dtype);
  const std::optional<Slices> slices = read_slices(context, shape.rank());
  if (!slices) {
    return context.set_unknown_dims(0, dtype, shape.rank(), "the slice depends on the data");
  }
  Dims dims = shape.copy();
  for (size_t i = 0; i < slices->axes.size(); ++i) {
    Dim& size = dims[static_cast<size_t>(slices->axes[i])];
    const bool known = slices->starts && slices->ends && slices->steps;
    if (known && (*slices->steps)[i].is(0)) {
      context.fault("a step of the slice is 0");
      size = context.hidden("a step of the slice is 0");
      continue;
    }
    size = known ? slice_length(context, size, (*slices->starts)[i], (*slices->ends)[i],
                                (*slices->steps)[i])
                 : context.hidden("the slice depends on the data");
  }
  context.set(0, dtype, dims);
  store_slice(context, *slices, dims);
}

}  // namespace trtreport::ops::shape
