// ValueInfoProto and TypeProto, flattened: of sequences and optionals the tensor inside is kept.
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"

namespace trtreport::onnx {
namespace {

TypeKind kind_of(TypeField field) {
  switch (field) {
    case TypeField::Tensor:
      return TypeKind::Tensor;
    case TypeField::Sequence:
      return TypeKind::Sequence;
    case TypeField::Map:
      return TypeKind::Map;
    case TypeField::Opaque:
      return TypeKind::Opaque;
    case TypeField::SparseTensor:
      return TypeKind::SparseTensor;
    case TypeField::Optional:
      return TypeKind::Optional;
  }
  return TypeKind::Unknown;
}

bool holds_tensor(TypeKind kind) {
  return kind == TypeKind::Tensor || kind == TypeKind::SparseTensor;
}

}  // namespace

void Reader::read_value_info(Range message, ValueInfo& info) {
  charge(sizeof(ValueInfo), message.begin);
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() == as_bytes(ValueInfoField::Name)) info.name = intern(fields.content());
    if (fields.key() == as_bytes(ValueInfoField::Type)) {
      const Within within(*this, "type");
      read_type(fields.content(), info.type = {});
    }
  }
}

// The member of TypeProto's oneof that is set.
Reader::TypeLayer Reader::read_type_layer(Range message) {
  TypeLayer layer;
  Fields fields(scanner_, message);
  while (fields.next()) {
    const TypeField field = static_cast<TypeField>(fields.key() >> 3);
    if (kind_of(field) == TypeKind::Unknown || fields.key() != as_bytes(field)) continue;
    layer = {kind_of(field), fields.content()};
  }
  return layer;
}

// The TypeProto inside TypeProto.Sequence or TypeProto.Optional.
Reader::TypeLayer Reader::read_element_layer(Range message) {
  Range element;
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() == as_bytes(ElementTypeField::ElemType)) element = fields.content();
  }
  return read_type_layer(element);
}

// Walks inwards, from optional to sequence to tensor; nesting of another kind has no one tensor
// inside.
void Reader::read_type(Range message, TypeProto& type) {
  TypeLayer layer = read_type_layer(message);
  type.kind = layer.kind;
  if (layer.kind == TypeKind::Optional) {
    layer = read_element_layer(layer.content);
    if (layer.kind == TypeKind::Sequence) type.kind = TypeKind::OptionalSequence;
  }
  if (layer.kind == TypeKind::Sequence) layer = read_element_layer(layer.content);
  if (holds_tensor(layer.kind)) read_tensor_type(layer.content, type);
}

void Reader::read_tensor_type(Range message, TypeProto& type) {
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() == as_varint(TensorTypeField::ElemType)) {
      type.dtype = dtype_from_onnx(fields.integer());
    }
    if (fields.key() == as_bytes(TensorTypeField::Shape)) read_shape(fields.content(), type);
  }
}

void Reader::read_shape(Range message, TypeProto& type) {
  shape_.clear();
  Fields fields(scanner_, message);
  while (fields.next()) {
    if (fields.key() != as_bytes(ShapeField::Dim)) continue;
    if (shape_.size() == kMostRank) {
      scanner_.fail("malformed", fields.begin(),
                    "a shape has more than " + std::to_string(kMostRank) + " dimensions");
      return;
    }
    shape_.push_back(read_dimension(fields.content()));
  }
  charge(sizeof(DimProto) * shape_.size(), message.begin);
  type.has_shape = true;
  type.dims = model_.arena.copy(shape_);
}

DimProto Reader::read_dimension(Range message) {
  DimProto dim;
  Fields fields(scanner_, message);
  while (fields.next()) {  // of a oneof the last one counts
    if (fields.key() == as_varint(DimensionField::Value)) dim = {fields.integer(), StringId::Empty};
    if (fields.key() == as_bytes(DimensionField::Param)) dim = {kNoSize, intern(fields.content())};
  }
  return dim;
}

}  // namespace trtreport::onnx
