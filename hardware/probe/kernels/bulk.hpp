// DRAM by the bulk copy engine of compute capability 9.0 and newer; no ways where there is none.
#pragma once

#include "kernels/memory.hpp"

namespace trtprobe {

std::vector<Work> bulk_read(const Buffers& buffers);
std::vector<Work> bulk_write(const Buffers& buffers);
std::vector<Work> bulk_copy(const Buffers& buffers);

}  // namespace trtprobe
