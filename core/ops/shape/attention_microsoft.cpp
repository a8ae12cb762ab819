// Shape rules of com.microsoft's attention operators: fused projections, packed operands and shared
// caches.
#include "ops/heads.hpp"
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

DType or_else(DType dtype, DType otherwise) {
  return dtype != DType::Undefined ? dtype : otherwise;
}

// Operands of MultiHeadAttention in any of its layouts.
struct Operands {
  Heads query, key, value;
};

// (batch, length, heads, parts, size): several operands interleaved.
Heads interleaved(const Shape& shape) {
  return {.batch = shape[0], .count = shape[2], .length = shape[1], .size = shape[4]};
}

Operands read_operands(InferContext& context, int64_t count) {
  const Shape& query = context.shape(0);
  if (query.known() && query.rank() == 5) {
    const Heads all = interleaved(query);
    return {.query = all, .key = all, .value = all};
  }
  Operands operands;
  operands.query = heads_of(context, query, count);
  if (!context.has_input(1)) {  // query, key and value one after another in the last axis
    operands.query.size = divided(operands.query.size, 3);
    operands.key = operands.value = operands.query;
    return operands;
  }
  const Shape& key = context.shape(1);
  if (key.known() && key.rank() == 5) {
    operands.key = operands.value = interleaved(key);
    return operands;
  }
  operands.key = heads_of(context, key, count);
  operands.value = context.has_input(2) ? heads_of(context, context.shape(2), count) : operands.key;
  return operands;
}

// Keys or values with the cached ones in front; a shared buffer keeps its own size.
Dims present_of(InferContext& context, const Heads& added, int past_index, bool shared) {
  if (!context.has_input(past_index)) return added.dims();
  const Shape& past = context.shape(past_index);
  if (!past.known()) return unknown_heads(context, "the shape of its cache is unknown").dims();
  if (past.rank() != 4) {
    context.fault("the cache has " + std::to_string(past.rank()) + " dimensions, not 4");
    return unknown_heads(context, "its cache has the wrong rank").dims();
  }
  Dims dims = past.copy();
  if (!shared) dims[2] = dims[2] + added.length;
  return dims;
}

// Width of the values that the merged projection (hidden, q + k + v) makes; index 0 asks for the
// queries'.
Dim projected_width(InferContext& context, size_t part) {
  const auto sizes = context.attribute_ints("qkv_hidden_sizes");
  if (sizes && sizes->size() == 3 && (*sizes)[part] > 0) return (*sizes)[part];
  const Shape& weight = context.shape(1);
  if (weight.known() && weight.rank() == 2) return divided(weight[1], 3);
  const Shape& bias = context.shape(2);
  if (bias.known() && bias.rank() == 1) return divided(bias[0], 3);
  return context.hidden("the shape of its weight is unknown");
}

// (2, batch, heads, length, size): keys and values in one tensor.
void set_merged_cache(InferContext& context, const Shape& input, DType dtype, int past_index) {
  context.set_unknown_rank(1, dtype);
  const Shape& past = context.shape(past_index);
  if (context.has_input(past_index)) {
    if (!past.known() || past.rank() != 5) return;
    Dims dims = past.copy();
    const bool shared = context.attribute_int("past_present_share_buffer", 0) != 0;
    if (!shared) dims[3] = dims[3] + input[1];
    return context.set(1, dtype, dims);
  }
  const int64_t heads = context.attribute_int("num_heads", 0);
  if (heads <= 0) return;
  context.set(1, dtype,
              {2, input[0], heads, input[1], divided(projected_width(context, 0), heads)});
}

}  // namespace

// Attention and DecoderMaskedSelfAttention project inside; QAttention does it in integers and
// answers floats.
void attention_ms(InferContext& context) {
  const bool quantized = context.op() == "QAttention";
  const DType dtype = quantized ? or_else(context.dtype(3), DType::Float32) : context.dtype(0);
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, dtype);
  context.set_unknown_rank(1, dtype);
  if (!input.known()) return;
  if (input.rank() != 3) {
    return context.fault("the input has " + std::to_string(input.rank()) + " dimensions, not 3");
  }
  context.set(0, dtype, {input[0], input[1], projected_width(context, 2)});
  set_merged_cache(context, input, dtype, quantized ? 8 : 4);
}

// MultiHeadAttention keeps its cache at inputs 6 and 7; the decoder's masked form at 5 and 6.
void multi_head_attention(InferContext& context) {
  const bool decoder = context.op() == "DecoderMaskedMultiHeadAttention";
  const int past = decoder ? 5 : 6;
  const DType dtype = context.dtype(0);
  for (int i = 0; i < 4; ++i) context.set_unknown_rank(i, dtype);
  if (!context.shape(0).known()) return;
  const Operands operands = read_operands(context, context.attribute_int("num_heads", 0));
  const Heads& query = operands.query;
  const Heads& value = operands.value;
  context.set(0, dtype, {query.batch, query.length, value.count * value.size});
  const bool shared = context.attribute_int("past_present_share_buffer", 0) != 0 ||
                      (!decoder && context.has_input(8));
  const Dims keys = present_of(context, operands.key, past, shared);
  context.set(1, or_else(context.dtype(past), dtype), keys);
  context.set(2, or_else(context.dtype(past + 1), dtype),
              present_of(context, value, past + 1, shared));
  context.set(3, dtype, {query.batch, query.count, query.length, keys[2]});
}

namespace {

// Rows of the cache after the step: the buffer's own length where it is longer than the whole
// sequence.
Dim cache_length(InferContext& context, const Dim& added) {
  const std::optional<Dim> total = context.scalar(6);
  if (!context.has_input(3)) return total ? *total : added;
  const Shape& past = context.shape(3);
  if (!past.known() || past.rank() != 4) return context.hidden("the shape of its cache is unknown");
  if (context.attribute_int("sliding_window_cache", 0) != 0) return past[2];
  if (total) return max(past[2], *total);
  return context.hidden("the total sequence length is data");
}

}  // namespace

// Queries (batch, length, heads*size); with no key the last axis packs queries, keys and values.
void group_query_attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& query = context.shape(0);
  const int64_t heads = context.attribute_int("num_heads", 0);
  const int64_t kv_heads = context.attribute_int("kv_num_heads", 0);
  const DType key_dtype = or_else(context.dtype(3), dtype);
  const DType value_dtype = or_else(context.dtype(4), dtype);
  context.set_unknown_rank(0, dtype);
  context.set_unknown_rank(1, key_dtype);
  context.set_unknown_rank(2, value_dtype);
  context.set_unknown_rank(3, dtype);
  if (heads <= 0 || kv_heads <= 0) {
    return context.fault("num_heads or kv_num_heads is missing or not positive");
  }
  if (!query.known()) return;
  if (query.rank() != 3) {
    return context.fault("the query has " + std::to_string(query.rank()) + " dimensions, not 3");
  }
  const bool packed = !context.has_input(1);
  const Dim parts = packed ? Dim(heads) + Dim(kv_heads) * 2 : Dim(heads);
  const Dim size = divided(query[2], parts);
  context.set(0, dtype, {query[0], query[1], size * heads});
  const Shape& key = context.shape(1);
  Dim added = query[1];
  if (!packed) {
    added = key.known() && key.rank() >= 3 ? key[key.rank() - 2]
                                           : context.hidden("the shape of its key is unknown");
  }
  const Dim length = cache_length(context, added);
  Dims cache{query[0], kv_heads, length, size};
  const Shape& past = context.shape(3);
  if (past.known() && past.rank() == 4) cache = {past[0], past[1], length, past[3]};
  context.set(1, key_dtype, cache);
  context.set(2, value_dtype, cache);
  context.set(3, dtype, {query[0], heads, query[1], context.scalar(6).value_or(length)});
}

}  // namespace trtreport::ops::shape
