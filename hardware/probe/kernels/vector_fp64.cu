// FP64 fused multiply-adds on the CUDA cores.
#include "kernels/vector.cuh"

namespace trtprobe {
namespace {

struct Fp64 {
  using Value = double;
  static constexpr int kOperations = 2;
  static __device__ Value constant(const std::uint32_t* operands, std::uint32_t index) {
    return static_cast<double>(chaotic_constant(operands, index));
  }
  static __device__ Value start(const std::uint32_t* operands, std::uint32_t index) {
    return static_cast<double>(small_start(operands, index));
  }
  static __device__ Value step(Value x, Value c) { return __fma_rn(x, x, c); }
  static __device__ std::uint32_t bits(Value x) {
    return static_cast<std::uint32_t>(__double2loint(x) ^ __double2hiint(x));
  }
};

}  // namespace

std::vector<Variant> vector_fp64() {
  return {vector_variant<Fp64, 2, 64>(), vector_variant<Fp64, 4, 32>(),
          vector_variant<Fp64, 8, 16>()};
}

}  // namespace trtprobe
