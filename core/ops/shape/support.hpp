// What the shape rules share beside InferContext: version numbers and the commonest ways to fill an
// output.
#pragma once

#include "ops/arithmetic.hpp"
#include "ops/infer.hpp"

#include <string_view>

namespace trtreport::ops::shape {

// Ranks beyond this are taken for a hostile model's; ONNX runtimes stop at 8 to 64.
inline constexpr int kMostRank = 64;

// Parts of one Split at most.
inline constexpr int64_t kMostListed = 65536;

// Version of ai.onnx that the node follows; the newest for other domains and where the model
// imports none, so that `version(context) < 13` reads as "an old ONNX node".
inline int version(InferContext& context) {
  constexpr int kNewest = 9999;
  return context.domain().empty() && context.opset() > 0 ? context.opset() : kNewest;
}

// Output 0 gets the first input's type: any kind, sequences too.
inline void pass_type(InferContext& context) { context.set_type(0, context.type(0)); }

// The dtype of an attribute that holds a TensorProto.DataType number; `otherwise` where it is
// absent.
inline DType dtype_attribute(InferContext& context, std::string_view name, DType otherwise) {
  return context.has_attribute(name) ? dtype_from_onnx(context.attribute_int(name, 0)) : otherwise;
}

// Floor, Ceil and Cast to integers of an input that a float Div or Mul made of symbolic sizes: the
// quotient alone is no integer, the rounded one is floor(h/2). Stores output 0 and answers true
// where that helps.
bool store_rounded_quotient(InferContext& context, Toward toward);

}  // namespace trtreport::ops::shape
