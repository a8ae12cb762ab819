// Attention operands seen as (batch, heads, length, head size), whichever of the packed layouts a
// file uses.
#pragma once

#include "ops/infer.hpp"

#include <cstdint>

namespace trtreport::ops {

struct Heads {
  Dim batch, count, length, size;

  Dims dims() const { return {batch, count, length, size}; }
};

// Quotient of sizes that a valid model makes exact ("3*hidden" by 3); hidden where the divisor is
// 0.
Dim divided(const Dim& dividend, const Dim& divisor);

// An operand of rank 4 (batch, heads, length, size) or 3 (batch, length, heads*size); `count` is
// the number of heads and counts for rank 3 only. Every size is hidden where the shape is unknown;
// a fault is stated for any other rank and for a rank of 3 without a positive count.
Heads heads_of(InferContext& context, const Shape& shape, int64_t count);

// Heads whose every size is hidden.
Heads unknown_heads(InferContext& context, std::string_view cause);

}  // namespace trtreport::ops
