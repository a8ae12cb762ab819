// Axes and broadcasting, as every rule needs them.
#include "ops/infer.hpp"
#include "ops/inference.hpp"

#include <algorithm>

namespace trtreport::ops {
namespace {

// What both sizes of one axis broadcast to; empty where they contradict.
std::optional<Dim> broadcast_dim(const Dim& a, const Dim& b) {
  if (a == b || b.is(1)) return a;
  if (a.is(1)) return b;
  if (a.is_number() && b.is_number()) return {};
  if (a.is_number() || b.is_hidden()) return a;
  if (b.is_number() || a.is_hidden()) return b;
  return a;
}

}  // namespace

std::optional<int> InferContext::axis(int64_t value, int rank) {
  if (value < -rank || value >= rank) {
    fault("axis " + std::to_string(value) + " is out of range for " + std::to_string(rank) +
          " dimensions");
    return {};
  }
  return static_cast<int>(value < 0 ? value + rank : value);
}

std::optional<std::vector<int>> InferContext::axes(std::span<const int64_t> values, int rank) {
  std::vector<int> result;
  for (const int64_t value : values) {
    const std::optional<int> one = axis(value, rank);
    if (!one) return {};
    result.push_back(*one);
  }
  return result;
}

Shape InferContext::broadcast(const Shape& a, const Shape& b) {
  if (a == b) return a;
  if (!a.known() || !b.known()) return Shape::unknown();
  const int rank = std::max(a.rank(), b.rank());
  Dims dims;
  dims.reserve(static_cast<size_t>(rank));
  for (int axis = 0; axis < rank; ++axis) {
    const int in_a = axis - (rank - a.rank());
    const int in_b = axis - (rank - b.rank());
    if (in_a < 0 || in_b < 0) {
      dims.push_back(in_a < 0 ? b[in_b] : a[in_a]);
      continue;
    }
    std::optional<Dim> both = broadcast_dim(a[in_a], b[in_b]);
    if (!both) both = reconcile_dims(a[in_a], b[in_b]);
    if (!both) {
      fault("sizes " + a[in_a].text() + " and " + b[in_b].text() + " do not broadcast");
      both = hidden("the inputs' sizes contradict each other");
    }
    dims.push_back(*both);
  }
  return graph().shape(dims);
}

Shape InferContext::broadcast(std::span<const Shape> shapes) {
  if (shapes.empty()) return Shape::unknown();
  Shape result = shapes[0];
  for (size_t index = 1; index < shapes.size(); ++index) result = broadcast(result, shapes[index]);
  return result;
}

}  // namespace trtreport::ops
