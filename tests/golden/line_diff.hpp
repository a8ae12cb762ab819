// A unified-looking difference of two texts by lines, for failed golden cases.
#pragma once

#include <string>

namespace trtreport::golden {

// Lines that only the expectation has begin with '-', those that only the finding has with '+'; two
// lines of context.
std::string line_diff(const std::string& expected, const std::string& found);

}  // namespace trtreport::golden
