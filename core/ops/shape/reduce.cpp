// Reductions over axes: sums, products, extremes, norms, and the places of extremes.
#include "ops/arithmetic.hpp"
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <cmath>
#include <string>

namespace trtreport::ops::shape {

namespace {

// Which axes go; `unknown` where the axes are an input that nobody knows.
struct Axes {
  std::vector<bool> reduced;
  bool unknown = false;
  bool faulty = false;
};

Axes axes_of(InferContext& context, int rank) {
  Axes axes{std::vector<bool>(static_cast<size_t>(rank), false)};
  InferContext::MovedInts given;
  if (context.domain().empty()) {
    given = context.moved_ints("axes", 1);
  } else if (const auto numbers = context.attribute_ints("axes")) {
    given = {true, Dims(numbers->begin(), numbers->end())};
  }
  const Shape& listed = context.shape(1);
  const bool none_listed = listed.known() && listed.rank() == 1 && listed[0].is(0);
  if (given.given && !given.values && !none_listed) {
    axes.unknown = true;
    return axes;
  }
  if (!given.values || given.values->empty()) {
    const bool keeps_all = context.attribute_int("noop_with_empty_axes", 0) != 0;
    axes.reduced.assign(axes.reduced.size(), !keeps_all);
    return axes;
  }
  for (const Dim& value : *given.values) {
    if (!value.is_number()) {
      axes.unknown = true;
      return axes;
    }
    const std::optional<int> axis = context.axis(value.number(), rank);
    axes.faulty = axes.faulty || !axis;
    if (axis) axes.reduced[static_cast<size_t>(*axis)] = true;
  }
  return axes;
}

Dims kept_dims(const Shape& shape, const std::vector<bool>& reduced, bool keep) {
  Dims dims;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!reduced[static_cast<size_t>(axis)]) {
      dims.push_back(shape[axis]);
    } else if (keep) {
      dims.push_back(1);
    }
  }
  return dims;
}

// Neither the axes nor, without keepdims, their number may be known.
void set_for_unknown_axes(InferContext& context, bool keep) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!keep) {
    const Shape& axes = context.shape(1);
    const bool counted = axes.known() && axes.rank() == 1 && axes[0].is_number();
    const int64_t left = counted ? shape.rank() - axes[0].number() : -1;
    // No axes at all mean every axis, or none.
    if (!counted || axes[0].is(0) || left < 0) return context.set_unknown_rank(0, dtype);
    return context.set_unknown_dims(0, dtype, static_cast<int>(left),
                                    "the axes depend on the data");
  }
  Dims dims;
  for (const Dim& dim : shape.dims()) {
    dims.push_back(dim.is(1) ? dim : context.hidden("the axes depend on the data"));
  }
  context.set(0, dtype, dims);
}

enum class Step : uint8_t { None, Absolute, Square, Exponential };
enum class Finish : uint8_t { None, Mean, Root, Logarithm };

// A reduction: what is done to each element, how they are joined, what is done to the result.
struct Reduction {
  std::string_view op;
  std::string_view join;
  Step step = Step::None;
  Finish finish = Finish::None;
};

constexpr Reduction kReductions[] = {
    {"ReduceL1", "Add", Step::Absolute},
    {"ReduceL2", "Add", Step::Square, Finish::Root},
    {"ReduceLogSum", "Add", Step::None, Finish::Logarithm},
    {"ReduceLogSumExp", "Add", Step::Exponential, Finish::Logarithm},
    {"ReduceMax", "Max"},
    {"ReduceMean", "Add", Step::None, Finish::Mean},
    {"ReduceMin", "Min"},
    {"ReduceProd", "Mul"},
    {"ReduceSum", "Add"},
    {"ReduceSumSquare", "Add", Step::Square},
};

const Reduction* reduction_of(std::string_view op) {
  for (const Reduction& reduction : kReductions) {
    if (reduction.op == op) return &reduction;
  }
  return nullptr;
}

Element prepared(const Element& x, Step step, DType dtype) {
  switch (step) {
    case Step::Absolute:
      return unary_of("Abs")(x, dtype);
    case Step::Square:
      return binary_of("Mul")(x, x, dtype);
    case Step::Exponential:
      return unary_of("Exp")(x, dtype);
    case Step::None:
      break;
  }
  return x;
}

Element finished(const Element& x, Finish finish, int64_t count, DType dtype) {
  switch (finish) {
    case Finish::Mean:
      return binary_of("Div")(x, Element::of(Dim(count)), dtype);
    case Finish::Root:
      return unary_of("Sqrt")(x, dtype);
    case Finish::Logarithm:
      return unary_of("Log")(x, dtype);
    case Finish::None:
      break;
  }
  return x;
}

// Where each element of `from` goes in a result that keeps the axes not reduced.
Extents folded_strides(const Extents& from, const std::vector<bool>& reduced) {
  Extents strides(from.size(), 0);
  int64_t stride = 1;
  for (size_t axis = from.size(); axis-- > 0;) {
    if (reduced[axis]) continue;
    strides[axis] = stride;
    stride *= from[axis];
  }
  return strides;
}

void store_reduced(InferContext& context, const std::vector<bool>& reduced, const Dims& dims) {
  const Reduction* reduction = reduction_of(context.op());
  if (reduction == nullptr || !may_have_value(context, 0)) return;
  const std::optional<Extents> to = small_extents(dims);
  const std::optional<Operand> x = to ? operand(context, 0) : std::nullopt;
  if (!x || volume(x->extents) == 0) return;
  const DType dtype = context.dtype(0);
  const Binary join = binary_of(reduction->join);
  const Extents strides = folded_strides(x->extents, reduced);
  const auto results = static_cast<size_t>(volume(*to));
  Elements elements(results);
  std::vector<bool> begun(results, false);
  uint64_t next = 0;
  for_each_index(x->extents, [&](const Extents& index) {
    const auto at = static_cast<size_t>(offset_of(index, strides));
    const Element element = prepared(x->at(next++), reduction->step, dtype);
    elements[at] = begun[at] ? join(elements[at], element, dtype) : element;
    begun[at] = true;
  });
  const auto count = static_cast<int64_t>(x->size() / results);
  for (Element& element : elements) element = finished(element, reduction->finish, count, dtype);
  store(context, 0, elements);
}

// Place of the extreme element of each line; plain numbers only.
void store_places(InferContext& context, size_t axis, const Dims& dims) {
  if (!small_extents(dims)) return;
  const std::optional<Operand> x = operand(context, 0);
  if (!x || volume(x->extents) == 0) return;
  for (uint64_t i = 0; i < x->size(); ++i) {
    if (!x->at(i).is_number()) return;
  }
  const bool greatest = context.op() == "ArgMax";
  const bool last = context.attribute_int("select_last_index", 0) != 0;
  const Extents strides = strides_of(x->extents);
  Extents lines = x->extents;
  lines[axis] = 1;
  Elements places;
  for_each_index(lines, [&](const Extents& start) {
    const auto origin = static_cast<int64_t>(offset_of(start, strides));
    int64_t best = 0;
    for (int64_t i = 1; i < x->extents[axis]; ++i) {
      const double champion = x->at(static_cast<uint64_t>(origin + best * strides[axis])).number();
      const double rival = x->at(static_cast<uint64_t>(origin + i * strides[axis])).number();
      const bool wins = greatest ? rival > champion : rival < champion;
      if (wins || (last && rival == champion)) best = i;
    }
    places.push_back(Element::of(Dim(best)));
  });
  store(context, 0, places);
}

}  // namespace

void reduce(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!shape.known()) return context.set_unknown_rank(0, dtype);
  const bool keep = context.attribute_int("keepdims", 1) != 0;
  const Axes axes = axes_of(context, shape.rank());
  if (axes.faulty) return context.set_unknown_rank(0, dtype);
  if (axes.unknown) return set_for_unknown_axes(context, keep);
  const Dims dims = kept_dims(shape, axes.reduced, keep);
  context.set(0, dtype, dims);
  store_reduced(context, axes.reduced, dims);
}

void arg_reduce(InferContext& context) {
  const Shape shape = context.shape(0);
  if (!shape.known()) return context.set_unknown_rank(0, DType::Int64);
  const bool keep = context.attribute_int("keepdims", 1) != 0;
  const std::optional<int> axis = context.axis(context.attribute_int("axis", 0), shape.rank());
  if (!axis) return context.set_unknown_rank(0, DType::Int64);
  std::vector<bool> reduced(static_cast<size_t>(shape.rank()), false);
  reduced[static_cast<size_t>(*axis)] = true;
  const Dims dims = kept_dims(shape, reduced, keep);
  context.set(0, DType::Int64, dims);
  store_places(context, static_cast<size_t>(*axis), dims);
}

}  // namespace trtreport::ops::shape
