// Where the outputs of a run go: none onto what is read, no two onto one file, all whole before the
// first appears.
#pragma once

#include "cli/options.hpp"
#include "cli/output.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::cli {

// How a run ends early: its exit status and the one line that it prints.
struct Failure {
  int status;
  std::string line;
};
template <class T>
using Result = tl::expected<T, Failure>;

// Null where not asked for; `terminal` is the summary where no output is named.
struct Outputs {
  std::unique_ptr<Output> html, json, markdown, csv, mask, qdq_data, qdq, terminal;
  std::vector<Output*> all() const;
};

// Fails with bad usage where an output is the model or another input, before anything is opened.
std::optional<Failure> check_targets(const CommandLine& line);
// The same for the model's external data, once the model tells their names.
std::optional<Failure> check_targets(const CommandLine& line, const Analysis& analysis);

Result<Outputs> open_outputs(const CommandLine& line);
// Brings all to the disk, then to their places.
std::optional<Failure> finish(const Outputs& outputs);

}  // namespace trtreport::cli
