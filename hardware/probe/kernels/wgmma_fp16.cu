// FP16 on the tensor cores by wgmma, accumulated in FP32 and in FP16; dense and 2:4 sparse.
#include "kernels/wgmma.cuh"

namespace trtprobe {
namespace {

TRTPROBE_WGMMA_PAIR(Fp32Sum, SumsFp32, 128, "f", 32, 16,
                    "wgmma.mma_async.sync.aligned.m64n256k16.f32.f16.f16", "", 16_, 16R_)
TRTPROBE_WGMMA_PAIR(Fp32SumSparse, SumsFp32, 128, "f", 64, 32,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k32.f32.f16.f16", TRTPROBE_SP_128, 16_,
                    16R_)
TRTPROBE_WGMMA_PAIR(Fp16Sum, SumsFp16, 64, "r", 32, 16,
                    "wgmma.mma_async.sync.aligned.m64n256k16.f16.f16.f16", "", 16_, 16R_)
TRTPROBE_WGMMA_PAIR(Fp16SumSparse, SumsFp16, 64, "r", 64, 32,
                    "wgmma.mma_async.sp.sync.aligned.m64n256k32.f16.f16.f16", TRTPROBE_SP_64, 16_,
                    16R_)

}  // namespace

std::vector<Variant> wgmma_fp16_f32() { return wgmma_variants<Fp32SumShared, Fp32SumRegisters>(); }

std::vector<Variant> wgmma_fp16_f32_sparse() {
  return wgmma_variants<Fp32SumSparseShared, Fp32SumSparseRegisters>();
}

std::vector<Variant> wgmma_fp16_f16() { return wgmma_variants<Fp16SumShared, Fp16SumRegisters>(); }

std::vector<Variant> wgmma_fp16_f16_sparse() {
  return wgmma_variants<Fp16SumSparseShared, Fp16SumSparseRegisters>();
}

}  // namespace trtprobe
