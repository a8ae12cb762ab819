// The loops in WebAssembly's vectors of four floats, for which Debian's Highway knows no doubles.
// Lane for lane what lanes.hpp says: four vectors hold the 16 lanes of a run.
#include "quantization/lanes.hpp"

#ifdef __wasm_simd128__

#include <algorithm>
#include <limits>

#include <wasm_simd128.h>

namespace trtreport::quantization {
namespace {

constexpr size_t kWidth = 4;
constexpr size_t kParts = kLanes / kWidth;

v128_t upper(v128_t v) {
  return wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(v, v, 2, 3, 2, 3));
}
v128_t lower(v128_t v) { return wasm_f64x2_promote_low_f32x4(v); }

unsigned count_true(v128_t mask) {
  return static_cast<unsigned>(__builtin_popcount(wasm_i32x4_bitmask(mask)));
}

// Sums of 16 lanes in doubles.
struct Wide {
  v128_t low[kParts], high[kParts];

  explicit Wide(const std::array<double, kLanes>& lanes) {
    for (size_t p = 0; p < kParts; ++p) {
      low[p] = wasm_v128_load(lanes.data() + p * kWidth);
      high[p] = wasm_v128_load(lanes.data() + p * kWidth + 2);
    }
  }
  void add_products(size_t p, v128_t a, v128_t b) {
    low[p] = wasm_f64x2_add(low[p], wasm_f64x2_mul(lower(a), lower(b)));
    high[p] = wasm_f64x2_add(high[p], wasm_f64x2_mul(upper(a), upper(b)));
  }
  void store(std::array<double, kLanes>& lanes) const {
    for (size_t p = 0; p < kParts; ++p) {
      wasm_v128_store(lanes.data() + p * kWidth, low[p]);
      wasm_v128_store(lanes.data() + p * kWidth + 2, high[p]);
    }
  }
};

// The usual case: every value is finite. Answers how many elements it took; it stops where 16 hold
// one that is not, which the caller takes by elements.
size_t scan_finite(const float* x, size_t size, RangeLanes& lanes) {
  const v128_t most = wasm_f32x4_splat(std::numeric_limits<float>::max());
  const v128_t zero = wasm_f32x4_splat(0);
  Wide square(lanes.square);
  v128_t low[kParts], high[kParts];
  for (size_t p = 0; p < kParts; ++p) {
    low[p] = wasm_v128_load(lanes.low.data() + p * kWidth);
    high[p] = wasm_v128_load(lanes.high.data() + p * kWidth);
  }
  size_t done = 0, zeros = 0;
  for (; done + kLanes <= size; done += kLanes) {
    v128_t v[kParts];
    v128_t fine = wasm_f32x4_splat(0);
    for (size_t p = 0; p < kParts; ++p) {
      v[p] = wasm_v128_load(x + done + p * kWidth);
      const v128_t is_fine = wasm_f32x4_le(wasm_f32x4_abs(v[p]), most);
      fine = p == 0 ? is_fine : wasm_v128_and(fine, is_fine);
    }
    if (!wasm_i32x4_all_true(fine)) break;
    for (size_t p = 0; p < kParts; ++p) {
      zeros += count_true(wasm_f32x4_eq(v[p], zero));
      low[p] = wasm_f32x4_pmin(low[p], v[p]);
      high[p] = wasm_f32x4_pmax(high[p], v[p]);
      square.add_products(p, v[p], v[p]);
    }
  }
  lanes.zeros += zeros;
  square.store(lanes.square);
  for (size_t p = 0; p < kParts; ++p) {
    wasm_v128_store(lanes.low.data() + p * kWidth, low[p]);
    wasm_v128_store(lanes.high.data() + p * kWidth, high[p]);
  }
  return done;
}

void scan(std::span<const float> x, RangeLanes& lanes) {
  size_t done = 0;
  while (done < x.size()) {
    done += scan_finite(x.data() + done, x.size() - done, lanes);
    const size_t end = std::min(x.size(), done + kLanes);
    for (; done < end; ++done) scan_element(x[done], done % kLanes, lanes);
  }
}

void block_range(std::span<const float> x, size_t block, std::span<float> low,
                 std::span<float> high) {
  for (size_t begin = 0, b = 0; begin < x.size(); ++b) {
    const size_t end = begin + std::min(block, x.size() - begin);
    v128_t least = wasm_f32x4_splat(x[begin]), most = least;
    for (; begin + kWidth <= end; begin += kWidth) {
      const v128_t v = wasm_v128_load(x.data() + begin);
      least = wasm_f32x4_pmin(least, v);
      most = wasm_f32x4_pmax(most, v);
    }
    float lows[kWidth], highs[kWidth];
    wasm_v128_store(lows, least);
    wasm_v128_store(highs, most);
    low[b] = *std::min_element(lows, lows + kWidth);
    high[b] = *std::max_element(highs, highs + kWidth);
    for (; begin < end; ++begin) {
      if (x[begin] < low[b]) low[b] = x[begin];
      if (x[begin] > high[b]) high[b] = x[begin];
    }
  }
}

void block_largest(std::span<const float> x, size_t block, std::span<float> out) {
  for (size_t begin = 0, b = 0; begin < x.size(); ++b) {
    const size_t end = begin + std::min(block, x.size() - begin);
    v128_t most = wasm_f32x4_splat(0);
    for (; begin + kWidth <= end; begin += kWidth)
      most = wasm_f32x4_pmax(most, wasm_f32x4_abs(wasm_v128_load(x.data() + begin)));
    float lanes[kWidth];
    wasm_v128_store(lanes, most);
    out[b] = *std::max_element(lanes, lanes + kWidth);
    for (; begin < end; ++begin) {
      if (std::fabs(x[begin]) > out[b]) out[b] = std::fabs(x[begin]);
    }
  }
}

// One class a kind of element, all used by one loop.
struct IntegerElement {
  v128_t low, high;
  explicit IntegerElement(const BlockRule& rule)
      : low(wasm_f32x4_splat(rule.element.low)), high(wasm_f32x4_splat(rule.element.high)) {}
  v128_t operator()(v128_t x) const {
    return wasm_f32x4_nearest(wasm_f32x4_pmin(wasm_f32x4_pmax(x, low), high));
  }
};

struct MinifloatElement {
  v128_t high, least, step;
  explicit MinifloatElement(const BlockRule& rule)
      : high(wasm_f32x4_splat(rule.element.high)),
        least(wasm_i32x4_splat((1 - rule.element.bias + 127) * (1 << 23))),
        step(wasm_i32x4_splat((23 - rule.element.mantissa_bits) * (1 << 23))) {}
  v128_t operator()(v128_t x) const {
    const v128_t magnitude = wasm_f32x4_pmin(wasm_f32x4_abs(x), high);
    const v128_t exponent =
        wasm_i32x4_max(wasm_v128_and(magnitude, wasm_i32x4_splat(0x7f800000)), least);
    const v128_t magic = wasm_i32x4_add(exponent, step);
    const v128_t rounded = wasm_f32x4_sub(wasm_f32x4_add(magnitude, magic), magic);
    return wasm_v128_bitselect(rounded, x, wasm_i32x4_splat(0x7fffffff));
  }
};

struct Bfloat16Element {
  v128_t high, low;
  explicit Bfloat16Element(const BlockRule& rule)
      : high(wasm_f32x4_splat(rule.element.high)), low(wasm_f32x4_splat(-rule.element.high)) {}
  v128_t operator()(v128_t x) const {
    const v128_t odd = wasm_v128_and(wasm_u32x4_shr(x, 16), wasm_i32x4_splat(1));
    const v128_t sum = wasm_i32x4_add(wasm_i32x4_add(x, wasm_i32x4_splat(0x7fff)), odd);
    const v128_t rounded = wasm_v128_and(sum, wasm_i32x4_splat(static_cast<int>(0xffff0000u)));
    return wasm_f32x4_pmax(wasm_f32x4_pmin(rounded, high), low);
  }
};

template <class Kind>
void round_as(const Rounding& rounding, std::span<const float> x, ErrorLanes& lanes) {
  const v128_t zero = wasm_f32x4_splat(0);
  Wide square(lanes.square), cross(lanes.cross);
  v128_t largest[kParts];
  for (size_t p = 0; p < kParts; ++p)
    largest[p] = wasm_v128_load(lanes.largest.data() + p * kWidth);
  size_t begin = 0, clipped = 0, underflows = 0;
  while (begin + kLanes <= x.size()) {
    const BlockRule rule = block_rule(rounding, begin);
    const Kind kind(rule);
    const v128_t scale = wasm_f32x4_splat(rule.scale);
    const v128_t below = wasm_f32x4_splat(rule.clip_low), above = wasm_f32x4_splat(rule.clip_high);
    const size_t end = begin + std::min(rounding.block, x.size() - begin);
    for (; begin + kLanes <= end; begin += kLanes) {
      for (size_t p = 0; p < kParts; ++p) {
        const v128_t v = wasm_v128_load(x.data() + begin + p * kWidth);
        const v128_t units = wasm_f32x4_div(v, scale);
        const v128_t code = kind(units);
        const v128_t error = wasm_f32x4_sub(wasm_f32x4_mul(code, scale), v);
        square.add_products(p, error, error);
        cross.add_products(p, v, error);
        largest[p] = wasm_f32x4_pmax(largest[p], wasm_f32x4_abs(error));
        clipped +=
            count_true(wasm_v128_or(wasm_f32x4_gt(units, above), wasm_f32x4_lt(units, below)));
        underflows += count_true(wasm_v128_and(wasm_f32x4_eq(code, zero), wasm_f32x4_ne(v, zero)));
      }
    }
    if (begin < end) break;  // the last block is short
  }
  square.store(lanes.square);
  cross.store(lanes.cross);
  for (size_t p = 0; p < kParts; ++p)
    wasm_v128_store(lanes.largest.data() + p * kWidth, largest[p]);
  lanes.clipped += clipped;
  lanes.underflows += underflows;
  if (begin == x.size()) return;
  const BlockRule rule = block_rule(rounding, begin);
  for (; begin < x.size(); ++begin) round_element(rule, x[begin], begin % kLanes, lanes);
}

void round(const Rounding& rounding, std::span<const float> x, ErrorLanes& lanes) {
  if (rounding.element.is_integer) return round_as<IntegerElement>(rounding, x, lanes);
  if (rounding.is_bfloat16) return round_as<Bfloat16Element>(rounding, x, lanes);
  round_as<MinifloatElement>(rounding, x, lanes);
}

float integer_loss(std::span<const float> x, float inverse_scale, float limit) {
  const v128_t inverse = wasm_f32x4_splat(inverse_scale);
  const v128_t most = wasm_f32x4_splat(limit), least = wasm_f32x4_splat(-limit);
  v128_t sums[kParts];
  for (size_t p = 0; p < kParts; ++p) sums[p] = wasm_f32x4_splat(0);
  size_t done = 0;
  for (; done + kLanes <= x.size(); done += kLanes) {
    for (size_t p = 0; p < kParts; ++p) {
      const v128_t units = wasm_f32x4_mul(wasm_v128_load(x.data() + done + p * kWidth), inverse);
      const v128_t code = wasm_f32x4_nearest(wasm_f32x4_pmax(wasm_f32x4_pmin(units, most), least));
      const v128_t error = wasm_f32x4_sub(code, units);
      sums[p] = wasm_f32x4_add(sums[p], wasm_f32x4_mul(error, error));
    }
  }
  std::array<float, kLanes> lanes;
  for (size_t p = 0; p < kParts; ++p) wasm_v128_store(lanes.data() + p * kWidth, sums[p]);
  for (; done < x.size(); ++done) lanes[done % kLanes] += loss_of(x[done], inverse_scale, limit);
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  return sum;
}

void integer_losses(std::span<const float> x, std::span<const float> inverse_scales, float limit,
                    std::span<float> sums) {
  for (size_t i = 0; i < inverse_scales.size(); ++i)
    sums[i] = integer_loss(x, inverse_scales[i], limit);
}

void bins(std::span<const float> x, double range, double per_unit, uint32_t last,
          std::span<uint32_t> out) {
  const v128_t limit = wasm_f64x2_splat(range), scale = wasm_f64x2_splat(per_unit);
  const v128_t top = wasm_f64x2_splat(static_cast<double>(last));
  const v128_t beyond = wasm_f64x2_splat(static_cast<double>(last) + 1);
  const auto found = [&](v128_t magnitude) {
    const v128_t bin = wasm_f64x2_pmin(wasm_f64x2_mul(magnitude, scale), top);
    const v128_t kept = wasm_v128_bitselect(bin, beyond, wasm_f64x2_le(magnitude, limit));
    return wasm_u32x4_trunc_sat_f64x2_zero(kept);
  };
  size_t done = 0;
  for (; done + kWidth <= x.size(); done += kWidth) {
    const v128_t v = wasm_f32x4_abs(wasm_v128_load(x.data() + done));
    wasm_v128_store(out.data() + done,
                    wasm_i32x4_shuffle(found(lower(v)), found(upper(v)), 0, 1, 4, 5));
  }
  for (; done < x.size(); ++done) out[done] = bin_of(x[done], range, per_unit, last);
}

void multiply(std::span<float> x, double factor) {
  for (float& value : x) value = static_cast<float>(static_cast<double>(value) * factor);
}

}  // namespace

const Kernels& vector_kernels() {
  static constexpr Kernels kKernels = {scan,           block_largest, block_range, round,
                                       integer_losses, bins,          multiply};
  return kKernels;
}

}  // namespace trtreport::quantization

#endif
