// Shape rules of com.microsoft's attention operators around packed tokens, older decoders and
// position biases.
#include "ops/heads.hpp"
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

// The input's shape where it has `rank` dimensions; a fault is stated for any other known rank.
const Shape* of_rank(InferContext& context, int index, int rank) {
  const Shape& shape = context.shape(index);
  if (!shape.known()) return nullptr;
  if (shape.rank() == rank) return &shape;
  context.fault("input " + std::to_string(index) + " has " + std::to_string(shape.rank()) +
                " dimensions, not " + std::to_string(rank));
  return nullptr;
}

}  // namespace

// Tokens (count, hidden) through a merged projection: (count, value width).
void packed_attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set_unknown_rank(0, dtype);
  const Shape* tokens = of_rank(context, 0, 2);
  if (!tokens) return;
  Dim width = context.hidden("the shape of its bias is unknown");
  const auto sizes = context.attribute_ints("qkv_hidden_sizes");
  const Shape& bias = context.shape(2);
  if (sizes && sizes->size() == 3) {
    width = (*sizes)[2];
  } else if (bias.known() && bias.rank() == 1) {
    width = divided(bias[0], 3);
  }
  context.set(0, dtype, {(*tokens)[0], width});
}

// Queries (tokens, hidden), or (tokens, heads, 3, size) with keys and values inside.
void packed_multi_head_attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& query = context.shape(0);
  context.set_unknown_rank(0, dtype);
  if (!query.known()) return;
  if (query.rank() == 4) return context.set(0, dtype, {query[0], query[1] * query[3]});
  const Shape& value = context.shape(2);
  if (query.rank() == 2 && value.known() && value.rank() == 2) {
    context.set(0, dtype, {query[0], value[1]});
  }
}

// (batch, sequence, hidden): tokens, their offsets, cumulated lengths, the longest length.
void remove_padding(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set_unknown_rank(0, dtype);
  for (int i = 1; i < 4; ++i) context.set_unknown_rank(i, DType::Int32);
  const Shape* input = of_rank(context, 0, 3);
  if (!input) return;
  const Dim tokens = context.hidden("how many tokens are no padding depends on the data");
  context.set(0, dtype, {tokens, (*input)[2]});
  context.set(1, DType::Int32, {(*input)[0], (*input)[1]});
  context.set(2, DType::Int32, Dims{(*input)[0] + 1});
  context.set(3, DType::Int32, Dims{1});
}

// Tokens (count, hidden) and their offsets (batch, sequence).
void restore_padding(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set_unknown_rank(0, dtype);
  const Shape* tokens = of_rank(context, 0, 2);
  const Shape* offsets = of_rank(context, 1, 2);
  if (!tokens || !offsets) return;
  context.set(0, dtype, {(*offsets)[0], (*offsets)[1], (*tokens)[1]});
}

// Queries (batch, sequence, hidden) or, with token offsets at input 6, (tokens, hidden): (batch,
// heads, sequence, …).
void gated_relative_position_bias(InferContext& context) {
  const DType dtype = context.dtype(0);
  const int64_t heads = context.attribute_int("num_heads", 0);
  context.set_unknown_rank(0, dtype);
  if (heads <= 0) return context.fault("num_heads is missing or not positive");
  const bool packed = context.has_input(6);
  const Shape* lengths = packed ? of_rank(context, 6, 2) : of_rank(context, 0, 3);
  if (!lengths) return;
  context.set(0, dtype, {(*lengths)[0], heads, (*lengths)[1], (*lengths)[1]});
}

// Table (buckets, heads), query and key length: (1, heads, query, key).
void relative_position_bias(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set_unknown_rank(0, dtype);
  const Shape* table = of_rank(context, 0, 2);
  if (!table) return;
  const auto length = [&](int index) {
    return context.scalar(index).value_or(context.hidden("its lengths are computed from data"));
  };
  context.set(0, dtype, {1, (*table)[1], length(1), length(2)});
}

// Queries (sequence, batch, hidden); the caches grow by what the data says.
void decoder_attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set(0, dtype, context.shape(0));
  for (int i = 1; i < 3; ++i) {
    context.set_unknown_rank(i, dtype);
    const Shape& cache = context.shape(5 + i);
    if (!cache.known() || cache.rank() != 4) continue;
    const Dim length = context.hidden("whether its cache is used depends on the data");
    context.set(i, dtype, {cache[0], cache[1], length, cache[3]});
  }
}

// Like group-query attention, with caches that are always shared buffers.
void sparse_attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& query = context.shape(0);
  const int64_t heads = context.attribute_int("num_heads", 0);
  const int64_t kv_heads = context.attribute_int("kv_num_heads", 0);
  context.set(1, dtype, context.shape(3));
  context.set(2, dtype, context.shape(4));
  context.set_unknown_rank(0, dtype);
  if (context.has_input(1)) return context.set(0, dtype, query);
  if (heads <= 0 || kv_heads <= 0) {
    return context.fault("num_heads or kv_num_heads is missing or not positive");
  }
  if (!of_rank(context, 0, 3)) return;
  const Dim size = divided(query[2], Dim(heads) + Dim(kv_heads) * 2);
  context.set(0, dtype, {query[0], query[1], size * heads});
}

}  // namespace trtreport::ops::shape
