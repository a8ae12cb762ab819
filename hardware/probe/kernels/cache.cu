// The L2 cache and shared memory, read over and over by every SM.
#include "kernels/memory.hpp"

namespace trtprobe {
namespace {

constexpr int kThreads = 512;
constexpr int kLoads = 4;

// Every turn each thread reads kLoads vectors, a whole grid apart and a few blocks on, and wraps
// around at the end of the working set: all of it is read by all SMs, from both halves of a split
// L2.
__global__ void __launch_bounds__(kThreads)
    l2_loop(std::uint32_t turns, const uint4* from, std::uint32_t count, std::uint32_t* sink) {
  const std::uint32_t step = (gridDim.x + 37U) * kThreads % count;
  std::uint32_t i = (blockIdx.x * kThreads + threadIdx.x) % count;
  std::uint32_t fold = 0;
#pragma unroll 1
  for (std::uint32_t turn = 0; turn < turns; ++turn) {
    uint4 v[kLoads];
#pragma unroll
    for (int j = 0; j < kLoads; ++j) {
      asm volatile("ld.global.cg.v4.u32 {%0,%1,%2,%3}, [%4];"
                   : "=r"(v[j].x), "=r"(v[j].y), "=r"(v[j].z), "=r"(v[j].w)
                   : "l"(from + i));
      i += step;
      if (i >= count) i -= count;
    }
#pragma unroll
    for (int j = 0; j < kLoads; ++j) fold ^= v[j].x ^ v[j].y ^ v[j].z ^ v[j].w;
  }
  sink[threadIdx.x] = fold;
}

constexpr int kSharedThreads = 1024;
constexpr int kSharedVectors = 2048;  // 32 KiB
constexpr int kSharedLoads = 32;

__global__ void __launch_bounds__(kSharedThreads)
    shared_loop(std::uint32_t turns, const uint4* from, std::uint32_t* sink) {
  __shared__ uint4 tile[kSharedVectors];
  for (int i = static_cast<int>(threadIdx.x); i < kSharedVectors; i += kSharedThreads) {
    tile[i] = from[i];
  }
  __syncthreads();
  const auto base = static_cast<std::uint32_t>(__cvta_generic_to_shared(tile));
  std::uint32_t fold = 0;
#pragma unroll 1
  for (std::uint32_t turn = 0; turn < turns; ++turn) {
    const std::uint32_t address = base + (threadIdx.x + turn * 32U) % 1024U * 16U;
#pragma unroll
    for (int j = 0; j < kSharedLoads; ++j) {
      uint4 v;
      asm volatile("ld.shared.v4.u32 {%0,%1,%2,%3}, [%4];"
                   : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                   : "r"(address + static_cast<std::uint32_t>(j) * 512U));
      fold ^= v.x ^ v.y ^ v.z ^ v.w;
    }
  }
  sink[threadIdx.x] = fold;
}

}  // namespace

Work l2_read(const Buffers& buffers, std::size_t working_set) {
  const int blocks = buffers.sms * 4;
  const auto count = static_cast<std::uint32_t>(working_set / 16);
  const Buffers b = buffers;
  return {"16-byte loads past L1", std::to_string(working_set >> 10U) + " KiB",
          static_cast<double>(blocks) * kThreads * kLoads * 16,
          [b, blocks, count](std::uint32_t turns, cudaStream_t stream) {
            l2_loop<<<blocks, kThreads, 0, stream>>>(turns, static_cast<const uint4*>(b.a), count,
                                                     static_cast<std::uint32_t*>(b.sink));
            return cudaGetLastError();
          }};
}

std::vector<Work> shared_read(const Buffers& buffers) {
  const Buffers b = buffers;
  std::vector<Work> works;
  for (const int per_sm : {1, 2}) {
    const int blocks = b.sms * per_sm;
    works.push_back({"16-byte loads", std::to_string(per_sm) + " blocks of 1024 threads an SM",
                     static_cast<double>(blocks) * kSharedThreads * kSharedLoads * 16,
                     [b, blocks](std::uint32_t turns, cudaStream_t stream) {
                       shared_loop<<<blocks, kSharedThreads, 0, stream>>>(
                           turns, static_cast<const uint4*>(b.a),
                           static_cast<std::uint32_t*>(b.sink));
                       return cudaGetLastError();
                     }});
  }
  return works;
}

}  // namespace trtprobe
