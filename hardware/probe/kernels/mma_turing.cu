// The tensor cores of compute capability 7.5 by mma.sync, in the shapes that are native there: FP16
// accumulated in FP32 and in FP16, INT8 and INT4.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

#if __CUDA_ARCH__ == 750
#define TRTPROBE_TURING(BODY) BODY
#else
#define TRTPROBE_TURING(BODY) absent(c)
#endif

TRTPROBE_PRODUCT(Fp32Sum, kFlip16, float, 2, 1, 4, 16 * 8 * 8,
                 TRTPROBE_TURING(asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 "
                                     "{%0,%1,%2,%3},{%4,%5},{%6},{%0,%1,%2,%3};"
                                     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                                     : "r"(a[0]), "r"(a[1]), "r"(b[0]))))
TRTPROBE_PRODUCT(Fp16Sum, kFlip16, std::uint32_t, 2, 1, 2, 16 * 8 * 8,
                 TRTPROBE_TURING(asm("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 "
                                     "{%0,%1},{%2,%3},{%4},{%0,%1};"
                                     : "+r"(c[0]), "+r"(c[1])
                                     : "r"(a[0]), "r"(a[1]), "r"(b[0]))))
TRTPROBE_PRODUCT(
    Int8, kFlipInteger, std::uint32_t, 1, 1, 2, 8 * 8 * 16,
    TRTPROBE_TURING(asm("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0,%1},{%2},{%3},{%0,%1};"
                        : "+r"(c[0]), "+r"(c[1])
                        : "r"(a[0]), "r"(b[0]))))
TRTPROBE_PRODUCT(
    Int4, kFlipInteger, std::uint32_t, 1, 1, 2, 8 * 8 * 32,
    TRTPROBE_TURING(asm("mma.sync.aligned.m8n8k32.row.col.s32.s4.s4.s32 {%0,%1},{%2},{%3},{%0,%1};"
                        : "+r"(c[0]), "+r"(c[1])
                        : "r"(a[0]), "r"(b[0]))))

}  // namespace

std::vector<Variant> mma_turing_fp16_f32() { return mma_variants<Fp32Sum>(); }

std::vector<Variant> mma_turing_fp16_f16() { return mma_variants<Fp16Sum>(); }

std::vector<Variant> mma_turing_int8() { return mma_variants<Int8>(); }

std::vector<Variant> mma_turing_int4() { return mma_variants<Int4>(); }

}  // namespace trtprobe
