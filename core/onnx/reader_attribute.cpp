// AttributeProto: scalars, bounded lists, tensors without their elements, subgraphs put into the
// queue.
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"

#include <cstring>
#include <string_view>

namespace trtreport::onnx {
namespace {

float float_from_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

AttributeType type_from_number(uint64_t number) {
  const uint64_t most = static_cast<uint64_t>(AttributeType::TypeProtos);
  return number <= most ? static_cast<AttributeType>(number) : AttributeType::Undefined;
}

TensorData& new_inline(Arena& arena, DType dtype) {
  TensorData& tensor = arena.make<TensorData>(1)[0];
  tensor.storage = TensorData::Storage::Inline;
  tensor.dtype = dtype;
  return tensor;
}

std::span<const int64_t> one_dim(Arena& arena, size_t count) {
  const int64_t dim = static_cast<int64_t>(count);
  return arena.copy(std::span<const int64_t>(&dim, 1));
}

}  // namespace

const TensorData* inline_tensor(Arena& arena, std::string_view name, const Attribute& attribute) {
  if (name == "value_int") {
    TensorData& tensor = new_inline(arena, DType::Int64);
    tensor.ints = arena.copy(std::span<const int64_t>(&attribute.i, 1));
    return &tensor;
  }
  if (name == "value_float") {
    const double value = attribute.f;
    TensorData& tensor = new_inline(arena, DType::Float32);
    tensor.floats = arena.copy(std::span<const double>(&value, 1));
    return &tensor;
  }
  if (name == "value_ints") {
    TensorData& tensor = new_inline(arena, DType::Int64);
    tensor.dims = one_dim(arena, attribute.ints.size());
    tensor.ints = attribute.ints;
    return &tensor;
  }
  if (name == "value_floats") {
    TensorData& tensor = new_inline(arena, DType::Float32);
    tensor.dims = one_dim(arena, attribute.floats.size());
    const std::span<double> floats = arena.make<double>(attribute.floats.size());
    for (size_t index = 0; index < floats.size(); ++index) floats[index] = attribute.floats[index];
    tensor.floats = floats;
    return &tensor;
  }
  if (name == "value_string") return &new_inline(arena, DType::String);
  if (name != "value_strings") return nullptr;
  TensorData& tensor = new_inline(arena, DType::String);
  tensor.dims = one_dim(arena, attribute.strings.size());
  return &tensor;
}

std::span<const Attribute> Reader::read_attributes(std::span<const Range> messages,
                                                   const char* field) {
  attributes_.clear();
  for (size_t index = 0; index < messages.size() && !scanner_.failed(); ++index) {
    const Within within(*this, field, static_cast<int64_t>(index));
    read_attribute(messages[index], attributes_.emplace_back());
  }
  return model_.arena.copy(attributes_);
}

void Reader::read_attribute(Range message, Attribute& attribute) {
  ints_.clear();
  floats_.clear();
  strings_.clear();
  graph_messages_.clear();
  AttributeParts parts;
  Fields fields(scanner_, message);
  while (fields.next()) {
    read_attribute_field(fields, attribute, parts);
    // Nothing after a list that was cut is worth walking its other elements, which may be a billion
    // fields.
    if (attribute.cut && attribute.name != StringId::Empty) break;
  }
  keep_attribute_lists(attribute, message.begin);
  if (parts.declared != AttributeType::Undefined) attribute.type = parts.declared;
  read_attribute_parts(parts, attribute);
  const bool is_literal = attribute.tensor == nullptr && attribute.reference == StringId::Empty;
  if (scanner_.failed() || !is_literal || attribute.cut) return;
  const std::string_view name = model_.text(attribute.name);
  if (name.starts_with("value_")) attribute.tensor = inline_tensor(model_.arena, name, attribute);
}

// Sets the type that the field suggests: models of the first IR versions do not declare it.
void Reader::read_attribute_field(const Fields& fields, Attribute& attribute,
                                  AttributeParts& parts) {
  const Range content = fields.content();
  switch (fields.key()) {
    case as_bytes(AttributeField::Name):
      attribute.name = intern(content);
      return;
    case as_bytes(AttributeField::RefAttrName):
      attribute.reference = intern(content);
      return;
    case as_varint(AttributeField::Type):
      parts.declared = type_from_number(fields.value());
      return;
    case as_fixed32(AttributeField::F):
      attribute.f = float_from_bits(static_cast<uint32_t>(fields.value()));
      attribute.type = AttributeType::Float;
      return;
    case as_varint(AttributeField::I):
      attribute.i = fields.integer();
      attribute.type = AttributeType::Int;
      return;
    case as_bytes(AttributeField::T):
      parts.tensor = content;
      attribute.type = AttributeType::Tensor;
      return;
    case as_bytes(AttributeField::Tensors):
      if (!parts.tensor) parts.tensor = content;
      attribute.type = AttributeType::Tensors;
      return;
    case as_bytes(AttributeField::SparseTensor):
    case as_bytes(AttributeField::SparseTensors):
      if (!parts.sparse) parts.sparse = content;
      attribute.type = fields.key() == as_bytes(AttributeField::SparseTensor)
                           ? AttributeType::SparseTensor
                           : AttributeType::SparseTensors;
      return;
    case as_bytes(AttributeField::TypeProto):
    case as_bytes(AttributeField::TypeProtos):
      if (!parts.type) parts.type = content;
      attribute.type = fields.key() == as_bytes(AttributeField::TypeProto)
                           ? AttributeType::TypeProto
                           : AttributeType::TypeProtos;
      return;
    case as_bytes(AttributeField::G):
      parts.graph = content;
      attribute.type = AttributeType::Graph;
      return;
    case as_bytes(AttributeField::Graphs):
      graph_messages_.push_back(content);
      attribute.type = AttributeType::Graphs;
      return;
    case as_bytes(AttributeField::S):
    case as_bytes(AttributeField::Strings):
      read_attribute_string(fields, attribute);
      return;
    default:
      read_attribute_list(fields, attribute);
      return;
  }
}

void Reader::read_attribute_string(const Fields& fields, Attribute& attribute) {
  const Range content = fields.content();
  if (content.size() > kMostStringBytes) attribute.cut = true;
  if (fields.key() == as_bytes(AttributeField::S)) {
    attribute.s = intern(content);
    attribute.type = AttributeType::String;
    return;
  }
  attribute.type = AttributeType::Strings;
  if (strings_.size() == kMostListElements) {
    attribute.cut = true;
  } else {
    strings_.push_back(intern(content));
  }
}

void Reader::read_attribute_list(const Fields& fields, Attribute& attribute) {
  const auto keep = [&](auto& list, auto value) {
    attribute.cut = attribute.cut || list.size() == kMostListElements;
    if (!attribute.cut) list.push_back(value);
    return !attribute.cut;
  };
  switch (fields.key()) {
    case as_varint(AttributeField::Ints):
    case as_bytes(AttributeField::Ints):
      attribute.type = AttributeType::Ints;
      each_varint(scanner_, fields,
                  [&](uint64_t value) { return keep(ints_, static_cast<int64_t>(value)); });
      return;
    case as_fixed32(AttributeField::Floats):
    case as_bytes(AttributeField::Floats):
      attribute.type = AttributeType::Floats;
      each_fixed32(scanner_, fields,
                   [&](uint32_t bits) { return keep(floats_, float_from_bits(bits)); });
      return;
    default:
      return;
  }
}

void Reader::keep_attribute_lists(Attribute& attribute, uint64_t offset) {
  charge(sizeof(Attribute) + sizeof(int64_t) * ints_.size() + sizeof(float) * floats_.size() +
             sizeof(StringId) * strings_.size(),
         offset);
  attribute.ints = model_.arena.copy(ints_);
  attribute.floats = model_.arena.copy(floats_);
  attribute.strings = model_.arena.copy(strings_);
}

void Reader::read_attribute_parts(const AttributeParts& parts, Attribute& attribute) {
  if (parts.tensor) {
    const Within within(*this, "t");
    TensorData& tensor = model_.arena.make<TensorData>(1)[0];
    read_tensor(*parts.tensor, tensor);
    attribute.tensor = &tensor;
  }
  if (parts.sparse) {
    const Within within(*this, "sparse_tensor");
    SparseTensorData& tensor = model_.arena.make<SparseTensorData>(1)[0];
    read_sparse_tensor(*parts.sparse, tensor);
    attribute.sparse = &tensor;
  }
  if (parts.type) {
    const Within within(*this, "tp");
    TypeProto& type = model_.arena.make<TypeProto>(1)[0];
    read_type(*parts.type, type);
    attribute.type_proto = &type;
  }
  if (parts.graph || !graph_messages_.empty()) queue_subgraphs(parts, attribute);
}

void Reader::queue_subgraphs(const AttributeParts& parts, Attribute& attribute) {
  graphs_.clear();
  if (parts.graph) graphs_.push_back(queue_subgraph(*parts.graph, "g", -1));
  for (size_t index = 0; index < graph_messages_.size() && !scanner_.failed(); ++index) {
    graphs_.push_back(
        queue_subgraph(graph_messages_[index], "graphs", static_cast<int64_t>(index)));
  }
  attribute.graphs = model_.arena.copy(graphs_);
}

}  // namespace trtreport::onnx
