// Numbers as people read them: three significant digits, SI prefixes, powers of ten. The same text
// natively and in WebAssembly.
#pragma once

#include <string>
#include <string_view>

namespace trtreport {

// 4.09e9, "MAC" -> "4.09 GMAC"; 97500000, "B" -> "97.5 MB"; 0, "B" -> "0 B".
std::string quantity(double value, std::string_view unit);

// 2.13e-4 -> "0.213 ms"; 5e-6 -> "5.00 µs"; 12 -> "12.0 s".
std::string duration(double seconds);

// 0.834 -> "83 %"; 0.0413 -> "4.1 %".
std::string percent(double share);

// Three significant digits without a prefix: 295.3 -> "295", 39.17 -> "39.2".
std::string plain(double value);

// Thousands separated: 4694 -> "4,694".
std::string grouped(double value);

}  // namespace trtreport
