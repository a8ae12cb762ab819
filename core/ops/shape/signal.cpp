// Shape rules of signal processing: Fourier transforms, window functions, the mel matrix, image
// decoding.
#include "ops/infer.hpp"
#include "ops/shape/support.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

Dim onesided_bins(const Dim& length) { return floor_div(length, 2) + 1; }

// DFT's axis: an attribute (default 1) before opset 20, then an input (default -2). Empty where
// unknown or faulty.
std::optional<int> transformed_axis(InferContext& context, int rank) {
  const bool is_attribute = version(context) < 20;
  if (is_attribute || !context.has_input(2)) {
    const int64_t otherwise = is_attribute ? 1 : -2;
    return context.axis(context.attribute_int("axis", otherwise), rank);
  }
  const std::optional<Dim> axis = context.scalar(2);
  if (!axis || !axis->is_number()) return std::nullopt;
  return context.axis(axis->number(), rank);
}

// The number of frames and samples that STFT's optional frame_length or its window gives.
Dim frame_length(InferContext& context) {
  if (context.has_input(3)) {
    if (const std::optional<Dim> length = context.scalar(3)) return *length;
  }
  const Shape& window = context.shape(2);
  if (context.has_input(2) && window.known() && window.rank() == 1) return window[0];
  return context.hidden("its frame length is computed from data");
}

DType output_datatype(InferContext& context) {
  return dtype_from_onnx(context.attribute_int("output_datatype", 1));
}

// Sizes are at least 0: a negative constant is a fault.
std::optional<Dim> size_input(InferContext& context, int index) {
  const std::optional<Dim> size = context.scalar(index);
  if (size && size->is_number() && size->number() < 0) {
    context.fault("input " + std::to_string(index) + " is the negative size " + size->text());
    return std::nullopt;
  }
  return size;
}

}  // namespace

// (..., n, 1 real or 2 complex) gives (..., m, 2); onesided and inverse together give a real signal
// (..., m, 1).
void dft(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, dtype);
  if (!input.known()) return;
  if (input.rank() < 2) {
    return context.fault("the input has " + std::to_string(input.rank()) +
                         " dimensions, not 2 or more");
  }
  const bool onesided = context.attribute_int("onesided", 0) != 0;
  const bool real_signal = onesided && context.attribute_int("inverse", 0) != 0;
  Dims dims = input.copy();
  dims.back() = real_signal ? 1 : 2;
  const std::optional<int> axis = transformed_axis(context, input.rank());
  if (!axis) {
    return context.set_unknown_dims(0, dtype, input.rank(), "its axis is unknown");
  }
  Dim& size = dims[static_cast<size_t>(*axis)];
  const bool has_length = context.has_input(1);
  if (has_length) {
    const std::optional<Dim> length = size_input(context, 1);
    size = length ? *length : context.hidden("its dft_length is computed from data");
  }
  if (real_signal && !has_length) {
    size = (size - 1) * 2;
  } else if (onesided && !real_signal) {
    size = onesided_bins(size);
  }
  context.set(0, dtype, dims);
}

// Signal (batch, samples, 1 or 2): (batch, frames, bins, 2).
void stft(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& signal = context.shape(0);
  context.set_unknown_rank(0, dtype);
  if (!signal.known()) return;
  if (signal.rank() < 2) {
    return context.fault("the signal has " + std::to_string(signal.rank()) + " dimensions, not 3");
  }
  const Dim length = frame_length(context);
  const std::optional<Dim> step = size_input(context, 1);
  Dim frames = context.hidden("its frame_step is computed from data");
  if (step && step->is(0)) return context.fault("its frame_step is 0");
  if (step) frames = floor_div(signal[1] - length, *step) + 1;
  if (frames.is_number() && frames.number() < 0) {
    return context.fault("its frames are longer than the signal");
  }
  const bool onesided = context.attribute_int("onesided", 1) != 0;
  context.set(0, dtype, {signal[0], frames, onesided ? onesided_bins(length) : length, 2});
}

void window(InferContext& context) {
  const DType dtype = output_datatype(context);
  const std::optional<Dim> size = size_input(context, 0);
  context.set(0, dtype, Dims{size ? *size : context.hidden("its size is computed from data")});
}

// (bins of a onesided transform, mel bands).
void mel_weight_matrix(InferContext& context) {
  const std::optional<Dim> bands = size_input(context, 0);
  const std::optional<Dim> length = size_input(context, 1);
  context.set(
      0, output_datatype(context),
      {length ? onesided_bins(*length) : context.hidden("its dft_length is computed from data"),
       bands ? *bands : context.hidden("its num_mel_bins is computed from data")});
}

void image_decoder(InferContext& context) {
  const bool grey = context.attribute_string("pixel_format", "RGB") == "Grayscale";
  const Dim height = context.hidden("the image's height depends on the data");
  const Dim width = context.hidden("the image's width depends on the data");
  context.set(0, DType::UInt8, {height, width, grey ? 1 : 3});
}

}  // namespace trtreport::ops::shape
