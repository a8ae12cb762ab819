// Walks libonnx's message and the reader's skeleton side by side.
#include "oracle.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace trtreport::test {
namespace {

using onnx::Attribute;
using onnx::Elements;
using onnx::Model;
using onnx::TensorData;

constexpr uint64_t kMostElements = 1u << 20;
constexpr size_t kMostDifferences = 20;

std::string plain_domain(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

// IEEE half by its definition, with library arithmetic: another way than the reader's.
double half_value(uint16_t bits) {
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  if (exponent == 31)
    return mantissa != 0 ? std::nan("") : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

double bfloat_value(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return static_cast<double>(value);
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

template <class T>
std::vector<T> raw_values(const std::string& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

template <class To, class From>
void append(std::vector<To>& to, const From& from) {
  for (const auto& value : from) to.push_back(static_cast<To>(value));
}

template <class T, class Listed>
void append_ints(Elements& elements, const ::onnx::TensorProto& tensor, const Listed& listed) {
  if (tensor.has_raw_data()) {
    append(elements.ints, raw_values<T>(tensor.raw_data()));
  } else {
    for (const auto value : listed) elements.ints.push_back(static_cast<T>(value));
  }
}

void append_sixteen_bits(Elements& elements, const ::onnx::TensorProto& tensor,
                         double (*decode)(uint16_t)) {
  Elements codes;
  append_ints<uint16_t>(codes, tensor, tensor.int32_data());
  for (const int64_t code : codes.ints)
    elements.floats.push_back(decode(static_cast<uint16_t>(code)));
}

// False for kinds that libonnx 1.12 does not know or that are no numbers.
bool expected_elements(const ::onnx::TensorProto& tensor, Elements& elements) {
  using Proto = ::onnx::TensorProto;
  switch (tensor.data_type()) {
    case Proto::FLOAT:
      if (tensor.has_raw_data())
        append(elements.floats, raw_values<float>(tensor.raw_data()));
      else
        append(elements.floats, tensor.float_data());
      return true;
    case Proto::DOUBLE:
      if (tensor.has_raw_data())
        append(elements.floats, raw_values<double>(tensor.raw_data()));
      else
        append(elements.floats, tensor.double_data());
      return true;
    case Proto::FLOAT16:
      append_sixteen_bits(elements, tensor, half_value);
      return true;
    case Proto::BFLOAT16:
      append_sixteen_bits(elements, tensor, bfloat_value);
      return true;
    case Proto::INT64:
      append_ints<int64_t>(elements, tensor, tensor.int64_data());
      return true;
    case Proto::INT32:
      append_ints<int32_t>(elements, tensor, tensor.int32_data());
      return true;
    case Proto::INT16:
      append_ints<int16_t>(elements, tensor, tensor.int32_data());
      return true;
    case Proto::INT8:
      append_ints<int8_t>(elements, tensor, tensor.int32_data());
      return true;
    case Proto::UINT16:
      append_ints<uint16_t>(elements, tensor, tensor.int32_data());
      return true;
    case Proto::UINT8:
      append_ints<uint8_t>(elements, tensor, tensor.int32_data());
      return true;
    case Proto::BOOL:
      append_ints<uint8_t>(elements, tensor, tensor.int32_data());
      return true;
    case Proto::UINT32:
      append_ints<uint32_t>(elements, tensor, tensor.uint64_data());
      return true;
    default:
      return false;
  }
}

class Comparison {
 public:
  Comparison(const Model& model, ByteSource& source) : model_(model), source_(source) {}
  std::vector<std::string> found;

  void equal(const std::string& where, const std::string& expected, StringId id) {
    if (model_.text(id) != expected) fail(where, expected, std::string(model_.text(id)));
  }

  void equal(const std::string& where, int64_t expected, int64_t actual) {
    if (expected != actual) fail(where, std::to_string(expected), std::to_string(actual));
  }

  template <class Ids>
  void names(const std::string& where, const Ids& expected, std::span<const StringId> ids) {
    equal(where + " count", expected.size(), static_cast<int64_t>(ids.size()));
    for (int index = 0; index < expected.size() && static_cast<size_t>(index) < ids.size();
         ++index) {
      equal(where, expected[index], ids[static_cast<size_t>(index)]);
    }
  }

  template <class Expected, class Actual>
  void numbers(const std::string& where, const Expected& expected, const Actual& actual) {
    bool agree = static_cast<size_t>(expected.size()) == actual.size();
    for (size_t index = 0; agree && index < actual.size(); ++index) {
      agree = same(static_cast<double>(*(expected.begin() + static_cast<std::ptrdiff_t>(index))),
                   static_cast<double>(actual[index]));
    }
    if (!agree) fail(where, std::to_string(expected.size()) + " numbers", "others");
  }

  void tensor(const std::string& where, const ::onnx::TensorProto& expected,
              const TensorData& actual);
  void sparse(const std::string& where, const ::onnx::SparseTensorProto& expected,
              const onnx::SparseTensorData& actual);
  void type(const std::string& where, const ::onnx::TypeProto& expected,
            const onnx::TypeProto& actual);
  void attribute(const std::string& where, const ::onnx::AttributeProto& expected,
                 const Attribute& actual);
  void node(const std::string& where, const ::onnx::NodeProto& expected, const onnx::Node& actual);
  void graph(const std::string& where, const ::onnx::GraphProto& expected,
             const onnx::Graph& actual);
  void function(const std::string& where, const ::onnx::FunctionProto& expected,
                const onnx::Function& actual);

  template <class Expected, class Actual, class Compare>
  void each(const std::string& where, const Expected& expected, const Actual& actual,
            Compare compare) {
    equal(where + " count", expected.size(), static_cast<int64_t>(actual.size()));
    if (static_cast<size_t>(expected.size()) != actual.size()) return;
    for (int index = 0; index < expected.size(); ++index) {
      (this->*compare)(where + '[' + std::to_string(index) + ']', expected[index],
                       actual[static_cast<size_t>(index)]);
    }
  }

  void value_info(const std::string& where, const ::onnx::ValueInfoProto& expected,
                  const onnx::ValueInfo& actual) {
    equal(where + ".name", expected.name(), actual.name);
    if (expected.has_type()) type(where + ".type", expected.type(), actual.type);
  }

 private:
  void fail(const std::string& where, const std::string& expected, const std::string& actual) {
    if (found.size() < kMostDifferences)
      found.push_back(where + ": " + expected + " became " + actual);
  }
  void external(const std::string& where, const ::onnx::TensorProto& expected,
                const TensorData& actual);
  void elements(const std::string& where, const ::onnx::TensorProto& expected,
                const TensorData& actual);
  void shape(const std::string& where, int64_t dtype, const ::onnx::TensorShapeProto* expected,
             const onnx::TypeProto& actual);

  const Model& model_;
  ByteSource& source_;
};

void Comparison::external(const std::string& where, const ::onnx::TensorProto& expected,
                          const TensorData& actual) {
  if (actual.storage != TensorData::Storage::External)
    return fail(where, "external", "not external");
  for (const auto& entry : expected.external_data()) {
    if (entry.key() == "location") {
      equal(where + ".location", entry.value(), model_.external_files[actual.external].location);
    } else if (entry.key() == "offset") {
      equal(where + ".offset", std::stoll(entry.value()), static_cast<int64_t>(actual.offset));
    } else if (entry.key() == "length") {
      equal(where + ".length", std::stoll(entry.value()), static_cast<int64_t>(actual.length));
    }
  }
}

void Comparison::elements(const std::string& where, const ::onnx::TensorProto& expected,
                          const TensorData& actual) {
  Elements wanted;
  if (!expected_elements(expected, wanted)) return;
  const auto got = onnx::read_elements(model_, source_, actual, kMostElements);
  if (!got) {
    if (got.error().code != "too_many_elements") fail(where, "elements", got.error().message);
    return;
  }
  numbers(where + " ints", wanted.ints, got->ints);
  numbers(where + " floats", wanted.floats, got->floats);
}

void Comparison::tensor(const std::string& where, const ::onnx::TensorProto& expected,
                        const TensorData& actual) {
  equal(where + ".name", expected.name(), actual.name);
  equal(where + ".data_type", expected.data_type() < kDTypeCount ? expected.data_type() : 0,
        static_cast<int64_t>(actual.dtype));
  numbers(where + ".dims", expected.dims(), actual.dims);
  if (expected.data_location() == ::onnx::TensorProto::EXTERNAL)
    return external(where, expected, actual);
  elements(where, expected, actual);
}

void Comparison::sparse(const std::string& where, const ::onnx::SparseTensorProto& expected,
                        const onnx::SparseTensorData& actual) {
  tensor(where + ".values", expected.values(), actual.values);
  tensor(where + ".indices", expected.indices(), actual.indices);
  numbers(where + ".dims", expected.dims(), actual.dims);
}

void Comparison::shape(const std::string& where, int64_t dtype,
                       const ::onnx::TensorShapeProto* expected, const onnx::TypeProto& actual) {
  equal(where + ".elem_type", dtype < kDTypeCount ? dtype : 0, static_cast<int64_t>(actual.dtype));
  equal(where + " has shape", expected != nullptr, actual.has_shape);
  if (expected == nullptr || !actual.has_shape) return;
  equal(where + " rank", expected->dim_size(), static_cast<int64_t>(actual.dims.size()));
  for (int index = 0;
       index < expected->dim_size() && static_cast<size_t>(index) < actual.dims.size(); ++index) {
    const onnx::DimProto& dim = actual.dims[static_cast<size_t>(index)];
    equal(where + " dim",
          expected->dim(index).has_dim_value() ? expected->dim(index).dim_value() : onnx::kNoSize,
          dim.value);
    equal(where + " dim", expected->dim(index).dim_param(), dim.param);
  }
}

void Comparison::type(const std::string& where, const ::onnx::TypeProto& expected,
                      const onnx::TypeProto& actual) {
  const ::onnx::TypeProto* inner = &expected;
  TypeKind kind = TypeKind::Unknown;
  if (inner->has_optional_type()) {
    kind = TypeKind::Optional;
    inner = &inner->optional_type().elem_type();
  }
  if (inner->has_sequence_type()) {
    kind = kind == TypeKind::Optional ? TypeKind::OptionalSequence : TypeKind::Sequence;
    inner = &inner->sequence_type().elem_type();
  }
  if (kind == TypeKind::Unknown) {
    if (inner->has_tensor_type()) kind = TypeKind::Tensor;
    if (inner->has_sparse_tensor_type()) kind = TypeKind::SparseTensor;
    if (inner->has_map_type()) kind = TypeKind::Map;
    if (inner->has_opaque_type()) kind = TypeKind::Opaque;
  }
  equal(where + " kind", static_cast<int64_t>(kind), static_cast<int64_t>(actual.kind));
  if (inner->has_tensor_type()) {
    const auto& tensor_type = inner->tensor_type();
    shape(where, tensor_type.elem_type(), tensor_type.has_shape() ? &tensor_type.shape() : nullptr,
          actual);
  }
  if (inner->has_sparse_tensor_type()) {
    const auto& tensor_type = inner->sparse_tensor_type();
    shape(where, tensor_type.elem_type(), tensor_type.has_shape() ? &tensor_type.shape() : nullptr,
          actual);
  }
}

void Comparison::attribute(const std::string& where, const ::onnx::AttributeProto& expected,
                           const Attribute& actual) {
  equal(where + ".name", expected.name(), actual.name);
  equal(where + ".ref_attr_name", expected.ref_attr_name(), actual.reference);
  if (expected.type() != 0)
    equal(where + ".type", expected.type(), static_cast<int64_t>(actual.type));
  equal(where + ".i", expected.i(), actual.i);
  if (!same(static_cast<double>(expected.f()), static_cast<double>(actual.f)))
    fail(where + ".f", "a float", "another");
  equal(where + ".s", expected.s().substr(0, onnx::kMostStringBytes), actual.s);
  numbers(where + ".ints", expected.ints(), actual.ints);
  numbers(where + ".floats", expected.floats(), actual.floats);
  names(where + ".strings", expected.strings(), actual.strings);
  if (expected.has_t()) {
    if (actual.tensor == nullptr) return fail(where + ".t", "a tensor", "none");
    tensor(where + ".t", expected.t(), *actual.tensor);
  }
  if (expected.has_sparse_tensor()) {
    if (actual.sparse == nullptr) return fail(where + ".sparse_tensor", "a tensor", "none");
    sparse(where + ".sparse_tensor", expected.sparse_tensor(), *actual.sparse);
  }
  if (expected.has_tp()) {
    if (actual.type_proto == nullptr) return fail(where + ".tp", "a type", "none");
    type(where + ".tp", expected.tp(), *actual.type_proto);
  }
  const int own = expected.has_g() ? 1 : 0;
  equal(where + " graphs", own + expected.graphs_size(),
        static_cast<int64_t>(actual.graphs.size()));
  for (size_t index = 0; index < actual.graphs.size(); ++index) {
    const int listed = static_cast<int>(index) - own;
    graph(where + ".graph", listed < 0 ? expected.g() : expected.graphs(listed),
          *actual.graphs[index]);
  }
}

void Comparison::node(const std::string& where, const ::onnx::NodeProto& expected,
                      const onnx::Node& actual) {
  equal(where + ".name", expected.name(), actual.name);
  equal(where + ".op_type", expected.op_type(), actual.op);
  equal(where + ".domain", plain_domain(expected.domain()), actual.domain);
  names(where + ".input", expected.input(), actual.inputs);
  names(where + ".output", expected.output(), actual.outputs);
  each(where + ".attribute", expected.attribute(), actual.attributes, &Comparison::attribute);
}

void Comparison::graph(const std::string& where, const ::onnx::GraphProto& expected,
                       const onnx::Graph& actual) {
  equal(where + ".name", expected.name(), actual.name);
  each(where + ".node", expected.node(), actual.nodes, &Comparison::node);
  each(where + ".initializer", expected.initializer(), actual.initializers, &Comparison::tensor);
  each(where + ".sparse_initializer", expected.sparse_initializer(), actual.sparse_initializers,
       &Comparison::sparse);
  each(where + ".input", expected.input(), actual.inputs, &Comparison::value_info);
  each(where + ".output", expected.output(), actual.outputs, &Comparison::value_info);
  each(where + ".value_info", expected.value_info(), actual.value_info, &Comparison::value_info);
}

void Comparison::function(const std::string& where, const ::onnx::FunctionProto& expected,
                          const onnx::Function& actual) {
  equal(where + ".name", expected.name(), actual.name);
  equal(where + ".domain", plain_domain(expected.domain()), actual.domain);
  names(where + ".input", expected.input(), actual.inputs);
  names(where + ".output", expected.output(), actual.outputs);
  names(where + ".attribute", expected.attribute(), actual.attributes);
  each(where + ".node", expected.node(), actual.nodes, &Comparison::node);
  equal(where + ".opset_import", expected.opset_import_size(),
        static_cast<int64_t>(actual.opsets.size()));
}

}  // namespace

std::vector<std::string> differences(const ::onnx::ModelProto& expected, const Model& model,
                                     ByteSource& source) {
  Comparison comparison(model, source);
  comparison.equal("ir_version", expected.ir_version(), model.ir_version);
  comparison.equal("model_version", expected.model_version(), model.model_version);
  if (expected.producer_name() != model.producer)
    comparison.found.push_back("producer_name differs");
  if (expected.producer_version() != model.producer_version) {
    comparison.found.push_back("producer_version differs");
  }
  if (expected.opset_import_size() > 0) {
    comparison.equal("opset_import count", expected.opset_import_size(),
                     static_cast<int64_t>(model.opsets.size()));
    for (size_t index = 0; index < model.opsets.size(); ++index) {
      const auto& opset = expected.opset_import(static_cast<int>(index));
      comparison.equal("opset_import.domain", plain_domain(opset.domain()),
                       model.opsets[index].first);
      comparison.equal("opset_import.version", opset.version(), model.opsets[index].second);
    }
  }
  comparison.equal("metadata_props", expected.metadata_props_size(),
                   static_cast<int64_t>(model.metadata.size()));
  comparison.graph("graph", expected.graph(), model.graph);
  comparison.each("functions", expected.functions(), model.functions, &Comparison::function);
  return comparison.found;
}

}  // namespace trtreport::test
