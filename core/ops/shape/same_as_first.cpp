// Operators whose output is like their first input, and the few among them whose values make
// shapes.
#include "ops/arithmetic.hpp"
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>

namespace trtreport::ops::shape {

namespace {

// Running sums or products along an axis. Walks each line in its order, so symbols add up too.
void store_running(InferContext& context, Binary function, int64_t neutral) {
  if (!may_have_values(context, 2)) return;
  const std::optional<Operand> x = operand(context, 0);
  const std::optional<Dim> given = context.scalar(1);
  if (!x || !given || !given->is_number()) return;
  const std::optional<int> axis =
      context.axis(given->number(), static_cast<int>(x->extents.size()));
  if (!axis || volume(x->extents) == 0) return;
  const bool exclusive = context.attribute_int("exclusive", 0) != 0;
  const bool reverse = context.attribute_int("reverse", 0) != 0;
  const auto along = static_cast<size_t>(*axis);
  const Extents strides = strides_of(x->extents);
  const int64_t length = x->extents[along];
  Elements elements(static_cast<size_t>(x->size()));
  Extents lines = x->extents;
  lines[along] = 1;
  for_each_index(lines, [&](const Extents& start) {
    const auto origin = static_cast<int64_t>(offset_of(start, strides));
    Element running = Element::of(Dim(neutral));
    for (int64_t step = 0; step < length; ++step) {
      const int64_t position = reverse ? length - 1 - step : step;
      const auto at = static_cast<size_t>(origin + position * strides[along]);
      const Element next = function(running, x->at(at), context.dtype(0));
      elements[at] = exclusive ? running : next;
      running = next;
    }
  });
  store(context, 0, elements);
}

void store_triangle(InferContext& context) {
  const std::optional<Operand> x = operand(context, 0);
  if (!x || x->extents.size() < 2) return;
  int64_t diagonal = 0;
  if (context.has_input(1)) {
    const std::optional<Dim> given = context.scalar(1);
    if (!given || !given->is_number()) return;
    // A tensor with a value is far smaller than these bounds.
    diagonal = std::clamp<int64_t>(given->number(), -1'000'000, 1'000'000);
  }
  const bool upper = context.attribute_int("upper", 1) != 0;
  const size_t rank = x->extents.size();
  Elements elements;
  elements.reserve(static_cast<size_t>(x->size()));
  uint64_t at = 0;
  for_each_index(x->extents, [&](const Extents& index) {
    const int64_t right = index[rank - 1] - index[rank - 2];
    const bool kept = upper ? right >= diagonal : right <= diagonal;
    elements.push_back(kept ? x->at(at) : Element::of(Dim(0)));
    ++at;
  });
  store(context, 0, elements);
}

}  // namespace

void same_as_first(InferContext& context) {
  const std::string_view op = context.op();
  // Its output takes the scale's type.
  const bool scaled = op == "RMSNormalization" && context.dtype(1) != DType::Undefined;
  context.set(0, context.dtype(scaled ? 1 : 0), context.shape(0));
  if (op == "SkipGroupNorm") context.set(1, context.dtype(0), context.shape(0));
  if (op == "CumSum") store_running(context, binary_of("Add"), 0);
  if (op == "CumProd") store_running(context, binary_of("Mul"), 1);
  if (op == "Trilu") store_triangle(context);
}

void bernoulli(InferContext& context) {
  context.set(0, dtype_attribute(context, "dtype", context.dtype(0)), context.shape(0));
}

void random_like(InferContext& context) {
  context.set(0, dtype_attribute(context, "dtype", context.dtype(0)), context.shape(0));
}

// Rate and step count come first; then the tensors, their gradients and the optimizer's states, in
// groups of one size. The new tensors and the new states come out.
void optimizer_step(InferContext& context) {
  constexpr int kLeading = 2;
  const int states = context.op() == "Adam" ? 2 : 1;
  const int count = (context.input_count() - kLeading) / (2 + states);
  for (int i = 0; i < count; ++i) {
    const int tensor = kLeading + i;
    context.set(i, context.dtype(tensor), context.shape(tensor));
    for (int state = 1; state <= states; ++state) {
      const int input = kLeading + (1 + state) * count + i;
      context.set(state * count + i, context.dtype(input), context.shape(input));
    }
  }
}

}  // namespace trtreport::ops::shape
