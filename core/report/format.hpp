// Figures as people read them: three significant digits, an SI prefix, a unit. Powers of ten
// throughout, bytes too. The page's web/src/report/format.ts says them alike.
#pragma once

#include "graph/shape.hpp"
#include "ops/cost.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trtreport {

inline constexpr std::string_view kDash = "—";  // unknown

// 4089184256, "MAC" -> "4.09 GMAC"; 0.000213, "W" -> "213 µW". Whole numbers below 1000 keep no
// decimals.
std::string format_si(double number, std::string_view unit);
std::string format_si(const std::optional<double>& number, std::string_view unit);
// Times as base/quantity.hpp says them, in verdicts too: "0.213 ms".
std::string format_seconds(const std::optional<double>& seconds);
std::string format_count(ops::Count count, std::string_view unit);
// FLOPs per byte: plain digits, as "120 mFLOP/B" helps nobody.
std::string format_ratio(const std::optional<double>& ratio);
// A share in [0, 1]: no decimals from 10 % on, one below.
std::string format_percent(double share);
// "1x3x224x224", "batchx3", "scalar"; a question mark for what is unknown.
std::string format_shape(const Shape& shape);

}  // namespace trtreport
