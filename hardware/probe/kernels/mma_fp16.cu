// FP16 on the tensor cores by mma.sync, accumulated in FP32 and in FP16; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

struct Fp32Sum : PackedOperands<kFlip16, float> {
  using Accumulator = float;
  static constexpr int kA = 4, kB = 2, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 16;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", "f");
#else
    absent(c);
#endif
  }
};

struct Fp16Sum : PackedOperands<kFlip16, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 4, kB = 2, kC = 2;
  static constexpr double kOperations = 2.0 * 16 * 8 * 16;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_2_4_2("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16", "r");
#else
    absent(c);
#endif
  }
};

struct Fp32SumSparse : PackedOperands<kFlip16, float> {
  using Accumulator = float;
  static constexpr int kA = 4, kB = 4, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 32;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k32.row.col.f32.f16.f16.f32", "f");
#else
    absent(c);
#endif
  }
};

struct Fp16SumSparse : PackedOperands<kFlip16, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 4, kB = 4, kC = 2;
  static constexpr double kOperations = 2.0 * 16 * 8 * 32;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    TRTPROBE_MMA_SP_2_4_4(TRTPROBE_MMA_SP "m16n8k32.row.col.f16.f16.f16.f16", "r");
#else
    absent(c);
#endif
  }
};

}  // namespace

std::vector<Variant> mma_fp16_f32() { return mma_variants<Fp32Sum>(); }
std::vector<Variant> mma_fp16_f16() { return mma_variants<Fp16Sum>(); }
std::vector<Variant> mma_fp16_f32_sparse() { return mma_variants<Fp32SumSparse>(); }
std::vector<Variant> mma_fp16_f16_sparse() { return mma_variants<Fp16SumSparse>(); }

}  // namespace trtprobe
