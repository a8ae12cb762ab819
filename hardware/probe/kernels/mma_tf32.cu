// TF32 on the tensor cores by mma.sync; dense and 1:2 sparse, which is how TF32 does 2:4.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

struct Dense : PackedOperands<kFlip32, float> {
  using Accumulator = float;
  static constexpr int kA = 4, kB = 2, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 8;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "f");
#else
    absent(c);
#endif
  }
};

struct Sparse : PackedOperands<kFlip32, float> {
  using Accumulator = float;
  static constexpr int kA = 4, kB = 4, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 16;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k16.row.col.f32.tf32.tf32.f32", "f");
#else
    absent(c);
#endif
  }
};

}  // namespace

std::vector<Variant> mma_tf32() { return mma_variants<Dense>(); }
std::vector<Variant> mma_tf32_sparse() { return mma_variants<Sparse>(); }

}  // namespace trtprobe
