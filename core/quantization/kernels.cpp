// Highway's vectors under the loops. Highway compiles this file once an instruction set and picks
// one at run time; WebAssembly's vectors are in kernels_wasm.cpp.
#include "quantization/lanes.hpp"

#ifndef __EMSCRIPTEN__

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quantization/kernels.cpp"
// Three widths are worth their code: 4 lanes anywhere, 8 and 16 where the processor has them.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256)
#include <algorithm>

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#undef VECTOR_INLINE
#define VECTOR_INLINE HWY_INLINE
#undef VECTOR_ROLLED
#define VECTOR_ROLLED

HWY_BEFORE_NAMESPACE();
namespace trtreport::quantization {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

const Kernels& kernels() { return scalar_kernels(); }

#else

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, kLanes>;
using Words = hn::RebindToSigned<Floats>;
constexpr size_t kWidth = HWY_LANES(float) < kLanes ? HWY_LANES(float) : kLanes;
constexpr size_t kLossesAtOnce = 3;

using Vector = hn::Vec<Floats>;
using Mask = hn::Mask<Floats>;
using Bits = hn::Vec<Words>;
using Counter = hn::Vec<Words>;

HWY_INLINE Vector load(const float* from) { return hn::LoadU(Floats(), from); }
HWY_INLINE void store(Vector v, float* to) { hn::StoreU(v, Floats(), to); }
HWY_INLINE Vector splat(float x) { return hn::Set(Floats(), x); }
HWY_INLINE Vector add(Vector a, Vector b) { return hn::Add(a, b); }
HWY_INLINE Vector sub(Vector a, Vector b) { return hn::Sub(a, b); }
HWY_INLINE Vector mul(Vector a, Vector b) { return hn::Mul(a, b); }
HWY_INLINE Vector div(Vector a, Vector b) { return hn::Div(a, b); }
HWY_INLINE Vector nearest(Vector v) { return hn::Round(v); }
HWY_INLINE Vector magnitude(Vector v) { return hn::Abs(v); }
HWY_INLINE Vector lesser(Vector a, Vector b) { return hn::Min(a, b); }
HWY_INLINE Vector greater(Vector a, Vector b) { return hn::Max(a, b); }

HWY_INLINE Mask exceeds(Vector a, Vector b) { return hn::Gt(a, b); }
HWY_INLINE Mask equal(Vector a, Vector b) { return hn::Eq(a, b); }
HWY_INLINE Mask either(Mask a, Mask b) { return hn::Or(a, b); }

HWY_INLINE Mask at_most(Vector a, Vector b) { return hn::Le(a, b); }
HWY_INLINE Mask both(Mask a, Mask b) { return hn::And(a, b); }
HWY_INLINE bool all(Mask mask) { return hn::AllTrue(Floats(), mask); }
HWY_INLINE bool any(Mask mask) { return !hn::AllFalse(Floats(), mask); }

HWY_INLINE Bits bits_of(Vector v) { return hn::BitCast(Words(), v); }
HWY_INLINE Vector floats_of(Bits bits) { return hn::BitCast(Floats(), bits); }
HWY_INLINE Bits splat_bits(uint32_t bits) { return hn::Set(Words(), static_cast<int32_t>(bits)); }
HWY_INLINE void store_bits(Bits bits, uint32_t* to) {
  const hn::RebindToUnsigned<Floats> d;
  hn::StoreU(hn::BitCast(d, bits), d, to);
}
HWY_INLINE Bits add_bits(Bits a, Bits b) { return hn::Add(a, b); }
HWY_INLINE Bits and_bits(Bits a, Bits b) { return hn::And(a, b); }
HWY_INLINE Bits greater_bits(Bits a, Bits b) { return hn::Max(a, b); }
HWY_INLINE Bits upper_half(Bits bits) {
  const hn::RebindToUnsigned<Floats> d;
  return hn::BitCast(Words(), hn::ShiftRight<16>(hn::BitCast(d, bits)));
}

HWY_INLINE Counter no_count() { return hn::Zero(Words()); }
HWY_INLINE void count(Counter& counter, Mask mask) {
  counter = hn::Sub(counter, hn::BitCast(Words(), hn::VecFromMask(Floats(), mask)));
}
HWY_INLINE uint64_t total(Counter counter) {
  std::array<int32_t, kWidth> lanes;
  hn::StoreU(counter, Words(), lanes.data());
  uint64_t sum = 0;
  for (const int32_t lane : lanes) sum += static_cast<uint32_t>(lane);
  return sum;
}

HWY_INLINE float least_lane(Vector v) { return hn::GetLane(hn::MinOfLanes(Floats(), v)); }
HWY_INLINE float greatest_lane(Vector v) { return hn::GetLane(hn::MaxOfLanes(Floats(), v)); }

HWY_INLINE void turn_square(const float* from, size_t from_stride, float* to, size_t stride) {
  const hn::FixedTag<float, 4> d;
  const auto a = hn::LoadU(d, from), b = hn::LoadU(d, from + from_stride);
  const auto c = hn::LoadU(d, from + 2 * from_stride), e = hn::LoadU(d, from + 3 * from_stride);
  const auto ac = hn::InterleaveLower(d, a, c), be = hn::InterleaveLower(d, b, e);
  const auto ac2 = hn::InterleaveUpper(d, a, c), be2 = hn::InterleaveUpper(d, b, e);
  hn::StoreU(hn::InterleaveLower(d, ac, be), d, to);
  hn::StoreU(hn::InterleaveUpper(d, ac, be), d, to + stride);
  hn::StoreU(hn::InterleaveLower(d, ac2, be2), d, to + 2 * stride);
  hn::StoreU(hn::InterleaveUpper(d, ac2, be2), d, to + 3 * stride);
}

#include "quantization/vector_loops.hpp"

#endif

}  // namespace HWY_NAMESPACE
}  // namespace trtreport::quantization
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace trtreport::quantization {

HWY_EXPORT(kernels);
const Kernels& vector_kernels() { return HWY_DYNAMIC_DISPATCH(kernels)(); }

}  // namespace trtreport::quantization
#endif

#endif
