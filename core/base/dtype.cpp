// One row a type: the table behind every question about element types.
#include "base/dtype.hpp"

#include <array>
#include <limits>

namespace trtreport {
namespace {

enum class Kind : uint8_t { None, Float, Signed, Unsigned, Other };

struct Row {
  std::string_view name;
  uint32_t bits;
  Kind kind;
};

constexpr std::array<Row, kDTypeCount> kRows = {{
    {"undefined", 0, Kind::None},        {"float32", 32, Kind::Float},
    {"uint8", 8, Kind::Unsigned},        {"int8", 8, Kind::Signed},
    {"uint16", 16, Kind::Unsigned},      {"int16", 16, Kind::Signed},
    {"int32", 32, Kind::Signed},         {"int64", 64, Kind::Signed},
    {"string", 0, Kind::Other},          {"bool", 8, Kind::Other},
    {"float16", 16, Kind::Float},        {"float64", 64, Kind::Float},
    {"uint32", 32, Kind::Unsigned},      {"uint64", 64, Kind::Unsigned},
    {"complex64", 64, Kind::Other},      {"complex128", 128, Kind::Other},
    {"bfloat16", 16, Kind::Float},       {"float8_e4m3fn", 8, Kind::Float},
    {"float8_e4m3fnuz", 8, Kind::Float}, {"float8_e5m2", 8, Kind::Float},
    {"float8_e5m2fnuz", 8, Kind::Float}, {"uint4", 4, Kind::Unsigned},
    {"int4", 4, Kind::Signed},           {"float4_e2m1fn", 4, Kind::Float},
    {"float8_e8m0fnu", 8, Kind::Float},  {"uint2", 2, Kind::Unsigned},
    {"int2", 2, Kind::Signed},
}};

const Row& row(DType dtype) { return kRows[static_cast<size_t>(dtype)]; }

}  // namespace

std::string_view name(DType dtype) { return row(dtype).name; }

std::optional<DType> dtype_from_name(std::string_view name) {
  if (name == "float") return DType::Float32;
  if (name == "double") return DType::Float64;
  if (name == "half") return DType::Float16;
  for (size_t index = 1; index < kRows.size(); ++index) {
    if (kRows[index].name == name) return static_cast<DType>(index);
  }
  return std::nullopt;
}

DType dtype_from_onnx(int64_t number) {
  return number > 0 && number < kDTypeCount ? static_cast<DType>(number) : DType::Undefined;
}

uint32_t bits(DType dtype) { return row(dtype).bits; }

uint64_t storage_bytes(DType dtype, uint64_t elements) {
  const uint64_t width = bits(dtype);
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  if (width >= 8) {
    const uint64_t bytes = width / 8;
    return elements > kMax / bytes ? kMax : elements * bytes;
  }
  if (width == 0) return 0;
  const uint64_t per_byte = 8 / width;
  return elements / per_byte + (elements % per_byte != 0 ? 1 : 0);
}

bool is_float(DType dtype) { return row(dtype).kind == Kind::Float; }

bool is_integer(DType dtype) {
  return row(dtype).kind == Kind::Signed || row(dtype).kind == Kind::Unsigned;
}

bool is_signed_integer(DType dtype) { return row(dtype).kind == Kind::Signed; }

}  // namespace trtreport
