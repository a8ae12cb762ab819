// The probes of memory: DRAM, the L2 cache, shared memory. Each returns the ways to run it on
// buffers that it is given; the ways stay valid as long as the buffers do.
#pragma once

#include "measure/work.hpp"

#include <cstddef>

namespace trtprobe {

struct Buffers {
  void* a = nullptr;  // filled with random bits, as are b and c
  void* b = nullptr;
  void* c = nullptr;
  std::size_t bytes = 0;  // of each: a multiple of 16 MiB
  void* sink = nullptr;   // at least 64 KiB
  int sms = 0;
  int compute_capability = 0;  // 90 for 9.0
};

std::vector<Work> dram_read(const Buffers& buffers);
std::vector<Work> dram_write(const Buffers& buffers);
std::vector<Work> dram_copy(const Buffers& buffers);
std::vector<Work> dram_triad(const Buffers& buffers);

// Reads of the first `working_set` bytes of buffer a, again and again, past the L1 caches.
Work l2_read(const Buffers& buffers, std::size_t working_set);

std::vector<Work> shared_read(const Buffers& buffers);

}  // namespace trtprobe
