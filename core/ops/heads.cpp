// Reads the head layout of attention operands.
#include "ops/heads.hpp"

#include <string>

namespace trtreport::ops {

Dim divided(const Dim& dividend, const Dim& divisor) {
  if (const std::optional<Dim> exact = exact_div(dividend, divisor)) return *exact;
  return floor_div(dividend, divisor);
}

Heads unknown_heads(InferContext& context, std::string_view cause) {
  const Dim hidden = context.hidden(cause);
  return {.batch = hidden, .count = hidden, .length = hidden, .size = hidden};
}

Heads heads_of(InferContext& context, const Shape& shape, int64_t count) {
  if (!shape.known()) return unknown_heads(context, "the shape of an operand is unknown");
  if (shape.rank() == 4) {
    return {.batch = shape[0], .count = shape[1], .length = shape[2], .size = shape[3]};
  }
  if (shape.rank() != 3) {
    context.fault("an operand has " + std::to_string(shape.rank()) + " dimensions, not 3 or 4");
    return unknown_heads(context, "an operand has the wrong rank");
  }
  if (count <= 0) {
    context.fault("the number of heads is not given for an operand of 3 dimensions");
    const Dim hidden = context.hidden("the number of heads is unknown");
    return {.batch = shape[0], .count = hidden, .length = shape[1], .size = hidden};
  }
  return {.batch = shape[0], .count = count, .length = shape[1], .size = divided(shape[2], count)};
}

}  // namespace trtreport::ops
