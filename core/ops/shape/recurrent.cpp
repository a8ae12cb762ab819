// Shape rule of RNN, GRU and LSTM (and the quantized DynamicQuantizeLSTM): sequences and last
// states.
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

int64_t directions(InferContext& context) {
  return context.attribute_string("direction", "forward") == "bidirectional" ? 2 : 1;
}

// The attribute; where a file lacks it, what the recurrence weight R (directions, gates*hidden,
// hidden) says. The quantized twin stores R transposed.
Dim hidden_size(InferContext& context) {
  const int64_t declared = context.attribute_int("hidden_size", 0);
  if (declared > 0) return declared;
  const Shape& weight = context.shape(2);
  if (weight.known() && weight.rank() == 3) {
    return weight[context.op() == "DynamicQuantizeLSTM" ? 1 : 2];
  }
  return context.hidden("its hidden_size is not given");
}

}  // namespace

void rnn(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& input = context.shape(0);
  const bool batch_first = context.attribute_int("layout", 0) != 0;
  if (input.known() && input.rank() != 3) {
    for (int i = 0; i < 3; ++i) context.set_unknown_rank(i, dtype);
    return context.fault("the input has " + std::to_string(input.rank()) + " dimensions, not 3");
  }
  const Dim steps = input.known() ? input[batch_first ? 1 : 0]
                                  : context.hidden("the shape of its input is unknown");
  const Dim batch = input.known() ? input[batch_first ? 0 : 1]
                                  : context.hidden("the shape of its input is unknown");
  const Dim hidden = hidden_size(context);
  const Dim ways = directions(context);
  const Dims state = batch_first ? Dims{batch, ways, hidden} : Dims{ways, batch, hidden};
  context.set(0, dtype,
              batch_first ? Dims{batch, steps, ways, hidden} : Dims{steps, ways, batch, hidden});
  context.set(1, dtype, state);
  context.set(2, dtype, state);
}

}  // namespace trtreport::ops::shape
