// Attention: MACs of the products QK and AV over every query head (shared key and value heads save
// memory, not arithmetic), of the projections where the operator has them, and kSoftmaxFlops for
// each score. Causal masks and windows skip nothing: kernels that profit from them do better than
// the figure.
#include "ops/cost/rules.hpp"

namespace trtreport::ops::cost {

namespace {

struct Scores {
  Count pairs;        // batch x queries x keys
  Count heads;        // of queries
  Count query_width;  // all query heads together
  Count value_width;  // all value heads, repeated for each query head
  Count projection_macs = 0;
};

Cost attention_cost(const Scores& scores) {
  const Count macs =
      scores.pairs * (scores.query_width + scores.value_width) + scores.projection_macs;
  return {.macs = macs, .flops = macs * 2 + scores.pairs * scores.heads * kSoftmaxFlops};
}

Count dim_or_zero(const CostContext& context, int input, int axis) {
  return context.has_input(input) ? context.input_dim(input, axis) : Count(0);
}

// Keys attended to: those given and those of the cache. Where the operator writes the joined cache,
// its length counts.
Count key_length(const CostContext& context, Count own, int past_key, int present_key) {
  if (context.has_output(present_key)) {
    const Count present = context.output_dim(present_key, 2);
    if (present.known()) return present;
  }
  return own + dim_or_zero(context, past_key, 2);
}

Count attribute_count(const CostContext& context, std::string_view name) {
  const int64_t value = context.attribute_int(name, 0);
  return value > 0 ? Count(static_cast<uint64_t>(value)) : Count::unknown();
}

// [batch, heads, length, size] for Q, K and V.
Scores scores_of_four_dims(const CostContext& context, Count keys) {
  const Count heads = context.input_dim(0, 1);
  return {.pairs = context.input_dim(0, 0) * context.input_dim(0, 2) * keys,
          .heads = heads,
          .query_width = heads * context.input_dim(0, 3),
          .value_width = heads * context.input_dim(2, 3)};
}

}  // namespace

// Q, K, V are [batch, heads, length, size] or [batch, length, heads x size]; past_key is input 4,
// present_key output 1.
Cost attention(const CostContext& context, uint32_t) {
  if (context.input_rank(0) == 4) {
    const Count keys = key_length(context, context.input_dim(1, 2), 4, 1);
    return attention_cost(scores_of_four_dims(context, keys));
  }
  const Count keys = key_length(context, context.input_dim(1, 1), 4, 1);
  const Count heads = attribute_count(context, "q_num_heads");
  const Count value_size = context.input_dim(2, 2) / attribute_count(context, "kv_num_heads");
  return attention_cost({.pairs = context.input_dim(0, 0) * context.input_dim(0, 1) * keys,
                         .heads = heads,
                         .query_width = context.input_dim(0, 2),
                         .value_width = heads * value_size});
}

Cost flex_attention(const CostContext& context, uint32_t) {
  return attention_cost(scores_of_four_dims(context, context.input_dim(1, 2)));
}

// com.microsoft Attention and QAttention: input [batch, length, width] is projected by weights
// [width, q + k + v]; past is [2, batch, heads, past length, size].
Cost attention_ms(const CostContext& context, uint32_t) {
  const Count batch = context.input_dim(0, 0), length = context.input_dim(0, 1);
  const Count projected = context.input_dim(1, 1);
  const int past = context.op() == "QAttention" ? 8 : 4;
  const Count keys = length + dim_or_zero(context, past, 3);
  Count query_width = projected / 3, value_width = projected / 3;
  const std::vector<int64_t> widths = context.attribute_ints("qkv_hidden_sizes");
  if (widths.size() == 3 && widths[0] >= 0 && widths[2] >= 0) {
    query_width = static_cast<uint64_t>(widths[0]);
    value_width = static_cast<uint64_t>(widths[2]);
  }
  return attention_cost({.pairs = batch * length * keys,
                         .heads = attribute_count(context, "num_heads"),
                         .query_width = query_width,
                         .value_width = value_width,
                         .projection_macs = batch * length * context.input_dim(0, 2) * projected});
}

// Query is [batch, length, width], or packed [batch, length, heads, 3, size] with its keys and
// values. Keys are [batch, length, width], packed [batch, length, heads, 2, size], or [batch,
// heads, length, size].
Cost multi_head_attention(const CostContext& context, uint32_t) {
  const bool masked = context.op() == "DecoderMaskedMultiHeadAttention";
  const Count batch = context.input_dim(0, 0), length = context.input_dim(0, 1);
  const bool packed = context.input_rank(0) == 5;
  const Count width =
      packed ? context.input_dim(0, 2) * context.input_dim(0, 4) : context.input_dim(0, 2);
  Count own = length;
  if (context.has_input(1)) own = context.input_dim(1, context.input_rank(1) == 4 ? 2 : 1);
  const Count keys = key_length(context, own, masked ? 5 : 6, 1);
  return attention_cost({.pairs = batch * length * keys,
                         .heads = attribute_count(context, "num_heads"),
                         .query_width = width,
                         .value_width = context.output_dim(0, -1)});
}

// Query is [batch, length, heads x size], or with keys and values behind it; the output has the
// query heads' width. The cache is [batch, key heads, length, size].
Cost group_query_attention(const CostContext& context, uint32_t) {
  const Count batch = context.input_dim(0, 0), length = context.input_dim(0, 1);
  const Count width = context.output_dim(0, -1);
  return attention_cost({.pairs = batch * length * key_length(context, length, 3, 1),
                         .heads = attribute_count(context, "num_heads"),
                         .query_width = width,
                         .value_width = width});
}

// Each token adds an outer product to the state [key heads, size of k, size of v] and reads it for
// each query head; the delta rules first look the key up, which is one product more.
Cost linear_attention(const CostContext& context, uint32_t) {
  const Count query_heads = attribute_count(context, "q_num_heads");
  const Count state_heads = attribute_count(context, "kv_num_heads");
  const Count tokens = context.input_dim(0, 0) * context.input_dim(0, 1);
  const Count state =
      context.input_dim(0, 2) / query_heads * (context.input_dim(2, 2) / state_heads);
  const std::string_view rule = context.attribute_string("update_rule", "gated_delta");
  const uint64_t products = rule == "delta" || rule == "gated_delta" ? 2 : 1;
  const bool shared_queries =
      query_heads.known() && state_heads.known() && query_heads.value() < state_heads.value();
  const Count readers = shared_queries ? state_heads : query_heads;
  return contraction(tokens * state * (state_heads * products + readers));
}

}  // namespace trtreport::ops::cost
