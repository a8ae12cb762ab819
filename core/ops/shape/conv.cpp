// Shape rules of the convolutions: plain, quantized, channels-last, transposed, deformable and
// causal with a state.
#include "ops/infer.hpp"
#include "ops/windows.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

// Where a convolution keeps its operands and axes.
struct Layout {
  int data = 0;
  int weight = 1;
  bool channels_last = false;         // of the data and the result
  bool weight_channels_last = false;  // (M, k..., C/group) instead of (M, C/group, k...)
};

// Kernel sizes: the weight's own where they are numbers, else the attribute's.
std::optional<Dims> kernel_of(InferContext& context, const Layout& layout) {
  const std::optional<Dims> declared = read_kernel_shape(context);
  const Shape& weight = context.shape(layout.weight);
  if (!weight.known()) return declared;
  const int first = layout.weight_channels_last ? 1 : 2;
  const int spatial = weight.rank() - 2;
  if (spatial < 0 || static_cast<size_t>(spatial) > kMostSpatialAxes) {
    context.fault("the weight has " + std::to_string(weight.rank()) + " dimensions");
    return std::nullopt;
  }
  Dims kernel;
  for (int i = 0; i < spatial; ++i) kernel.push_back(weight[first + i]);
  if (!declared) return kernel;
  if (declared->size() != kernel.size()) {
    context.fault("kernel_shape has " + std::to_string(declared->size()) + " entries, the weight " +
                  std::to_string(kernel.size()) + " spatial axes");
    return std::nullopt;
  }
  for (size_t i = 0; i < kernel.size(); ++i) {
    if (!kernel[i].is_number()) kernel[i] = (*declared)[i];
    if (kernel[i] == (*declared)[i]) continue;
    context.fault("kernel_shape says " + (*declared)[i].text() + " where the weight has " +
                  kernel[i].text());
  }
  return kernel;
}

void check_channels(InferContext& context, const Layout& layout) {
  const Shape& data = context.shape(layout.data);
  const Shape& weight = context.shape(layout.weight);
  const int64_t group = context.attribute_int("group", 1);
  if (group <= 0) return context.fault("group is " + std::to_string(group));
  if (!data.known() || !weight.known() || data.rank() < 2 || weight.rank() < 2) return;
  const Dim& channels = data[layout.channels_last ? data.rank() - 1 : 1];
  const Dim expected = weight[layout.weight_channels_last ? weight.rank() - 1 : 1] * group;
  if (certainly_equal(channels, expected).value_or(true)) return;
  context.fault("the input has " + channels.text() + " channels where the weight expects " +
                expected.text());
}

Dims unknown_sizes(InferContext& context, size_t count, std::string_view cause) {
  Dims sizes;
  for (size_t i = 0; i < count; ++i) sizes.push_back(context.hidden(cause));
  return sizes;
}

// Batch, output channels and spatial sizes in the order of the layout.
Dims arranged(const Dim& batch, const Dim& channels, const Dims& spatial, bool channels_last) {
  Dims dims{batch};
  if (!channels_last) dims.push_back(channels);
  dims.insert(dims.end(), spatial.begin(), spatial.end());
  if (channels_last) dims.push_back(channels);
  return dims;
}

// The data's spatial sizes; hidden ones where only the kernel's rank is known. Empty where the
// ranks contradict.
std::optional<Dims> spatial_input(InferContext& context, const Layout& layout, size_t count) {
  const Shape& data = context.shape(layout.data);
  if (!data.known()) return unknown_sizes(context, count, "the shape of its input is unknown");
  if (data.rank() < 2 || static_cast<size_t>(data.rank()) != count + 2) {
    context.fault("the input has " + std::to_string(data.rank()) +
                  " dimensions where the kernel has " + std::to_string(count) + " spatial axes");
    return std::nullopt;
  }
  const int first = layout.channels_last ? 1 : 2;
  Dims sizes;
  for (size_t i = 0; i < count; ++i) sizes.push_back(data[first + static_cast<int>(i)]);
  return sizes;
}

Dim batch_of(InferContext& context, const Layout& layout) {
  const Shape& data = context.shape(layout.data);
  return data.known() ? data[0] : context.hidden("the shape of its input is unknown");
}

void convolve(InferContext& context, const Layout& layout, DType dtype) {
  context.set_unknown_rank(0, dtype);
  std::optional<Dims> kernel = kernel_of(context, layout);
  const Shape& data = context.shape(layout.data);
  if (!kernel && data.known() && data.rank() >= 3 && !context.shape(layout.weight).known() &&
      static_cast<size_t>(data.rank()) <= kMostSpatialAxes) {
    kernel = unknown_sizes(context, static_cast<size_t>(data.rank() - 2),
                           "the shape of its weight is unknown");
  }
  if (!kernel) return;
  const std::optional<Dims> input = spatial_input(context, layout, kernel->size());
  if (!input) return;
  check_channels(context, layout);
  const std::optional<Windows> windows = read_windows(context, *kernel);
  Dims output;
  for (size_t i = 0; i < kernel->size(); ++i) {
    if (!windows) {
      output.push_back(context.hidden("its window attributes are faulty"));
      continue;
    }
    const Dim size = convolved_size((*input)[i], windows->axes[i], windows->auto_pad);
    output.push_back(checked_size(context, size, (*input)[i], static_cast<int>(i) + 2));
  }
  const Shape& weight = context.shape(layout.weight);
  const Dim channels =
      weight.known() ? weight[0] : context.hidden("the shape of its weight is unknown");
  context.set(0, dtype,
              arranged(batch_of(context, layout), channels, output, layout.channels_last));
}

DType dtype_or(InferContext& context, int index, DType otherwise) {
  const DType dtype = context.dtype(index);
  return context.has_input(index) && dtype != DType::Undefined ? dtype : otherwise;
}

// Data and weight have one type, so that either tells it.
DType float_dtype(InferContext& context) {
  const DType dtype = context.dtype(0);
  return dtype != DType::Undefined ? dtype : context.dtype(1);
}

// The spatial part of ConvTranspose's output_shape, which some exporters write with batch and
// channels in front.
std::optional<Dims> declared_output(InferContext& context, size_t count) {
  const std::optional<std::vector<int64_t>> sizes = context.attribute_ints("output_shape");
  if (!sizes || sizes->empty()) return std::nullopt;
  const size_t skipped = sizes->size() == count + 2 ? 2 : 0;
  if (sizes->size() - skipped != count) {
    context.fault("output_shape has " + std::to_string(sizes->size()) + " entries for " +
                  std::to_string(count) + " spatial axes");
    return std::nullopt;
  }
  return Dims(sizes->begin() + static_cast<std::ptrdiff_t>(skipped), sizes->end());
}

// com.microsoft's ConvTransposeWithDynamicPads has them as input 2. False where they are not known.
bool read_dynamic_pads(InferContext& context, Windows& windows) {
  if (!context.has_input(2)) return true;
  const std::optional<std::vector<int64_t>> pads = context.numbers(2);
  const size_t count = windows.axes.size();
  if (!pads || pads->size() != 2 * count) return false;
  for (size_t i = 0; i < count; ++i) {
    windows.axes[i].pad_begin = (*pads)[i];
    windows.axes[i].pad_end = (*pads)[count + i];
  }
  return true;
}

std::optional<Dims> transposed_sizes(InferContext& context, const Dims& input, const Dims& kernel) {
  if (std::optional<Dims> declared = declared_output(context, kernel.size())) return declared;
  std::optional<Windows> windows = read_windows(context, kernel);
  if (!windows) return std::nullopt;
  if (context.op() == "ConvTransposeWithDynamicPads" && !read_dynamic_pads(context, *windows)) {
    return unknown_sizes(context, kernel.size(), "its pads are computed from data");
  }
  std::vector<int64_t> extra =
      context.attribute_ints("output_padding").value_or(std::vector<int64_t>());
  if (extra.empty()) extra.assign(kernel.size(), 0);
  if (extra.size() != kernel.size()) {
    context.fault("output_padding has " + std::to_string(extra.size()) + " entries for " +
                  std::to_string(kernel.size()) + " spatial axes");
    return std::nullopt;
  }
  Dims output;
  for (size_t i = 0; i < kernel.size(); ++i) {
    const Dim size = transposed_size(input[i], windows->axes[i], windows->auto_pad, extra[i]);
    output.push_back(checked_size(context, size, input[i], static_cast<int>(i) + 2));
  }
  return output;
}

}  // namespace

void conv(InferContext& context) { convolve(context, {}, float_dtype(context)); }

void conv_integer(InferContext& context) { convolve(context, {}, DType::Int32); }

void deform_conv(InferContext& context) { convolve(context, {}, float_dtype(context)); }

void qlinear_conv(InferContext& context) {
  const bool channels_last = context.attribute_int("channels_last", 0) != 0;
  const Layout layout{.data = 0, .weight = 3, .channels_last = channels_last};
  convolve(context, layout, dtype_or(context, 7, context.dtype(0)));
}

// Both weight layouts are in use: (M, k..., C/group) by NhwcConv, (M, C/group, k...) by
// NhwcFusedConv. Where only one fits the channels, that one counts.
void conv_nhwc(InferContext& context) {
  Layout layout{.channels_last = true, .weight_channels_last = context.op() == "NhwcConv"};
  const Shape& data = context.shape(0);
  const Shape& weight = context.shape(1);
  if (data.known() && weight.known() && data.rank() >= 3 && weight.rank() == data.rank()) {
    const Dim channels = data[data.rank() - 1];
    const int64_t group = context.attribute_int("group", 1);
    const bool last_fits = channels == weight[weight.rank() - 1] * group;
    const bool first_fits = channels == weight[1] * group;
    if (last_fits != first_fits) layout.weight_channels_last = last_fits;
  }
  convolve(context, layout, float_dtype(context));
}

void conv_transpose(InferContext& context) {
  const Layout layout;
  const DType dtype = float_dtype(context);
  context.set_unknown_rank(0, dtype);
  const std::optional<Dims> kernel = kernel_of(context, layout);
  if (!kernel) return;
  const std::optional<Dims> input = spatial_input(context, layout, kernel->size());
  if (!input) return;
  const Shape& weight = context.shape(1);
  const int64_t group = context.attribute_int("group", 1);
  const Dim channels = weight.known() && group > 0
                           ? weight[1] * group
                           : context.hidden("the number of its output channels is unknown");
  std::optional<Dims> output = transposed_sizes(context, *input, *kernel);
  if (!output) output = unknown_sizes(context, kernel->size(), "its window attributes are faulty");
  context.set(0, dtype, arranged(batch_of(context, layout), channels, *output, false));
}

// (B, D, L) with weight (D, 1, K): the state carries the last K - 1 columns.
void causal_conv_with_state(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& input = context.shape(0);
  const Shape& weight = context.shape(1);
  const Shape& past = context.shape(3);
  const DType state_dtype = dtype_or(context, 3, dtype);
  context.set(0, dtype, input);
  if (past.known()) return context.set(1, state_dtype, past);
  context.set_unknown_rank(1, state_dtype);
  if (!input.known() || !weight.known()) return;
  if (input.rank() < 3 || weight.rank() < 3) {
    return context.fault("input and weight need 3 or more dimensions");
  }
  Dims state = input.copy();
  state.back() = weight[weight.rank() - 1] - 1;
  context.set(1, state_dtype, state);
}

}  // namespace trtreport::ops::shape
