// Times work on a stream by events, and reads the SM clock while it runs: a small kernel before and
// one after store each SM's cycle counter and the GPU's nanosecond timer; cycles over nanoseconds
// is the clock, also where there is no NVML.
#pragma once

#include "measure/work.hpp"

#include <cstdint>
#include <optional>

#include <cuda_runtime.h>

namespace trtprobe {

struct Sample {
  double seconds = 0;
  std::optional<double> clock_mhz;
};

class Stopwatch {
 public:
  explicit Stopwatch(int sms);
  ~Stopwatch();
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

  cudaError_t status() const { return status_; }
  cudaStream_t stream() const { return stream_; }

  // Runs `turns` of the work and waits for it.
  cudaError_t time(const Work& work, std::uint32_t turns, Sample& sample);

 private:
  std::optional<double> clock() const;

  int sms_;
  cudaError_t status_ = cudaSuccess;
  cudaStream_t stream_ = nullptr;
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
  void* stamps_ = nullptr;       // on the device: before, then after
  void* host_stamps_ = nullptr;  // pinned
};

}  // namespace trtprobe
