// Pooling, resizing and padding: channels pass through, heights and widths stay.
#include "pruning/rule.hpp"

namespace trtreport::pruning::rules {

void pool(RuleContext& context) {
  for (int output = 0; output < context.outputs(); ++output) {
    for (const int axis : {0, 1}) context.same(context.in(0, axis), context.out(output, axis));
    context.spatial(context.output(output), 2);
  }
  context.spatial(context.input(0), 2);
}

void resize(RuleContext& context) {
  pool(context);
  const auto sizes = context.dims("", 3);
  const int rank = context.in_rank(0);
  for (int axis = 0; sizes && axis < rank && static_cast<int>(sizes->size()) == rank; ++axis) {
    Edit edit = context.edit_of("", 3);
    edit.element = axis;
    edit.axis = context.out(0, axis);
    edit.before = (*sizes)[static_cast<size_t>(axis)];
    context.coupling().edit(edit);
  }
}

// A channel that padding adds stays; the others move behind it.
void pad(RuleContext& context) {
  Coupling& coupling = context.coupling();
  const int rank = context.in_rank(0);
  const auto pads = context.numbers("pads", 1);
  const bool plain = pads && context.input(3) == kNoTensor &&
                     pads->size() == 2 * static_cast<size_t>(rank < 0 ? 0 : rank);
  for (int axis = 0; axis < rank; ++axis) {
    const AxisId in = context.in(0, axis), out = context.out(0, axis);
    const uint32_t size = context.in_size(0, axis);
    if (size == context.out_size(0, axis)) {
      context.same(in, out);
      continue;
    }
    const int64_t before = plain ? (*pads)[static_cast<size_t>(axis)] : -1;
    if (axis >= 2 || before < 0 || size < 2 || before + size > context.out_size(0, axis)) {
      context.freeze(in, Why::Spatial);
      context.freeze(out, Why::Spatial);
      continue;
    }
    const auto start = static_cast<uint32_t>(before);
    coupling.link({.axis = in, .target = out, .count = size, .target_start = start});
    coupling.freeze(
        {.axis = out, .start = 0, .count = start, .why = Why::Order, .node = context.id()});
    coupling.freeze({.axis = out, .start = start + size, .why = Why::Order, .node = context.id()});
  }
}

}  // namespace trtreport::pruning::rules
