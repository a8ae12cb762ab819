// FP16 fused multiply-adds on the CUDA cores, two to an instruction.
#include "kernels/vector.cuh"

#include <cuda_fp16.h>

namespace trtprobe {
namespace {

struct Fp16 : Pairs<Fp16> {
  static __device__ Value pair(float low, float high) {
    return static_cast<Value>(__half_as_ushort(__float2half_rn(low))) |
           static_cast<Value>(__half_as_ushort(__float2half_rn(high))) << 16U;
  }
  static __device__ Value step(Value x, Value c) {
#if __CUDA_ARCH__ >= 530
    asm("fma.rn.f16x2 %0, %0, %0, %1;" : "+r"(x) : "r"(c));
#else
    x = 0;  // "not in this image", see absent() of mma.cuh
#endif
    return x;
  }
};

}  // namespace

std::vector<Variant> vector_fp16() { return vector_variants<Fp16>(); }

}  // namespace trtprobe
