// Element types of ONNX tensors: numbers, names and true sizes. Sub-byte types are why sizes are in
// bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace trtreport {

// Values are those of onnx.TensorProto.DataType (onnx.proto, IR 13).
enum class DType : uint8_t {
  Undefined = 0,
  Float32 = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Float64 = 11,
  UInt32 = 12,
  UInt64 = 13,
  Complex64 = 14,
  Complex128 = 15,
  BFloat16 = 16,
  Float8E4M3FN = 17,
  Float8E4M3FNUZ = 18,
  Float8E5M2 = 19,
  Float8E5M2FNUZ = 20,
  UInt4 = 21,
  Int4 = 22,
  Float4E2M1 = 23,
  Float8E8M0 = 24,
  UInt2 = 25,
  Int2 = 26,
};

// What a value is; DType is then that of its elements.
enum class TypeKind : uint8_t {
  Unknown,
  Tensor,
  SparseTensor,
  Sequence,
  Optional,
  OptionalSequence,
  Map,
  Opaque
};

inline constexpr int kDTypeCount = 27;

// numpy / ml_dtypes name ("float32", "float8_e4m3fn", "int4"); "undefined" for Undefined.
std::string_view name(DType dtype);

// The type of that name; also accepts "float", "double", "half". Empty where there is none.
std::optional<DType> dtype_from_name(std::string_view name);

// From a TensorProto.DataType number; Undefined for numbers that no type has.
DType dtype_from_onnx(int64_t number);

// Bits of one element in packed storage; 0 for String and Undefined, whose size no shape tells.
uint32_t bits(DType dtype);

// Bytes of `elements` packed elements, rounded up to whole bytes; saturates at 2^64 - 1.
uint64_t storage_bytes(DType dtype, uint64_t elements);

bool is_float(DType dtype);    // every binary floating kind, float8 and float4 included
bool is_integer(DType dtype);  // signed and unsigned, 2 to 64 bits; not Bool
bool is_signed_integer(DType dtype);

}  // namespace trtreport
