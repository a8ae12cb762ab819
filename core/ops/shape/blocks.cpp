// Moving blocks between channels and space, cropping and padding about the centre, columns back to
// images, determinants.
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

namespace trtreport::ops::shape {

namespace {

// The input as [N, C, H, W] and a block of at least 1; sets the output unknown and answers nothing
// otherwise.
std::optional<int64_t> block_of(InferContext& context) {
  const Shape& shape = context.shape(0);
  const int64_t block = context.attribute_int("blocksize", 0);
  if (!shape.known()) {
    context.set_unknown_dims(0, context.dtype(0), 4, "the input's shape is unknown");
    return std::nullopt;
  }
  constexpr int64_t kMostBlock = 1 << 20;
  if (shape.rank() == 4 && block >= 1 && block <= kMostBlock) return block;
  context.fault("it needs an input of rank 4 and a positive blocksize");
  context.set_unknown_rank(0, context.dtype(0));
  return std::nullopt;
}

// a / b for sizes that a faithful model keeps divisible.
Dim divided(InferContext& context, const Dim& a, const Dim& b) {
  if (const std::optional<Dim> exact = exact_div(a, b)) return *exact;
  if (a.is_number() && b.is_number()) {
    context.fault("a size of " + a.text() + " does not divide by " + b.text());
    return context.hidden("a size does not divide by the block");
  }
  return floor_div(a, b);
}

}  // namespace

void depth_to_space(InferContext& context) {
  const std::optional<int64_t> block = block_of(context);
  if (!block) return;
  const Shape shape = context.shape(0);
  const Dim side(*block);
  context.set(
      0, context.dtype(0),
      Dims{shape[0], divided(context, shape[1], side * side), shape[2] * side, shape[3] * side});
}

void space_to_depth(InferContext& context) {
  const std::optional<int64_t> block = block_of(context);
  if (!block) return;
  const Shape shape = context.shape(0);
  const Dim side(*block);
  context.set(0, context.dtype(0),
              Dims{shape[0], shape[1] * side * side, divided(context, shape[2], side),
                   divided(context, shape[3], side)});
}

void center_crop_pad(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!shape.known()) return context.set_unknown_rank(0, dtype);
  std::vector<int> axes;
  if (const auto given = context.attribute_ints("axes")) {
    const auto resolved = context.axes(*given, shape.rank());
    if (!resolved) return context.set_unknown_rank(0, dtype);
    axes = *resolved;
  } else {
    for (int axis = 0; axis < shape.rank(); ++axis) axes.push_back(axis);
  }
  const std::optional<Dims> wanted = context.ints(1);
  if (wanted && wanted->size() != axes.size()) {
    context.fault("its target shape and its axes differ in length");
    return context.set_unknown_rank(0, dtype);
  }
  Dims dims = shape.copy();
  for (size_t i = 0; i < axes.size(); ++i) {
    dims[static_cast<size_t>(axes[i])] =
        wanted ? (*wanted)[i] : context.hidden("the target shape depends on the data");
  }
  context.set(0, dtype, dims);
}

void col2im(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  const std::optional<Dims> image = context.ints(1);
  const std::optional<Dims> block = context.ints(2);
  const Shape& length = context.shape(1);
  const bool counted = length.known() && length.rank() == 1 && length[0].is_number() &&
                       length[0].number() >= 0 && length[0].number() <= kMostRank;
  if (!image && !counted) return context.set_unknown_rank(0, dtype);
  const auto spatial = image ? image->size() : static_cast<size_t>(length[0].number());
  if (spatial > static_cast<size_t>(kMostRank)) return context.set_unknown_rank(0, dtype);
  const bool columns = shape.known() && shape.rank() == 3;
  if (shape.known() && !columns) context.fault("it needs an input of rank 3");
  Dims dims;
  dims.push_back(columns ? shape[0] : context.hidden("the input's shape is unknown"));
  dims.push_back(columns && block ? divided(context, shape[1], product(*block))
                                  : context.hidden("the block depends on the data"));
  for (size_t i = 0; i < spatial; ++i) {
    dims.push_back(image ? (*image)[i] : context.hidden("the image's shape depends on the data"));
  }
  context.set(0, dtype, dims);
}

// One number a matrix.
void det(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!shape.known()) return context.set_unknown_rank(0, dtype);
  if (shape.rank() < 2) {
    context.fault("it needs matrices");
    return context.set_unknown_rank(0, dtype);
  }
  context.set(0, dtype, shape.dims().subspan(0, static_cast<size_t>(shape.rank() - 2)));
}

}  // namespace trtreport::ops::shape
