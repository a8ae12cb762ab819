// INT8 on the tensor cores by wgmma; dense and 2:4 sparse.
#include "kernels/wgmma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_WGMMA_PAIR(Dense, SumsInt32, 128, "r", 32, 32,
                    "wgmma.mma_async.sync.aligned.m64n256k32.s32.s8.s8", "", INT_, INT_)
TRTPROBE_WGMMA_PAIR(DenseSparse, SumsInt32, 128, "r", 64, 64,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k64.s32.s8.s8", TRTPROBE_SP_128, INT_,
                    INT_)

}  // namespace

std::vector<Variant> wgmma_int8() { return wgmma_variants<DenseShared, DenseRegisters>(); }

std::vector<Variant> wgmma_int8_sparse() {
  return wgmma_variants<DenseSparseShared, DenseSparseRegisters>();
}

}  // namespace trtprobe
