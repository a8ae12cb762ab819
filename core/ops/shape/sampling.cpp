// Shape rules of grid sampling and of the selection of boxes.
#include "ops/infer.hpp"

#include <string>

namespace trtreport::ops::shape {

// (N, C, sizes...) sampled at a grid (N, out..., axes) gives (N, C, out...).
void grid_sample(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& input = context.shape(0);
  const Shape& grid = context.shape(1);
  context.set_unknown_rank(0, dtype);
  const int rank = input.known() ? input.rank() : grid.rank();
  if (rank < 0) return;
  if (rank < 3 || (grid.known() && grid.rank() != rank)) {
    return context.fault("input and grid have " + std::to_string(input.rank()) + " and " +
                         std::to_string(grid.rank()) + " dimensions");
  }
  Dims dims;
  for (int i = 0; i < 2; ++i) {
    dims.push_back(input.known() ? input[i] : context.hidden("the shape of its input is unknown"));
  }
  for (int i = 1; i + 1 < rank; ++i) {
    dims.push_back(grid.known() ? grid[i] : context.hidden("the shape of its grid is unknown"));
  }
  context.set(0, dtype, dims);
}

// Size (N, C, sizes...) gives a grid (N, sizes..., axes).
void affine_grid(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape& theta = context.shape(0);
  context.set_unknown_rank(0, dtype);
  if (const std::optional<Dims> size = context.ints(1)) {
    if (size->size() < 3) {
      return context.fault("size has " + std::to_string(size->size()) + " entries, not 4 or 5");
    }
    Dims dims{(*size)[0]};
    dims.insert(dims.end(), size->begin() + 2, size->end());
    dims.push_back(static_cast<int64_t>(size->size()) - 2);
    return context.set(0, dtype, dims);
  }
  if (!theta.known() || theta.rank() != 3 || !theta[1].is_number()) return;
  const int64_t axes = theta[1].number();
  if (axes != 2 && axes != 3) return context.fault("theta maps neither 2 nor 3 axes");
  Dims dims{theta[0]};
  for (int64_t i = 0; i < axes; ++i) {
    dims.push_back(context.hidden("its size input is computed from data"));
  }
  dims.push_back(axes);
  context.set(0, dtype, dims);
}

void non_max_suppression(InferContext& context) {
  context.set(0, DType::Int64, {context.hidden("how many boxes are kept depends on the data"), 3});
}

}  // namespace trtreport::ops::shape
