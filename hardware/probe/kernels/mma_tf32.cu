// TF32 on the tensor cores by mma.sync; dense and 1:2 sparse, which is how TF32 does 2:4.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_PRODUCT(
    Dense, kFlip32, float, 4, 2, 4, 16 * 8 * 8,
    TRTPROBE_AMPERE(TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "f")))
TRTPROBE_PRODUCT(Sparse, kFlip32, float, 4, 4, 4, 16 * 8 * 16,
                 TRTPROBE_AMPERE(TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP
                                                       "m16n8k16.row.col.f32.tf32.tf32.f32",
                                                       "f")))

}  // namespace

std::vector<Variant> mma_tf32() { return mma_variants<Dense>(); }
std::vector<Variant> mma_tf32_sparse() { return mma_variants<Sparse>(); }

}  // namespace trtprobe
