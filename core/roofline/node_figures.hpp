// The figures of one node: cost and traffic rules applied, and what a roofline will re-size.
#pragma once

#include "roofline/analysis.hpp"
#include "roofline/dependence.hpp"

#include <span>
#include <vector>

namespace trtreport {

// What all nodes of one analysis share.
struct Counting {
  const Graph& graph;
  std::span<const DimTable::Binding> assumed;
  std::vector<ops::TensorSize> sizes;  // by TensorId
  std::vector<TensorTraits> traits;    // by TensorId
};

// float16, bfloat16, float32 and float64: what a roofline evaluates at its own precision.
bool is_plain_float(DType dtype);

// Stored bytes of so many elements of a type; unknown where no shape tells them (strings).
Count bytes_of(DType dtype, Count elements);

NodeFigures count_node(const Counting& counting, const Step& step);

}  // namespace trtreport
