// MACs of the recurrent layers: every step of every sequence multiplies the input by W [directions,
// gates x hidden, input] and the state by R [directions, gates x hidden, hidden], so gates x (input
// + hidden) x hidden a direction.
#include "ops/cost/rules.hpp"

namespace trtreport::ops::cost {

namespace {

// X is [steps, batch, input], or with layout 1 [batch, steps, input]: the product is the same.
Cost recurrent(const CostContext& context) {
  const Count steps = context.input_dim(0, 0) * context.input_dim(0, 1);
  return contraction(steps * (context.input_elements(1) + context.input_elements(2)));
}

}  // namespace

Cost rnn(const CostContext& context, uint32_t) { return recurrent(context); }
Cost gru(const CostContext& context, uint32_t) { return recurrent(context); }
Cost lstm(const CostContext& context, uint32_t) { return recurrent(context); }

}  // namespace trtreport::ops::cost
