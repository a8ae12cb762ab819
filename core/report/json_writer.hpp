// Writes JSON as a stream: no tree is ever built, so a document's size costs no memory. Values go
// out in the order of the calls; the caller keeps objects and arrays balanced.
#pragma once

#include "ops/cost.hpp"
#include "report/sink.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport {

class JsonWriter {
 public:
  explicit JsonWriter(Sink& sink) : sink_(sink), buffer_(new char[kBufferSize]) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  // Name of the member whose value is written next. Escaped like any string.
  void key(std::string_view name);

  void null() { raw("null"); }
  void value(bool flag) { raw(flag ? "true" : "false"); }
  void value(uint64_t number);
  void value(int64_t number);
  void value(uint32_t number) { value(static_cast<uint64_t>(number)); }
  void value(int32_t number) { value(static_cast<int64_t>(number)); }
  // Shortest text that reads back as the same double; null where it is no finite number.
  void value(double number);
  // As a float: 0.1f is 0.1. Infinities and NaN are the strings "inf", "-inf", "nan".
  void value(float number);
  // Escaped; bytes that are not UTF-8 become U+FFFD.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(ops::Count count);  // null where unknown
  template <class T>
  void value(const std::optional<T>& maybe) {
    if (maybe) {
      value(*maybe);
    } else {
      null();
    }
  }
  // Rounded to six significant digits; null where it is no finite number.
  void six_digits(double number);

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  void member(std::string_view name, const char* content) {
    member(name, std::string_view(content));
  }

  // Hands the rest to the sink. False where the sink ever refused.
  bool finish();
  bool failed() const { return failed_; }

 private:
  static constexpr size_t kBufferSize = 64 * 1024;

  void open(char bracket);
  void close(char bracket);
  void raw(std::string_view text);
  void separate();
  void put(char c) {
    if (used_ == kBufferSize) flush();
    buffer_[used_++] = c;
  }
  void put(std::string_view text);
  void string(std::string_view text);
  void escape(std::string_view text);
  void flush();

  Sink& sink_;
  std::unique_ptr<char[]> buffer_;
  size_t used_ = 0;
  bool first_ = true;  // nothing was written yet in the innermost object or array
  bool after_key_ = false;
  bool failed_ = false;
};

// `number` > 0, finite, rounded to six significant digits, as short as it goes: "0.00123",
// "1.5e-7", "147456". Made with additions and multiplications only, so that every platform writes
// the same.
std::string_view format_six_digits(double number, char (&text)[32]);

}  // namespace trtreport
