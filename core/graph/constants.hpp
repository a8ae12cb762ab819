// The stored contents of a Constant node, whichever of its attributes holds them.
#pragma once

#include "base/arena.hpp"
#include "onnx/model.hpp"

namespace trtreport {

struct ConstantData {
  const onnx::TensorData* dense = nullptr;
  const onnx::SparseTensorData* sparse = nullptr;
};

// Both null where the node has none of the attributes value, sparse_value, value_int(s),
// value_float(s), value_string(s).
ConstantData constant_data(std::span<const onnx::Attribute> attributes, onnx::Model& model);

}  // namespace trtreport
