// --prune and its kin: what the words mean, and the library behind them run.
#pragma once

#include "cli/options.hpp"
#include "prune.hpp"

#include <memory>
#include <string>

namespace trtreport::cli {

// Reads the file of --prune-groups, where there is one, and analyses. Errors: those of
// Pruning::run; bad_prune_file where the file is missing or faulty.
tl::expected<std::unique_ptr<Pruning>, Error> run_pruning(const CommandLine& line,
                                                          ByteSource& source, ExternalFiles* files,
                                                          Options options);

}  // namespace trtreport::cli
