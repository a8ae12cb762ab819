// Scales by powers of ten only, so that all platforms round alike.
#include "base/quantity.hpp"

#include "base/number_text.hpp"

#include <array>

namespace trtreport {

namespace {

// For 0.1 <= value < 1000 after scaling.
std::string three_digits(double value) {
  if (value < 0.9995) return fixed(value, 3);
  if (value < 9.995) return fixed(value, 2);
  if (value < 99.95) return fixed(value, 1);
  return fixed(value, 0);
}

constexpr double kNextPrefix = 999.5;  // rounds to 1000

}  // namespace

std::string quantity(double value, std::string_view unit) {
  static constexpr std::array<std::string_view, 7> kPrefixes = {"", "k", "M", "G", "T", "P", "E"};
  if (value == 0) return "0 " + std::string(unit);
  size_t prefix = 0;
  while (value >= kNextPrefix && prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const bool whole = prefix == 0 && value == static_cast<double>(static_cast<int>(value));
  const std::string digits = whole ? fixed(value, 0) : three_digits(value);
  return digits + ' ' + std::string(kPrefixes[prefix]) + std::string(unit);
}

std::string duration(double seconds) {
  if (seconds == 0) return "0 s";
  if (seconds >= 0.9995) return three_digits(seconds) + " s";
  if (seconds >= 0.9995e-4) return three_digits(seconds * 1e3) + " ms";
  if (seconds >= 0.9995e-7) return three_digits(seconds * 1e6) + " µs";
  return three_digits(seconds * 1e9) + " ns";
}

std::string percent(double share) {
  const double value = share * 100;
  return value >= 9.95 || value == 0 ? fixed(value, 0) + " %" : fixed(value, 1) + " %";
}

std::string plain(double value) { return value == 0 ? "0" : three_digits(value); }

std::string grouped(double value) {
  std::string digits = fixed(value, 0);
  for (size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

}  // namespace trtreport
