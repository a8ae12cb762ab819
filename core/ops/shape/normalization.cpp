// Shape rules of normalizations that have more outputs than the normalized tensor.
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

// The input's shape with every axis from `first` on reduced to 1.
Shape reduced_from(InferContext& context, const Shape& input, int first) {
  Dims dims = input.copy();
  for (size_t i = static_cast<size_t>(first); i < dims.size(); ++i) dims[i] = 1;
  return context.make_shape(dims);
}

DType or_else(DType dtype, DType otherwise) {
  return dtype != DType::Undefined ? dtype : otherwise;
}

}  // namespace

// Opset 14 on: Y, running mean and variance. Before: Y and four statistics, present in training
// graphs only.
void batch_normalization(InferContext& context) {
  const Shape& input = context.shape(0);
  const DType dtype = context.dtype(0);
  context.set(0, dtype, input);
  for (int i = 1; i < context.output_count(); ++i) {
    const int source = i % 2 == 1 ? 3 : 4;  // mean, variance, saved mean, saved variance
    const DType statistic = or_else(context.dtype(source), dtype);
    if (context.shape(source).known()) {
      context.set(i, statistic, context.shape(source));
    } else if (input.known() && input.rank() >= 2) {
      context.set(i, statistic, Dims{input[1]});
    } else {
      context.set_unknown_dims(i, statistic, 1, "the number of channels is unknown");
    }
  }
}

// LayerNormalization: Y, mean, inverse deviation. The RMS forms have no mean, and their result
// takes the scale's type.
void layer_normalization(InferContext& context) {
  const bool has_mean = context.op() == "LayerNormalization";
  const DType dtype = context.dtype(0);
  const Shape& input = context.shape(0);
  context.set(0, has_mean ? dtype : or_else(context.dtype(1), dtype), input);
  const DType statistic =
      or_else(dtype_from_onnx(context.attribute_int("stash_type", 1)), DType::Float32);
  for (int i = 1; i < context.output_count(); ++i) context.set_unknown_rank(i, statistic);
  if (!input.known() || context.output_count() < 2) return;
  const std::optional<int> axis = context.axis(context.attribute_int("axis", -1), input.rank());
  if (!axis) return;
  const Shape reduced = reduced_from(context, input, *axis);
  for (int i = 1; i < context.output_count(); ++i) context.set(i, statistic, reduced);
}

// (batch, sequence, hidden) or (tokens, hidden): Y, mean, inverse deviation, sum of input, skip and
// bias.
void skip_layer_normalization(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& input = context.shape(0);
  context.set(0, dtype, input);
  context.set(3, dtype, input);
  context.set_unknown_rank(1, DType::Float32);
  context.set_unknown_rank(2, DType::Float32);
  if (!input.known()) return;
  if (input.rank() == 0) return context.fault("the input is a scalar");
  const Shape reduced = reduced_from(context, input, input.rank() - 1);
  context.set(1, DType::Float32, reduced);
  context.set(2, DType::Float32, reduced);
}

// Token ids (batch, sequence) and the word table (vocabulary, hidden): embedding, mask index, sum
// before normalizing.
void embed_layer_normalization(InferContext& context) {
  const bool quantized = context.op() == "QEmbedLayerNormalization";
  const DType dtype = quantized ? DType::Float32 : or_else(context.dtype(2), DType::Float32);
  const Shape& ids = context.shape(0);
  const Shape& words = context.shape(2);
  context.set_unknown_rank(0, dtype);
  context.set_unknown_rank(2, dtype);
  context.set_unknown_rank(1, DType::Int32);
  if (!ids.known()) return;
  if (ids.rank() != 2) {
    return context.fault("the token ids have " + std::to_string(ids.rank()) + " dimensions, not 2");
  }
  const Dim hidden = words.known() && words.rank() == 2
                         ? words[1]
                         : context.hidden("the shape of the word table is unknown");
  context.set(0, dtype, {ids[0], ids[1], hidden});
  context.set(1, DType::Int32, Dims{ids[0]});
  context.set(2, dtype, {ids[0], ids[1], hidden});
}

// (batch, sequence, 2*hidden): one half gates the other.
void bias_split_gelu(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  if (input.rank() == 0) return context.fault("the input is a scalar");
  Dims dims = input.copy();
  dims.back() = exact_div(dims.back(), 2).value_or(floor_div(dims.back(), 2));
  context.set(0, context.dtype(0), dims);
}

}  // namespace trtreport::ops::shape
