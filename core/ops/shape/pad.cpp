// Pad: borders added or, where negative, cut off.
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

namespace trtreport::ops::shape {

namespace {

// Positions of small values stay far from the ends of 64 bits.
constexpr int64_t kMostBorder = int64_t{1} << 40;

// Begin and end of each axis; an axis not named is left as it is.
struct Borders {
  Dims begin, end;
};

std::optional<std::vector<int>> padded_axes(InferContext& context, int rank) {
  if (version(context) < 18 || !context.has_input(3)) {
    std::vector<int> all;
    for (int i = 0; i < rank; ++i) all.push_back(i);
    return all;
  }
  const auto numbers = context.numbers(3);
  if (!numbers) return std::nullopt;
  return context.axes(*numbers, rank);
}

std::optional<Borders> borders_of(InferContext& context, int rank) {
  const bool first_version = version(context) < 2;
  const auto pads = context.moved_ints(first_version ? "paddings" : "pads", 1);
  const auto axes = padded_axes(context, rank);
  if (!pads.values || !axes) return std::nullopt;
  const size_t count = axes->size();
  if (pads.values->size() != 2 * count) {
    context.fault("it has " + std::to_string(pads.values->size()) + " pads for " +
                  std::to_string(count) + " axes");
    return std::nullopt;
  }
  Borders borders{Dims(static_cast<size_t>(rank), Dim(0)), Dims(static_cast<size_t>(rank), Dim(0))};
  for (size_t i = 0; i < count; ++i) {
    const auto axis = static_cast<size_t>((*axes)[i]);
    borders.begin[axis] = (*pads.values)[i];
    borders.end[axis] = (*pads.values)[count + i];
  }
  return borders;
}

// Which element of an axis a padded position repeats; -1 for the constant.
int64_t source_of(int64_t position, int64_t size, std::string_view mode) {
  if (position >= 0 && position < size) return position;
  if (size <= 0 || mode == "constant") return -1;
  if (mode == "edge") return position < 0 ? 0 : size - 1;
  if (mode == "wrap") return (position % size + size) % size;
  if (size == 1) return 0;
  const int64_t period = 2 * (size - 1);
  const int64_t phase = (position % period + period) % period;
  return phase < size ? phase : period - phase;
}

std::optional<Element> padding(InferContext& context) {
  if (version(context) < 11) return Element::of_real(context.attribute_float("value", 0));
  if (!context.has_input(2)) return Element::of(Dim(0));
  const std::optional<Operand> value = operand(context, 2);
  if (!value || value->size() != 1) return std::nullopt;
  return value->at(0);
}

void store_padded(InferContext& context, const Borders& borders, const Dims& dims) {
  const std::optional<Operand> x = operand(context, 0);
  const std::optional<Extents> to = small_extents(dims);
  const std::optional<Element> fill = x && to ? padding(context) : std::nullopt;
  if (!fill) return;
  for (const Dim& begin : borders.begin) {
    if (!begin.is_number() || begin.number() < -kMostBorder || begin.number() > kMostBorder) return;
  }
  const std::string_view mode = context.attribute_string("mode", "constant");
  const Extents strides = strides_of(x->extents);
  Elements elements;
  for_each_index(*to, [&](const Extents& index) {
    int64_t at = 0;
    bool inside = true;
    for (size_t axis = 0; axis < index.size(); ++axis) {
      const int64_t position =
          source_of(index[axis] - borders.begin[axis].number(), x->extents[axis], mode);
      inside = inside && position >= 0;
      at += position * strides[axis];
    }
    elements.push_back(inside ? x->at(static_cast<uint64_t>(at)) : *fill);
  });
  store(context, 0, elements);
}

}  // namespace

void pad(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  if (!shape.known()) return context.set_unknown_rank(0, dtype);
  const std::optional<Borders> borders = borders_of(context, shape.rank());
  if (!borders) {
    return context.set_unknown_dims(0, dtype, shape.rank(), "the pads depend on the data");
  }
  Dims dims;
  for (int i = 0; i < shape.rank(); ++i) {
    const auto axis = static_cast<size_t>(i);
    dims.push_back(shape[i] + borders->begin[axis] + borders->end[axis]);
    if (dims.back().is_number() && dims.back().number() < 0) {
      context.fault("its pads cut off more than the input has");
      return context.set_unknown_dims(0, dtype, shape.rank(), "the pads exceed the input");
    }
  }
  context.set(0, dtype, dims);
  store_padded(context, *borders, dims);
}

}  // namespace trtreport::ops::shape
