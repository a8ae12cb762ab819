// Separators, escapes and numbers of the JSON stream.
#include "report/json_writer.hpp"

#include "base/number_text.hpp"
#include "base/utf8.hpp"

#include <cstring>

#include <fmt/format.h>

namespace trtreport {
namespace {

constexpr double kTens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int kMostExactTen = 22;  // larger powers of ten are no doubles

double scale_by_ten(double number, int exponent) {
  while (exponent > kMostExactTen) number *= kTens[kMostExactTen], exponent -= kMostExactTen;
  while (exponent < -kMostExactTen) number /= kTens[kMostExactTen], exponent += kMostExactTen;
  return exponent >= 0 ? number * kTens[exponent] : number / kTens[-exponent];
}

// Six digits d and exponent e with number = d * 10^(e - 5), 100000 <= d < 1000000.
struct Digits {
  uint32_t digits;
  int exponent;
};

Digits six(double number) {
  int exponent = 0;
  double scaled = number;
  while (scaled >= 1e22) scaled /= 1e22, exponent += 22;
  while (scaled < 1e-16) scaled *= 1e22, exponent -= 22;
  while (scaled < 1) scaled *= 10, --exponent;
  for (int step = kMostExactTen; step > 0; --step) {
    if (scaled < kTens[step]) continue;
    exponent += step;
    break;
  }
  uint32_t digits = static_cast<uint32_t>(scale_by_ten(number, 5 - exponent) + 0.5);
  if (digits < 100000)
    digits = static_cast<uint32_t>(scale_by_ten(number, 6 - --exponent - 1) + 0.5);
  if (digits >= 1000000) digits /= 10, ++exponent;
  return {digits, exponent};
}

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string_view format_six_digits(double number, char (&text)[32]) {
  auto [digits, exponent] = six(number);
  char reversed[8];
  int count = 0;
  while (digits % 10 == 0) digits /= 10;
  for (; digits != 0; digits /= 10) reversed[count++] = static_cast<char>('0' + digits % 10);
  char* out = text;
  const auto put = [&](int from, int to) {  // significant digits [from, to), zeros past the last
    for (int index = from; index < to; ++index)
      *out++ = index < count ? reversed[count - 1 - index] : '0';
  };
  if (exponent >= 0 && exponent < 9) {
    put(0, exponent + 1);
    if (count > exponent + 1) *out++ = '.', put(exponent + 1, count);
  } else if (exponent < 0 && exponent >= -4) {
    *out++ = '0', *out++ = '.';
    for (int zeros = -1; zeros > exponent; --zeros) *out++ = '0';
    put(0, count);
  } else {
    put(0, 1);
    if (count > 1) *out++ = '.', put(1, count);
    *out++ = 'e';
    const fmt::format_int power(exponent);
    out = std::copy(power.data(), power.data() + power.size(), out);
  }
  return {text, static_cast<size_t>(out - text)};
}

void JsonWriter::flush() {
  if (!failed_ && !sink_.write({buffer_.get(), used_})) failed_ = true;
  used_ = 0;
}

void JsonWriter::put(std::string_view text) {
  if (text.size() > kBufferSize - used_) {
    flush();
    if (text.size() > kBufferSize) {
      if (!failed_ && !sink_.write(text)) failed_ = true;
      return;
    }
  }
  if (text.empty()) return;  // of which data() may be null, which memcpy must not get
  std::memcpy(buffer_.get() + used_, text.data(), text.size());
  used_ += text.size();
}

bool JsonWriter::finish() {
  flush();
  return !failed_;
}

void JsonWriter::separate() {
  if (!first_ && !after_key_) put(',');
  first_ = false;
  after_key_ = false;
}

void JsonWriter::open(char bracket) {
  separate();
  put(bracket);
  first_ = true;
}

void JsonWriter::close(char bracket) {
  put(bracket);
  first_ = false;
}

void JsonWriter::raw(std::string_view text) {
  separate();
  put(text);
}

void JsonWriter::key(std::string_view name) {
  separate();
  string(name);
  put(':');
  after_key_ = true;
}

void JsonWriter::value(uint64_t number) {
  const fmt::format_int text(number);
  raw({text.data(), text.size()});
}

void JsonWriter::value(int64_t number) {
  const fmt::format_int text(number);
  raw({text.data(), text.size()});
}

void JsonWriter::value(double number) {
  if (number - number != 0) return null();
  NumberText text;
  raw(shortest(number, text));
}

void JsonWriter::value(float number) {
  if (number != number) return value("nan");
  if (number - number != 0) return value(number > 0 ? "inf" : "-inf");
  NumberText text;
  raw(shortest(number, text));
}

void JsonWriter::six_digits(double number) {
  if (number - number != 0) return null();
  if (number == 0) return raw("0");
  char text[32];
  if (number > 0) return raw(format_six_digits(number, text));
  raw("-");
  put(format_six_digits(-number, text));
}

void JsonWriter::value(ops::Count count) {
  if (count.known()) {
    value(count.value());
  } else {
    null();
  }
}

void JsonWriter::value(std::string_view text) {
  separate();
  string(text);
}

void JsonWriter::string(std::string_view text) {
  put('"');
  size_t plain = 0;
  while (plain < text.size() && !needs_escape(text[plain])) ++plain;
  put(text.substr(0, plain));
  if (plain < text.size()) escape(text.substr(plain));
  put('"');
}

void JsonWriter::escape(std::string_view text) {
  while (!text.empty()) {
    const unsigned char c = static_cast<unsigned char>(text[0]);
    const size_t length = utf8_length(text);
    if (c == '"' || c == '\\') {
      put('\\');
      put(text[0]);
    } else if (c == '\n') {
      put("\\n");
    } else if (c == '\t') {
      put("\\t");
    } else if (c < 0x20) {
      put("\\u00");
      put("0123456789abcdef"[c >> 4]);
      put("0123456789abcdef"[c & 15]);
    } else if (length == 0) {
      put("\xef\xbf\xbd");
    } else {
      put(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace trtreport
