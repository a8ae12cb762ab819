// Merging types, and adding and dropping axes.
#include "ops/shape/merge.hpp"

namespace trtreport::ops::shape {

Shape merge(InferContext& context, const Shape& a, const Shape& b, std::string_view cause) {
  if (a == b) return a;
  if (!a.known() || !b.known() || a.rank() != b.rank()) return Shape::unknown();
  Dims dims = a.copy();
  for (int axis = 0; axis < a.rank(); ++axis) {
    Dim& dim = dims[static_cast<size_t>(axis)];
    if (dim == b[axis]) continue;
    // A size that is unknown already says more than that the two differ. It is a size of its own
    // all the same.
    const Dim& unknown = dim.is_hidden() ? dim : b[axis];
    dim = unknown.is_hidden() ? context.graph().dims().hidden(unknown.cause())
                              : context.hidden(cause);
  }
  return context.make_shape(dims);
}

Type merge(InferContext& context, const Type& a, const Type& b, std::string_view cause) {
  if (a.kind != b.kind) return {};
  return {a.kind, a.dtype == b.dtype ? a.dtype : DType::Undefined,
          merge(context, a.shape, b.shape, cause)};
}

Shape merge_elements(InferContext& context, std::span<const Type> elements) {
  if (elements.empty()) return Shape::unknown();
  Shape result = elements[0].shape;
  for (const Type& element : elements.subspan(1)) {
    result = merge(context, result, element.shape, "the elements of the sequence differ in size");
  }
  return result;
}

bool same_type(const Type& a, const Type& b) {
  return a.kind == b.kind && a.dtype == b.dtype && a.shape == b.shape;
}

bool same_value(const Value* a, const Value* b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr || a->is_sequence != b->is_sequence) return false;
  if (a->sequence.size() != b->sequence.size()) return false;
  for (size_t index = 0; index < a->sequence.size(); ++index) {
    if (!same_type(a->sequence[index], b->sequence[index])) return false;
  }
  return a->dims == b->dims && a->reals == b->reals;
}

Shape without_axis(InferContext& context, const Shape& shape, int axis) {
  if (!shape.known() || axis < 0 || axis >= shape.rank()) return Shape::unknown();
  Dims dims = shape.copy();
  dims.erase(dims.begin() + axis);
  return context.make_shape(dims);
}

Shape with_axis(InferContext& context, const Shape& shape, int axis, const Dim& size) {
  if (!shape.known() || axis < 0 || axis > shape.rank()) return Shape::unknown();
  Dims dims = shape.copy();
  dims.insert(dims.begin() + axis, size);
  return context.make_shape(dims);
}

}  // namespace trtreport::ops::shape
