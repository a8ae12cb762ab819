// Element by element: what lies at the same index goes together, aligned as numpy broadcasts.
#include "pruning/rule.hpp"

namespace trtreport::pruning::rules {

void none(RuleContext&) {}

void elementwise(RuleContext& context) {
  for (int output = 0; output < context.outputs(); ++output) {
    for (int input = 0; input < context.inputs(); ++input)
      context.broadcast(context.input(input), context.output(output));
  }
  // A comparison's result is no channel carrier, but its operands still go together.
  if (context.out_rank(0) >= 0) return;
  for (int input = 1; input < context.inputs(); ++input)
    context.broadcast(context.input(input), context.input(0));
}

void first_output(RuleContext& context) { context.same_axes(context.input(0), context.output(0)); }

}  // namespace trtreport::pruning::rules
