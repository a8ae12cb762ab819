// Shape rules of ONNX's own attention operators: Attention, LinearAttention and FlexAttention.
#include "ops/heads.hpp"
#include "ops/infer.hpp"

#include <algorithm>
#include <string>

namespace trtreport::ops::shape {
namespace {

DType or_else(DType dtype, DType otherwise) {
  return dtype != DType::Undefined ? dtype : otherwise;
}

// Length of keys and values with the cached ones in front.
Dim total_length(InferContext& context, const Dim& added, int past_index) {
  if (!context.has_input(past_index)) return added;
  const Shape& past = context.shape(past_index);
  if (!past.known()) return context.hidden("the shape of its cache is unknown");
  if (past.rank() == 4) return past[2] + added;
  context.fault("the cache has " + std::to_string(past.rank()) + " dimensions, not 4");
  return context.hidden("its cache has the wrong rank");
}

// Runs a graph attribute of FlexAttention on a tensor of the scores' type.
void infer_modifier(InferContext& context, std::string_view name, const Type& scores) {
  const std::optional<BodyId> body = context.body(name);
  if (!body) return;
  context.set_body_input(*body, 0, scores, nullptr);
  context.infer_body(*body);
}

}  // namespace

void attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& query = context.shape(0);
  const int64_t kv_count = context.attribute_int("kv_num_heads", 0);
  const Heads k = heads_of(context, context.shape(1), kv_count);
  const Heads v = heads_of(context, context.shape(2), kv_count);
  const Dim total = total_length(context, k.length, 4);
  context.set(1, or_else(context.dtype(1), dtype), {k.batch, k.count, total, k.size});
  context.set(2, or_else(context.dtype(2), dtype),
              {v.batch, v.count, total_length(context, v.length, 5), v.size});
  context.set_unknown_rank(0, dtype);
  context.set_unknown_rank(3, dtype);
  if (!query.known()) return;
  const Heads q = heads_of(context, query, context.attribute_int("q_num_heads", 0));
  if (query.rank() == 4) {
    context.set(0, dtype, {q.batch, q.count, q.length, v.size});
  } else if (query.rank() == 3) {
    context.set(0, dtype, {q.batch, q.length, q.count * v.size});
  }
  context.set(3, dtype, {q.batch, q.count, q.length, total});
}

// Everything packed as (batch, length, heads*size); the state is (batch, value heads, key size,
// value size). With more value heads than query heads the output has one head a value head.
void linear_attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  const DType state_dtype = or_else(context.dtype(3), dtype);
  const int64_t q_count = context.attribute_int("q_num_heads", 0);
  const int64_t kv_count = context.attribute_int("kv_num_heads", 0);
  const Shape& query = context.shape(0);
  context.set_unknown_rank(0, dtype);
  context.set_unknown_rank(1, state_dtype);
  if (q_count <= 0 || kv_count <= 0) {
    return context.fault("q_num_heads or kv_num_heads is missing or not positive");
  }
  const Heads q = heads_of(context, query, q_count);
  const Heads v = heads_of(context, context.shape(2), kv_count);
  context.set(0, dtype, {q.batch, q.length, v.size * std::max(q_count, kv_count)});
  if (context.shape(3).known()) return context.set(1, state_dtype, context.shape(3));
  Dims state{q.batch, kv_count, q.size, v.size};
  const int64_t window = context.attribute_int("state_window", 0);
  if (window > 0) state.insert(state.begin(), window);
  context.set(1, state_dtype, state);
}

void flex_attention(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Heads q = heads_of(context, context.shape(0), 0);
  const Heads k = heads_of(context, context.shape(1), 0);
  const Heads v = heads_of(context, context.shape(2), 0);
  context.set(0, dtype, {q.batch, q.count, q.length, v.size});
  Type scores{
      .kind = TypeKind::Tensor,
      .dtype = or_else(dtype_from_onnx(context.attribute_int("softmax_precision", 0)), dtype),
      .shape = context.make_shape({q.batch, q.count, q.length, k.length})};
  for (const std::string_view name : {"score_mod", "mask_mod", "prob_mod"}) {
    infer_modifier(context, name, scores);
  }
}

}  // namespace trtreport::ops::shape
