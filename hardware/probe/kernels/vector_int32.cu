// 32-bit integer multiply-adds on the CUDA cores.
#include "kernels/vector.cuh"

namespace trtprobe {
namespace {

struct Int32 {
  using Value = std::uint32_t;
  static constexpr int kOperations = 2;
  static __device__ Value constant(const std::uint32_t* operands, std::uint32_t index) {
    return operands[index % kOperandWords];
  }
  static __device__ Value start(const std::uint32_t* operands, std::uint32_t index) {
    return operands[(index + 7) % kOperandWords];
  }
  static __device__ Value step(Value x, Value c) {
    asm("mad.lo.u32 %0, %0, %0, %1;" : "+r"(x) : "r"(c));
    return x;
  }
  static __device__ std::uint32_t bits(Value x) { return x; }
};

}  // namespace

std::vector<Variant> vector_int32() { return vector_variants<Int32>(); }

}  // namespace trtprobe
