// The loop of the probes that use wgmma, the warpgroup instructions of compute capability 9.0 and
// the only way there to the tensor cores' full rate. B comes from shared memory, A from there or
// from registers. Two tiles of each alternate, added and then taken away again where the type is a
// floating-point one, so that operands change with every instruction and sums stay bounded.
//
// All of a turn is one asm statement: were the compiler to see accumulators between instructions it
// would wait for each (ptxas warning C7510), and the figure would be worthless.
#pragma once

#include "kernels/kernel.hpp"

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define TRTPROBE_WGMMA 1
#else
#define TRTPROBE_WGMMA 0
#endif

namespace trtprobe {

constexpr int kTiles = 2;
constexpr int kRowsA = 64;   // of a warpgroup
constexpr int kRowsB = 256;  // columns of the product
constexpr int kRowBytes =
    32;  // of one instruction's depth, whatever the type; B's twice that if sparse

// Without swizzling, operands lie in blocks of 8 rows by 16 bytes, one behind the other: along the
// depth every 128 bytes, along the rows every `depth_bytes / 16` such blocks.
__device__ inline std::uint64_t tile_descriptor(const void* tile, int depth_bytes) {
  const auto address = static_cast<std::uint64_t>(__cvta_generic_to_shared(tile));
  const std::uint64_t leading = 128;
  const auto stride = static_cast<std::uint64_t>(depth_bytes) * 8;
  return (address & 0x3FFFFU) >> 4U | leading >> 4U << 16U | stride >> 4U << 32U;
}

// Wgmma: kSums registers, `Sum` their type, kOperations, kDepthB (bytes of a row of B),
// kFromRegisters, `turn(sums, a descriptors, a registers, b descriptors)`, kPerTurn.
template <class Wgmma, int kWarpgroups>
__global__ void __launch_bounds__(kWarpgroups * 128, 1)
    wgmma_loop(std::uint32_t turns, const std::uint32_t* operands, std::uint32_t* results) {
#if TRTPROBE_WGMMA
  __shared__ __align__(128) std::uint32_t tiles_a[kWarpgroups][kTiles][kRowsA * kRowBytes / 4];
  __shared__ __align__(128) std::uint32_t tiles_b[kTiles][kRowsB * Wgmma::kDepthB / 4];
  constexpr std::uint32_t kWordsA = sizeof(tiles_a) / 4;
  constexpr std::uint32_t kWordsB = sizeof(tiles_b) / 4;
  const std::uint32_t first = blockIdx.x * 97 + threadIdx.x;
  for (std::uint32_t i = threadIdx.x; i < kWordsA; i += blockDim.x) {
    (&tiles_a[0][0][0])[i] = operands[(first + i) % kOperandWords];
  }
  for (std::uint32_t i = threadIdx.x; i < kWordsB; i += blockDim.x) {
    (&tiles_b[0][0])[i] = operands[(first + i * 3 + 5) % kOperandWords];
  }
  // Ordinary stores become visible to the tensor cores.
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  __syncthreads();

  const std::uint32_t warpgroup = threadIdx.x / 128;
  std::uint64_t a[kTiles];
  std::uint64_t b[kTiles];
  std::uint32_t registers[kTiles][4];
  for (int tile = 0; tile < kTiles; ++tile) {
    a[tile] = tile_descriptor(tiles_a[warpgroup][tile], kRowBytes);
    b[tile] = tile_descriptor(tiles_b[tile], Wgmma::kDepthB);
    for (int i = 0; i < 4; ++i) {
      registers[tile][i] =
          operands[(first + 131U * static_cast<unsigned>(tile * 4 + i)) % kOperandWords];
    }
  }
  typename Wgmma::Sum sums[Wgmma::kSums];
#pragma unroll
  for (int i = 0; i < Wgmma::kSums; ++i) {
    sums[i] = Wgmma::start(operands[(first + static_cast<unsigned>(i) * 7U) % kOperandWords]);
  }
#pragma unroll 1
  for (std::uint32_t turn = 0; turn < turns; ++turn) Wgmma::turn(sums, a, registers, b);
  std::uint32_t folded = 0;
#pragma unroll
  for (int i = 0; i < Wgmma::kSums; ++i) folded ^= Wgmma::bits(sums[i]);
  results[blockIdx.x * blockDim.x + threadIdx.x] = folded;
#endif
}

template <class Wgmma, int kWarpgroups>
Variant wgmma_variant(const char* from) {
  Variant variant;
  variant.configuration = std::to_string(kWarpgroups) + " warpgroups, A in " + from;
  variant.kernel = wgmma_loop<Wgmma, kWarpgroups>;
  variant.threads = kWarpgroups * 128;
  variant.blocks_per_sm = 1;
  variant.work_per_turn = static_cast<double>(kWarpgroups) * Wgmma::kPerTurn * Wgmma::kOperations;
  return variant;
}

// One warpgroup leaves a gap where it waits for its own products; a second one fills it.
template <class FromShared, class FromRegisters>
std::vector<Variant> wgmma_variants() {
  return {wgmma_variant<FromShared, 2>("shared memory"),
          wgmma_variant<FromShared, 3>("shared memory"),
          wgmma_variant<FromRegisters, 2>("registers")};
}

struct SumsFp32 {
  using Sum = float;
  static constexpr int kSums = 128;
  static __device__ Sum start(std::uint32_t bits) {
    return __uint_as_float((bits & 0x007FFFFFU) | 0x3F800000U) - 1.5F;
  }
  static __device__ std::uint32_t bits(Sum x) { return __float_as_uint(x); }
};

struct SumsInt32 {
  using Sum = std::uint32_t;
  static constexpr int kSums = 128;
  static __device__ Sum start(std::uint32_t bits) { return bits; }
  static __device__ std::uint32_t bits(Sum x) { return x; }
};

struct SumsFp16 {  // two to a register
  using Sum = std::uint32_t;
  static constexpr int kSums = 64;
  static __device__ Sum start(std::uint32_t bits) { return bits; }
  static __device__ std::uint32_t bits(Sum x) { return x; }
};

}  // namespace trtprobe

// Lists of operands: registers %0.. of the asm text, and the sums as read-write operands.
#define TRTPROBE_SUMS_TEXT_64                                                                    \
  "{%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,"  \
  "%25,%26,%27,%28,%29,%30,%31,%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47," \
  "%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63"
#define TRTPROBE_SUMS_TEXT_128                                                                  \
  TRTPROBE_SUMS_TEXT_64                                                                         \
  ",%64,%65,%66,%67,%68,%69,%70,%71,%72,%73,%74,%75,%76,%77,%78,%79,%80,%81,%82,%83,%84,%85,"   \
  "%86,%87,%88,%89,%90,%91,%92,%93,%94,%95,%96,%97,%98,%99,%100,%101,%102,%103,%104,%105,%106," \
  "%107,%108,%109,%110,%111,%112,%113,%114,%115,%116,%117,%118,%119,%120,%121,%122,%123,%124,"  \
  "%125,%126,%127"
#define TRTPROBE_SUMS_8(C, I)                                                             \
  "+" C(sums[(I) + 0]), "+" C(sums[(I) + 1]), "+" C(sums[(I) + 2]), "+" C(sums[(I) + 3]), \
      "+" C(sums[(I) + 4]), "+" C(sums[(I) + 5]), "+" C(sums[(I) + 6]), "+" C(sums[(I) + 7])
#define TRTPROBE_SUMS_32(C, I)                                                        \
  TRTPROBE_SUMS_8(C, (I)), TRTPROBE_SUMS_8(C, (I) + 8), TRTPROBE_SUMS_8(C, (I) + 16), \
      TRTPROBE_SUMS_8(C, (I) + 24)
#define TRTPROBE_SUMS_64(C) TRTPROBE_SUMS_32(C, 0), TRTPROBE_SUMS_32(C, 32)
#define TRTPROBE_SUMS_128(C) TRTPROBE_SUMS_64(C), TRTPROBE_SUMS_32(C, 64), TRTPROBE_SUMS_32(C, 96)

// PLUS and MINUS end an instruction: scale-d, then what the type has of signs and transpositions.
#define TRTPROBE_SIGNS_16_PLUS ",p,1,1,0,0;\n"  // 16-bit types, A in shared memory
#define TRTPROBE_SIGNS_16_MINUS ",p,-1,1,0,0;\n"
#define TRTPROBE_SIGNS_16R_PLUS ",p,1,1,0;\n"  // 16-bit types, A in registers
#define TRTPROBE_SIGNS_16R_MINUS ",p,-1,1,0;\n"
#define TRTPROBE_SIGNS_PLUS ",p,1,1;\n"  // TF32 and FP8
#define TRTPROBE_SIGNS_MINUS ",p,-1,1;\n"
#define TRTPROBE_SIGNS_INT_PLUS ",p;\n"
#define TRTPROBE_SIGNS_INT_MINUS ",p;\n"

#define TRTPROBE_WGMMA_OPEN "{.reg .pred p;\nsetp.eq.u32 p,0,0;\nwgmma.fence.sync.aligned;\n"
#define TRTPROBE_WGMMA_CLOSE \
  "wgmma.commit_group.sync.aligned;\nwgmma.wait_group.sync.aligned 0;\n}\n"

// Four instructions: both tiles added, both taken away. SP: what a sparse instruction has more.
#define TRTPROBE_WGMMA_4(TEXT, N, A0, A1, B0, B1, SP, SIGNS)                          \
  TEXT " " TRTPROBE_SUMS_TEXT_##N "}," A0 "," B0 SP TRTPROBE_SIGNS_##SIGNS##PLUS TEXT \
      " " TRTPROBE_SUMS_TEXT_##N "}," A1 "," B1 SP TRTPROBE_SIGNS_##SIGNS##PLUS TEXT  \
      " " TRTPROBE_SUMS_TEXT_##N "}," A0 "," B0 SP TRTPROBE_SIGNS_##SIGNS##MINUS TEXT \
      " " TRTPROBE_SUMS_TEXT_##N "}," A1 "," B1 SP TRTPROBE_SIGNS_##SIGNS##MINUS

// The operands behind the sums are numbered from N on: descriptors of A and B, registers of A, and
// the sparsity's metadata.
#if TRTPROBE_WGMMA
#define TRTPROBE_WGMMA_TURN(FOUR, N, C)                                            \
  asm volatile(TRTPROBE_WGMMA_OPEN FOUR FOUR TRTPROBE_WGMMA_CLOSE                  \
               : TRTPROBE_SUMS_##N(C)                                              \
               : "l"(a[0]), "l"(a[1]), "l"(b[0]), "l"(b[1]), "r"(registers[0][0]), \
                 "r"(registers[0][1]), "r"(registers[0][2]), "r"(registers[0][3]), \
                 "r"(registers[1][0]), "r"(registers[1][1]), "r"(registers[1][2]), \
                 "r"(registers[1][3]), "r"(0x44444444U)                            \
               : "memory")
#else  // zeros stay: see absent() of mma.cuh
#define TRTPROBE_WGMMA_TURN(FOUR, N, C) static_cast<void>(0)
#endif

#define TRTPROBE_A_SHARED_128 "%128", "%129"
#define TRTPROBE_A_REGISTERS_128 "{%132,%133,%134,%135}", "{%136,%137,%138,%139}"
#define TRTPROBE_B_128 "%130", "%131"
#define TRTPROBE_SP_128 ",%140,0"
#define TRTPROBE_A_SHARED_64 "%64", "%65"
#define TRTPROBE_A_REGISTERS_64 "{%68,%69,%70,%71}", "{%72,%73,%74,%75}"
#define TRTPROBE_B_64 "%66", "%67"
#define TRTPROBE_SP_64 ",%76,0"
#define TRTPROBE_EXPAND(MACRO, ...) MACRO(__VA_ARGS__)

// One struct per instruction and place of A.
#define TRTPROBE_WGMMA_STRUCT(NAME, SUMS, N, C, DEPTH_B, K, TEXT, A, SP, SIGNS)            \
  struct NAME : SUMS {                                                                     \
    static constexpr int kDepthB = DEPTH_B;                                                \
    static constexpr int kPerTurn = 8;                                                     \
    static constexpr double kOperations = 2.0 * 64 * 256 * (K);                            \
    static __device__ void turn(Sum (&sums)[kSums], const std::uint64_t (&a)[2],           \
                                const std::uint32_t (&registers)[2][4],                    \
                                const std::uint64_t (&b)[2]) {                             \
      TRTPROBE_WGMMA_TURN(TRTPROBE_EXPAND(TRTPROBE_WGMMA_4, TEXT, N, TRTPROBE_A_##A##_##N, \
                                          TRTPROBE_B_##N, SP, SIGNS),                      \
                          N, C);                                                           \
    }                                                                                      \
  };

#define TRTPROBE_WGMMA_PAIR(NAME, SUMS, N, C, DEPTH_B, K, TEXT, SP, SIGNS, SIGNS_REGISTERS) \
  TRTPROBE_WGMMA_STRUCT(NAME##Shared, SUMS, N, C, DEPTH_B, K, TEXT, SHARED, SP, SIGNS)      \
  TRTPROBE_WGMMA_STRUCT(NAME##Registers, SUMS, N, C, DEPTH_B, K, TEXT, REGISTERS, SP,       \
                        SIGNS_REGISTERS)
