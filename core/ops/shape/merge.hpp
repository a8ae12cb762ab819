// One type for a tensor that may be either of two: the branches of an If, the iterations of a Loop,
// the elements of a sequence.
#pragma once

#include "ops/infer.hpp"

#include <span>
#include <string_view>

namespace trtreport::ops::shape {

// Dims that differ become hidden with `cause`; ranks that differ make the rank unknown.
Shape merge(InferContext& context, const Shape& a, const Shape& b, std::string_view cause);
Type merge(InferContext& context, const Type& a, const Type& b, std::string_view cause);
// Unknown rank for no elements.
Shape merge_elements(InferContext& context, std::span<const Type> elements);

bool same_type(const Type& a, const Type& b);
bool same_value(const Value* a, const Value* b);

// `shape` without dimension `axis`, or with `size` inserted there; unknown stays unknown.
Shape without_axis(InferContext& context, const Shape& shape, int axis);
Shape with_axis(InferContext& context, const Shape& shape, int axis, const Dim& size);

}  // namespace trtreport::ops::shape
