// Arithmetic of sliding windows. Sources: the ONNX operator specification (Conv, MaxPool,
// AveragePool, ConvTranspose).
#include "ops/windows.hpp"

#include <algorithm>
#include <string>

namespace trtreport::ops {
namespace {

std::optional<AutoPad> read_auto_pad(InferContext& context) {
  const std::string_view text = context.attribute_string("auto_pad", "NOTSET");
  if (text == "NOTSET" || text.empty()) return AutoPad::NotSet;
  if (text == "SAME_UPPER") return AutoPad::SameUpper;
  if (text == "SAME_LOWER") return AutoPad::SameLower;
  if (text == "VALID") return AutoPad::Valid;
  context.fault("auto_pad is none of NOTSET, SAME_UPPER, SAME_LOWER and VALID");
  return std::nullopt;
}

// An attribute of one positive number per axis; ones where it is absent.
std::optional<std::vector<int64_t>> read_steps(InferContext& context, std::string_view name,
                                               size_t count) {
  std::optional<std::vector<int64_t>> steps = context.attribute_ints(name);
  if (!steps || steps->empty()) return std::vector<int64_t>(count, 1);
  if (steps->size() != count) {
    context.fault(std::string(name) + " has " + std::to_string(steps->size()) + " entries for " +
                  std::to_string(count) + " spatial axes");
    return std::nullopt;
  }
  for (const int64_t step : *steps) {
    if (step > 0) continue;
    context.fault(std::string(name) + " has the entry " + std::to_string(step) +
                  ", which is not positive");
    return std::nullopt;
  }
  return steps;
}

// Written with one floor, which reads better than ceil's normal form -floor(-size/stride).
Dim rounded_up(const Dim& size, int64_t stride) {
  return floor_div(size + (Dim(stride) - 1), stride);
}

bool is_same(AutoPad auto_pad) {
  return auto_pad == AutoPad::SameUpper || auto_pad == AutoPad::SameLower;
}

}  // namespace

std::optional<Windows> read_windows(InferContext& context, std::span<const Dim> kernel) {
  const std::optional<AutoPad> auto_pad = read_auto_pad(context);
  if (!auto_pad) return std::nullopt;
  const size_t count = kernel.size();
  const auto strides = read_steps(context, "strides", count);
  const auto dilations = read_steps(context, "dilations", count);
  if (!strides || !dilations) return std::nullopt;
  std::vector<int64_t> pads = context.attribute_ints("pads").value_or(std::vector<int64_t>());
  if (pads.empty() || *auto_pad != AutoPad::NotSet) pads.assign(2 * count, 0);
  if (pads.size() != 2 * count) {
    context.fault("pads has " + std::to_string(pads.size()) + " entries for " +
                  std::to_string(count) + " spatial axes");
    return std::nullopt;
  }
  Windows windows{.auto_pad = *auto_pad, .axes = {}};
  windows.axes.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    windows.axes.push_back({.kernel = kernel[i],
                            .stride = (*strides)[i],
                            .dilation = (*dilations)[i],
                            .pad_begin = pads[i],
                            .pad_end = pads[i + count]});
  }
  return windows;
}

std::optional<Dims> read_kernel_shape(InferContext& context) {
  const std::optional<std::vector<int64_t>> sizes = context.attribute_ints("kernel_shape");
  if (!sizes || sizes->empty()) return std::nullopt;
  if (sizes->size() > kMostSpatialAxes) {
    context.fault("kernel_shape has " + std::to_string(sizes->size()) + " entries");
    return std::nullopt;
  }
  for (const int64_t size : *sizes) {
    if (size > 0) continue;
    context.fault("kernel_shape has the entry " + std::to_string(size) + ", which is not positive");
    return std::nullopt;
  }
  return Dims(sizes->begin(), sizes->end());
}

Dim convolved_size(const Dim& input, const WindowAxis& axis, AutoPad auto_pad) {
  if (is_same(auto_pad)) return rounded_up(input, axis.stride);
  return floor_div(input + (axis.padding() - axis.extent()), axis.stride) + 1;
}

Dim pooled_size(const Dim& input, const WindowAxis& axis, AutoPad auto_pad, bool ceil_mode) {
  if (!ceil_mode || is_same(auto_pad) || axis.stride == 1) {
    return convolved_size(input, axis, auto_pad);
  }
  // The n windows of ceil mode are the most with both (n - 1)*stride < input + pads - extent +
  // stride and (n - 1)*stride < input + pad_begin; both bounds differ by a constant, so the smaller
  // decides for every input.
  const Dim slack = min(Dim(axis.pad_end) - axis.extent() + axis.stride, 0);
  return rounded_up(input + (Dim(axis.pad_begin) + slack), axis.stride);
}

Dim transposed_size(const Dim& input, const WindowAxis& axis, AutoPad auto_pad,
                    int64_t output_padding) {
  // SAME pads down to input*stride; a window shorter than its stride leaves nothing to pad.
  if (is_same(auto_pad)) {
    return input * axis.stride + min(axis.extent() + output_padding - axis.stride, 0);
  }
  return (input - 1) * axis.stride + output_padding + axis.extent() - axis.padding();
}

Dim checked_size(InferContext& context, const Dim& size, const Dim& input, int axis) {
  if (!size.is_number() || size.number() > 0) return size;
  if (size.number() == 0 && !(input.is_number() && input.number() > 0)) return size;
  if (input.is(0)) return 0;
  context.fault("axis " + std::to_string(axis) + " of size " + input.text() +
                " is smaller than the window over it");
  return context.hidden("its input is smaller than the window");
}

}  // namespace trtreport::ops
