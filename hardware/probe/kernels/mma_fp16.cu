// FP16 on the tensor cores by mma.sync, accumulated in FP32 and in FP16; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_PRODUCT(
    Fp32Sum, kFlip16, float, 4, 2, 4, 16 * 8 * 16,
    TRTPROBE_AMPERE(TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", "f")))
TRTPROBE_PRODUCT(
    Fp16Sum, kFlip16, std::uint32_t, 4, 2, 2, 16 * 8 * 16,
    TRTPROBE_AMPERE(TRTPROBE_MMA_2_4_2("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16", "r")))
TRTPROBE_PRODUCT(
    Fp32SumSparse, kFlip16, float, 4, 4, 4, 16 * 8 * 32,
    TRTPROBE_AMPERE(TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k32.row.col.f32.f16.f16.f32", "f")))
TRTPROBE_PRODUCT(
    Fp16SumSparse, kFlip16, std::uint32_t, 4, 4, 2, 16 * 8 * 32,
    TRTPROBE_AMPERE(TRTPROBE_MMA_SP_2_4_4(TRTPROBE_MMA_SP "m16n8k32.row.col.f16.f16.f16.f16", "r")))

}  // namespace

std::vector<Variant> mma_fp16_f32() { return mma_variants<Fp32Sum>(); }
std::vector<Variant> mma_fp16_f16() { return mma_variants<Fp16Sum>(); }
std::vector<Variant> mma_fp16_f32_sparse() { return mma_variants<Fp32SumSparse>(); }
std::vector<Variant> mma_fp16_f16_sparse() { return mma_variants<Fp16SumSparse>(); }

}  // namespace trtprobe
