// BF16 on the tensor cores by wgmma, accumulated in FP32; dense and 2:4 sparse.
#include "kernels/wgmma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_WGMMA_PAIR(Dense, SumsFp32, 128, "f", 32, 16,
                    "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16", "", 16_, 16R_)
TRTPROBE_WGMMA_PAIR(DenseSparse, SumsFp32, 128, "f", 64, 32,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k32.f32.bf16.bf16", TRTPROBE_SP_128,
                    16_, 16R_)

}  // namespace

std::vector<Variant> wgmma_bf16() { return wgmma_variants<DenseShared, DenseRegisters>(); }

std::vector<Variant> wgmma_bf16_sparse() {
  return wgmma_variants<DenseSparseShared, DenseSparseRegisters>();
}

}  // namespace trtprobe
