// Reductions and what needs an axis in its order.
#include "pruning/rule.hpp"

#include <algorithm>

namespace trtreport::pruning::rules {

void reduce(RuleContext& context) {
  const int rank = context.in_rank(0);
  if (rank < 0) return context.freeze_all(Why::Mismatch);
  std::vector<bool> reduced(static_cast<size_t>(rank), false);
  const bool given = context.attribute("axes") != nullptr || context.input(1) != kNoTensor;
  const auto axes = context.numbers("axes", 1);
  if (given && !axes) return context.freeze_all(Why::Mismatch);
  const bool none = !axes || axes->empty();
  if (none && context.attribute_int("noop_with_empty_axes", 0) != 0)
    return context.same_axes(context.input(0), context.output(0));
  if (none) reduced.assign(reduced.size(), true);
  for (size_t index = 0; !none && index < axes->size(); ++index) {
    const int axis = RuleContext::normalized((*axes)[index], rank);
    if (axis < 0) return context.freeze_all(Why::Mismatch);
    reduced[static_cast<size_t>(axis)] = true;
  }
  const bool keep = context.attribute_int("keepdims", 1) != 0;
  int to = 0;
  for (int axis = 0; axis < rank; ++axis) {
    if (reduced[static_cast<size_t>(axis)]) {
      context.coupling().normalized(context.in(0, axis), context.id());
      to += keep ? 1 : 0;
      continue;
    }
    context.same(context.in(0, axis), context.out(0, to++));
  }
}

// All outputs alike; the axis itself must stay whole.
void in_order(RuleContext& context) {
  const int rank = context.in_rank(0);
  const bool top = context.op() == "TopK";
  const auto axes = top ? std::vector<int64_t>{context.attribute_int("axis", -1)}
                        : context.numbers("", 1).value_or(std::vector<int64_t>());
  const int axis = axes.size() == 1 ? RuleContext::normalized(axes[0], rank) : -1;
  if (axis < 0) return context.freeze_all(Why::Mismatch);
  for (int output = 0; output < context.outputs(); ++output) {
    for (int each = 0; each < rank; ++each) {
      if (each != axis) context.same(context.in(0, each), context.out(output, each));
    }
    context.freeze(context.out(output, axis), Why::Order);
  }
  context.freeze(context.in(0, axis), Why::Order);
}

void triangle(RuleContext& context) {
  context.same_axes(context.input(0), context.output(0));
  for (const int axis : {-1, -2}) context.freeze(context.in(0, axis), Why::Order);
}

}  // namespace trtreport::pruning::rules
