// WebAssembly's vectors of four floats under the loops, as Debian's Highway knows no doubles there.
#include "quantization/lanes.hpp"

#ifdef __wasm_simd128__

#include <algorithm>
#include <limits>

#include <wasm_simd128.h>

#define VECTOR_INLINE inline __attribute__((always_inline))
#define VECTOR_ROLLED _Pragma("clang loop unroll(disable)")

namespace trtreport::quantization {
namespace {

constexpr size_t kWidth = 4;
constexpr size_t kLossesAtOnce = 3;

// Floats, masks and counts are all of one type.
using Vector = v128_t;
using Mask = v128_t;
using Bits = v128_t;
using Counter = v128_t;

VECTOR_INLINE Vector load(const float* from) { return wasm_v128_load(from); }
VECTOR_INLINE void store(Vector v, float* to) { wasm_v128_store(to, v); }
VECTOR_INLINE Vector splat(float x) { return wasm_f32x4_splat(x); }
VECTOR_INLINE Vector add(Vector a, Vector b) { return wasm_f32x4_add(a, b); }
VECTOR_INLINE Vector sub(Vector a, Vector b) { return wasm_f32x4_sub(a, b); }
VECTOR_INLINE Vector mul(Vector a, Vector b) { return wasm_f32x4_mul(a, b); }
VECTOR_INLINE Vector div(Vector a, Vector b) { return wasm_f32x4_div(a, b); }
VECTOR_INLINE Vector nearest(Vector v) { return wasm_f32x4_nearest(v); }
VECTOR_INLINE Vector magnitude(Vector v) { return wasm_f32x4_abs(v); }
VECTOR_INLINE Vector lesser(Vector a, Vector b) { return wasm_f32x4_pmin(a, b); }
VECTOR_INLINE Vector greater(Vector a, Vector b) { return wasm_f32x4_pmax(a, b); }

VECTOR_INLINE Mask exceeds(Vector a, Vector b) { return wasm_f32x4_gt(a, b); }
VECTOR_INLINE Mask equal(Vector a, Vector b) { return wasm_f32x4_eq(a, b); }
VECTOR_INLINE Mask either(Mask a, Mask b) { return wasm_v128_or(a, b); }

VECTOR_INLINE Mask at_most(Vector a, Vector b) { return wasm_f32x4_le(a, b); }
VECTOR_INLINE Mask both(Mask a, Mask b) { return wasm_v128_and(a, b); }
VECTOR_INLINE bool all(Mask mask) { return wasm_i32x4_all_true(mask); }
VECTOR_INLINE bool any(Mask mask) { return wasm_v128_any_true(mask); }

VECTOR_INLINE Bits bits_of(Vector v) { return v; }
VECTOR_INLINE Vector floats_of(Bits bits) { return bits; }
VECTOR_INLINE Bits splat_bits(uint32_t bits) { return wasm_i32x4_splat(static_cast<int>(bits)); }
VECTOR_INLINE void store_bits(Bits bits, uint32_t* to) { wasm_v128_store(to, bits); }
VECTOR_INLINE Bits add_bits(Bits a, Bits b) { return wasm_i32x4_add(a, b); }
VECTOR_INLINE Bits and_bits(Bits a, Bits b) { return wasm_v128_and(a, b); }
VECTOR_INLINE Bits greater_bits(Bits a, Bits b) { return wasm_i32x4_max(a, b); }
VECTOR_INLINE Bits upper_half(Bits bits) { return wasm_u32x4_shr(bits, 16); }

VECTOR_INLINE Counter no_count() { return wasm_i32x4_splat(0); }
VECTOR_INLINE void count(Counter& counter, Mask mask) { counter = wasm_i32x4_sub(counter, mask); }
uint64_t total(Counter counter) {
  uint32_t lanes[kWidth];
  wasm_v128_store(lanes, counter);
  return uint64_t{lanes[0]} + lanes[1] + lanes[2] + lanes[3];
}

VECTOR_INLINE Vector halves_swapped(Vector v) { return wasm_i32x4_shuffle(v, v, 2, 3, 0, 1); }
VECTOR_INLINE Vector pairs_swapped(Vector v) { return wasm_i32x4_shuffle(v, v, 1, 0, 3, 2); }
VECTOR_INLINE float least_lane(Vector v) {
  v = lesser(v, halves_swapped(v));
  return wasm_f32x4_extract_lane(lesser(v, pairs_swapped(v)), 0);
}
VECTOR_INLINE float greatest_lane(Vector v) {
  v = greater(v, halves_swapped(v));
  return wasm_f32x4_extract_lane(greater(v, pairs_swapped(v)), 0);
}

VECTOR_INLINE void turn_square(const float* from, size_t from_stride, float* to, size_t stride) {
  const v128_t a = load(from), b = load(from + from_stride);
  const v128_t c = load(from + 2 * from_stride), d = load(from + 3 * from_stride);
  const v128_t ac = wasm_i32x4_shuffle(a, c, 0, 4, 1, 5), bd = wasm_i32x4_shuffle(b, d, 0, 4, 1, 5);
  const v128_t ac2 = wasm_i32x4_shuffle(a, c, 2, 6, 3, 7);
  const v128_t bd2 = wasm_i32x4_shuffle(b, d, 2, 6, 3, 7);
  store(wasm_i32x4_shuffle(ac, bd, 0, 4, 1, 5), to);
  store(wasm_i32x4_shuffle(ac, bd, 2, 6, 3, 7), to + stride);
  store(wasm_i32x4_shuffle(ac2, bd2, 0, 4, 1, 5), to + 2 * stride);
  store(wasm_i32x4_shuffle(ac2, bd2, 2, 6, 3, 7), to + 3 * stride);
}

#include "quantization/vector_loops.hpp"

}  // namespace

const Kernels& vector_kernels() { return kernels(); }

}  // namespace trtreport::quantization

#endif
