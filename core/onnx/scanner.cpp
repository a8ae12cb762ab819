// The window and the wire format's five kinds of values.
#include "onnx/scanner.hpp"

#include <cstring>
#include <utility>

#include <protozero/exception.hpp>
#include <protozero/varint.hpp>

namespace trtreport::onnx {
namespace {

constexpr size_t kStepAfterJump = 4 * 1024;
constexpr size_t kLongestVarint = 10;

}  // namespace

Scanner::Scanner(ByteSource& source)
    : source_(source), size_(source.size()), window_(new char[kWindowBytes]) {}

void Scanner::fail(std::string_view code, uint64_t offset, std::string cause) {
  if (failed_) return;
  failed_ = true;
  failure_ = Error{std::string(code), std::move(cause), offset};
}

// Weights are skipped by jumping over them: after a jump little is read, as the next thing may be
// another jump.
const char* Scanner::refill(uint64_t offset, size_t count) {
  if (failed_) return nullptr;
  const bool goes_on = offset >= begin_ && offset <= end_ && end_ > 0;
  step_ = goes_on ? std::min(step_ * 2, kWindowBytes) : kStepAfterJump;
  const size_t want =
      static_cast<size_t>(std::min<uint64_t>(std::max(step_, count), size_ - offset));
  size_t have = 0;
  if (goes_on) {  // keep what the window already holds
    have = static_cast<size_t>(end_ - offset);
    std::memmove(window_.get(), window_.get() + (offset - begin_), have);
  }
  while (have < want) {
    const size_t got = source_.read(
        offset + have, std::as_writable_bytes(std::span(window_.get() + have, want - have)));
    if (got == 0) break;
    have += got;
  }
  begin_ = offset;
  end_ = offset + have;
  if (have >= count) return window_.get();
  fail("truncated", end_,
       "the file cannot be read here (it has " + std::to_string(size_) + " bytes)");
  return nullptr;
}

std::string_view Scanner::view(Range range) {
  if (range.size() == 0 || failed_) return {};
  const size_t count = static_cast<size_t>(std::min<uint64_t>(range.size(), kWindowBytes));
  const char* bytes = at(range.begin, count);
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, count);
}

bool Scanner::ended_early(uint64_t position, uint64_t end, std::string_view what) {
  if (end == size_) {
    fail("truncated", position, "the file ends within " + std::string(what));
  } else {
    fail("malformed", position, "the message ends within " + std::string(what));
  }
  return false;
}

bool Scanner::long_varint(uint64_t& position, uint64_t end, uint64_t& value) {
  const size_t count = static_cast<size_t>(std::min<uint64_t>(kLongestVarint, end - position));
  const char* bytes = at(position, count);
  if (bytes == nullptr) return false;
  const char* cursor = bytes;
  try {
    value = protozero::decode_varint(&cursor, bytes + count);
  } catch (const protozero::end_of_buffer_exception&) {
    return ended_early(position, end, "a number");
  } catch (const protozero::exception&) {
    fail("malformed", position, "a number is longer than 10 bytes");
    return false;
  }
  position += static_cast<uint64_t>(cursor - bytes);
  return true;
}

bool Scanner::fixed32(uint64_t& position, uint64_t end, uint32_t& value) {
  if (end - position < 4) return ended_early(position, end, "a 4-byte number");
  const char* bytes = at(position, 4);
  if (bytes == nullptr) return false;
  value = 0;
  for (int index = 3; index >= 0; --index)
    value = value << 8 | static_cast<unsigned char>(bytes[index]);
  position += 4;
  return true;
}

bool Scanner::fixed64(uint64_t& position, uint64_t end, uint64_t& value) {
  if (end - position < 8) return ended_early(position, end, "an 8-byte number");
  const char* bytes = at(position, 8);
  if (bytes == nullptr) return false;
  value = 0;
  for (int index = 7; index >= 0; --index)
    value = value << 8 | static_cast<unsigned char>(bytes[index]);
  position += 8;
  return true;
}

// The faults' texts are made out of line: next() runs for every field of a file and stays small.
bool Fields::reject_key(uint64_t key) {
  const uint64_t number = key >> 3;
  scanner_.fail("malformed", begin_,
                number == 0 || key > UINT32_MAX
                    ? "this is no field number of protobuf"
                    : "field " + std::to_string(number) + " has wire type " +
                          std::to_string(key & 7) + ", which ONNX does not use");
  return false;
}

bool Fields::reject_length(uint64_t length) {
  const bool at_end_of_file = end_ == scanner_.size();
  scanner_.fail(at_end_of_file ? "truncated" : "malformed", begin_,
                "field " + std::to_string(key_ >> 3) + " claims " + std::to_string(length) +
                    " bytes, but only " + std::to_string(end_ - position_) + " are left in " +
                    (at_end_of_file ? "the file" : "its message"));
  return false;
}

bool Fields::read_length() {
  uint64_t length = 0;
  if (!scanner_.varint(position_, end_, length)) return false;
  if (length > end_ - position_) return reject_length(length);
  content_ = {position_, position_ + length};
  position_ += length;
  return true;
}

bool Fields::next() {
  if (position_ >= end_ || scanner_.failed()) return false;
  begin_ = position_;
  uint64_t key = 0;
  if (!scanner_.varint(position_, end_, key)) return false;
  if (key > UINT32_MAX || key < 8) return reject_key(key);
  key_ = static_cast<uint32_t>(key);
  switch (static_cast<protozero::pbf_wire_type>(key & 7)) {
    case protozero::pbf_wire_type::varint:
      return scanner_.varint(position_, end_, value_);
    case protozero::pbf_wire_type::length_delimited:
      return read_length();
    case protozero::pbf_wire_type::fixed64:
      return scanner_.fixed64(position_, end_, value_);
    case protozero::pbf_wire_type::fixed32: {
      uint32_t value = 0;
      const bool fine = scanner_.fixed32(position_, end_, value);
      value_ = value;
      return fine;
    }
    default:
      return reject_key(key);
  }
}

}  // namespace trtreport::onnx
