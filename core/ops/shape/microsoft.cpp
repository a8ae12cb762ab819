// Shape rules of com.microsoft operators that belong to no other family.
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {

// Gather of rows stored in blocks of few bits; bytes hold several values along the last axis.
void gather_block_quantized(InferContext& context) {
  const DType dtype = context.dtype(2);
  const Shape& data = context.shape(0);
  const Shape& indices = context.shape(1);
  context.set_unknown_rank(0, dtype);
  if (!data.known() || !indices.known()) return;
  if (data.rank() == 0) return context.fault("the data is a scalar");
  const auto axis = context.axis(context.attribute_int("gather_axis", 0), data.rank());
  if (!axis) return;
  const int64_t width = context.attribute_int("bits", 4);
  const bool packed = context.dtype(0) == DType::UInt8 && width > 0 && width < 8;
  Dims dims;
  for (int i = 0; i < data.rank(); ++i) {
    if (i == *axis) {
      dims.insert(dims.end(), indices.dims().begin(), indices.dims().end());
    } else if (packed && i + 1 == data.rank()) {
      dims.push_back(data[i] * (8 / width));
    } else {
      dims.push_back(data[i]);
    }
  }
  context.set(0, dtype, dims);
}

// Real to complex over the last axis: (..., n) gives (..., n/2 + 1, 2), all n without `onesided`.
void rfft(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  if (input.rank() == 0) return context.fault("the input is a scalar");
  Dims dims = input.copy();
  if (context.attribute_int("onesided", 1) != 0) dims.back() = floor_div(dims.back(), 2) + 1;
  dims.push_back(2);
  context.set(0, context.dtype(0), dims);
}

// The way back: (..., m, 2) gives (..., 2*(m - 1)).
void irfft(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  if (input.rank() < 2) return context.fault("the input has fewer than 2 dimensions");
  Dims dims = input.copy();
  dims.pop_back();
  if (context.attribute_int("onesided", 1) != 0) dims.back() = (dims.back() - 1) * 2;
  context.set(0, context.dtype(0), dims);
}

// A, its zero point, B, its zero point.
void mul_integer(InferContext& context) {
  context.set(0, DType::Int32, context.broadcast(context.shape(0), context.shape(2)));
}

// Images (N, C, H, W), regions (R, 4), their images, the size (height, width).
void crop_and_resize(InferContext& context) {
  const Shape& images = context.shape(0);
  const Shape& regions = context.shape(1);
  const std::optional<Dims> size = context.ints(3);
  Dims dims;
  dims.push_back(regions.known() && regions.rank() > 0
                     ? regions[0]
                     : context.hidden("the number of regions is unknown"));
  dims.push_back(images.known() && images.rank() > 1
                     ? images[1]
                     : context.hidden("the shape of its input is unknown"));
  for (size_t i = 0; i < 2; ++i) {
    dims.push_back(size && size->size() == 2
                       ? (*size)[i]
                       : context.hidden("its crop size is computed from data"));
  }
  context.set(0, context.dtype(0), dims);
}

// Distances of every row of A to every row of B.
void cdist(InferContext& context) {
  const Shape& a = context.shape(0);
  const Shape& b = context.shape(1);
  context.set_unknown_rank(0, context.dtype(0));
  if (!a.known() || !b.known()) return;
  if (a.rank() != 2 || b.rank() != 2) return context.fault("its operands are not matrices");
  context.set(0, context.dtype(0), {a[0], b[0]});
}

// Scores (batch, vocabulary) with those of repeated n-grams put out of reach.
void ngram_repeat_block(InferContext& context) {
  context.set(0, context.dtype(1), context.shape(1));
}

void murmur_hash(InferContext& context) {
  const bool positive = context.attribute_int("positive", 1) != 0;
  context.set(0, positive ? DType::UInt32 : DType::Int32, context.shape(0));
}

// Texts of any shape; a last axis of tokens joins it.
void tokenizer(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, DType::String);
  if (!input.known()) return;
  Dims dims = input.copy();
  dims.push_back(context.hidden("the number of tokens depends on the data"));
  context.set(0, DType::String, dims);
}

// Path (2, length) through a cost matrix.
void dynamic_time_warping(InferContext& context) {
  context.set(0, DType::Int32, {2, context.hidden("the length of the path depends on the data")});
}

// Windows of `size` each `step` along `dim`; the window becomes the last axis.
void unfold_tensor(InferContext& context) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  const auto axis = context.axis(context.attribute_int("dim", -1), input.rank());
  if (!axis) return;
  const int64_t size = context.attribute_int("size", 0);
  const int64_t step = context.attribute_int("step", 1);
  if (size <= 0 || step <= 0) return context.fault("size or step is not positive");
  Dims dims = input.copy();
  Dim& along = dims[static_cast<size_t>(*axis)];
  along = floor_div(along - size, step) + 1;
  dims.push_back(size);
  context.set(0, context.dtype(0), dims);
}

// Words (batch, words, letters), filters (features, 1, letters, size): (batch, words, features).
void word_conv_embedding(InferContext& context) {
  const Shape& words = context.shape(0);
  const Shape& filters = context.shape(1);
  const DType dtype = context.dtype(1);
  context.set_unknown_rank(0, dtype);
  if (!words.known() || !filters.known()) return;
  if (words.rank() < 2 || filters.rank() < 1) return context.fault("its operands lack axes");
  Dims dims = words.copy();
  dims.back() = filters[0];
  context.set(0, dtype, dims);
}

}  // namespace trtreport::ops::shape
