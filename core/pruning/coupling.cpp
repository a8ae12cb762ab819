// Axes of all tensors, joined by union-find with path halving.
#include "pruning/coupling.hpp"

#include "ops/table.hpp"

#include <algorithm>

namespace trtreport::pruning {
namespace {

// Integers of 16 bits and more, bools and strings address, mask and shape; int32 is what quantized
// layers accumulate in.
bool carries_channels(DType dtype) {
  if (is_float(dtype) || dtype == DType::Int32) return true;
  return is_integer(dtype) && bits(dtype) > 0 && bits(dtype) <= 8;
}

constexpr int kMostRank = 64;

}  // namespace

std::string_view phrase(Why why) {
  switch (why) {
    case Why::Input:
      return "is a size of the model's input";
    case Why::Spatial:
      return "is a spatial size";
    case Why::Lookup:
      return "is addressed by index";
    case Why::Order:
      return "needs all of it";
    case Why::Grouped:
      return "splits it at fixed places";
    case Why::Whole:
      return "couples all of its channels";
    case Why::Body:
      return "uses it inside a body";
    case Why::NoRule:
      return "has no pruning rule";
    case Why::Mismatch:
      return "leaves open which channels go together";
  }
  return "";
}

std::string_view code(Why why) {
  static constexpr std::string_view kCodes[] = {"spatial", "input",    "lookup",  "order", "body",
                                                "no_rule", "mismatch", "grouped", "whole"};
  return kCodes[static_cast<size_t>(why)];
}

Coupling::Coupling(const Graph& graph, std::span<const DimTable::Binding> assumed)
    : graph_(graph), assumed_(assumed.begin(), assumed.end()) {
  first_.reserve(graph.tensors.size());
  ranks_.reserve(graph.tensors.size());
  for (TensorId tensor = 0; tensor < graph.tensors.size(); ++tensor) add_axes(tensor);
  parents_.resize(lengths_.size());
  for (AxisId axis = 0; axis < parents_.size(); ++axis) parents_[axis] = axis;
  flags_.assign(lengths_.size(), 0);
  find_constants();
}

void Coupling::add_axes(TensorId id) {
  const Tensor& tensor = graph_.tensors[id];
  const Shape& shape = tensor.type.shape;
  const bool part = tensor.type.kind == TypeKind::Tensor && shape.known() &&
                    shape.rank() <= kMostRank && carries_channels(tensor.type.dtype);
  first_.push_back(static_cast<uint32_t>(lengths_.size()));
  ranks_.push_back(part ? static_cast<int8_t>(shape.rank()) : int8_t{-1});
  if (!part) return;
  for (const Dim& dim : shape.dims()) {
    const std::optional<int64_t> size =
        dim.is_number() ? std::optional(dim.number()) : DimTable::evaluate(dim, assumed_);
    const bool usable = size && *size > 0 && *size <= kMostChannels;
    lengths_.push_back(usable ? static_cast<uint32_t>(*size) : 0);
  }
}

void Coupling::find_constants() {
  constant_.assign(graph_.tensors.size(), false);
  for (TensorId id = 0; id < graph_.tensors.size(); ++id) {
    const Tensor& tensor = graph_.tensors[id];
    constant_[id] = tensor.data != nullptr || tensor.sparse != nullptr;
  }
  for (const NodeId id : graph_.bodies[kMainBody].nodes) {
    const Node& node = graph_.nodes[id];
    if (node.inputs.empty() || !node.bodies.empty()) continue;
    const bool all = std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId input) {
      return input == kNoTensor || constant_[input];
    });
    for (const TensorId output : node.outputs) {
      if (output != kNoTensor) constant_[output] = constant_[output] || all;
    }
  }
}

int Coupling::rank(TensorId tensor) const { return tensor == kNoTensor ? -1 : ranks_[tensor]; }

AxisId Coupling::axis(TensorId tensor, int axis) const {
  const int rank = this->rank(tensor);
  if (axis < 0) axis += rank;
  if (rank < 0 || axis < 0 || axis >= rank) return kNoAxis;
  const AxisId id = first_[tensor] + static_cast<uint32_t>(axis);
  return lengths_[id] == 1 ? kNoAxis : id;
}

AxisId Coupling::make(uint32_t length) {
  if (length == 1) return kNoAxis;
  const AxisId axis = static_cast<AxisId>(lengths_.size());
  lengths_.push_back(length);
  parents_.push_back(axis);
  flags_.push_back(0);
  return axis;
}

AxisId Coupling::root(AxisId axis) const {
  while (parents_[axis] != axis) {
    parents_[axis] = parents_[parents_[axis]];
    axis = parents_[axis];
  }
  return axis;
}

// The smaller id becomes the root, so that the result does not depend on the order of the calls.
void Coupling::same(AxisId a, AxisId b) {
  if (a == kNoAxis || b == kNoAxis) return;
  flags_[a] |= kTouched;
  flags_[b] |= kTouched;
  a = root(a);
  b = root(b);
  if (a == b) return;
  if (lengths_[a] != lengths_[b]) {
    freeze(a, Why::Mismatch, current_);
    freeze(b, Why::Mismatch, current_);
    return;
  }
  parents_[std::max(a, b)] = std::min(a, b);
}

void Coupling::link(const Link& link) {
  if (link.axis == kNoAxis || link.target == kNoAxis || link.count == 0) return;
  flags_[link.axis] |= kTouched;
  flags_[link.target] |= kTouched;
  links_.push_back(link);
}

void Coupling::freeze(AxisId axis, Why why, NodeId node) {
  if (axis == kNoAxis) return;
  flags_[axis] |= kTouched;
  freezes_.push_back({.axis = axis, .why = why, .node = node});
}

void Coupling::freeze_all(TensorId tensor, Why why, NodeId node) {
  for (int axis = 0; axis < rank(tensor); ++axis) freeze(this->axis(tensor, axis), why, node);
}

void Coupling::normalized(AxisId axis, NodeId node) {
  if (axis == kNoAxis) return;
  flags_[axis] |= kNormalizedOver;
  normalizations_.push_back({.axis = axis, .node = node});
}

}  // namespace trtreport::pruning
