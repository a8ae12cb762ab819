// FP32 fused multiply-adds on the CUDA cores.
#include "kernels/vector.cuh"

namespace trtprobe {
namespace {

struct Fp32 {
  using Value = float;
  static constexpr int kOperations = 2;
  static __device__ Value constant(const std::uint32_t* operands, std::uint32_t index) {
    return chaotic_constant(operands, index);
  }
  static __device__ Value start(const std::uint32_t* operands, std::uint32_t index) {
    return small_start(operands, index);
  }
  static __device__ Value step(Value x, Value c) { return __fmaf_rn(x, x, c); }
  static __device__ std::uint32_t bits(Value x) { return __float_as_uint(x); }
};

}  // namespace

std::vector<Variant> vector_fp32() { return vector_variants<Fp32>(); }

}  // namespace trtprobe
