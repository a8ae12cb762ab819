// Recurrent layers. A hidden unit owns its row in every gate, its column in the recurrent weights
// and its place in the state, in all directions at once.
#include "pruning/rule.hpp"

namespace trtreport::pruning::rules {
namespace {

// Gates one after another, each with all hidden units.
void by_gate(RuleContext& context, int input, int axis, AxisId hidden, uint32_t units) {
  Coupling& coupling = context.coupling();
  const AxisId own = context.in(input, axis);
  if (own == kNoAxis) return;
  if (coupling.length(own) == 0 || coupling.length(own) % units != 0)
    return context.freeze(own, Why::Mismatch);
  coupling.link({.axis = own, .target = hidden, .count = coupling.length(own), .mod = units});
}

}  // namespace

// Operands: input, W (directions, gates x hidden, in), R (directions, gates x hidden, hidden),
// B (directions, 2 x gates x hidden), lengths, initial state, initial cell, peepholes.
void recurrent(RuleContext& context) {
  Coupling& coupling = context.coupling();
  const AxisId hidden = context.in(2, 2);
  const uint32_t units = context.in_size(2, 2);
  if (context.in_rank(0) != 3 || context.in_rank(1) != 3 || context.in_rank(2) != 3 || units < 2)
    return context.freeze_all(Why::Mismatch);
  context.same(context.in(0, 2), context.in(1, 2));
  for (const int weight : {1, 2}) by_gate(context, weight, 1, hidden, units);
  by_gate(context, 3, 1, hidden, units);
  by_gate(context, 7, 1, hidden, units);
  for (const int state : {5, 6}) context.same(context.in(state, -1), hidden);
  for (int output = 0; output < context.outputs(); ++output)
    context.same(context.out(output, -1), hidden);
  // Steps, batch and directions are no channels.
  for (int input = 0; input < context.inputs(); ++input) {
    const bool weight = (input >= 1 && input <= 3) || input == 7;
    if (input == 4) continue;
    for (int axis = 0; axis + 1 < context.in_rank(input); ++axis) {
      if (!weight || axis == 0) context.freeze(context.in(input, axis), Why::Spatial);
    }
  }
  for (int output = 0; output < context.outputs(); ++output) {
    for (int axis = 0; axis + 1 < context.out_rank(output); ++axis)
      context.freeze(context.out(output, axis), Why::Spatial);
  }
  for (const int weight : {1, 2}) {
    for (const int axis : {1, 2}) coupling.flag(context.in(weight, axis), kChannel);
  }
  coupling.flag(context.out(0, -1), kChannel);
  coupling.edit({.node = context.id(),
                 .attribute = "hidden_size",
                 .axis = hidden,
                 .before = Dim(int64_t{units})});
  context.layer(hidden, 0);
}

}  // namespace trtreport::pruning::rules
