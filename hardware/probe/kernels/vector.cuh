// The loop of the CUDA-core probes. x = x * x + c with c in [-1.9, -1.6] wanders chaotically inside
// (-2, 2): operands keep changing, nothing overflows and nothing settles on a constant that would
// save power. A turn is unrolled far enough that the loop's own instructions do not show: on chips
// that issue one instruction a clock and scheduler, three in a hundred would cost three per cent.
#pragma once

#include "kernels/kernel.hpp"

namespace trtprobe {

// Op: `Value` (what one register or pair holds), `load(operands, index)`, `step(x, c)`, `bits(x)`,
// `kOperations` of one step.
template <class Op, int kChains, int kSteps>
__global__ void __launch_bounds__(256)
    vector_loop(std::uint32_t turns, const std::uint32_t* operands, std::uint32_t* results) {
  const std::uint32_t thread = blockIdx.x * blockDim.x + threadIdx.x;
  typename Op::Value x[kChains];
  const typename Op::Value c = Op::constant(operands, thread);
#pragma unroll
  for (int chain = 0; chain < kChains; ++chain) x[chain] = Op::start(operands, thread + 32 * chain);
#pragma unroll 1
  for (std::uint32_t turn = 0; turn < turns; ++turn) {
#pragma unroll
    for (int step = 0; step < kSteps; ++step) {
#pragma unroll
      for (int chain = 0; chain < kChains; ++chain) x[chain] = Op::step(x[chain], c);
    }
  }
  std::uint32_t sum = 0;
#pragma unroll
  for (int chain = 0; chain < kChains; ++chain) sum ^= Op::bits(x[chain]);
  results[thread] = sum;
}

template <class Op, int kChains, int kSteps>
Variant vector_variant() {
  Variant variant;
  variant.configuration = std::to_string(kChains) + " chains";
  variant.kernel = vector_loop<Op, kChains, kSteps>;
  variant.work_per_turn = 256.0 * kChains * kSteps * Op::kOperations;
  return variant;
}

// 512 steps a turn, spread over 2, 4 or 8 independent chains.
template <class Op>
std::vector<Variant> vector_variants() {
  return {vector_variant<Op, 2, 256>(), vector_variant<Op, 4, 128>(), vector_variant<Op, 8, 64>()};
}

// A number in [-1.9, -1.6] made of 16 random bits.
__device__ inline float chaotic_constant(const std::uint32_t* operands, std::uint32_t index) {
  return -1.6F - static_cast<float>(operands[index % kOperandWords] & 0xFFFFU) * (0.3F / 65535.0F);
}

// A number in [-1, 1] made of 16 random bits.
__device__ inline float small_start(const std::uint32_t* operands, std::uint32_t index) {
  return static_cast<float>(operands[index % kOperandWords] >> 16U) * (1.0F / 32767.5F) - 1.0F;
}

// Two 16-bit numbers a register; `pair(low, high)` and `step(x, c)` are those of Op.
template <class Op>
struct Pairs {
  using Value = std::uint32_t;
  static constexpr int kOperations = 4;
  static __device__ Value constant(const std::uint32_t* operands, std::uint32_t index) {
    return Op::pair(chaotic_constant(operands, index), chaotic_constant(operands, index + 7));
  }
  static __device__ Value start(const std::uint32_t* operands, std::uint32_t index) {
    return Op::pair(small_start(operands, index), small_start(operands, index + 7));
  }
  static __device__ std::uint32_t bits(Value x) { return x; }
};

}  // namespace trtprobe
