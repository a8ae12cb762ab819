// Operators on text: joining, cutting, cleaning, counting n-grams.
#include "ops/shape/support.hpp"

#include <algorithm>

namespace trtreport::ops::shape {

void string_concat(InferContext& context) {
  context.set(0, DType::String, context.broadcast(context.shape(0), context.shape(1)));
}

// Without words to drop the strings keep their number.
void string_normalizer(InferContext& context) {
  const onnx::Attribute* words = context.attribute("stopwords");
  const Shape shape = context.shape(0);
  if (!shape.known() || words == nullptr || words->strings.empty() || shape.rank() == 0) {
    return context.set(0, DType::String, shape);
  }
  Dims dims = shape.copy();
  dims.back() = context.hidden("the number of words kept depends on the data");
  context.set(0, DType::String, dims);
}

void string_split(InferContext& context) {
  const Shape shape = context.shape(0);
  context.set(1, DType::Int64, shape);
  if (!shape.known()) return context.set_unknown_rank(0, DType::String);
  Dims dims = shape.copy();
  dims.push_back(context.hidden("the number of parts depends on the data"));
  context.set(0, DType::String, dims);
}

// As many columns as the largest index says.
void tfidf_vectorizer(InferContext& context) {
  const Shape shape = context.shape(0);
  const auto indexes = context.attribute_ints("ngram_indexes");
  if (!shape.known()) return context.set_unknown_rank(0, DType::Float32);
  if (shape.rank() < 1 || shape.rank() > 2 || !indexes || indexes->empty()) {
    context.fault("it needs an input of rank 1 or 2 and ngram_indexes");
    return context.set_unknown_rank(0, DType::Float32);
  }
  Dims dims = shape.copy();
  dims.back() = Dim(*std::max_element(indexes->begin(), indexes->end())) + Dim(1);
  context.set(0, DType::Float32, dims);
}

}  // namespace trtreport::ops::shape
