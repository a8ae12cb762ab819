// A file that was compiled into the program: its name and its bytes, both valid as long as the
// program runs.
#pragma once

#include <string_view>

namespace trtreport {

struct EmbeddedFile {
  std::string_view name;  // base name, for example "h100-sxm.json"
  std::string_view content;
};

}  // namespace trtreport
