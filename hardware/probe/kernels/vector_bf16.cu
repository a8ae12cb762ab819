// BF16 fused multiply-adds on the CUDA cores, two to an instruction.
#include "kernels/vector.cuh"

namespace trtprobe {
namespace {

struct Bf16 : Pairs<Bf16> {
  // The upper halves of FP32 numbers.
  static __device__ Value pair(float low, float high) {
    return __float_as_uint(low) >> 16U | (__float_as_uint(high) & 0xFFFF0000U);
  }
  static __device__ Value step(Value x, Value c) {
#if __CUDA_ARCH__ >= 800
    asm("fma.rn.bf16x2 %0, %0, %0, %1;" : "+r"(x) : "r"(c));
#else
    x = 0;  // "not in this image", see absent() of mma.cuh
#endif
    return x;
  }
};

}  // namespace

std::vector<Variant> vector_bf16() { return vector_variants<Bf16>(); }

}  // namespace trtprobe
