// Quantize and dequantize: scales and zero points of an axis go with its channels; a scale of a
// block goes when the whole block does.
#include "pruning/rule.hpp"

namespace trtreport::pruning::rules {

void quantize(RuleContext& context) {
  Coupling& coupling = context.coupling();
  context.same_axes(context.input(0), context.output(0));
  const int rank = context.in_rank(0);
  const int axis = RuleContext::normalized(context.attribute_int("axis", 1), rank);
  for (const int input : {1, 2}) {
    const int scale_rank = context.in_rank(input);
    if (scale_rank == 1 && rank > 0 && axis >= 0) {
      const bool only = rank == 1;
      context.same(context.in(input, 0), context.in(0, only ? 0 : axis));
      continue;
    }
    if (scale_rank != rank || rank < 1) continue;
    for (int each = 0; each < rank; ++each) {
      const uint32_t size = context.in_size(0, each), scales = context.in_size(input, each);
      if (size == scales) {
        context.same(context.in(0, each), context.in(input, each));
      } else if (scales > 1 && size % scales == 0) {
        coupling.link({.axis = context.in(0, each),
                       .target = context.in(input, each),
                       .count = size,
                       .div = size / scales});
      } else {
        context.freeze(context.in(0, each), Why::Grouped);
        context.freeze(context.in(input, each), Why::Grouped);
      }
    }
  }
}

}  // namespace trtreport::pruning::rules
