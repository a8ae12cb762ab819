// Options as texts, before they are understood, and what is wrong with them.
#pragma once

#include "cli/options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trtreport::cli {

struct Words {
  std::vector<std::string> dims, shapes;
  std::vector<std::string> precisions;
  std::vector<std::string> formats, calibrators, plans;
  bool quantize = false, no_quantize = false;
  std::string batch, shapes_list, least, best, most, convention = "hardware";
  bool no_tf32 = false;
  bool is_static = false;
  std::string prune, prune_criterion, prune_protect, round_to;
  bool prune_global = false;
};

// One line that names the option; empty where nothing is wrong.
using Fault = std::optional<std::string>;

// Fills `line`, which holds what needs no understanding, such as names of files.
Fault understand(const Words& words, CommandLine& line);

}  // namespace trtreport::cli
