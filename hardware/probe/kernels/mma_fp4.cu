// FP4 on the tensor cores of compute capability 12.x by mma.sync: without scales (at the rate of
// FP8), and with the block scales of MXFP4 and NVFP4, which alone reach the full rate; FP8 with
// block scales too, which lifts the halved rate that GeForce has with FP32 sums. Dense and 2:4
// sparse.
#include "kernels/mma.cuh"

// The features of one chip, not of all later ones: built for 120a, 121a.
#if defined(__CUDA_ARCH_FEAT_SM120_ALL) || defined(__CUDA_ARCH_FEAT_SM121_ALL)
#define TRTPROBE_BLOCK_SCALE 1
#else
#define TRTPROBE_BLOCK_SCALE 0
#endif

#define TRTPROBE_SCALED(TEXT, SCALE)                                                        \
  asm("mma.sync.aligned." TEXT                                                              \
      " {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3},{%10},{%11,%11},{%10},{%11,%11};" \
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])                                      \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(SCALE), "h"(kFirst))
#define TRTPROBE_SCALED_SP(TEXT, SCALE)                                                         \
  asm("mma.sync.aligned." TEXT                                                                  \
      " {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9,%10,%11},{%0,%1,%2,%3},%12,0x0,"                     \
      "{%13},{%14,%14},{%13},{%14,%14};"                                                        \
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])                                          \
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]), \
        "r"(kSparsity), "r"(SCALE), "h"(kFirst))

namespace trtprobe {
namespace {

[[maybe_unused]] constexpr unsigned short kFirst = 0;  // which byte and thread give the scales
[[maybe_unused]] constexpr std::uint32_t kOneUe4m3 = 0x38383838U;  // scales of 1
[[maybe_unused]] constexpr std::uint32_t kOneUe8m0 = 0x7F7F7F7FU;

#if TRTPROBE_BLOCK_SCALE
#define TRTPROBE_STEP(BODY) BODY
#else
#define TRTPROBE_STEP(BODY) absent(c)
#endif

#define TRTPROBE_FP4(NAME, FLIP, REGISTERS_B, DEPTH, BODY) \
  TRTPROBE_PRODUCT(NAME, FLIP, float, 4, REGISTERS_B, 4, 16 * 8 * DEPTH, TRTPROBE_STEP(BODY))

// FP4 without scales sits in a byte's middle bits; which bits count does not change the rate.
TRTPROBE_FP4(Plain, kFlip8, 2, 32,
             TRTPROBE_MMA_4_4_2("mma.sync.aligned.kind::f8f6f4.m16n8k32.row.col.f32.e2m1.e2m1.f32",
                                "f"))
TRTPROBE_FP4(Mxf4, kFlip4, 2, 64,
             TRTPROBE_SCALED("kind::mxf4nvf4.block_scale.scale_vec::2X.m16n8k64.row.col.f32.e2m1."
                             "e2m1.f32.ue8m0",
                             kOneUe8m0))
TRTPROBE_FP4(Nvf4, kFlip4, 2, 64,
             TRTPROBE_SCALED("kind::mxf4nvf4.block_scale.scale_vec::4X.m16n8k64.row.col.f32.e2m1."
                             "e2m1.f32.ue4m3",
                             kOneUe4m3))
TRTPROBE_FP4(Mxf8, kFlip8, 2, 32,
             TRTPROBE_SCALED("kind::mxf8f6f4.block_scale.scale_vec::1X.m16n8k32.row.col.f32.e4m3."
                             "e4m3.f32.ue8m0",
                             kOneUe8m0))
TRTPROBE_FP4(PlainSparse, kFlip8, 4, 64,
             TRTPROBE_MMA_SP_4_4_4("mma.sync.aligned.kind::f8f6f4.sp::ordered_metadata.m16n8k64."
                                   "row.col.f32.e2m1.e2m1.f32",
                                   "f"))
TRTPROBE_FP4(Mxf4Sparse, kFlip4, 4, 128,
             TRTPROBE_SCALED_SP("kind::mxf4nvf4.sp::ordered_metadata.block_scale.scale_vec::2X."
                                "m16n8k128.row.col.f32.e2m1.e2m1.f32.ue8m0",
                                kOneUe8m0))
TRTPROBE_FP4(Nvf4Sparse, kFlip4, 4, 128,
             TRTPROBE_SCALED_SP("kind::mxf4nvf4.sp::ordered_metadata.block_scale.scale_vec::4X."
                                "m16n8k128.row.col.f32.e2m1.e2m1.f32.ue4m3",
                                kOneUe4m3))
TRTPROBE_FP4(Mxf8Sparse, kFlip8, 4, 64,
             TRTPROBE_SCALED_SP("kind::mxf8f6f4.sp::ordered_metadata.block_scale.scale_vec::1X."
                                "m16n8k64.row.col.f32.e4m3.e4m3.f32.ue8m0",
                                kOneUe8m0))

}  // namespace

std::vector<Variant> mma_fp4() { return mma_variants<Plain>(); }

std::vector<Variant> mma_mxf4() { return mma_variants<Mxf4>(); }

std::vector<Variant> mma_nvf4() { return mma_variants<Nvf4>(); }

std::vector<Variant> mma_mxf8() { return mma_variants<Mxf8>(); }

std::vector<Variant> mma_fp4_sparse() { return mma_variants<PlainSparse>(); }

std::vector<Variant> mma_mxf4_sparse() { return mma_variants<Mxf4Sparse>(); }

std::vector<Variant> mma_nvf4_sparse() { return mma_variants<Nvf4Sparse>(); }

std::vector<Variant> mma_mxf8_sparse() { return mma_variants<Mxf8Sparse>(); }

}  // namespace trtprobe
