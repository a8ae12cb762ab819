// Protobuf's wire format over a window on a ByteSource: the counterpart of protozero's reader for
// messages that are too large for memory. It is built on protozero's primitives; what it adds is
// random access, byte offsets in errors, and that a failure is a state instead of an exception. No
// length of the file is believed before it is checked.
#pragma once

#include "base/byte_source.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <protozero/types.hpp>

namespace trtreport::onnx {

// Bytes [begin, end) of the file.
struct Range {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t size() const { return end - begin; }
};

// Reads through one buffer. The first failure sticks: every read after it fails too, so that loops
// over fields end.
class Scanner {
 public:
  static constexpr size_t kWindowBytes = 64 * 1024;

  explicit Scanner(ByteSource& source);

  uint64_t size() const { return size_; }
  Range whole() const { return {0, size_}; }
  bool failed() const { return failed_; }
  const Error& failure() const { return failure_; }
  // Keeps the first failure only. `code` is one of read_model's.
  void fail(std::string_view code, uint64_t offset, std::string cause);

  // The bytes of a range of at most kWindowBytes. Valid until the next call of any member; empty on
  // failure.
  std::string_view view(Range range);

  // Reads a number at `position`, which must not pass `end`, and moves `position` behind it.
  bool varint(uint64_t& position, uint64_t end, uint64_t& value) {
    if (position >= begin_ && position < std::min(end, end_)) {  // tags and most lengths: one byte
      const size_t at = static_cast<size_t>(position - begin_);
      const unsigned char byte = static_cast<unsigned char>(window_[at]);
      if (byte < 0x80) {
        value = byte;
        ++position;
        return true;
      }
    }
    return long_varint(position, end, value);
  }
  bool fixed32(uint64_t& position, uint64_t end, uint32_t& value);
  bool fixed64(uint64_t& position, uint64_t end, uint64_t& value);

 private:
  // Pointer to `count` bytes at `offset`, which the file has; null on failure.
  const char* at(uint64_t offset, size_t count) {
    if (offset >= begin_ && offset + count <= end_) return window_.get() + (offset - begin_);
    return refill(offset, count);
  }
  const char* refill(uint64_t offset, size_t count);
  bool long_varint(uint64_t& position, uint64_t end, uint64_t& value);
  bool ended_early(uint64_t position, uint64_t end, std::string_view what);

  ByteSource& source_;
  uint64_t size_;
  std::unique_ptr<char[]> window_;
  uint64_t begin_ = 0;  // of the window, in the file
  uint64_t end_ = 0;
  size_t step_ = 0;  // bytes of the last refill: grows while reading goes on, small after a jump
  bool failed_ = false;
  Error failure_;
};

// The fields of one message in file order. Each next() has read the whole field: numbers as values,
// everything else as a range that the caller may enter or leave alone.
class Fields {
 public:
  Fields(Scanner& scanner, Range message)
      : scanner_(scanner), position_(message.begin), end_(message.end) {}

  // False at the end of the message and after a failure.
  bool next();

  uint32_t key() const { return key_; }      // number and wire type, see fields.hpp
  uint64_t begin() const { return begin_; }  // where the field's tag lies
  uint64_t end() const { return position_; }
  uint64_t value() const { return value_; }  // varint, fixed32, fixed64
  int64_t integer() const { return static_cast<int64_t>(value_); }
  Range content() const { return content_; }  // length-delimited

 private:
  bool read_length();
  bool reject_key(uint64_t key);
  bool reject_length(uint64_t length);

  Scanner& scanner_;
  uint64_t position_;
  uint64_t end_;
  uint64_t begin_ = 0;
  uint32_t key_ = 0;
  uint64_t value_ = 0;
  Range content_;
};

// Visits every number of a repeated field, packed or not: visit(uint64_t) answers whether to go on.
template <class Visit>
void each_varint(Scanner& scanner, const Fields& field, Visit visit) {
  if ((field.key() & 7) == static_cast<uint32_t>(protozero::pbf_wire_type::varint)) {
    visit(field.value());
    return;
  }
  uint64_t value = 0;
  Range list = field.content();
  while (list.begin < list.end && scanner.varint(list.begin, list.end, value) && visit(value))
    continue;
}

template <class Visit>
void each_fixed32(Scanner& scanner, const Fields& field, Visit visit) {
  if ((field.key() & 7) == static_cast<uint32_t>(protozero::pbf_wire_type::fixed32)) {
    visit(static_cast<uint32_t>(field.value()));
    return;
  }
  uint32_t value = 0;
  Range list = field.content();
  while (list.begin < list.end && scanner.fixed32(list.begin, list.end, value) && visit(value))
    continue;
}

template <class Visit>
void each_fixed64(Scanner& scanner, const Fields& field, Visit visit) {
  if ((field.key() & 7) == static_cast<uint32_t>(protozero::pbf_wire_type::fixed64)) {
    visit(field.value());
    return;
  }
  uint64_t value = 0;
  Range list = field.content();
  while (list.begin < list.end && scanner.fixed64(list.begin, list.end, value) && visit(value))
    continue;
}

}  // namespace trtreport::onnx
