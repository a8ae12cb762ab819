// Sliding windows over spatial axes: what Conv, the pools and their transposed kin share. Sizes
// stay symbolic, so that "height" becomes floor((height - 1)/2) + 1 and not "unknown".
#pragma once

#include "ops/infer.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace trtreport::ops {

// No runtime has more than three; a file that asks for many more is faulty and must not cost
// memory.
inline constexpr size_t kMostSpatialAxes = 64;

enum class AutoPad : uint8_t { NotSet, SameUpper, SameLower, Valid };

// One spatial axis. Stride and dilation are positive once read_windows accepted them.
struct WindowAxis {
  Dim kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t pad_begin = 0;
  int64_t pad_end = 0;

  Dim extent() const {
    return Dim(dilation) * (kernel - 1) + 1;
  }  // input elements from first to last tap
  Dim padding() const { return Dim(pad_begin) + Dim(pad_end); }
};

struct Windows {
  AutoPad auto_pad = AutoPad::NotSet;
  std::vector<WindowAxis> axes;
};

// Attributes auto_pad, strides, dilations and pads of a node whose window has these kernel sizes.
// Empty, with a fault stated, where a list has the wrong length or a stride or dilation is not
// positive. `pads` count only with NotSet.
std::optional<Windows> read_windows(InferContext& context, std::span<const Dim> kernel);

// The attribute kernel_shape as Dims; empty where it is absent. Entries that are not positive give
// a fault and empty.
std::optional<Dims> read_kernel_shape(InferContext& context);

// Output size of a convolution or (floor mode) pool: floor((input + pads - extent)/stride) + 1,
// SAME: ceil(input/stride).
Dim convolved_size(const Dim& input, const WindowAxis& axis, AutoPad auto_pad);
// Of a pool. With `ceil_mode` a partial last window counts when it starts inside the input or its
// begin padding.
Dim pooled_size(const Dim& input, const WindowAxis& axis, AutoPad auto_pad, bool ceil_mode);
// Of a transposed convolution without output_shape: stride*(input - 1) + output_padding + extent -
// pads; SAME: input*stride, less where the window is shorter than its stride.
Dim transposed_size(const Dim& input, const WindowAxis& axis, AutoPad auto_pad,
                    int64_t output_padding);

// States a fault and answers an unknown size where `size` is a number that no window gives
// (negative, or zero out of a non-empty input); `size` itself otherwise.
Dim checked_size(InferContext& context, const Dim& size, const Dim& input, int axis);

}  // namespace trtreport::ops
