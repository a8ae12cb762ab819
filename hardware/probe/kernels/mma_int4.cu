// INT4 on the tensor cores by mma.sync, of compute capability 8.x; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

struct Dense : PackedOperands<kFlipInteger, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 4, kB = 2, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 64;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800 && __CUDA_ARCH__ < 900
    TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32", "r");
#else
    absent(c);
#endif
  }
};

struct Sparse : PackedOperands<kFlipInteger, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 4, kB = 4, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 128;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800 && __CUDA_ARCH__ < 900
    TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k128.row.col.s32.s4.s4.s32", "r");
#else
    absent(c);
#endif
  }
};

}  // namespace

std::vector<Variant> mma_int4() { return mma_variants<Dense>(); }
std::vector<Variant> mma_int4_sparse() { return mma_variants<Sparse>(); }

}  // namespace trtprobe
