// INT8 on the tensor cores by mma.sync; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_PRODUCT(
    Dense, kFlipInteger, std::uint32_t, 4, 2, 4, 16 * 8 * 32,
    TRTPROBE_AMPERE(TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32", "r")))
TRTPROBE_PRODUCT(
    Sparse, kFlipInteger, std::uint32_t, 4, 4, 4, 16 * 8 * 64,
    TRTPROBE_AMPERE(TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k64.row.col.s32.s8.s8.s32", "r")))

}  // namespace

std::vector<Variant> mma_int8() { return mma_variants<Dense>(); }
std::vector<Variant> mma_int8_sparse() { return mma_variants<Sparse>(); }

}  // namespace trtprobe
