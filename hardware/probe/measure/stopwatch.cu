// Events around the work, stamps around the events.
#include "base/statistics.hpp"
#include "measure/stopwatch.hpp"

#include <vector>

namespace trtprobe {
namespace {

constexpr unsigned kSlots = 512;  // more than any chip's SMs

struct Stamp {
  unsigned long long cycles;
  unsigned long long nanoseconds;
};

__global__ void stamp(Stamp* slots) {
  unsigned sm = 0;
  unsigned long long nanoseconds = 0;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(sm));
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(nanoseconds));
  if (sm < kSlots) slots[sm] = {static_cast<unsigned long long>(clock64()), nanoseconds};
}

// The first error, if any, of a sequence of calls.
void note(cudaError_t& status, cudaError_t next) {
  if (status == cudaSuccess) status = next;
}

}  // namespace

Stopwatch::Stopwatch(int sms) : sms_(sms) {
  note(status_, cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
  note(status_, cudaEventCreate(&begin_));
  note(status_, cudaEventCreate(&end_));
  note(status_, cudaMalloc(&stamps_, 2 * kSlots * sizeof(Stamp)));
  note(status_, cudaMallocHost(&host_stamps_, 2 * kSlots * sizeof(Stamp)));
}

Stopwatch::~Stopwatch() {
  if (host_stamps_ != nullptr) cudaFreeHost(host_stamps_);
  if (stamps_ != nullptr) cudaFree(stamps_);
  if (end_ != nullptr) cudaEventDestroy(end_);
  if (begin_ != nullptr) cudaEventDestroy(begin_);
  if (stream_ != nullptr) cudaStreamDestroy(stream_);
}

cudaError_t Stopwatch::time(const Work& work, std::uint32_t turns, Sample& sample) {
  auto* stamps = static_cast<Stamp*>(stamps_);
  const std::size_t bytes = 2 * kSlots * sizeof(Stamp);
  cudaError_t status = cudaMemsetAsync(stamps, 0, bytes, stream_);
  stamp<<<sms_ * 2, 32, 0, stream_>>>(stamps);
  note(status, cudaGetLastError());
  note(status, cudaEventRecord(begin_, stream_));
  note(status, work.run(turns, stream_));
  note(status, cudaEventRecord(end_, stream_));
  stamp<<<sms_ * 2, 32, 0, stream_>>>(stamps + kSlots);
  note(status, cudaGetLastError());
  note(status, cudaMemcpyAsync(host_stamps_, stamps, bytes, cudaMemcpyDeviceToHost, stream_));
  note(status, cudaStreamSynchronize(stream_));
  float milliseconds = 0;
  note(status, cudaEventElapsedTime(&milliseconds, begin_, end_));
  if (status != cudaSuccess) return status;
  sample.seconds = static_cast<double>(milliseconds) * 1e-3;
  sample.clock_mhz = clock();
  return status;
}

std::optional<double> Stopwatch::clock() const {
  const auto* before = static_cast<const Stamp*>(host_stamps_);
  const Stamp* after = before + kSlots;
  std::vector<double> clocks;
  for (unsigned sm = 0; sm < kSlots; ++sm) {
    if (before[sm].nanoseconds == 0 || after[sm].nanoseconds <= before[sm].nanoseconds) continue;
    if (after[sm].cycles <= before[sm].cycles) continue;
    const auto cycles = static_cast<double>(after[sm].cycles - before[sm].cycles);
    const auto elapsed = static_cast<double>(after[sm].nanoseconds - before[sm].nanoseconds);
    clocks.push_back(cycles * 1e3 / elapsed);
  }
  if (clocks.empty()) return std::nullopt;
  return median(clocks);
}

}  // namespace trtprobe
