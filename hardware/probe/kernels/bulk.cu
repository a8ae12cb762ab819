// DRAM by bulk copies between global and shared memory (compute capability 9.0 and newer): one
// thread of a block keeps many kilobytes in flight and no registers hold them.
#include "kernels/bulk.hpp"

#if __CUDA_ARCH__ >= 900 && __CUDACC_VER_MAJOR__ >= 12
#define TRTPROBE_BULK 1
#else
#define TRTPROBE_BULK 0
#endif

namespace trtprobe {
namespace {

constexpr int kThreads = 32;
constexpr std::uint32_t kPieceBytes = 16384;
constexpr int kStages = 6;                  // two blocks an SM: 192 KiB of its shared memory
[[maybe_unused]] constexpr int kAhead = 3;  // loads that a copy keeps in flight before their stores
constexpr std::size_t kSharedBytes = std::size_t{kStages} * kPieceBytes;

#if TRTPROBE_BULK
__device__ inline std::uint32_t shared_address(const void* p) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(p));
}

__device__ inline void open(std::uint64_t* arrived) {
  for (int stage = 0; stage < kStages; ++stage) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], 1;" ::"r"(shared_address(arrived + stage)));
  }
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

__device__ inline void start_load(void* to, const char* from, std::uint64_t* arrived) {
  asm volatile(
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(arrived)),
      "r"(kPieceBytes)
      : "memory");
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
          "r"(shared_address(to)),
      "l"(from), "r"(kPieceBytes), "r"(shared_address(arrived))
      : "memory");
}

__device__ inline void wait_load(std::uint64_t* arrived, std::uint32_t phase) {
  asm volatile(
      "{.reg .pred p;\n"
      "again: mbarrier.try_wait.parity.shared::cta.b64 p, [%0], %1;\n"
      "@!p bra again;\n}" ::"r"(shared_address(arrived)),
      "r"(phase)
      : "memory");
}

__device__ inline void start_store(char* to, const void* from) {
  asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(to),
               "r"(shared_address(from)), "r"(kPieceBytes)
               : "memory");
  asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}
#endif

__global__ void __launch_bounds__(kThreads) bulk_read_pass(const char* from, std::uint32_t pieces) {
#if TRTPROBE_BULK
  extern __shared__ __align__(128) char stages[];
  __shared__ __align__(8) std::uint64_t arrived[kStages];
  if (threadIdx.x != 0) return;
  open(arrived);
  std::uint32_t count = 0;
  for (std::uint32_t piece = blockIdx.x; piece < pieces; piece += gridDim.x, ++count) {
    const std::uint32_t stage = count % kStages;
    if (count >= kStages) wait_load(arrived + stage, (count / kStages - 1) & 1U);
    start_load(stages + stage * kPieceBytes, from + std::size_t{piece} * kPieceBytes,
               arrived + stage);
  }
  for (std::uint32_t i = count > kStages ? count - kStages : 0; i < count; ++i) {
    wait_load(arrived + i % kStages, (i / kStages) & 1U);
  }
#endif
}

__global__ void __launch_bounds__(kThreads)
    bulk_write_pass(char* to, std::uint32_t pieces, const std::uint32_t* random) {
#if TRTPROBE_BULK
  extern __shared__ __align__(128) char stages[];
  auto* words = reinterpret_cast<std::uint32_t*>(stages);
  for (std::uint32_t i = threadIdx.x; i < kPieceBytes / 4; i += kThreads) words[i] = random[i];
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  __syncwarp();
  if (threadIdx.x != 0) return;
  for (std::uint32_t piece = blockIdx.x; piece < pieces; piece += gridDim.x) {
    start_store(to + std::size_t{piece} * kPieceBytes, stages);
    asm volatile("cp.async.bulk.wait_group 8;" ::: "memory");
  }
  asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
#endif
}

__global__ void __launch_bounds__(kThreads)
    bulk_copy_pass(const char* from, char* to, std::uint32_t pieces) {
#if TRTPROBE_BULK
  extern __shared__ __align__(128) char stages[];
  __shared__ __align__(8) std::uint64_t arrived[kStages];
  if (threadIdx.x != 0 || blockIdx.x >= pieces) return;
  open(arrived);
  const std::uint32_t count = (pieces - blockIdx.x + gridDim.x - 1) / gridDim.x;
  const auto offset = [](std::uint32_t i) {
    return (std::size_t{blockIdx.x} + std::size_t{i} * gridDim.x) * kPieceBytes;
  };
  for (std::uint32_t i = 0; i < kAhead && i < count; ++i) {
    start_load(stages + i * kPieceBytes, from + offset(i), arrived + i);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    // The stage that the next load goes to was stored from kStages pieces ago.
    asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(kStages - kAhead - 1) : "memory");
    const std::uint32_t next = i + kAhead;
    if (next < count) {
      start_load(stages + next % kStages * kPieceBytes, from + offset(next),
                 arrived + next % kStages);
    }
    wait_load(arrived + i % kStages, (i / kStages) & 1U);
    start_store(to + offset(i), stages + i % kStages * kPieceBytes);
  }
  asm volatile("cp.async.bulk.wait_group 0;" ::: "memory");
#endif
}

bool available(const Buffers& buffers, const void* kernel) {
  cudaFuncAttributes attributes;
  const bool built = cudaFuncGetAttributes(&attributes, kernel) == cudaSuccess &&
                     attributes.binaryVersion >= 90 && attributes.ptxVersion >= 90;
  if (!built || buffers.compute_capability < 90) {
    static_cast<void>(cudaGetLastError());
    return false;
  }
  const auto bytes = static_cast<int>(kSharedBytes);
  if (cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes) ==
      cudaSuccess) {
    return true;
  }
  static_cast<void>(cudaGetLastError());
  return false;
}

template <class Launch>
std::vector<Work> ways(const Buffers& buffers, const void* kernel, double bytes, Launch launch) {
  std::vector<Work> works;
  if (!available(buffers, kernel)) return works;
  for (const int per_sm : {1, 2}) {
    const int blocks = buffers.sms * per_sm;
    works.push_back({"bulk copies", std::to_string(per_sm) + " blocks an SM, 6 x 16 KiB each",
                     bytes, [launch, blocks](std::uint32_t turns, cudaStream_t stream) {
                       for (std::uint32_t turn = 0; turn < turns; ++turn) launch(blocks, stream);
                       return cudaGetLastError();
                     }});
  }
  return works;
}

}  // namespace

std::vector<Work> bulk_read(const Buffers& b) {
  const auto pieces = static_cast<std::uint32_t>(b.bytes / kPieceBytes);
  return ways(b, reinterpret_cast<const void*>(bulk_read_pass), static_cast<double>(b.bytes),
              [b, pieces](int blocks, cudaStream_t stream) {
                bulk_read_pass<<<blocks, kThreads, kSharedBytes, stream>>>(
                    static_cast<const char*>(b.a), pieces);
              });
}

std::vector<Work> bulk_write(const Buffers& b) {
  const auto pieces = static_cast<std::uint32_t>(b.bytes / kPieceBytes);
  return ways(b, reinterpret_cast<const void*>(bulk_write_pass), static_cast<double>(b.bytes),
              [b, pieces](int blocks, cudaStream_t stream) {
                bulk_write_pass<<<blocks, kThreads, kSharedBytes, stream>>>(
                    static_cast<char*>(b.b), pieces, static_cast<const std::uint32_t*>(b.a));
              });
}

std::vector<Work> bulk_copy(const Buffers& b) {
  const auto pieces = static_cast<std::uint32_t>(b.bytes / kPieceBytes);
  return ways(b, reinterpret_cast<const void*>(bulk_copy_pass), 2 * static_cast<double>(b.bytes),
              [b, pieces](int blocks, cudaStream_t stream) {
                bulk_copy_pass<<<blocks, kThreads, kSharedBytes, stream>>>(
                    static_cast<const char*>(b.a), static_cast<char*>(b.b), pieces);
              });
}

}  // namespace trtprobe
