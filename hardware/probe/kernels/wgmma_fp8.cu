// FP8 on the tensor cores by wgmma, accumulated in FP32 and in FP16; dense and 2:4 sparse.
#include "kernels/wgmma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_WGMMA_PAIR(E4m3, SumsFp32, 128, "f", 32, 32,
                    "wgmma.mma_async.sync.aligned.m64n256k32.f32.e4m3.e4m3", "", , )
TRTPROBE_WGMMA_PAIR(E4m3Sparse, SumsFp32, 128, "f", 64, 64,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k64.f32.e4m3.e4m3", TRTPROBE_SP_128, , )
TRTPROBE_WGMMA_PAIR(E5m2, SumsFp32, 128, "f", 32, 32,
                    "wgmma.mma_async.sync.aligned.m64n256k32.f32.e5m2.e5m2", "", , )
TRTPROBE_WGMMA_PAIR(E5m2Sparse, SumsFp32, 128, "f", 64, 64,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k64.f32.e5m2.e5m2", TRTPROBE_SP_128, , )
TRTPROBE_WGMMA_PAIR(E4m3Fp16Sum, SumsFp16, 64, "r", 32, 32,
                    "wgmma.mma_async.sync.aligned.m64n256k32.f16.e4m3.e4m3", "", , )
TRTPROBE_WGMMA_PAIR(E4m3Fp16SumSparse, SumsFp16, 64, "r", 64, 64,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k64.f16.e4m3.e4m3", TRTPROBE_SP_64, , )

}  // namespace

std::vector<Variant> wgmma_fp8_e4m3_f32() { return wgmma_variants<E4m3Shared, E4m3Registers>(); }

std::vector<Variant> wgmma_fp8_e4m3_f32_sparse() {
  return wgmma_variants<E4m3SparseShared, E4m3SparseRegisters>();
}

std::vector<Variant> wgmma_fp8_e5m2_f32() { return wgmma_variants<E5m2Shared, E5m2Registers>(); }

std::vector<Variant> wgmma_fp8_e5m2_f32_sparse() {
  return wgmma_variants<E5m2SparseShared, E5m2SparseRegisters>();
}

std::vector<Variant> wgmma_fp8_e4m3_f16() {
  return wgmma_variants<E4m3Fp16SumShared, E4m3Fp16SumRegisters>();
}

std::vector<Variant> wgmma_fp8_e4m3_f16_sparse() {
  return wgmma_variants<E4m3Fp16SumSparseShared, E4m3Fp16SumSparseRegisters>();
}

}  // namespace trtprobe
