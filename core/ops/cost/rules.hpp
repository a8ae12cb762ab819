// Every cost rule and traffic rule that ops.def may name. The table and the tests declare them
// through this header.
#pragma once

#include "ops/cost.hpp"

namespace trtreport::ops {

namespace cost {

// FLOPs of a contraction are exactly 2 x MACs; biases and fused activations are not counted.
// Attention operators add kSoftmaxFlops for every score.
inline constexpr uint64_t kSoftmaxFlops = 5;

Cost affine_grid(const CostContext& context, uint32_t per_element);
Cost attention(const CostContext& context, uint32_t per_element);
Cost attention_ms(const CostContext& context, uint32_t per_element);
Cost causal_conv_with_state(const CostContext& context, uint32_t per_element);
Cost conv(const CostContext& context, uint32_t per_element);
Cost conv_nhwc(const CostContext& context, uint32_t per_element);
Cost conv_transpose(const CostContext& context, uint32_t per_element);
Cost deform_conv(const CostContext& context, uint32_t per_element);
Cost det(const CostContext& context, uint32_t per_element);
Cost dft(const CostContext& context, uint32_t per_element);
Cost einsum(const CostContext& context, uint32_t per_element);
Cost elementwise(const CostContext& context, uint32_t per_element);
Cost elementwise_input(const CostContext& context, uint32_t per_element);
Cost flex_attention(const CostContext& context, uint32_t per_element);
Cost free(const CostContext& context, uint32_t per_element);
Cost fused_matmul(const CostContext& context, uint32_t per_element);
Cost gemm(const CostContext& context, uint32_t per_element);
Cost grid_sample(const CostContext& context, uint32_t per_element);
Cost group_query_attention(const CostContext& context, uint32_t per_element);
Cost gru(const CostContext& context, uint32_t per_element);
Cost linear_attention(const CostContext& context, uint32_t per_element);
Cost lrn(const CostContext& context, uint32_t per_element);
Cost lstm(const CostContext& context, uint32_t per_element);
Cost matmul(const CostContext& context, uint32_t per_element);
Cost matmul_nbits(const CostContext& context, uint32_t per_element);
Cost multi_head_attention(const CostContext& context, uint32_t per_element);
Cost pool(const CostContext& context, uint32_t per_element);
Cost qlinear_conv_ms(const CostContext& context, uint32_t per_element);
Cost qlinear_matmul(const CostContext& context, uint32_t per_element);
Cost resize(const CostContext& context, uint32_t per_element);
Cost rnn(const CostContext& context, uint32_t per_element);
Cost roi_align(const CostContext& context, uint32_t per_element);
Cost stft(const CostContext& context, uint32_t per_element);
Cost unmodelled(const CostContext& context, uint32_t per_element);  // unknown
Cost variadic(const CostContext& context, uint32_t per_element);

// 2 x MACs.
inline Cost contraction(Count macs) { return {.macs = macs, .flops = macs * 2}; }

}  // namespace cost

namespace traffic {

Count gather(const CostContext& context, int index);
Count gather_embeddings(const CostContext& context, int index);
Count reads_what_it_writes(const CostContext& context, int index);
Count slice(const CostContext& context, int index);
Count whole(const CostContext& context, int index);

}  // namespace traffic

}  // namespace trtreport::ops
