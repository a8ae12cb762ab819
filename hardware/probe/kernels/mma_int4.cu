// INT4 on the tensor cores by mma.sync, of compute capability 8.x; dense and 2:4 sparse.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

#if __CUDA_ARCH__ >= 800 && __CUDA_ARCH__ < 900
#define TRTPROBE_AMPERE_8X(BODY) BODY
#else
#define TRTPROBE_AMPERE_8X(BODY) absent(c)
#endif

TRTPROBE_PRODUCT(
    Dense, kFlipInteger, std::uint32_t, 4, 2, 4, 16 * 8 * 64,
    TRTPROBE_AMPERE_8X(TRTPROBE_MMA_4_4_2("mma.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32", "r")))
TRTPROBE_PRODUCT(Sparse, kFlipInteger, std::uint32_t, 4, 4, 4, 16 * 8 * 128,
                 TRTPROBE_AMPERE_8X(
                     TRTPROBE_MMA_SP_4_4_4(TRTPROBE_MMA_SP "m16n8k128.row.col.s32.s4.s4.s32", "r")))

}  // namespace

std::vector<Variant> mma_int4() { return mma_variants<Dense>(); }
std::vector<Variant> mma_int4_sparse() { return mma_variants<Sparse>(); }

}  // namespace trtprobe
