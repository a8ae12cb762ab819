// Rounding by whole numbers; fmt finds the shortest digits, its format compiled in.
#include "base/number_text.hpp"

#include <cassert>
#include <cmath>
#include <cstdint>

#include <fmt/compile.h>

namespace trtreport {
namespace {

constexpr uint64_t kTens[] = {1, 10, 100, 1000};
constexpr double kTwoTo53 = 9007199254740992.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

// `part` in [0, 1) times `scale`, of at most 10 bits, rounded half to even.
uint64_t scaled(double part, uint64_t scale, bool odd_before) {
  int exponent = 0;
  // part = mantissa * 2^-shift, and the product below has at most 63 bits.
  const uint64_t mantissa = static_cast<uint64_t>(std::frexp(part, &exponent) * kTwoTo53);
  const int shift = 53 - exponent;
  const uint64_t product = mantissa * scale;
  if (shift > 63) return 0;
  const uint64_t whole = product >> shift, rest = product & ((uint64_t{1} << shift) - 1);
  const uint64_t half = uint64_t{1} << (shift - 1);
  const bool odd = scale == 1 ? odd_before : (whole & 1) != 0;
  return whole + (rest > half || (rest == half && odd) ? 1 : 0);
}

// A whole number beyond 64 bits: its mantissa doubled as often as its exponent says.
std::string huge(double number) {
  int exponent = 0;
  std::string digits =
      std::to_string(static_cast<uint64_t>(std::frexp(number, &exponent) * kTwoTo53));
  for (int doubled = 53; doubled < exponent; ++doubled) {
    int carry = 0;
    for (size_t place = digits.size(); place > 0; --place) {
      const int twice = 2 * (digits[place - 1] - '0') + carry;
      digits[place - 1] = static_cast<char>('0' + twice % 10);
      carry = twice / 10;
    }
    if (carry > 0) digits.insert(digits.begin(), '1');
  }
  return digits;
}

}  // namespace

std::string fixed(double number, int decimals) {
  assert(number >= 0 && decimals >= 0 && decimals <= 3);
  if (number - number != 0) return "inf";
  if (number >= kTwoTo64)
    return huge(number) +
           std::string(".000").substr(0, decimals == 0 ? 0 : static_cast<size_t>(decimals) + 1);
  const uint64_t scale = kTens[decimals];
  uint64_t whole = static_cast<uint64_t>(number);
  uint64_t part = scaled(number - static_cast<double>(whole), scale, (whole & 1) != 0);
  if (part == scale) ++whole, part = 0;
  std::string text = std::to_string(whole);
  if (decimals == 0) return text;
  return text + '.' + std::to_string(scale + part).substr(1);
}

std::string_view shortest(double number, NumberText& text) {
  return {text, static_cast<size_t>(fmt::format_to(text, FMT_COMPILE("{}"), number) - text)};
}

std::string_view shortest(float number, NumberText& text) {
  return {text, static_cast<size_t>(fmt::format_to(text, FMT_COMPILE("{}"), number) - text)};
}

std::string shortest(double number) {
  NumberText text;
  return std::string(shortest(number, text));
}

}  // namespace trtreport
