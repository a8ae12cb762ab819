// Shape rules of Resize and Upsample. Runtimes multiply in float32 and cut off the fraction, so
// that is what is done here; a region of interest moves the samples but, in runtimes, never the
// output size.
#include "ops/infer.hpp"
#include "ops/shape/support.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace trtreport::ops::shape {
namespace {

constexpr float kPastInt64 = 9223372036854775808.0F;
constexpr int64_t kMostDenominator = 4096;

// The factor as numerator/denominator with a small power of two below, for which float32 products
// stay exact.
std::optional<Dim> scaled_symbol(const Dim& size, double scale) {
  for (int64_t denominator = 1; denominator <= kMostDenominator; denominator *= 2) {
    const double numerator = scale * static_cast<double>(denominator);
    if (numerator > static_cast<double>(kMostDenominator)) return std::nullopt;
    if (numerator == std::floor(numerator)) {
      return floor_div(size * static_cast<int64_t>(numerator), denominator);
    }
  }
  return std::nullopt;
}

Dim scaled(InferContext& context, const Dim& size, double scale) {
  const float factor = static_cast<float>(scale);
  if (!(factor > 0.0F)) {
    context.fault("a scale is not positive");
    return context.hidden("a scale is not positive");
  }
  if (factor == 1.0F) return size;
  if (size.is_hidden()) return size;
  if (!size.is_number()) {
    if (const std::optional<Dim> symbol = scaled_symbol(size, factor)) return *symbol;
    return context.hidden("a symbolic size times its scale is rounded in floating point");
  }
  const float product = static_cast<float>(size.number()) * factor;
  if (!(product >= 0.0F && product < kPastInt64)) {
    context.fault("a size times its scale is too large");
    return context.hidden("a size times its scale is too large");
  }
  return static_cast<int64_t>(product);
}

// A list input that is there and not an empty placeholder.
bool is_given(InferContext& context, int index) {
  if (!context.has_input(index)) return false;
  const Shape& shape = context.shape(index);
  return !(shape.known() && shape.rank() == 1 && shape[0].is(0));
}

// The axes that scales and sizes speak of; all of them without the attribute.
std::optional<std::vector<int>> resized_axes(InferContext& context, int rank) {
  const auto listed = context.attribute_ints("axes");
  if (listed) return context.axes(*listed, rank);
  std::vector<int> all;
  for (int i = 0; i < rank; ++i) all.push_back(i);
  return all;
}

bool right_count(InferContext& context, size_t got, size_t expected, std::string_view what) {
  if (got == expected) return true;
  context.fault(std::string(what) + " has " + std::to_string(got) + " entries for " +
                std::to_string(expected) + " axes");
  return false;
}

// One factor for every resized axis: the least (not_larger) or greatest (not_smaller) of the wished
// ones.
void keep_aspect_ratio(InferContext& context, const Shape& input, const std::vector<int>& axes,
                       bool not_larger, Dims& sizes) {
  float factor = not_larger ? std::numeric_limits<float>::max() : 0.0F;
  bool all_numbers = true;
  for (size_t i = 0; i < axes.size(); ++i) {
    const Dim& from = input[axes[i]];
    if (!from.is_number() || !sizes[i].is_number() || from.number() <= 0) {
      all_numbers = false;
      break;
    }
    const float wish = static_cast<float>(sizes[i].number()) / static_cast<float>(from.number());
    factor = not_larger ? std::fmin(factor, wish) : std::fmax(factor, wish);
  }
  for (size_t i = 0; i < axes.size(); ++i) {
    const float size =
        all_numbers ? std::round(factor * static_cast<float>(input[axes[i]].number())) : -1.0F;
    sizes[i] = size >= 0.0F && size < kPastInt64
                   ? Dim(static_cast<int64_t>(size))
                   : context.hidden("it keeps the aspect ratio of a symbolic size");
  }
}

void apply_sizes(InferContext& context, const Shape& input, const std::vector<int>& axes,
                 Dims sizes) {
  if (!right_count(context, sizes.size(), axes.size(), "sizes")) return;
  const std::string_view policy = context.attribute_string("keep_aspect_ratio_policy", "stretch");
  if (policy == "not_larger" || policy == "not_smaller") {
    keep_aspect_ratio(context, input, axes, policy == "not_larger", sizes);
  }
  Dims dims = input.copy();
  for (size_t i = 0; i < axes.size(); ++i) {
    if (sizes[i].is_number() && sizes[i].number() < 0) {
      return context.fault("a wished size is negative");
    }
    dims[static_cast<size_t>(axes[i])] = sizes[i];
  }
  context.set(0, context.dtype(0), dims);
}

// Scales as plain numbers, or as symbolic integers where they were computed from sizes.
void apply_scales(InferContext& context, const Shape& input, const std::vector<int>& axes,
                  int index) {
  Dims dims = input.copy();
  if (const auto scales = context.reals(index)) {
    if (!right_count(context, scales->size(), axes.size(), "scales")) return;
    for (size_t i = 0; i < axes.size(); ++i) {
      Dim& dim = dims[static_cast<size_t>(axes[i])];
      dim = scaled(context, dim, (*scales)[i]);
    }
  } else if (const auto factors = context.ints(index)) {
    if (!right_count(context, factors->size(), axes.size(), "scales")) return;
    for (size_t i = 0; i < axes.size(); ++i) {
      Dim& dim = dims[static_cast<size_t>(axes[i])];
      dim = dim * (*factors)[i];
    }
  } else {
    for (const int axis : axes) {
      dims[static_cast<size_t>(axis)] = context.hidden("its scales are computed from data");
    }
  }
  context.set(0, context.dtype(0), dims);
}

void hide_axes(InferContext& context, const Shape& input, const std::vector<int>& axes,
               std::string_view cause) {
  Dims dims = input.copy();
  for (const int axis : axes) dims[static_cast<size_t>(axis)] = context.hidden(cause);
  context.set(0, context.dtype(0), dims);
}

// Without the input's rank, full lists of sizes still say everything.
void resize_unknown(InferContext& context, int sizes_index) {
  if (context.has_attribute("axes") || !is_given(context, sizes_index)) return;
  if (context.attribute_string("keep_aspect_ratio_policy", "stretch") != "stretch") return;
  if (const auto sizes = context.ints(sizes_index)) context.set(0, context.dtype(0), *sizes);
}

void apply_factors(InferContext& context, std::vector<double> factors) {
  const Shape& input = context.shape(0);
  if (!input.known()) return;
  const size_t rank = static_cast<size_t>(input.rank());
  if (!right_count(context, factors.size(), rank, "scales")) return;
  Dims dims = input.copy();
  for (size_t i = 0; i < rank; ++i) dims[i] = scaled(context, dims[i], factors[i]);
  context.set(0, context.dtype(0), dims);
}

}  // namespace

// Opset 10: X, scales. From 11: X, roi, scales, sizes; 18 adds axes and the aspect ratio policy.
void resize(InferContext& context) {
  context.set_unknown_rank(0, context.dtype(0));
  const bool old_form = version(context) < 11;
  const int scales = old_form ? 1 : 2;
  const int sizes = 3;
  const Shape& input = context.shape(0);
  if (!input.known()) return resize_unknown(context, sizes);
  const auto axes = resized_axes(context, input.rank());
  if (!axes) return;
  if (!old_form && is_given(context, sizes)) {
    if (const auto wished = context.ints(sizes)) {
      return apply_sizes(context, input, *axes, *wished);
    }
    return hide_axes(context, input, *axes, "its sizes are computed from data");
  }
  if (!is_given(context, scales)) return context.fault("neither scales nor sizes are given");
  apply_scales(context, input, *axes, scales);
}

// Opset 1: two attributes for images; 7: an attribute for every axis; 9: an input.
void upsample(InferContext& context) {
  context.set_unknown_rank(0, context.dtype(0));
  const Shape& input = context.shape(0);
  if (context.has_input(1)) {
    if (!input.known()) return;
    const auto axes = resized_axes(context, input.rank());
    if (axes) apply_scales(context, input, *axes, 1);
    return;
  }
  if (const auto scales = context.attribute_floats("scales"))
    return apply_factors(context, *scales);
  const double height = context.attribute_float("height_scale", 0);
  const double width = context.attribute_float("width_scale", 0);
  if (height == 0 || width == 0) return context.fault("its scales are missing");
  apply_factors(context, {1, 1, height, width});
}

}  // namespace trtreport::ops::shape
