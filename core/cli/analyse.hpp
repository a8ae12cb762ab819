// The main job: one analysis, every output that was asked for.
#pragma once

#include "cli/options.hpp"

namespace trtreport::cli {

// Gives the exit status; every failure is one line on standard error.
int run_analysis(const CommandLine& line);

}  // namespace trtreport::cli
