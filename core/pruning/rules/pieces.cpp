// Joining tensors and taking them apart: indices move by offsets.
#include "pruning/rule.hpp"

#include <algorithm>

namespace trtreport::pruning::rules {
namespace {

void same_beside(RuleContext& context, TensorId a, TensorId b, int axis) {
  for (int each = 0; each < context.coupling().rank(a); ++each) {
    if (each != axis)
      context.same(context.coupling().axis(a, each), context.coupling().axis(b, each));
  }
}

// `part` is the indices from `start` on of `whole`.
void part_of(RuleContext& context, AxisId part, uint32_t size, AxisId whole, uint32_t start) {
  if (part != kNoAxis) {
    context.coupling().link({.axis = part, .target = whole, .count = size, .target_start = start});
    return;
  }
  context.coupling().freeze(
      {.axis = whole, .start = start, .count = size, .why = Why::Order, .node = context.id()});
}

}  // namespace

void concat(RuleContext& context) {
  const int rank = context.out_rank(0);
  const int axis = RuleContext::normalized(context.attribute_int("axis", 0), rank);
  if (rank < 0) return context.freeze_all(Why::Mismatch);
  if (axis < 0) return context.freeze_all(Why::Mismatch);
  const AxisId whole = context.out(0, axis);
  uint64_t sum = 0;
  bool known = true;
  for (int input = 0; input < context.inputs(); ++input) {
    same_beside(context, context.input(input), context.output(0), axis);
    const uint32_t size = context.in_size(input, axis);
    known = known && size > 0 && context.in_rank(input) == rank;
    sum += size;
  }
  if (whole == kNoAxis) return;
  if (!known || sum != context.coupling().length(whole)) {
    for (int input = 0; input < context.inputs(); ++input)
      context.freeze(context.in(input, axis), Why::Mismatch);
    return context.freeze(whole, Why::Mismatch);
  }
  if (context.inputs() == 1) return context.same(context.in(0, axis), whole);
  uint32_t start = 0;
  for (int input = 0; input < context.inputs(); ++input) {
    const uint32_t size = context.in_size(input, axis);
    part_of(context, context.in(input, axis), size, whole, start);
    start += size;
  }
}

void split(RuleContext& context) {
  const int rank = context.in_rank(0);
  const int axis = RuleContext::normalized(context.attribute_int("axis", 0), rank);
  if (axis < 0) return context.freeze_all(Why::Mismatch);
  const AxisId whole = context.in(0, axis);
  uint64_t sum = 0;
  bool known = true;
  for (int output = 0; output < context.outputs(); ++output) {
    same_beside(context, context.input(0), context.output(output), axis);
    const uint32_t size = context.out_size(output, axis);
    known = known && size > 0 && context.out_rank(output) == rank;
    sum += size;
  }
  if (whole == kNoAxis) return;
  if (!known || sum != context.coupling().length(whole)) return context.freeze_all(Why::Mismatch);
  const bool operand = context.attribute("split") == nullptr && context.input(1) != kNoTensor;
  uint32_t start = 0;
  for (int output = 0; output < context.outputs(); ++output) {
    const uint32_t size = context.out_size(output, axis);
    part_of(context, context.out(output, axis), size, whole, start);
    context.coupling().edit({.node = context.id(),
                             .input = operand ? 1 : -1,
                             .attribute = operand ? "" : "split",
                             .element = output,
                             .axis = context.out(output, axis),
                             .before = Dim(static_cast<int64_t>(size))});
    start += size;
  }
}

namespace {

struct Cut {
  int axis;
  int64_t start, step;
};

void slice_axis(RuleContext& context, const Cut& cut, int element) {
  Coupling& coupling = context.coupling();
  const AxisId in = context.in(0, cut.axis), out = context.out(0, cut.axis);
  const uint32_t size = context.in_size(0, cut.axis), kept = context.out_size(0, cut.axis);
  int64_t start = cut.start < 0 ? cut.start + size : cut.start;
  start = std::clamp<int64_t>(start, 0, size);
  if (cut.step != 1 || size == 0 || kept == 0 || start + kept > size) {
    context.freeze(in, Why::Order);
    return context.freeze(out, Why::Order);
  }
  if (in == kNoAxis) return;
  part_of(context, out, kept, in, static_cast<uint32_t>(start));
  for (const auto& [name, input, index] :
       {std::tuple("starts", 1, static_cast<uint32_t>(start)),
        std::tuple("ends", 2, static_cast<uint32_t>(start) + kept)}) {
    Edit edit = context.edit_of(name, input);
    edit.element = element;
    edit.axis = in;
    edit.kind = Edit::Kind::Before;
    edit.index = index;
    edit.before = Dim(static_cast<int64_t>(index));
    coupling.edit(edit);
  }
}

}  // namespace

void slice(RuleContext& context) {
  const int rank = context.in_rank(0);
  if (rank < 0) return;
  const auto starts = context.numbers("starts", 1), steps = context.numbers("", 4);
  auto axes = context.numbers("axes", 3);
  if (!starts || (context.input(4) != kNoTensor && !steps))
    return context.freeze_all(Why::Mismatch);
  if (!axes) {
    axes.emplace();
    for (size_t axis = 0; axis < starts->size(); ++axis)
      axes->push_back(static_cast<int64_t>(axis));
  }
  std::vector<bool> cut(static_cast<size_t>(rank), false);
  for (size_t index = 0; index < starts->size() && index < axes->size(); ++index) {
    const int axis = RuleContext::normalized((*axes)[index], rank);
    if (axis < 0) return context.freeze_all(Why::Mismatch);
    cut[static_cast<size_t>(axis)] = true;
    const int64_t step = steps && index < steps->size() ? (*steps)[index] : 1;
    slice_axis(context, {axis, (*starts)[index], step}, static_cast<int>(index));
  }
  for (int axis = 0; axis < rank; ++axis) {
    if (!cut[static_cast<size_t>(axis)]) context.same(context.in(0, axis), context.out(0, axis));
  }
}

// The axis that is looked into stays whole, and so does what the indices make of it.
void gather(RuleContext& context) {
  const int rank = context.in_rank(0);
  const int axis = RuleContext::normalized(context.attribute_int("axis", 0), rank);
  if (axis < 0) return context.freeze_all(Why::Lookup);
  const int made = context.out_rank(0) - (rank - 1);
  context.freeze(context.in(0, axis), Why::Lookup);
  for (int each = 0; each < rank; ++each) {
    if (each != axis)
      context.same(context.in(0, each), context.out(0, each < axis ? each : each - 1 + made));
  }
  for (int each = axis; each < axis + made; ++each)
    context.freeze(context.out(0, each), Why::Lookup);
}

}  // namespace trtreport::pruning::rules
