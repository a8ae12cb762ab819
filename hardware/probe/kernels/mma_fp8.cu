// FP8 on the tensor cores by mma.sync, accumulated in FP32 and in FP16; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

#if __CUDACC_VER_MAJOR__ > 12 || (__CUDACC_VER_MAJOR__ == 12 && __CUDACC_VER_MINOR__ >= 4)
#define TRTPROBE_PTX_FP8 1
#else
#define TRTPROBE_PTX_FP8 0
#endif
#if defined(__CUDA_ARCH_FEAT_SM120_ALL) || defined(__CUDA_ARCH_FEAT_SM121_ALL)
#define TRTPROBE_FEATURES_12X 1
#else
#define TRTPROBE_FEATURES_12X 0
#endif
#if __CUDACC_VER_MAJOR__ > 12 || (__CUDACC_VER_MAJOR__ == 12 && __CUDACC_VER_MINOR__ >= 8)
#define TRTPROBE_PTX_FP8_F16 1
#else
#define TRTPROBE_PTX_FP8_F16 0
#endif

#if __CUDA_ARCH__ >= 890 && __CUDA_ARCH__ != 900 && TRTPROBE_PTX_FP8
#define TRTPROBE_FP8(BODY) BODY
#else
#define TRTPROBE_FP8(BODY) absent(c)
#endif
#if (__CUDA_ARCH__ == 890 || TRTPROBE_FEATURES_12X) && TRTPROBE_PTX_FP8_F16
#define TRTPROBE_FP8_F16(BODY) BODY
#else
#define TRTPROBE_FP8_F16(BODY) absent(c)
#endif
#if TRTPROBE_FEATURES_12X && TRTPROBE_PTX_FP8_F16
#define TRTPROBE_FP8_F16_SPARSE(BODY) BODY
#else
#define TRTPROBE_FP8_F16_SPARSE(BODY) absent(c)
#endif

TRTPROBE_PRODUCT(
    E4m3, kFlip8, float, 4, 2, 4, 16 * 8 * 32,
    TRTPROBE_FP8(TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32", "f")))
TRTPROBE_PRODUCT(
    E5m2, kFlip8, float, 4, 2, 4, 16 * 8 * 32,
    TRTPROBE_FP8(TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k32.row.col.f32.e5m2.e5m2.f32", "f")))
TRTPROBE_PRODUCT(E4m3Fp16Sum, kFlip8, std::uint32_t, 4, 2, 2, 16 * 8 * 32,
                 TRTPROBE_FP8_F16(TRTPROBE_MMA_2_4_2(
                     "mma.sync.aligned.m16n8k32.row.col.f16.e4m3.e4m3.f16", "r")))
TRTPROBE_PRODUCT(
    E4m3Sparse, kFlip8, float, 4, 4, 4, 16 * 8 * 64,
    TRTPROBE_FP8(TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k64.row.col.f32.e4m3.e4m3.f32", "f")))
TRTPROBE_PRODUCT(
    E5m2Sparse, kFlip8, float, 4, 4, 4, 16 * 8 * 64,
    TRTPROBE_FP8(TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k64.row.col.f32.e5m2.e5m2.f32", "f")))
TRTPROBE_PRODUCT(E4m3Fp16SumSparse, kFlip8, std::uint32_t, 4, 4, 2, 16 * 8 * 64,
                 TRTPROBE_FP8_F16_SPARSE(TRTPROBE_MMA_SP_2_4_4(TRTPROBE_MMA_SP
                                                               "m16n8k64.row.col.f16.e4m3.e4m3.f16",
                                                               "r")))

}  // namespace

std::vector<Variant> mma_fp8_e4m3_f32() { return mma_variants<E4m3>(); }
std::vector<Variant> mma_fp8_e5m2_f32() { return mma_variants<E5m2>(); }
std::vector<Variant> mma_fp8_e4m3_f16() { return mma_variants<E4m3Fp16Sum>(); }
std::vector<Variant> mma_fp8_e4m3_f32_sparse() { return mma_variants<E4m3Sparse>(); }
std::vector<Variant> mma_fp8_e5m2_f32_sparse() { return mma_variants<E5m2Sparse>(); }
std::vector<Variant> mma_fp8_e4m3_f16_sparse() { return mma_variants<E4m3Fp16SumSparse>(); }

}  // namespace trtprobe
