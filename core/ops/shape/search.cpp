// Operators that look for elements: TopK, NonZero, Unique. Sizes that depend on the data are known
// where the data is.
#include "base/sorting.hpp"
#include "ops/shape/support.hpp"
#include "ops/values.hpp"

#include <algorithm>
#include <climits>
#include <numeric>

namespace trtreport::ops::shape {

namespace {

bool all_numbers(const Operand& x) {
  for (uint64_t i = 0; i < x.size(); ++i) {
    if (!x.at(i).is_number()) return false;
  }
  return true;
}

void store_top(InferContext& context, size_t axis, int64_t count) {
  const std::optional<Operand> x = operand(context, 0);
  if (!x || !all_numbers(*x)) return;
  const bool largest = version(context) < 11 || context.attribute_int("largest", 1) != 0;
  const Extents strides = strides_of(x->extents);
  const auto length = static_cast<size_t>(x->extents[axis]);
  Extents to = x->extents;
  to[axis] = count;
  const Extents to_strides = strides_of(to);
  Elements values(static_cast<size_t>(volume(to)));
  Elements places(values.size());
  if (values.empty()) return;
  Extents lines = x->extents;
  lines[axis] = 1;
  for_each_index(lines, [&](const Extents& start) {
    const auto at = [&](size_t i) {
      return x->at(offset_of(start, strides) + i * static_cast<uint64_t>(strides[axis]));
    };
    const std::vector<uint32_t> order = sorted_positions(length, [&](uint32_t a, uint32_t b) {
      return largest ? at(b).number() < at(a).number() : at(a).number() < at(b).number();
    });
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
      const auto target = static_cast<size_t>(offset_of(start, to_strides) +
                                              i * static_cast<uint64_t>(to_strides[axis]));
      values[target] = at(order[i]);
      places[target] = Element::of(Dim(int64_t{order[i]}));
    }
  });
  store(context, 0, values);
  store(context, 1, places);
}

// Whether each element is other than zero; empty where one is not certain.
std::optional<std::vector<bool>> certain_truths(const Operand& x) {
  std::vector<bool> truths;
  for (uint64_t i = 0; i < x.size(); ++i) {
    const Element element = x.at(i);
    if (element.is_number()) {
      truths.push_back(element.number() != 0);
      continue;
    }
    const std::optional<bool> zero = certainly_equal(element.dim, Dim(0));
    if (!zero) return std::nullopt;
    truths.push_back(!*zero);
  }
  return truths;
}

// Slices along an axis (or single elements) as groups of equal ones.
struct Groups {
  std::vector<size_t> firsts;    // first slice of each group, in order of the output
  std::vector<size_t> group_of;  // by slice
  std::vector<int64_t> sizes;    // by group
};

// One row of numbers for each slice.
std::vector<std::vector<double>> rows_of(const Operand& x, size_t axis, bool flat) {
  const auto count = static_cast<size_t>(flat ? static_cast<int64_t>(x.size()) : x.extents[axis]);
  std::vector<std::vector<double>> rows(count);
  uint64_t next = 0;
  for_each_index(x.extents, [&](const Extents& index) {
    const size_t row = flat ? static_cast<size_t>(next) : static_cast<size_t>(index[axis]);
    rows[row].push_back(x.at(next).number());
    ++next;
  });
  return rows;
}

Groups group(const std::vector<std::vector<double>>& rows, bool sorted) {
  const std::vector<uint32_t> order =
      sorted_positions(rows.size(), [&](uint32_t a, uint32_t b) { return rows[a] < rows[b]; });
  std::vector<std::pair<size_t, std::vector<size_t>>> found;  // first slice, all its equals
  for (const size_t row : order) {
    if (found.empty() || rows[found.back().first] != rows[row]) found.push_back({row, {}});
    found.back().second.push_back(row);
  }
  if (!sorted) {
    sort_items(found, [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  Groups groups;
  groups.group_of.resize(rows.size());
  for (const auto& [first, members] : found) {
    for (const size_t row : members) groups.group_of[row] = groups.firsts.size();
    groups.firsts.push_back(first);
    groups.sizes.push_back(static_cast<int64_t>(members.size()));
  }
  return groups;
}

void set_numbers(InferContext& context, int output, const std::vector<int64_t>& numbers) {
  context.set(output, DType::Int64, Dims{Dim(static_cast<int64_t>(numbers.size()))});
  Value value;
  value.dims.assign(numbers.begin(), numbers.end());
  context.set_value(output, std::move(value));
}

// Where the operator's outputs stand beside the unique elements; com.microsoft's has no `firsts`.
struct UniqueOutputs {
  int firsts = 1;   // of each unique element, where it comes first
  int inverse = 2;  // of each element, which unique one it is
  int counts = 3;
};

constexpr int kNoOutput = INT_MAX;

void set_unique(InferContext& context, const Operand& x, size_t axis, bool flat,
                const UniqueOutputs& outputs) {
  const bool sorted = context.attribute_int("sorted", 1) != 0;
  const Groups groups = group(rows_of(x, axis, flat), sorted);
  const auto count = static_cast<int64_t>(groups.firsts.size());
  Extents to = flat ? Extents{count} : x.extents;
  if (!flat) to[axis] = count;
  context.set(0, context.dtype(0), Dims(to.begin(), to.end()));
  const Extents strides = flat ? Extents{1} : strides_of(x.extents);
  const size_t along = flat ? 0 : axis;
  std::vector<uint32_t> from;
  for_each_index(to, [&](const Extents& index) {
    Extents source = index;
    source[along] = static_cast<int64_t>(groups.firsts[static_cast<size_t>(index[along])]);
    from.push_back(static_cast<uint32_t>(offset_of(source, strides)));
  });
  store_picked(context, 0, *x.value, from);
  set_numbers(context, outputs.firsts, {groups.firsts.begin(), groups.firsts.end()});
  set_numbers(context, outputs.inverse, {groups.group_of.begin(), groups.group_of.end()});
  set_numbers(context, outputs.counts, groups.sizes);
}

// Number of TopK's results; hidden where nothing tells it.
Dim top_count(InferContext& context, const Dim& size) {
  const bool is_attribute = context.has_attribute("k");  // before version 10
  const std::optional<Dim> given =
      is_attribute ? Dim(context.attribute_int("k", -1)) : context.scalar(1);
  if (!given) return context.hidden("k depends on the data");
  if (!given->is_number()) return *given;
  const bool too_many = size.is_number() && given->number() > size.number();
  if (given->number() >= 0 && !too_many) return *given;
  context.fault("its k of " + given->text() + " is not between 0 and the size of the axis");
  return context.hidden("k is outside the axis");
}

void find_unique(InferContext& context, const UniqueOutputs& outputs) {
  const Shape shape = context.shape(0);
  const bool flat = !context.has_attribute("axis");
  std::optional<int> axis = 0;
  if (!flat && shape.known()) axis = context.axis(context.attribute_int("axis", 0), shape.rank());
  const std::optional<Operand> x = axis ? operand(context, 0) : std::nullopt;
  if (x && all_numbers(*x)) {
    return set_unique(context, *x, static_cast<size_t>(*axis), flat, outputs);
  }
  const Dim count = context.hidden("the number of unique elements depends on the data");
  Dims slices{count};
  if (flat) {
    context.set(0, context.dtype(0), slices);
    context.set(outputs.inverse, DType::Int64,
                Dims{shape.known() ? shape.elements() : context.hidden("no shape is known")});
  } else if (shape.known() && axis) {
    Dims dims = shape.copy();
    context.set(outputs.inverse, DType::Int64, Dims{dims[static_cast<size_t>(*axis)]});
    dims[static_cast<size_t>(*axis)] = count;
    context.set(0, context.dtype(0), dims);
  } else {
    context.set_unknown_rank(0, context.dtype(0));
    context.set_unknown_dims(outputs.inverse, DType::Int64, 1, "the input's shape is unknown");
  }
  context.set(outputs.firsts, DType::Int64, slices);
  context.set(outputs.counts, DType::Int64, slices);
}

}  // namespace

void topk(InferContext& context) {
  const DType dtype = context.dtype(0);
  const Shape shape = context.shape(0);
  context.set_unknown_rank(0, dtype);
  context.set_unknown_rank(1, DType::Int64);
  if (!shape.known()) return;
  const std::optional<int> axis = context.axis(context.attribute_int("axis", -1), shape.rank());
  if (!axis) return;
  const Dim count = top_count(context, shape[*axis]);
  Dims dims = shape.copy();
  dims[static_cast<size_t>(*axis)] = count;
  context.set(0, dtype, dims);
  context.set(1, DType::Int64, dims);
  if (count.is_number()) store_top(context, static_cast<size_t>(*axis), count.number());
}

void non_zero(InferContext& context) {
  const Shape shape = context.shape(0);
  const Dim rank = shape.known() ? Dim(std::max(shape.rank(), 1))
                                 : context.hidden("the input's rank is unknown");
  const std::optional<Operand> x = operand(context, 0);
  const auto truths = x ? certain_truths(*x) : std::nullopt;
  if (!truths) {
    const Dim count = context.hidden("the number of non-zero elements depends on the data");
    return context.set(0, DType::Int64, Dims{rank, count});
  }
  // One row an axis; a scalar counts as a vector of one.
  const Extents extents = x->extents.empty() ? Extents{1} : x->extents;
  std::vector<Elements> rows(extents.size());
  size_t next = 0;
  for_each_index(extents, [&](const Extents& index) {
    if (!(*truths)[next++]) return;
    for (size_t axis = 0; axis < rows.size(); ++axis) {
      rows[axis].push_back(Element::of(Dim(index[axis])));
    }
  });
  Elements elements;
  for (const Elements& row : rows) elements.insert(elements.end(), row.begin(), row.end());
  context.set(0, DType::Int64, Dims{rank, Dim(static_cast<int64_t>(rows[0].size()))});
  store(context, 0, elements);
}

void unique(InferContext& context) { find_unique(context, {}); }

void unique_ms(InferContext& context) {
  find_unique(context, {.firsts = kNoOutput, .inverse = 1, .counts = 2});
}

}  // namespace trtreport::ops::shape
