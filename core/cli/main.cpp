// trtreport, the command line. What it does lies in the files beside this one, where tests reach
// it.
#include "cli/analyse.hpp"
#include "cli/devices.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/serve.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <cstdio>
#include <exception>
#include <new>

namespace {

// Columns of a large graph come and go. glibc would raise this threshold with each one freed and
// keep the next on its heap, where the holes add up to a twentieth of the peak.
void give_large_blocks_back() {
#if defined(__GLIBC__)
  constexpr int kLargeBlock = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
#endif
}

}  // namespace

int main(int count, char** arguments) {
  using namespace trtreport::cli;
  give_large_blocks_back();
  hold_standard_streams();
  try {
    const auto line = parse_command_line(count, arguments);
    if (!line) {
      std::fputs(line.error().text.c_str(), line.error().status == kFine ? stdout : stderr);
      return check_printed(line.error().status);
    }
    handle_signals();
    switch (line->action) {
      case Action::Analyse:
        return run_analysis(*line);
      case Action::Serve:
        return run_server(line->serve);
      default:
        return check_printed(run_device_command(*line));
    }
  } catch (const std::bad_alloc&) {
    std::fputs("trtreport: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "trtreport: %s\n", error.what());
  }
  return kUnreadableModel;
}
