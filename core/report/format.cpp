// Scaling by thousands; no logarithm, so that native and WebAssembly round alike.
#include "report/format.hpp"

#include "base/quantity.hpp"

#include <cmath>

namespace trtreport {
namespace {

constexpr std::string_view kLarge[] = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
constexpr std::string_view kSmall[] = {"", "m", "µ", "n", "p"};
constexpr double kRoundsToThousand = 999.5;

std::string join(const std::string& number, std::string_view prefix, std::string_view unit) {
  if (prefix.empty() && unit.empty()) return number;
  return number + ' ' + std::string(prefix) + std::string(unit);
}

bool is_finite(double number) { return number - number == 0; }

}  // namespace

std::string format_si(double number, std::string_view unit) {
  if (!is_finite(number)) return std::string(kDash);
  if (number == 0) return join("0", "", unit);
  if (number < 0) return "-" + format_si(-number, unit);
  size_t index = 0;
  if (number < 1) {
    while (number < 0.9995 && index + 1 < std::size(kSmall)) number *= 1000, ++index;
    return join(plain(number), kSmall[index], unit);
  }
  if (number < kRoundsToThousand && number == std::floor(number)) {
    return join(std::to_string(static_cast<uint32_t>(number)), "", unit);
  }
  while (number >= kRoundsToThousand && index + 1 < std::size(kLarge)) number /= 1000, ++index;
  return join(plain(number), kLarge[index], unit);
}

std::string format_si(const std::optional<double>& number, std::string_view unit) {
  return number ? format_si(*number, unit) : std::string(kDash);
}

std::string format_seconds(const std::optional<double>& seconds) {
  return seconds && is_finite(*seconds) ? duration(*seconds) : std::string(kDash);
}

std::string format_count(ops::Count count, std::string_view unit) {
  return count.known() ? format_si(static_cast<double>(count.value()), unit) : std::string(kDash);
}

std::string format_ratio(const std::optional<double>& ratio) {
  if (!ratio || !is_finite(*ratio)) return std::string(kDash);
  if (*ratio != 0 && *ratio < 0.01) return "<0.01";
  if (*ratio >= 9999.5) return format_si(*ratio, "");
  if (*ratio >= 0.995) return plain(*ratio);
  const uint32_t hundredths = static_cast<uint32_t>(*ratio * 100 + 0.5);
  return (hundredths < 10 ? "0.0" : "0.") + std::to_string(hundredths);
}

std::string format_percent(double share) {
  if (!is_finite(share)) return std::string(kDash);
  return share != 0 && share < 0.001 ? "<0.1 %" : percent(share);
}

std::string format_shape(const Shape& shape) {
  if (!shape.known()) return "?";
  if (shape.rank() == 0) return "scalar";
  std::string text;
  for (const Dim& dim : shape.dims()) {
    if (!text.empty()) text += 'x';
    text += dim.is_hidden() ? "?" : dim.text();
  }
  return text;
}

}  // namespace trtreport
