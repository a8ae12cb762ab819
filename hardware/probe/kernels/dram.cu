// DRAM by ordinary 16-byte accesses, several in flight a thread, each byte touched once a pass:
// read, write, copy and triad. What the driver's own copy and fill reach is a second method.
#include "kernels/bulk.hpp"
#include "kernels/memory.hpp"

#include <functional>

namespace trtprobe {
namespace {

constexpr int kThreads = 512;

__device__ inline uint4 load(const uint4* from) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(from));
  return v;
}

// `kind`s of a pass over `count` vectors. A block takes kLoads * kThreads of them at a time.
template <int kLoads>
__global__ void __launch_bounds__(kThreads)
    read_pass(const uint4* from, std::size_t count, std::uint32_t impossible, std::uint32_t* sink) {
  std::uint32_t fold = 0;
  const std::size_t step = std::size_t{gridDim.x} * kThreads * kLoads;
  for (std::size_t i = std::size_t{blockIdx.x} * kThreads * kLoads + threadIdx.x; i < count;
       i += step) {
    uint4 v[kLoads];
#pragma unroll
    for (int j = 0; j < kLoads; ++j) v[j] = load(from + i + j * kThreads);
#pragma unroll
    for (int j = 0; j < kLoads; ++j) fold ^= v[j].x ^ v[j].y ^ v[j].z ^ v[j].w;
  }
  // Random bits fold to this once in four thousand million times; the compiler cannot know.
  if (fold == impossible) sink[threadIdx.x] = fold;
}

template <int kLoads>
__global__ void __launch_bounds__(kThreads)
    write_pass(uint4* to, std::size_t count, std::uint32_t seed) {
  const std::uint32_t x = (threadIdx.x + 1U) * 2654435761U ^ seed;
  const uint4 v = make_uint4(x, x * 31U, ~x, x ^ 0x9E3779B9U);
  const std::size_t step = std::size_t{gridDim.x} * kThreads * kLoads;
  for (std::size_t i = std::size_t{blockIdx.x} * kThreads * kLoads + threadIdx.x; i < count;
       i += step) {
#pragma unroll
    for (int j = 0; j < kLoads; ++j) __stcs(to + i + j * kThreads, v);
  }
}

// Stores that stream past the caches or, if not, are left to them.
template <int kLoads, bool kStream>
__global__ void __launch_bounds__(kThreads)
    copy_pass(const uint4* from, uint4* to, std::size_t count) {
  const std::size_t step = std::size_t{gridDim.x} * kThreads * kLoads;
  for (std::size_t i = std::size_t{blockIdx.x} * kThreads * kLoads + threadIdx.x; i < count;
       i += step) {
    uint4 v[kLoads];
#pragma unroll
    for (int j = 0; j < kLoads; ++j) v[j] = load(from + i + j * kThreads);
#pragma unroll
    for (int j = 0; j < kLoads; ++j) {
      if constexpr (kStream) {
        __stcs(to + i + j * kThreads, v[j]);
      } else {
        to[i + j * kThreads] = v[j];
      }
    }
  }
}

__device__ inline float4 triad(uint4 b, float scale, uint4 c) {
  return make_float4(__fmaf_rn(scale, __uint_as_float(c.x), __uint_as_float(b.x)),
                     __fmaf_rn(scale, __uint_as_float(c.y), __uint_as_float(b.y)),
                     __fmaf_rn(scale, __uint_as_float(c.z), __uint_as_float(b.z)),
                     __fmaf_rn(scale, __uint_as_float(c.w), __uint_as_float(b.w)));
}

template <int kLoads>
__global__ void __launch_bounds__(kThreads)
    triad_pass(float4* a, const uint4* b, const uint4* c, float scale, std::size_t count) {
  const std::size_t step = std::size_t{gridDim.x} * kThreads * kLoads;
  for (std::size_t i = std::size_t{blockIdx.x} * kThreads * kLoads + threadIdx.x; i < count;
       i += step) {
    uint4 left[kLoads];
    uint4 right[kLoads];
#pragma unroll
    for (int j = 0; j < kLoads; ++j) {
      left[j] = load(b + i + j * kThreads);
      right[j] = load(c + i + j * kThreads);
    }
#pragma unroll
    for (int j = 0; j < kLoads; ++j) __stcs(a + i + j * kThreads, triad(left[j], scale, right[j]));
  }
}

// A grid of as many blocks as run at once, and one of a block for every piece: which is faster
// differs from chip to chip.
struct Grid {
  const char* name;
  int blocks;
};

template <int kLoads>
std::vector<Grid> grids(const Buffers& buffers) {
  const auto pieces = static_cast<int>(buffers.bytes / 16 / kThreads / kLoads);
  return {{"resident blocks", buffers.sms * 2048 / kThreads}, {"a block a piece", pieces}};
}

using Pass = std::function<void(int blocks, cudaStream_t stream)>;

template <int kLoads>
void add(std::vector<Work>& works, const Buffers& buffers, double bytes, const Pass& pass,
         const char* remark = "") {
  for (const Grid& grid : grids<kLoads>(buffers)) {
    const int blocks = grid.blocks;
    works.push_back({"16-byte accesses",
                     std::to_string(kLoads) + " in flight a thread, " + grid.name + remark, bytes,
                     [pass, blocks](std::uint32_t turns, cudaStream_t stream) {
                       for (std::uint32_t turn = 0; turn < turns; ++turn) pass(blocks, stream);
                       return cudaGetLastError();
                     }});
  }
}

void append(std::vector<Work>& works, std::vector<Work> more) {
  for (Work& work : more) works.push_back(std::move(work));
}

template <int kLoads>
void add_read(std::vector<Work>& works, const Buffers& b) {
  add<kLoads>(works, b, static_cast<double>(b.bytes), [b](int blocks, cudaStream_t stream) {
    read_pass<kLoads><<<blocks, kThreads, 0, stream>>>(static_cast<const uint4*>(b.a), b.bytes / 16,
                                                       0x5EED5EEDU,
                                                       static_cast<std::uint32_t*>(b.sink));
  });
}

template <int kLoads>
void add_write(std::vector<Work>& works, const Buffers& b) {
  add<kLoads>(works, b, static_cast<double>(b.bytes), [b](int blocks, cudaStream_t stream) {
    write_pass<kLoads><<<blocks, kThreads, 0, stream>>>(static_cast<uint4*>(b.b), b.bytes / 16, 7U);
  });
}

template <int kLoads, bool kStream>
void add_copy(std::vector<Work>& works, const Buffers& b) {
  const char* stores = kStream ? ", streaming stores" : ", ordinary stores";
  add<kLoads>(
      works, b, 2 * static_cast<double>(b.bytes),
      [b](int blocks, cudaStream_t stream) {
        copy_pass<kLoads, kStream><<<blocks, kThreads, 0, stream>>>(
            static_cast<const uint4*>(b.a), static_cast<uint4*>(b.b), b.bytes / 16);
      },
      stores);
}

template <int kLoads>
void add_triad(std::vector<Work>& works, const Buffers& b) {
  add<kLoads>(works, b, 3 * static_cast<double>(b.bytes), [b](int blocks, cudaStream_t stream) {
    triad_pass<kLoads>
        <<<blocks, kThreads, 0, stream>>>(static_cast<float4*>(b.b), static_cast<const uint4*>(b.a),
                                          static_cast<const uint4*>(b.c), 0.5F, b.bytes / 16);
  });
}

}  // namespace

std::vector<Work> dram_read(const Buffers& buffers) {
  std::vector<Work> works;
  add_read<4>(works, buffers);
  add_read<8>(works, buffers);
  append(works, bulk_read(buffers));
  return works;
}

std::vector<Work> dram_write(const Buffers& buffers) {
  std::vector<Work> works;
  add_write<1>(works, buffers);
  add_write<4>(works, buffers);
  append(works, bulk_write(buffers));
  const Buffers b = buffers;
  works.push_back({"driver's fill", "cudaMemsetAsync", static_cast<double>(b.bytes),
                   [b](std::uint32_t turns, cudaStream_t stream) {
                     cudaError_t error = cudaSuccess;
                     for (std::uint32_t turn = 0; turn < turns && error == cudaSuccess; ++turn) {
                       error = cudaMemsetAsync(b.b, 0xA5, b.bytes, stream);
                     }
                     return error;
                   }});
  return works;
}

std::vector<Work> dram_copy(const Buffers& buffers) {
  std::vector<Work> works;
  add_copy<1, true>(works, buffers);
  add_copy<4, true>(works, buffers);
  add_copy<1, false>(works, buffers);
  add_copy<4, false>(works, buffers);
  append(works, bulk_copy(buffers));
  const Buffers b = buffers;
  works.push_back({"driver's copy", "cudaMemcpyAsync", 2 * static_cast<double>(b.bytes),
                   [b](std::uint32_t turns, cudaStream_t stream) {
                     cudaError_t error = cudaSuccess;
                     for (std::uint32_t turn = 0; turn < turns && error == cudaSuccess; ++turn) {
                       error = cudaMemcpyAsync(b.b, b.a, b.bytes, cudaMemcpyDeviceToDevice, stream);
                     }
                     return error;
                   }});
  return works;
}

std::vector<Work> dram_triad(const Buffers& buffers) {
  std::vector<Work> works;
  add_triad<1>(works, buffers);
  add_triad<2>(works, buffers);
  add_triad<4>(works, buffers);
  return works;
}

}  // namespace trtprobe
