// Protobuf's wire format as bytes: what a rewritten model needs beside the ranges that it copies.
#pragma once

#include "onnx/fields.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace trtreport::onnx {

inline void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// A field's tag and, before its bytes, their count.
template <class Field>
void append_head(std::string& out, Field field, uint64_t size) {
  append_varint(out, as_bytes(field));
  append_varint(out, size);
}

template <class Field>
void append_bytes(std::string& out, Field field, std::string_view bytes) {
  append_head(out, field, bytes.size());
  out += bytes;
}

template <class Field>
void append_number(std::string& out, Field field, int64_t value) {
  append_varint(out, as_varint(field));
  append_varint(out, static_cast<uint64_t>(value));
}

// Numbers as ONNX's raw_data has them: little endian, whatever the machine.
template <class T>
void append_raw(std::string& out, T value) {
  static_assert(sizeof(T) <= 8);
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  for (size_t i = 0; i < sizeof value; ++i) out += static_cast<char>(bits >> (8 * i));
}

}  // namespace trtreport::onnx
