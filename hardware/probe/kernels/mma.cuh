// The loop of the probes that use mma.sync: operands in registers, several independent chains of
// accumulation a warp. Each chain has operands of its own, or ptxas would merge what is identical;
// floating-point ones add a product and take it away again, so that sums stay bounded.
#pragma once

#include "kernels/kernel.hpp"

#include <type_traits>

namespace trtprobe {

// What a shape needs: kA, kB, kC registers, `Operand` and `Accumulator` types of one, kOperations
// of one instruction (nominal ones of sparse shapes), kNegate: the bits to flip to negate a B
// register (all of them for integers), `step(c, a, b)`.
template <class Mma, int kChains>
__global__ void __launch_bounds__(256)
    mma_loop(std::uint32_t turns, const std::uint32_t* operands, std::uint32_t* results) {
  using Operand = typename Mma::Operand;
  const std::uint32_t thread = blockIdx.x * blockDim.x + threadIdx.x;
  Operand a[kChains][Mma::kA];
  Operand b[kChains][Mma::kB];
  Operand minus_b[kChains][Mma::kB];
  typename Mma::Accumulator c[kChains][Mma::kC];
  std::uint32_t next = thread;
#pragma unroll
  for (int chain = 0; chain < kChains; ++chain) {
#pragma unroll
    for (int i = 0; i < Mma::kA; ++i, next += 257) a[chain][i] = Mma::load(operands, next);
#pragma unroll
    for (int i = 0; i < Mma::kB; ++i, next += 257) {
      b[chain][i] = Mma::load(operands, next);
      minus_b[chain][i] = Mma::negate(b[chain][i]);
    }
#pragma unroll
    for (int i = 0; i < Mma::kC; ++i, next += 257) c[chain][i] = Mma::start(operands, next);
  }
#pragma unroll 1
  for (std::uint32_t turn = 0; turn < turns; ++turn) {
#pragma unroll
    for (int repeat = 0; repeat < 2; ++repeat) {
#pragma unroll
      for (int chain = 0; chain < kChains; ++chain) Mma::step(c[chain], a[chain], b[chain]);
#pragma unroll
      for (int chain = 0; chain < kChains; ++chain) Mma::step(c[chain], a[chain], minus_b[chain]);
    }
  }
  std::uint32_t sum = 0;
#pragma unroll
  for (int chain = 0; chain < kChains; ++chain) {
#pragma unroll
    for (int i = 0; i < Mma::kC; ++i) sum ^= Mma::bits(c[chain][i]);
  }
  results[thread] = sum;
}

template <class Mma, int kChains>
Variant mma_variant(int warps_per_sm) {
  Variant variant;
  variant.configuration =
      std::to_string(kChains) + " chains, " + std::to_string(warps_per_sm) + " warps an SM";
  variant.kernel = mma_loop<Mma, kChains>;
  variant.threads = 128;
  variant.blocks_per_sm = warps_per_sm / 4;
  variant.work_per_turn = 4.0 * 4 * kChains * Mma::kOperations;
  return variant;
}

// Latency over issue interval asks for two to eight instructions in flight a sub-core: between them
// these have from two to thirty-two.
template <class Mma>
std::vector<Variant> mma_variants() {
  return {mma_variant<Mma, 2>(8), mma_variant<Mma, 2>(16), mma_variant<Mma, 4>(8),
          mma_variant<Mma, 4>(16)};
}

// What step() does where the instruction is not of the architecture compiled for: results of
// nothing but zeros tell the probe that the image for this chip lacks it.
template <class Accumulator, int kC>
__device__ void absent(Accumulator (&c)[kC]) {
  for (Accumulator& x : c) x = 0;
}

// A number in [-0.5, 0.5) of random bits.
__device__ inline float fraction(std::uint32_t bits) {
  return __uint_as_float((bits & 0x007FFFFFU) | 0x3F800000U) - 1.5F;
}

// Operands of 32 bits, whatever is packed in them. Sums begin with random bits or numbers: from
// zero, adding and taking away would return there.
template <std::uint32_t kFlip, class Accumulator>
struct PackedOperands {
  using Operand = std::uint32_t;
  static __device__ Accumulator start(const std::uint32_t* operands, std::uint32_t index) {
    const std::uint32_t bits = operands[index % kOperandWords];
    if constexpr (std::is_same_v<Accumulator, float>) {
      return fraction(bits);
    } else {
      return bits;
    }
  }
  static __device__ Operand load(const std::uint32_t* operands, std::uint32_t index) {
    return operands[index % kOperandWords];
  }
  static __device__ Operand negate(Operand x) { return x ^ kFlip; }
  static __device__ std::uint32_t bits(float x) { return __float_as_uint(x); }
  static __device__ std::uint32_t bits(std::uint32_t x) { return x; }
};

// What a product of packed operands is made of: registers of A, B and C, multiply-adds (nominal
// ones of sparse shapes) of one instruction.
template <std::uint32_t kFlip, class Sum, int kRegistersA, int kRegistersB, int kRegistersC,
          int kMultiplyAdds>
struct PackedProduct : PackedOperands<kFlip, Sum> {
  using Operand = std::uint32_t;
  using Accumulator = Sum;
  static constexpr int kA = kRegistersA, kB = kRegistersB, kC = kRegistersC;
  static constexpr double kOperations = 2.0 * kMultiplyAdds;
};

constexpr std::uint32_t kFlipInteger = 0xFFFFFFFFU;
constexpr std::uint32_t kFlip32 = 0x80000000U;
constexpr std::uint32_t kFlip16 = 0x80008000U;
constexpr std::uint32_t kFlip8 = 0x80808080U;
constexpr std::uint32_t kFlip4 = 0x88888888U;

// Which two of four each sparse row keeps: the first two, in every group.
constexpr std::uint32_t kSparsity = 0x44444444U;

}  // namespace trtprobe

// PTX 8.5 (CUDA 12.5) names the ordering of the metadata; the older name is slow on newer chips.
#if defined(__CUDACC_VER_MAJOR__) && \
    (__CUDACC_VER_MAJOR__ > 12 || (__CUDACC_VER_MAJOR__ == 12 && __CUDACC_VER_MINOR__ >= 5))
#define TRTPROBE_MMA_SP "mma.sp::ordered_metadata.sync.aligned."
#else
#define TRTPROBE_MMA_SP "mma.sp.sync.aligned."
#endif

// Bodies of step() by the number of registers of C, A and B: D, "+" constraint letter, instruction.
#define TRTPROBE_MMA_4_4_2(TEXT, C)                              \
  asm(TEXT " {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};" \
      : "+" C(c[0]), "+" C(c[1]), "+" C(c[2]), "+" C(c[3])       \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))
#define TRTPROBE_MMA_2_4_2(TEXT, C)                  \
  asm(TEXT " {%0,%1},{%2,%3,%4,%5},{%6,%7},{%0,%1};" \
      : "+" C(c[0]), "+" C(c[1])                     \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))
#define TRTPROBE_MMA_SP_4_4_4(TEXT, C)                                                          \
  asm(TEXT " {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9,%10,%11},{%0,%1,%2,%3},%12,0x0;"                \
      : "+" C(c[0]), "+" C(c[1]), "+" C(c[2]), "+" C(c[3])                                      \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]), \
        "r"(kSparsity))
#define TRTPROBE_MMA_SP_2_4_4(TEXT, C)                                                          \
  asm(TEXT " {%0,%1},{%2,%3,%4,%5},{%6,%7,%8,%9},{%0,%1},%10,0x0;"                              \
      : "+" C(c[0]), "+" C(c[1])                                                                \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]), \
        "r"(kSparsity))

// A PackedProduct whose step() is the text behind its parameters: one of the bodies above, or asm
// of its own, of registers a, b and c.
#define TRTPROBE_PRODUCT(NAME, FLIP, SUM, A, B, C, MULTIPLY_ADDS, ...)                       \
  struct NAME : PackedProduct<FLIP, SUM, A, B, C, MULTIPLY_ADDS> {                           \
    static __device__ void step(SUM (&c)[C], const Operand (&a)[A], const Operand (&b)[B]) { \
      __VA_ARGS__;                                                                           \
    }                                                                                        \
  };

#if __CUDA_ARCH__ >= 800
#define TRTPROBE_AMPERE(BODY) BODY
#else
#define TRTPROBE_AMPERE(BODY) absent(c)
#endif
