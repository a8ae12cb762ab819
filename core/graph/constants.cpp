// A Constant's scalar and list attributes become tensors of their own, so that every constant is
// read alike.
#include "graph/constants.hpp"

#include <vector>

namespace trtreport {
namespace {

const onnx::TensorData* inline_tensor(onnx::Model& model, DType dtype, bool list, int64_t count,
                                      std::span<const int64_t> ints,
                                      std::span<const double> floats) {
  onnx::TensorData& data = model.arena.make<onnx::TensorData>(1)[0];
  data.dtype = dtype;
  data.storage = onnx::TensorData::Storage::Inline;
  if (list) {
    const std::span<int64_t> dims = model.arena.make<int64_t>(1);
    dims[0] = count;
    data.dims = dims;
  }
  data.ints = ints;
  data.floats = floats;
  return &data;
}

}  // namespace

ConstantData constant_data(std::span<const onnx::Attribute> attributes, onnx::Model& model) {
  for (const onnx::Attribute& attribute : attributes) {
    const std::string_view name = model.text(attribute.name);
    if (attribute.cut) continue;
    if (name == "value" || name == "sparse_value") {
      if (attribute.tensor != nullptr) return {attribute.tensor, nullptr};
      if (attribute.sparse != nullptr) return {nullptr, attribute.sparse};
    }
    if (attribute.tensor != nullptr && name.starts_with("value_"))
      return {attribute.tensor, nullptr};
    if (name == "value_int") {
      const std::vector<int64_t> one{attribute.i};
      return {inline_tensor(model, DType::Int64, false, 1, model.arena.copy(one), {}), nullptr};
    }
    if (name == "value_ints") {
      return {inline_tensor(model, DType::Int64, true, static_cast<int64_t>(attribute.ints.size()),
                            attribute.ints, {}),
              nullptr};
    }
    if (name == "value_float") {
      const std::vector<double> one{static_cast<double>(attribute.f)};
      return {inline_tensor(model, DType::Float32, false, 1, {}, model.arena.copy(one)), nullptr};
    }
    if (name == "value_floats") {
      const std::vector<double> all(attribute.floats.begin(), attribute.floats.end());
      return {inline_tensor(model, DType::Float32, true, static_cast<int64_t>(all.size()), {},
                            model.arena.copy(all)),
              nullptr};
    }
    if (name == "value_string" || name == "value_strings") {
      return {inline_tensor(model, DType::String, name == "value_strings",
                            static_cast<int64_t>(attribute.strings.size()), {}, {}),
              nullptr};
    }
  }
  return {};
}

}  // namespace trtreport
