// FP64 on the tensor cores by mma.sync: the small shape of compute capability 8.0 and the larger
// ones of 9.0. Sums need no bounding in FP64.
#include "kernels/mma.cuh"

namespace trtprobe {
namespace {

struct Fp64Operands {
  using Operand = double;
  using Accumulator = double;
  static __device__ Operand load(const std::uint32_t* operands, std::uint32_t index) {
    return reinterpret_cast<const double*>(operands)[index % (kOperandWords / 2)];
  }
  static __device__ Accumulator start(const std::uint32_t* operands, std::uint32_t index) {
    return load(operands, index);
  }
  static __device__ Operand negate(Operand x) { return x; }
  static __device__ std::uint32_t bits(Accumulator x) {
    return static_cast<std::uint32_t>(__double2loint(x) ^ __double2hiint(x));
  }
};

struct M8n8k4 : Fp64Operands {
  static constexpr int kA = 1, kB = 1, kC = 2;
  static constexpr double kOperations = 2.0 * 8 * 8 * 4;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1},{%2},{%3},{%0,%1};"
        : "+d"(c[0]), "+d"(c[1])
        : "d"(a[0]), "d"(b[0]));
#else
    absent(c);
#endif
  }
};

struct M16n8k16 : Fp64Operands {
  static constexpr int kA = 8, kB = 4, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 16;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 900
    asm("mma.sync.aligned.m16n8k16.row.col.f64.f64.f64.f64 {%0,%1,%2,%3},"
        "{%4,%5,%6,%7,%8,%9,%10,%11},{%12,%13,%14,%15},{%0,%1,%2,%3};"
        : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
        : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(a[4]), "d"(a[5]), "d"(a[6]), "d"(a[7]),
          "d"(b[0]), "d"(b[1]), "d"(b[2]), "d"(b[3]));
#else
    absent(c);
#endif
  }
};

struct M16n8k8 : Fp64Operands {
  static constexpr int kA = 4, kB = 2, kC = 4;
  static constexpr double kOperations = 2.0 * 16 * 8 * 8;
  static __device__ void step(Accumulator (&c)[kC], const Operand (&a)[kA],
                              const Operand (&b)[kB]) {
#if __CUDA_ARCH__ >= 900
    asm("mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64 {%0,%1,%2,%3},"
        "{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
        : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
        : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(b[0]), "d"(b[1]));
#else
    absent(c);
#endif
  }
};

}  // namespace

std::vector<Variant> mma_fp64() { return mma_variants<M8n8k4>(); }

std::vector<Variant> mma_fp64_k8() { return mma_variants<M16n8k8>(); }

std::vector<Variant> mma_fp64_k16() {
  return {mma_variant<M16n8k16, 2>(4), mma_variant<M16n8k16, 2>(8), mma_variant<M16n8k16, 3>(8),
          mma_variant<M16n8k16, 4>(8)};
}

}  // namespace trtprobe
