// The tensor cores of compute capability 7.5 by mma.sync, in the shapes that are native there: FP16
// accumulated in FP32 and in FP16, INT8 and INT4.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

#if __CUDA_ARCH__ == 750
#define TRTPROBE_TURING(BODY) BODY
#else
#define TRTPROBE_TURING(BODY) absent(c);
#endif

struct Fp32Sum : PackedOperands<kFlip16, float> {
  using Accumulator = float;
  static constexpr int kA = 2, kB = 1, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 8;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
    TRTPROBE_TURING(asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 "
                        "{%0,%1,%2,%3},{%4,%5},{%6},{%0,%1,%2,%3};"
                        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                        : "r"(a[0]), "r"(a[1]), "r"(b[0]));)
  }
};

struct Fp16Sum : PackedOperands<kFlip16, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 2, kB = 1, kC = 2;
  static constexpr double kOperations = 2.0 * 16 * 8 * 8;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
    TRTPROBE_TURING(asm("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 "
                        "{%0,%1},{%2,%3},{%4},{%0,%1};"
                        : "+r"(c[0]), "+r"(c[1])
                        : "r"(a[0]), "r"(a[1]), "r"(b[0]));)
  }
};

struct Int8 : PackedOperands<kFlipInteger, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 1, kB = 1, kC = 2;
  static constexpr double kOperations = 2.0 * 8 * 8 * 16;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
    TRTPROBE_TURING(asm("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0,%1},{%2},{%3},{%0,%1};"
                        : "+r"(c[0]), "+r"(c[1])
                        : "r"(a[0]), "r"(b[0]));)
  }
};

struct Int4 : PackedOperands<kFlipInteger, std::uint32_t> {
  using Accumulator = std::uint32_t;
  static constexpr int kA = 1, kB = 1, kC = 2;
  static constexpr double kOperations = 2.0 * 8 * 8 * 32;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
    TRTPROBE_TURING(asm("mma.sync.aligned.m8n8k32.row.col.s32.s4.s4.s32 {%0,%1},{%2},{%3},{%0,%1};"
                        : "+r"(c[0]), "+r"(c[1])
                        : "r"(a[0]), "r"(b[0]));)
  }
};

}  // namespace

std::vector<Variant> mma_turing_fp16_f32() { return mma_variants<Fp32Sum>(); }

std::vector<Variant> mma_turing_fp16_f16() { return mma_variants<Fp16Sum>(); }

std::vector<Variant> mma_turing_int8() { return mma_variants<Int8>(); }

std::vector<Variant> mma_turing_int4() { return mma_variants<Int4>(); }

}  // namespace trtprobe
