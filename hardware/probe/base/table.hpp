// The table on the terminal at the end of a run.
#pragma once

#include "base/result.hpp"

#include <string>

namespace trtprobe {

// "912.4 TFLOP/s", "4.41 TB/s", "2.31 us".
std::string with_unit(double value, const std::string& unit);

// Measured, theory at the measured clock, their ratio, clock, spread, method; a row that has no
// figure shows why.
std::string result_table(const Findings& findings);

}  // namespace trtprobe
