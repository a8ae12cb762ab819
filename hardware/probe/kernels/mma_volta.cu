// The tensor cores of compute capability 7.0 and 7.2: FP16 by the shape native there, which makes
// four small products at once, and INT8 of 7.2 by wmma. Needs CUDA before 13.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

#if __CUDA_ARCH__ == 700 || __CUDA_ARCH__ == 720
#define TRTPROBE_VOLTA(BODY) BODY
#else
#define TRTPROBE_VOLTA(BODY) absent(c)
#endif
#if __CUDA_ARCH__ == 720
#define TRTPROBE_XAVIER(BODY) BODY
#else
#define TRTPROBE_XAVIER(BODY) absent(c)
#endif

TRTPROBE_PRODUCT(
    Fp32Sum, kFlip16, float, 2, 2, 8, 4 * 8 * 8 * 4,
    TRTPROBE_VOLTA(asm("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32 "
                       "{%0,%1,%2,%3,%4,%5,%6,%7},{%8,%9},{%10,%11},{%0,%1,%2,%3,%4,%5,%6,%7};"
                       : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]), "+f"(c[4]), "+f"(c[5]),
                         "+f"(c[6]), "+f"(c[7])
                       : "r"(a[0]), "r"(a[1]), "r"(b[0]), "r"(b[1]))))
TRTPROBE_PRODUCT(Fp16Sum, kFlip16, std::uint32_t, 2, 2, 4, 4 * 8 * 8 * 4,
                 TRTPROBE_VOLTA(asm("mma.sync.aligned.m8n8k4.row.col.f16.f16.f16.f16 "
                                    "{%0,%1,%2,%3},{%4,%5},{%6,%7},{%0,%1,%2,%3};"
                                    : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
                                    : "r"(a[0]), "r"(a[1]), "r"(b[0]), "r"(b[1]))))
TRTPROBE_PRODUCT(
    Int8, kFlipInteger, std::uint32_t, 2, 2, 8, 16 * 16 * 16,
    TRTPROBE_XAVIER(asm("wmma.mma.sync.aligned.row.col.m16n16k16.s32.s8.s8.s32 "
                        "{%0,%1,%2,%3,%4,%5,%6,%7},{%8,%9},{%10,%11},{%0,%1,%2,%3,%4,%5,%6,%7};"
                        : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3]), "+r"(c[4]), "+r"(c[5]),
                          "+r"(c[6]), "+r"(c[7])
                        : "r"(a[0]), "r"(a[1]), "r"(b[0]), "r"(b[1]))))

}  // namespace

std::vector<Variant> mma_volta_fp16_f32() { return mma_variants<Fp32Sum>(); }

std::vector<Variant> mma_volta_fp16_f16() { return mma_variants<Fp16Sum>(); }

std::vector<Variant> mma_xavier_int8() { return mma_variants<Int8>(); }

}  // namespace trtprobe
