// Shape rules of com.microsoft operators that belong to no other family.
#include <string>

#include "ops/infer.hpp"

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

}  // namespace trtreport::ops::shape
