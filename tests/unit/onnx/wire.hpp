// Models written field by field with protozero: for what libonnx 1.12 cannot write.
#pragma once

#include "base/dtype.hpp"
#include "onnx/fields.hpp"

#include <string>
#include <vector>

#include <protozero/pbf_writer.hpp>

namespace trtreport::test {

template <class Field>
protozero::pbf_tag_type tag(Field field) {
  return static_cast<protozero::pbf_tag_type>(field);
}

// A model with one initializer, "t": type, dims, and what `fill` adds to the message.
template <class Fill>
std::string model_with(DType dtype, const std::vector<int64_t>& dims, Fill fill) {
  std::string bytes;
  protozero::pbf_writer model(bytes);
  protozero::pbf_writer graph(model, tag(onnx::ModelField::Graph));
  protozero::pbf_writer tensor(graph, tag(onnx::GraphField::Initializer));
  for (const int64_t dim : dims) tensor.add_int64(tag(onnx::TensorField::Dims), dim);
  tensor.add_int32(tag(onnx::TensorField::DataType), static_cast<int32_t>(dtype));
  tensor.add_string(tag(onnx::TensorField::Name), "t");
  fill(tensor);
  return bytes;
}

}  // namespace trtreport::test
