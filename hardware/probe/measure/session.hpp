// All measurements of one GPU.
#pragma once

#include "base/options.hpp"
#include "base/result.hpp"

#include <string>

namespace trtprobe {

struct Session {
  enum class End { kMeasured, kBusy, kUnusable };
  End end = End::kUnusable;
  std::string reason;  // of the other two
  Findings findings;
};

// Measures what the options ask for on the GPU of this index. Progress goes to standard error where
// that is a terminal. Everything it allocates is freed when it returns.
Session run_session(int index, const Options& options);

}  // namespace trtprobe
