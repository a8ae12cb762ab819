// Numbers as text, alike on every platform and without a formatting library's whole machinery.
#pragma once

#include <string>
#include <string_view>

namespace trtreport {

// With `decimals` (0 to 3) digits behind the point, the exact value rounded half to even; "inf" for
// infinity. Not for negative numbers.
std::string fixed(double number, int decimals);

// The shortest digits that read back as the same number: "0.1", "3.35e+20".
using NumberText = char[40];
std::string_view shortest(double number, NumberText& text);
std::string_view shortest(float number, NumberText& text);
std::string shortest(double number);

}  // namespace trtreport
