// dp4a: four 8-bit products added to a 32-bit sum, on the CUDA cores.
#include "kernels/vector.cuh"

namespace trtprobe {
namespace {

struct Dp4a {
  using Value = std::uint32_t;
  static constexpr int kOperations = 8;
  static __device__ Value constant(const std::uint32_t* operands, std::uint32_t index) {
    return operands[index % kOperandWords];
  }
  static __device__ Value start(const std::uint32_t* operands, std::uint32_t index) {
    return operands[(index + 7) % kOperandWords];
  }
  static __device__ Value step(Value x, Value c) {
#if __CUDA_ARCH__ >= 610
    asm("dp4a.s32.s32 %0, %0, %1, %0;" : "+r"(x) : "r"(c));
#else
    x = 0;  // "not in this image", see absent() of mma.cuh
#endif
    return x;
  }
  static __device__ std::uint32_t bits(Value x) { return x; }
};

}  // namespace

std::vector<Variant> vector_dp4a() { return vector_variants<Dp4a>(); }

}  // namespace trtprobe
