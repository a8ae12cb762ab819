// How much memory a test's subject takes: every allocation of this program is counted.
#pragma once

#include <cstdint>

namespace trtreport::test {

// The most bytes that were allocated at once since it was made, above what was then. One at a time,
// and the other threads count too.
class HeapPeak {
 public:
  HeapPeak();
  uint64_t bytes() const;

 private:
  int64_t before_;
};

}  // namespace trtreport::test
