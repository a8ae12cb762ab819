// BF16 on the tensor cores by mma.sync, accumulated in FP32; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_PRODUCT(
    Dense, kFlip16, float, 4, 2, 4, 16 * 8 * 16,
    TRTPROBE_AMPERE(TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "f")))
TRTPROBE_PRODUCT(Sparse, kFlip16, float, 4, 4, 4, 16 * 8 * 32,
                 TRTPROBE_AMPERE(TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP
                                                       "m16n8k32.row.col.f32.bf16.bf16.f32",
                                                       "f")))

}  // namespace

std::vector<Variant> mma_bf16() { return mma_variants<Dense>(); }
std::vector<Variant> mma_bf16_sparse() { return mma_variants<Sparse>(); }

}  // namespace trtprobe
