// Text in aligned columns, for terminals.
#pragma once

#include <string>
#include <vector>

namespace trtreport {

struct TextColumn {
  std::string title;
  bool right = false;  // numbers align right
};

// Lines that begin with two spaces; cells must be one line each. The title line is left out where
// every title is empty.
std::string text_table(const std::vector<TextColumn>& columns,
                       const std::vector<std::vector<std::string>>& rows,
                       std::string_view title_on = {}, std::string_view title_off = {});

}  // namespace trtreport
