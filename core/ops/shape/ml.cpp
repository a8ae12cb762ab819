// Shape rules of ai.onnx.ml: rows of features in, rows of scores, labels or features out.
#include "ops/infer.hpp"

#include <algorithm>
#include <string>

namespace trtreport::ops::shape {
namespace {

// Rows of a feature matrix; a vector is one row.
Dim rows_of(InferContext& context, int index) {
  const Shape& shape = context.shape(index);
  if (!shape.known()) return context.hidden("the shape of its input is unknown");
  return shape.rank() < 2 ? Dim(1) : shape[0];
}

size_t list_length(InferContext& context, std::string_view name) {
  const onnx::Attribute* list = context.attribute(name);
  if (!list) return 0;
  return std::max({list->ints.size(), list->strings.size(), list->floats.size()});
}

int64_t longest(InferContext& context, std::initializer_list<std::string_view> names) {
  size_t length = 0;
  for (const std::string_view name : names) length = std::max(length, list_length(context, name));
  return static_cast<int64_t>(length);
}

Dim count_or_hidden(InferContext& context, int64_t count, std::string_view cause) {
  return count > 0 ? Dim(count) : context.hidden(cause);
}

// Scores a support vector classifier answers: one a class, or one a pair of classes where it has no
// probabilities.
int64_t svm_scores(InferContext& context, int64_t labels) {
  const int64_t classes = longest(context, {"vectors_per_class"});
  if (classes == 0) return labels;
  if (list_length(context, "prob_a") > 0) return classes;
  return classes > 2 ? classes * (classes - 1) / 2 : 2;
}

// Distinct 1 + largest target id in a list, for files that leave the number of targets out.
int64_t targets_in(InferContext& context, std::string_view name) {
  const auto ids = context.attribute_ints(name);
  if (!ids || ids->empty()) return 1;
  const int64_t largest = *std::max_element(ids->begin(), ids->end());
  return largest >= 0 && largest < INT64_MAX ? largest + 1 : 1;
}

}  // namespace

// Columns picked by index out of the last axis; a vector answers one row.
void ml_array_features(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& input = context.shape(0);
  const Shape& indices = context.shape(1);
  context.set_unknown_rank(0, dtype);
  if (!input.known()) return;
  if (input.rank() == 0) return context.fault("the input is a scalar");
  Dims dims = input.copy();
  if (dims.size() == 1) dims.insert(dims.begin(), 1);
  dims.back() =
      indices.known() ? indices.elements() : context.hidden("the number of its indices is unknown");
  context.set(0, dtype, dims);
}

// A map becomes one row of its vocabulary's length. Maps do not carry the type of their values
// here.
void ml_dict_vectorizer(InferContext& context) {
  const int64_t words = longest(context, {"string_vocabulary", "int64_vocabulary"});
  context.set(0, context.dtype(0),
              {1, count_or_hidden(context, words, "its vocabulary is not given")});
}

void ml_feature_vectorizer(InferContext& context) {
  Dim columns = 0;
  if (const auto widths = context.attribute_ints("inputdimensions")) {
    for (const int64_t width : *widths) columns = columns + width;
  } else {
    for (int i = 0; i < context.input_count(); ++i) {
      const Shape& shape = context.shape(i);
      columns = columns + (shape.known() && shape.rank() > 0
                               ? shape[shape.rank() - 1]
                               : context.hidden("the shape of an input is unknown"));
    }
  }
  context.set(0, DType::Float32, {rows_of(context, 0), columns});
}

// One more axis: the categories.
void ml_one_hot(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, DType::Float32);
  if (!input.known()) return;
  Dims dims = input.copy();
  dims.push_back(count_or_hidden(context, longest(context, {"cats_int64s", "cats_strings"}),
                                 "its categories are not given"));
  context.set(0, DType::Float32, dims);
}

void ml_to_float(InferContext& context) { context.set(0, DType::Float32, context.shape(0)); }

void ml_cast_map(InferContext& context) {
  const std::string_view target = context.attribute_string("cast_to", "TO_FLOAT");
  DType dtype = DType::Float32;
  if (target == "TO_STRING") dtype = DType::String;
  if (target == "TO_INT64") dtype = DType::Int64;
  const bool sparse = context.attribute_string("map_form", "DENSE") == "SPARSE";
  const Dim columns = sparse ? Dim(context.attribute_int("max_map", 1))
                             : context.hidden("the number of entries depends on the data");
  context.set(0, dtype, {1, columns});
}

// Strings become integers and the other way round.
void ml_category_mapper(InferContext& context) {
  const DType dtype = context.dtype(0) == DType::String ? DType::Int64 : DType::String;
  context.set(0, dtype, context.shape(0));
}

// Opset 1 maps strings to integers and back by one list; later ones name both sides.
void ml_label_encoder(InferContext& context) {
  DType dtype = DType::Undefined;
  if (list_length(context, "values_strings") > 0) dtype = DType::String;
  if (list_length(context, "values_int64s") > 0) dtype = DType::Int64;
  if (list_length(context, "values_floats") > 0) dtype = DType::Float32;
  const onnx::Attribute* values = context.attribute("values_tensor");
  if (values && values->tensor) dtype = values->tensor->dtype;
  if (dtype == DType::Undefined && list_length(context, "classes_strings") > 0) {
    dtype = context.dtype(0) == DType::String ? DType::Int64 : DType::String;
  }
  context.set(0, dtype, context.shape(0));
}

void ml_classifier(InferContext& context) {
  const int64_t labels =
      longest(context, {"classlabels_strings", "classlabels_int64s", "classlabels_ints"});
  const bool text = list_length(context, "classlabels_strings") > 0;
  const bool svm = context.op() == "SVMClassifier";
  int64_t scores = svm ? svm_scores(context, labels) : labels;
  if (scores == 0) scores = longest(context, {"intercepts"});
  const Dim rows = rows_of(context, 0);
  context.set(0, text ? DType::String : DType::Int64, Dims{rows});
  context.set(1, DType::Float32,
              {rows, count_or_hidden(context, scores, "its class labels are not given")});
}

void ml_regressor(InferContext& context) {
  const bool typed = context.op() == "TreeEnsemble";
  int64_t targets = 1;
  if (context.op() == "LinearRegressor") targets = context.attribute_int("targets", 1);
  if (context.op() == "TreeEnsembleRegressor") {
    targets = context.attribute_int("n_targets", targets_in(context, "target_ids"));
  }
  if (typed) targets = context.attribute_int("n_targets", targets_in(context, "leaf_targetids"));
  context.set(0, typed ? context.dtype(0) : DType::Float32,
              {rows_of(context, 0),
               count_or_hidden(context, targets, "its number of targets is not positive")});
}

// A sequence of one map a row.
void ml_zip_map(InferContext& context) {
  context.set_type(0, Type{.kind = TypeKind::Sequence, .dtype = DType::Float32, .shape = {}});
}

}  // namespace trtreport::ops::shape
