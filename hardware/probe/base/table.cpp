// Figures in columns.
#include "base/table.hpp"

#include <cstdio>

namespace trtprobe {
namespace {

struct Scale {
  double factor;
  const char* prefix;
};

constexpr Scale kUp[] = {{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};

std::string number(const char* format, double value) {
  char digits[64];
  std::snprintf(digits, sizeof digits, format, value);
  return digits;
}

std::string padded(std::string text, std::size_t width, bool right) {
  const std::size_t missing = text.size() < width ? width - text.size() : 0;
  return right ? std::string(missing, ' ') + text : text + std::string(missing, ' ');
}

// Integer operations are counted like floating-point ones but are none.
std::string shown_unit(const Row& row) {
  const bool integer =
      row.name.find("int") != std::string::npos || row.name.find("dp4a") != std::string::npos;
  return row.unit == "FLOP/s" && integer ? "OP/s" : row.unit;
}

std::string optional_number(const char* format, const std::optional<double>& value) {
  return value ? number(format, *value) : "";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

std::string line(const Row& row) {
  const std::string unit = shown_unit(row);
  std::string out = padded(row.name, 27, false) + (row.best ? "* " : "  ");
  if (!row.median) {
    return out + to_string(row.status) + ": " + row.reason +
           (row.method.empty() ? "" : " (" + row.method + ")") + "\n";
  }
  out += padded(with_unit(*row.median, unit), 15, true);
  out += padded(row.theory_at_clock ? with_unit(*row.theory_at_clock, unit) : "", 16, true);
  const bool ratio = row.theory_at_clock && *row.theory_at_clock > 0;
  out += padded(ratio ? number("%.1f %%", *row.median / *row.theory_at_clock * 100) : "", 9, true);
  out += padded(optional_number("%.0f", row.clock_mhz), 7, true);
  out += padded(optional_number("%.0f", row.power_w), 6, true);
  out += padded(row.spread ? number("%.1f %%", *row.spread * 100) : "", 8, true);
  out += "  " + row.method;
  if (!row.configuration.empty()) out += ", " + row.configuration;
  if (row.regime != "burst") out += " [" + row.regime + "]";
  if (row.status != Status::kOk)
    out += std::string(" [") + to_string(row.status) + ": " + row.reason + "]";
  if (!row.throttle.empty()) out += " [" + joined(row.throttle) + "]";
  return out + "\n";
}

}  // namespace

std::string with_unit(double value, const std::string& unit) {
  if (unit == "s") {
    if (value < 1e-3) return number("%.2f us", value * 1e6);
    return value < 1 ? number("%.2f ms", value * 1e3) : number("%.2f s", value);
  }
  for (const Scale& scale : kUp) {
    if (value < scale.factor) continue;
    const double shown = value / scale.factor;
    return number(shown < 100 ? "%.2f " : "%.1f ", shown) + scale.prefix + unit;
  }
  return number("%.0f ", value) + unit;
}

std::string result_table(const Findings& findings) {
  std::string out = padded("what (* the better method)", 29, false) + padded("measured", 15, true) +
                    padded("theory at clock", 16, true) + padded("ratio", 9, true) +
                    padded("MHz", 7, true) + padded("W", 6, true) + padded("spread", 8, true) +
                    "  method\n";
  for (const Row& row : findings.rows) out += line(row);
  return out;
}

}  // namespace trtprobe
