// numpy's format, as numpy.lib.format documents it: a magic string, a version, and a Python dict of
// three members as text.
#include "quantization/npy.hpp"

#include "onnx/decode.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace trtreport::quantization {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

Error fault(const char* code, const char* cause) { return Error{code, cause, UINT64_MAX}; }

uint64_t little_endian(std::span<const std::byte> bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i)
    value = value << 8 | std::to_integer<uint64_t>(bytes[i - 1]);
  return value;
}

// The text behind 'name': in the dict; empty where there is none.
std::string_view member(std::string_view dict, std::string_view name) {
  for (const char quote : {'\'', '"'}) {
    const std::string key = quote + std::string(name) + quote;
    const size_t at = dict.find(key);
    if (at == std::string_view::npos) continue;
    const size_t colon = dict.find(':', at + key.size());
    if (colon == std::string_view::npos) return {};
    const size_t begin = dict.find_first_not_of(' ', colon + 1);
    return begin == std::string_view::npos ? std::string_view() : dict.substr(begin);
  }
  return {};
}

DType dtype_of(std::string_view description) {
  if (description.size() < 4) return DType::Undefined;
  const std::string_view text = description.substr(1, description.find(description[0], 1) - 1);
  constexpr std::pair<std::string_view, DType> kTypes[] = {
      {"<f4", DType::Float32}, {"<f2", DType::Float16}, {"<f8", DType::Float64},
      {"|i1", DType::Int8},    {"|u1", DType::UInt8},   {"<i2", DType::Int16},
      {"<u2", DType::UInt16},  {"<i4", DType::Int32},   {"<u4", DType::UInt32},
      {"<i8", DType::Int64},   {"<u8", DType::UInt64},  {"|b1", DType::Bool}};
  for (const auto& [name, dtype] : kTypes) {
    if (text == name) return dtype;
  }
  return DType::Undefined;
}

bool read_shape(std::string_view text, NpyHeader& header) {
  if (text.empty() || text[0] != '(') return false;
  header.elements = 1;
  uint64_t number = 0;
  bool digits = false;
  for (const char letter : text.substr(1)) {
    if (letter >= '0' && letter <= '9') {
      if (number > (UINT64_MAX - 9) / 10) return false;
      number = number * 10 + static_cast<uint64_t>(letter - '0');
      digits = true;
      continue;
    }
    if (digits) {
      if (number != 0 && header.elements > UINT64_MAX / 16 / number) return false;
      header.elements *= number;
      header.shape.push_back(number);
    }
    number = 0;
    digits = false;
    if (letter == ')') return true;
    if (letter != ',' && letter != ' ' && letter != 'L') return false;
  }
  return false;
}

}  // namespace

tl::expected<NpyHeader, Error> parse_npy_header(std::span<const std::byte> bytes) {
  if (bytes.size() < 10 || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0)
    return tl::unexpected(fault("not_npy", "it does not begin as a .npy file does"));
  const size_t width = std::to_integer<int>(bytes[6]) == 1 ? 2 : 4;
  const uint64_t begin = 8 + width;
  if (bytes.size() < begin) return tl::unexpected(fault("truncated", "its header is cut off"));
  const uint64_t length = little_endian(bytes.subspan(8, width));
  if (length > bytes.size() - begin)
    return tl::unexpected(fault("truncated", "its header is cut off"));
  const std::string_view dict(reinterpret_cast<const char*>(bytes.data()) + begin,
                              static_cast<size_t>(length));
  NpyHeader header;
  header.data = begin + length;
  header.dtype = dtype_of(member(dict, "descr"));
  header.fortran_order = member(dict, "fortran_order").substr(0, 4) == "True";
  if (header.dtype == DType::Undefined)
    return tl::unexpected(fault("unsupported_npy", "its values are no little-endian numbers"));
  if (!read_shape(member(dict, "shape"), header))
    return tl::unexpected(fault("not_npy", "its header names no shape"));
  return header;
}

tl::expected<NpyArray, Error> parse_npy(std::span<const std::byte> bytes) {
  auto header = parse_npy_header(bytes);
  if (!header) return tl::unexpected(std::move(header.error()));
  const size_t width = bits(header->dtype) / 8;
  if (header->elements > (bytes.size() - header->data) / width)
    return tl::unexpected(fault("truncated", "it ends before its values do"));
  NpyArray array{std::move(*header), {}};
  array.values.resize(static_cast<size_t>(array.header.elements));
  const std::byte* from = bytes.data() + array.header.data;
  if (array.header.dtype == DType::Float32) {
    std::memcpy(array.values.data(), from, array.values.size() * sizeof(float));
    return array;
  }
  for (float& value : array.values) {
    const uint64_t element = little_endian({from, width});
    from += width;
    if (is_float(array.header.dtype)) {
      value = static_cast<float>(onnx::decode_float(array.header.dtype, element));
    } else if (array.header.dtype == DType::UInt64) {
      value = static_cast<float>(element);
    } else {
      value = static_cast<float>(onnx::decode_integer(array.header.dtype, element));
    }
  }
  return array;
}

}  // namespace trtreport::quantization
