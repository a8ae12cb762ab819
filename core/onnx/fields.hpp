// Field numbers of onnx.proto (IR versions 3 to 13), so that the readers name fields instead of
// counting them.
#pragma once

#include <cstdint>

#include <protozero/types.hpp>

namespace trtreport::onnx {

enum class ModelField : uint32_t {
  IrVersion = 1,
  ProducerName = 2,
  ProducerVersion = 3,
  Domain = 4,
  ModelVersion = 5,
  Graph = 7,
  OpsetImport = 8,
  MetadataProps = 14,
  Functions = 25,
};

enum class GraphField : uint32_t {
  Node = 1,
  Name = 2,
  Initializer = 5,
  Input = 11,
  Output = 12,
  ValueInfo = 13,
  SparseInitializer = 15,
};

enum class NodeField : uint32_t {
  Input = 1,
  Output = 2,
  Name = 3,
  OpType = 4,
  Attribute = 5,
  Domain = 7,
  Overload = 8,
  MetadataProps = 9,
};

enum class AttributeField : uint32_t {
  Name = 1,
  F = 2,
  I = 3,
  S = 4,
  T = 5,
  G = 6,
  Floats = 7,
  Ints = 8,
  Strings = 9,
  Tensors = 10,
  Graphs = 11,
  TypeProto = 14,
  TypeProtos = 15,
  Type = 20,
  RefAttrName = 21,
  SparseTensor = 22,
  SparseTensors = 23,
};

enum class TensorField : uint32_t {
  Dims = 1,
  DataType = 2,
  FloatData = 4,
  Int32Data = 5,
  StringData = 6,
  Int64Data = 7,
  Name = 8,
  RawData = 9,
  DoubleData = 10,
  Uint64Data = 11,
  ExternalData = 13,
  DataLocation = 14,
};

enum class SparseTensorField : uint32_t { Values = 1, Indices = 2, Dims = 3 };

enum class ValueInfoField : uint32_t { Name = 1, Type = 2 };

enum class TypeField : uint32_t {
  Tensor = 1,
  Sequence = 4,
  Map = 5,
  Opaque = 7,
  SparseTensor = 8,
  Optional = 9,
};

// TypeProto.Tensor and TypeProto.SparseTensor number alike.
enum class TensorTypeField : uint32_t { ElemType = 1, Shape = 2 };

// TypeProto.Sequence and TypeProto.Optional number alike.
enum class ElementTypeField : uint32_t { ElemType = 1 };

enum class ShapeField : uint32_t { Dim = 1 };

enum class DimensionField : uint32_t { Value = 1, Param = 2 };

enum class OpsetField : uint32_t { Domain = 1, Version = 2 };

enum class EntryField : uint32_t { Key = 1, Value = 2 };  // StringStringEntryProto

enum class FunctionField : uint32_t {
  Name = 1,
  Input = 4,
  Output = 5,
  Attribute = 6,
  Node = 7,
  OpsetImport = 9,
  Domain = 10,
  AttributeProto = 11,
  ValueInfo = 12,
  Overload = 13,
};

// Keys for `switch (fields.key())`: a known number with another wire type is an unknown field, as
// for protobuf.
template <class Field>
constexpr uint32_t as_bytes(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}
template <class Field>
constexpr uint32_t as_varint(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::varint);
}
template <class Field>
constexpr uint32_t as_fixed32(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed32);
}
template <class Field>
constexpr uint32_t as_fixed64(Field field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed64);
}

}  // namespace trtreport::onnx
