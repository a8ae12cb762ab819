// See builder.hpp.
#include "models/builder.hpp"

namespace trtreport::models {
namespace {

void set_type(::onnx::ValueInfoProto& info, const std::string& name, const Shape& shape,
              int dtype) {
  info.set_name(name);
  auto* tensor = info.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(dtype);
  tensor->mutable_shape();
  for (const DimText& dim : shape) {
    auto* proto = tensor->mutable_shape()->add_dim();
    if (const int64_t* value = std::get_if<int64_t>(&dim)) {
      proto->set_dim_value(*value);
    } else {
      proto->set_dim_param(std::get<std::string>(dim));
    }
  }
}

::onnx::AttributeProto& attribute(::onnx::NodeProto& node, const std::string& name) {
  ::onnx::AttributeProto* added = node.add_attribute();
  added->set_name(name);
  return *added;
}

}  // namespace

uint64_t Random::next() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

float Random::normal() {
  float sum = 0;
  for (int draw = 0; draw < 3; ++draw) {
    uint64_t bits = next();
    for (int part = 0; part < 4; ++part, bits >>= 16) {
      sum += static_cast<float>(bits & 0xffff) * (1.0f / 65536.0f);
    }
  }
  return sum - 6.0f;
}

ModelBuilder::ModelBuilder(int64_t opset, std::string_view graph_name)
    : graph_(model_.mutable_graph()) {
  model_.set_ir_version(8);
  model_.set_producer_name("trtreport-models");
  auto* import = model_.add_opset_import();
  import->set_domain("");
  import->set_version(opset);
  graph_->set_name(std::string(graph_name));
}

std::string ModelBuilder::input(const std::string& name, const Shape& shape, int dtype) {
  set_type(*graph_->add_input(), name, shape, dtype);
  return name;
}

void ModelBuilder::output(const std::string& name, const Shape& shape, int dtype) {
  set_type(*graph_->add_output(), name, shape, dtype);
}

std::string ModelBuilder::weight(const std::string& name, const std::vector<int64_t>& dims,
                                 float scale) {
  ::onnx::TensorProto* tensor = graph_->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(::onnx::TensorProto::FLOAT);
  size_t elements = 1;
  for (const int64_t dim : dims) {
    tensor->add_dims(dim);
    elements *= static_cast<size_t>(dim);
  }
  std::string* raw = tensor->mutable_raw_data();
  raw->resize(elements * sizeof(float));
  for (size_t index = 0; index < elements; ++index) {
    const float value = random_.normal() * scale;
    raw->replace(index * sizeof(float), sizeof(float), reinterpret_cast<const char*>(&value),
                 sizeof(float));
  }
  return name;
}

std::string ModelBuilder::ints(const std::string& name, const std::vector<int64_t>& values) {
  ::onnx::TensorProto* tensor = graph_->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(::onnx::TensorProto::INT64);
  tensor->add_dims(static_cast<int64_t>(values.size()));
  for (const int64_t value : values) tensor->add_int64_data(value);
  return name;
}

std::string ModelBuilder::scalar(const std::string& name, int64_t value) {
  ints(name, {value});
  graph_->mutable_initializer(graph_->initializer_size() - 1)->clear_dims();
  return name;
}

std::string ModelBuilder::number(const std::string& name, float value) {
  ::onnx::TensorProto* tensor = graph_->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(::onnx::TensorProto::FLOAT);
  tensor->add_float_data(value);
  return name;
}

std::string ModelBuilder::node(const std::string& op, const std::string& name,
                               const std::vector<std::string>& inputs) {
  const std::string output = name + "_output_0";
  add(op, name, inputs, {output});
  return output;
}

::onnx::NodeProto& ModelBuilder::add(const std::string& op, const std::string& name,
                                     const std::vector<std::string>& inputs,
                                     const std::vector<std::string>& outputs,
                                     const std::string& domain) {
  ::onnx::NodeProto* node = graph_->add_node();
  node->set_op_type(op);
  node->set_name(name);
  node->set_domain(domain);
  for (const std::string& input : inputs) node->add_input(input);
  for (const std::string& output : outputs) node->add_output(output);
  return *node;
}

void set(::onnx::NodeProto& node, const std::string& name, int64_t value) {
  auto& added = attribute(node, name);
  added.set_type(::onnx::AttributeProto::INT);
  added.set_i(value);
}

void set(::onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values) {
  auto& added = attribute(node, name);
  added.set_type(::onnx::AttributeProto::INTS);
  for (const int64_t value : values) added.add_ints(value);
}

void set(::onnx::NodeProto& node, const std::string& name, float value) {
  auto& added = attribute(node, name);
  added.set_type(::onnx::AttributeProto::FLOAT);
  added.set_f(value);
}

void set(::onnx::NodeProto& node, const std::string& name, const std::string& value) {
  auto& added = attribute(node, name);
  added.set_type(::onnx::AttributeProto::STRING);
  added.set_s(value);
}

void set(::onnx::NodeProto& node, const std::string& name, const ::onnx::GraphProto& graph) {
  auto& added = attribute(node, name);
  added.set_type(::onnx::AttributeProto::GRAPH);
  *added.mutable_g() = graph;
}

}  // namespace trtreport::models
