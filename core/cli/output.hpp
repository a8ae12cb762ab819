// Output files that appear whole or not at all: written to a temporary file beside the target,
// renamed at the end, and removed on every way out, signals included.
#pragma once

#include "base/diagnostics.hpp"
#include "report/sink.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace trtreport::cli {

class Output : public Sink {
 public:
  // "-" is standard output. What exists and is no regular file (a device, a FIFO) is written to
  // directly; links are followed, also where nothing is behind them yet. Error code
  // output_unwritable, also for a folder and for a file that may not be written.
  static tl::expected<std::unique_ptr<Output>, Error> open(const std::string& path);

  ~Output() override;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  bool write(std::string_view text) override;
  // Everything written so far reaches the file system. The fault where it or any write before
  // failed.
  std::optional<Error> close();
  // After close: the target becomes what was written.
  std::optional<Error> commit();

  const std::string& path() const { return path_; }  // as given
  // Whether both are to become one file. Never of what is written to directly.
  bool same_target(const Output& other) const;

 private:
  Output(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  static tl::expected<std::unique_ptr<Output>, Error> open_beside(const std::string& path);
  bool flush();
  Error fault(int cause) const;

  std::string path_;       // as given
  std::string target_;     // without links; empty where written to directly
  std::string temporary_;  // beside the target; empty once renamed
  int descriptor_;
  int cause_ = 0;  // errno of the first fault
  std::string buffer_;
};

// Removes temporary files when a signal ends the process; lets writes to a closed pipe or past a
// size limit fail instead. Call once, before the first Output.
void handle_signals();

// Gives closed standard streams a place that fails. Else the next file to be opened, the model or a
// report, would become one of them. Call before any file is opened.
void hold_standard_streams();

// `status`, or that an output cannot be written, with a line that says so, where standard output
// did not take what was printed. A reader that had enough (a closed pipe) is none of it.
int check_printed(int status);

// Whether both paths lead to one file that exists.
bool same_file(const std::string& first, const std::string& second);

}  // namespace trtreport::cli
