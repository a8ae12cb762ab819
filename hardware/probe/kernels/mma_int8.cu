// INT8 on the tensor cores by mma.sync; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

struct Dense : PackedOperands<kFlipInteger, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 4, kB = 2, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 32;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32", "r");
#else
    absent(c);
#endif
  }
};

struct Sparse : PackedOperands<kFlipInteger, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 4, kB = 4, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 64;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k64.row.col.s32.s8.s8.s32", "r");
#else
    absent(c);
#endif
  }
};

}  // namespace

std::vector<Variant> mma_int8() { return mma_variants<Dense>(); }
std::vector<Variant> mma_int8_sparse() { return mma_variants<Sparse>(); }

}  // namespace trtprobe
