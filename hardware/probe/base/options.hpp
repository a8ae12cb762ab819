// The command line of trtprobe.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace trtprobe {

enum class Mode { kQuick, kDefault, kSustained };

struct Options {
  Mode mode = Mode::kDefault;
  double sustained_seconds = 10;
  std::vector<int> devices;  // none: the first
  bool all = false;
  bool list = false;
  bool force = false;
  bool libraries = true;          // measure cuBLASLt too
  std::vector<std::string> only;  // rows whose name begins with one of these; none: all
  std::string output;             // a file, "-" or, of several devices, a folder; empty: chosen
  std::string upload;             // URL
  std::string token;
  std::string page;  // where the page is served; empty: a placeholder in the link
  bool help = false;
  bool version = false;
  std::string error;  // one line; everything else is then meaningless
};

Options parse_options(const std::vector<std::string>& arguments);

const char* to_string(Mode mode);

// Is the row asked for?
bool wanted(const Options& options, const std::string& row);

extern const char* const kHelp;

}  // namespace trtprobe
