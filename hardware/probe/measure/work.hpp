// One way to do work that can be timed: how much one turn does, and how to put turns on a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <cuda_runtime.h>

namespace trtprobe {

struct Work {
  std::string method;         // "mma.m16n8k16": the row's
  std::string configuration;  // "4 chains": which of several ways was the best
  double work_per_turn = 0;   // operations or bytes
  std::function<cudaError_t(std::uint32_t turns, cudaStream_t stream)> run;
};

}  // namespace trtprobe
