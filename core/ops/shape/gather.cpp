// Picking by index: Gather, GatherElements, GatherND.
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <string>

namespace trtreport::ops::shape {

namespace {

// Index from the front; -1 (and a fault) where it is outside.
int64_t place_of(InferContext& context, int64_t index, int64_t size) {
  const int64_t place = index < 0 && index >= -size ? index + size : index;
  if (place >= 0 && place < size) return place;
  context.fault("its index " + std::to_string(index) + " is outside a size of " +
                std::to_string(size));
  return -1;
}

// Elements of the output, one for each source position; a position of -1 is an unknown element.
void store_found(InferContext& context, const Operand& data, const std::vector<int64_t>& from) {
  Elements elements;
  elements.reserve(from.size());
  for (const int64_t at : from) {
    const auto place = static_cast<uint64_t>(at);
    const bool inside = at >= 0 && place < data.size();
    elements.push_back(inside ? data.at(place) : Element::unknown());
  }
  store(context, 0, elements);
}

// Position on the gathered axis for each index; -1 where a symbolic index picks what nobody knows.
std::vector<int64_t> places_of(InferContext& context, const Operand& indices, int64_t size) {
  std::vector<int64_t> places;
  for (uint64_t i = 0; i < indices.size(); ++i) {
    const std::optional<Dim> index = indices.at(i).integer();
    const bool plain = index && index->is_number();
    places.push_back(plain ? place_of(context, index->number(), size) : -1);
  }
  return places;
}

void store_gathered(InferContext& context, const Dims& dims, int axis) {
  if (!may_have_values(context, 2)) return;
  const std::optional<Extents> to = small_extents(dims);
  const std::optional<Operand> indices = to ? operand(context, 1) : std::nullopt;
  const std::optional<Operand> data = indices ? operand(context, 0) : std::nullopt;
  if (!data) return;
  const auto along = static_cast<size_t>(axis);
  const std::vector<int64_t> places = places_of(context, *indices, data->extents[along]);
  const Extents strides = strides_of(data->extents);
  const Extents index_strides = strides_of(indices->extents);
  const size_t index_rank = indices->extents.size();
  std::vector<int64_t> from;
  for_each_index(*to, [&](const Extents& index) {
    const auto first = index.begin() + static_cast<std::ptrdiff_t>(along);
    const Extents picked(first, first + static_cast<std::ptrdiff_t>(index_rank));
    const int64_t place = places[static_cast<size_t>(offset_of(picked, index_strides))];
    int64_t at = place * strides[along];
    for (size_t i = 0; i < data->extents.size(); ++i) {
      if (i < along) at += index[i] * strides[i];
      if (i > along) at += index[i - 1 + index_rank] * strides[i];
    }
    from.push_back(place < 0 ? -1 : at);
  });
  store_found(context, *data, from);
}

void store_gathered_elements(InferContext& context, int axis) {
  if (!may_have_values(context, 2)) return;
  const std::optional<Operand> indices = operand(context, 1);
  const std::optional<Operand> data = indices ? operand(context, 0) : std::nullopt;
  if (!data) return;
  const auto along = static_cast<size_t>(axis);
  const std::vector<int64_t> places = places_of(context, *indices, data->extents[along]);
  const Extents strides = strides_of(data->extents);
  std::vector<int64_t> from;
  bool inside = true;
  for_each_index(indices->extents, [&](const Extents& index) {
    Extents source = index;
    const int64_t place = places[from.size()];
    source[along] = place < 0 ? 0 : place;
    for (size_t i = 0; i < source.size(); ++i) inside = inside && source[i] < data->extents[i];
    from.push_back(place < 0 ? -1 : static_cast<int64_t>(offset_of(source, strides)));
  });
  if (inside) store_found(context, *data, from);
}

void store_gathered_tuples(InferContext& context, const Dims& dims, size_t batch, size_t width) {
  if (!may_have_values(context, 2)) return;
  const std::optional<Extents> to = small_extents(dims);
  const std::optional<Operand> indices = to ? operand(context, 1) : std::nullopt;
  const std::optional<Operand> data = indices ? operand(context, 0) : std::nullopt;
  if (!data || volume(*to) == 0) return;
  const Extents strides = strides_of(data->extents);
  const Extents index_strides = strides_of(indices->extents);
  const size_t leading = indices->extents.size() - 1;
  std::vector<int64_t> from;
  for_each_index(*to, [&](const Extents& index) {
    uint64_t tuple = 0;
    for (size_t i = 0; i < leading; ++i) {
      tuple += static_cast<uint64_t>(index[i] * index_strides[i]);
    }
    int64_t at = 0;
    bool known = true;
    for (size_t i = 0; i < batch; ++i) at += index[i] * strides[i];
    for (size_t i = 0; i < width; ++i) {
      const std::optional<Dim> number = indices->at(tuple + i).integer();
      const bool plain = number && number->is_number();
      const int64_t place =
          plain ? place_of(context, number->number(), data->extents[batch + i]) : -1;
      known = known && place >= 0;
      at += (place < 0 ? 0 : place) * strides[batch + i];
    }
    for (size_t i = batch + width; i < data->extents.size(); ++i) {
      at += index[leading + i - batch - width] * strides[i];
    }
    from.push_back(known ? at : -1);
  });
  store_found(context, *data, from);
}

}  // namespace

void gather(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape data = context.shape(0);
  const Shape indices = context.shape(1);
  if (!data.known() || !indices.known()) return context.set_unknown_rank(0, dtype);
  const std::optional<int> axis = context.axis(context.attribute_int("axis", 0), data.rank());
  if (!axis) return context.set_unknown_rank(0, dtype);
  Dims dims;
  for (int i = 0; i < *axis; ++i) dims.push_back(data[i]);
  dims.insert(dims.end(), indices.dims().begin(), indices.dims().end());
  for (int i = *axis + 1; i < data.rank(); ++i) dims.push_back(data[i]);
  context.set(0, dtype, dims);
  store_gathered(context, dims, *axis);
}

void gather_elements(InferContext& context) {
  const Shape data = context.shape(0);
  const Shape indices = context.shape(1);
  context.set(0, context.dtype(0), indices);
  if (!data.known() || !indices.known()) return;
  if (data.rank() != indices.rank()) {
    return context.fault("its indices have rank " + std::to_string(indices.rank()) +
                         ", its data rank " + std::to_string(data.rank()));
  }
  const std::optional<int> axis = context.axis(context.attribute_int("axis", 0), data.rank());
  if (axis) store_gathered_elements(context, *axis);
}

void gather_nd(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape data = context.shape(0);
  const Shape indices = context.shape(1);
  if (!data.known() || !indices.known() || indices.rank() < 1) {
    return context.set_unknown_rank(0, dtype);
  }
  const Dim& width = indices[indices.rank() - 1];
  const int64_t batch = context.attribute_int("batch_dims", 0);
  if (!width.is_number()) return context.set_unknown_rank(0, dtype);
  const bool fits = batch >= 0 && batch < indices.rank() && batch <= data.rank() &&
                    width.number() >= 0 && width.number() <= data.rank() - batch;
  if (!fits) {
    context.fault("its index tuples are longer than the data's rank");
    return context.set_unknown_rank(0, dtype);
  }
  Dims dims;
  for (int i = 0; i + 1 < indices.rank(); ++i) dims.push_back(indices[i]);
  for (auto i = static_cast<int>(batch + width.number()); i < data.rank(); ++i) {
    dims.push_back(data[i]);
  }
  context.set(0, dtype, dims);
  store_gathered_tuples(context, dims, static_cast<size_t>(batch),
                        static_cast<size_t>(width.number()));
}

}  // namespace trtreport::ops::shape
