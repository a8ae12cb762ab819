// Shape rules of the pools: windowed, global, over regions of interest, and their inverse
// MaxUnpool.
#include "ops/infer.hpp"
#include "ops/windows.hpp"

#include <string>

namespace trtreport::ops::shape {
namespace {

void set_pooled(InferContext& context, const Dims& dims) {
  context.set(0, context.dtype(0), dims);
  context.set(1, DType::Int64, dims);  // MaxPool's indices
}

void set_pooled_unknown(InferContext& context) {
  context.set_unknown_rank(0, context.dtype(0));
  context.set_unknown_rank(1, DType::Int64);
}

void pool_windows(InferContext& context, bool channels_last) {
  set_pooled_unknown(context);
  const std::optional<Dims> kernel = read_kernel_shape(context);
  if (!kernel) {
    if (!context.has_attribute("kernel_shape")) context.fault("kernel_shape is missing");
    return;
  }
  const Shape& input = context.shape(0);
  const int rank = static_cast<int>(kernel->size()) + 2;
  if (!input.known()) {
    context.set_unknown_dims(0, context.dtype(0), rank, "the shape of its input is unknown");
    context.set_unknown_dims(1, DType::Int64, rank, "the shape of its input is unknown");
    return;
  }
  if (input.rank() != rank) {
    return context.fault("the input has " + std::to_string(input.rank()) +
                         " dimensions where kernel_shape has " + std::to_string(kernel->size()) +
                         " entries");
  }
  const std::optional<Windows> windows = read_windows(context, *kernel);
  const bool ceil_mode = context.attribute_int("ceil_mode", 0) != 0;
  Dims dims = input.copy();
  const int first = channels_last ? 1 : 2;
  for (int i = 0; i < rank - 2; ++i) {
    Dim& dim = dims[static_cast<size_t>(first + i)];
    if (!windows) {
      dim = context.hidden("its window attributes are faulty");
      continue;
    }
    const WindowAxis& axis = windows->axes[static_cast<size_t>(i)];
    dim =
        checked_size(context, pooled_size(dim, axis, windows->auto_pad, ceil_mode), dim, first + i);
  }
  set_pooled(context, dims);
}

void pool_globally(InferContext& context, bool channels_last) {
  const Shape& input = context.shape(0);
  context.set_unknown_rank(0, context.dtype(0));
  if (!input.known()) return;
  if (input.rank() < 2) {
    return context.fault("the input has " + std::to_string(input.rank()) +
                         " dimensions, not 2 or more");
  }
  Dims dims = input.copy();
  const size_t first = channels_last ? 1 : 2;
  const size_t last = channels_last ? dims.size() - 1 : dims.size();
  for (size_t i = first; i < last; ++i) dims[i] = 1;
  context.set(0, context.dtype(0), dims);
}

// (regions, channels, size...)
void pool_regions(InferContext& context, const Dims& sizes) {
  const Shape& input = context.shape(0);
  const Shape& regions = context.shape(1);
  const Shape& owners = context.shape(2);  // RoiAlign's batch_indices: one a region too
  Dims dims;
  if (regions.known() && regions.rank() > 0) {
    dims.push_back(regions[0]);
  } else if (owners.known() && owners.rank() == 1) {
    dims.push_back(owners[0]);
  } else {
    dims.push_back(context.hidden("the number of regions is unknown"));
  }
  if (input.known() && input.rank() > 1) {
    dims.push_back(input[1]);
  } else {
    dims.push_back(context.hidden("the shape of its input is unknown"));
  }
  dims.insert(dims.end(), sizes.begin(), sizes.end());
  context.set(0, context.dtype(0), dims);
}

}  // namespace

void pool(InferContext& context) { pool_windows(context, false); }

void pool_nhwc(InferContext& context) { pool_windows(context, true); }

void qlinear_pool(InferContext& context) {
  pool_windows(context, context.attribute_int("channels_last", 0) != 0);
}

void global_pool(InferContext& context) { pool_globally(context, false); }

void qlinear_global_pool(InferContext& context) {
  pool_globally(context, context.attribute_int("channels_last", 0) != 0);
}

void max_roi_pool(InferContext& context) {
  context.set_unknown_rank(0, context.dtype(0));
  const auto sizes = context.attribute_ints("pooled_shape");
  if (!sizes || sizes->empty()) return context.fault("pooled_shape is missing");
  for (const int64_t size : *sizes) {
    if (size <= 0) return context.fault("pooled_shape has an entry that is not positive");
  }
  pool_regions(context, Dims(sizes->begin(), sizes->end()));
}

void roi_align(InferContext& context) {
  context.set_unknown_rank(0, context.dtype(0));
  const int64_t height = context.attribute_int("output_height", 1);
  const int64_t width = context.attribute_int("output_width", 1);
  if (height <= 0 || width <= 0) {
    return context.fault("output_height or output_width is not positive");
  }
  pool_regions(context, {height, width});
}

void max_unpool(InferContext& context) {
  const DType dtype = context.dtype(0);
  context.set_unknown_rank(0, dtype);
  const Shape& input = context.shape(0);
  if (context.has_input(2)) {
    if (const std::optional<Dims> sizes = context.ints(2)) return context.set(0, dtype, *sizes);
    if (input.known()) {
      context.set_unknown_dims(0, dtype, input.rank(), "its output_shape is computed from data");
    }
    return;
  }
  const std::optional<Dims> kernel = read_kernel_shape(context);
  if (!kernel || !input.known()) return;
  if (static_cast<size_t>(input.rank()) != kernel->size() + 2) {
    return context.fault("the input has " + std::to_string(input.rank()) +
                         " dimensions where kernel_shape has " + std::to_string(kernel->size()) +
                         " entries");
  }
  const std::optional<Windows> windows = read_windows(context, *kernel);
  if (!windows) return;
  Dims dims = input.copy();
  for (size_t i = 0; i < kernel->size(); ++i) {
    Dim& dim = dims[i + 2];
    dim = checked_size(context, transposed_size(dim, windows->axes[i], windows->auto_pad, 0), dim,
                       static_cast<int>(i) + 2);
  }
  context.set(0, dtype, dims);
}

}  // namespace trtreport::ops::shape
