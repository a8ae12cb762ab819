// TF32 on the tensor cores by wgmma; dense and 1:2 sparse, which is how TF32 does 2:4.
#include "kernels/wgmma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_WGMMA_PAIR(Dense, SumsFp32, 128, "f", 32, 8,
                    "wgmma.mma_async.sync.aligned.m64n256k8.f32.tf32.tf32", "", , )
TRTPROBE_WGMMA_PAIR(DenseSparse, SumsFp32, 128, "f", 64, 16,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k16.f32.tf32.tf32", TRTPROBE_SP_128, , )

}  // namespace

std::vector<Variant> wgmma_tf32() { return wgmma_variants<DenseShared, DenseRegisters>(); }

std::vector<Variant> wgmma_tf32_sparse() {
  return wgmma_variants<DenseSparseShared, DenseSparseRegisters>();
}

}  // namespace trtprobe
