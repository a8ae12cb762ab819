// The loops as vectors. Highway compiles this file once a target and picks one at run time.
// WebAssembly's are in kernels_wasm.cpp.
#include "quantization/lanes.hpp"

#ifndef __EMSCRIPTEN__

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quantization/kernels.cpp"
// Three widths are worth their code: 4 lanes anywhere, 8 and 16 where the processor has them.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256)
#include <algorithm>

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace trtreport::quantization {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128

const Kernels& kernels() { return scalar_kernels(); }

#else

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, kLanes>;
using HalfFloats = hn::Half<Floats>;
using Doubles = hn::Rebind<double, HalfFloats>;
using Vector = hn::Vec<Floats>;
using Wide = hn::Vec<Doubles>;
constexpr size_t kWidth = HWY_LANES(float) < kLanes ? HWY_LANES(float) : kLanes;
constexpr size_t kHalf = kWidth / 2;
constexpr size_t kParts = kLanes / kWidth;

HWY_INLINE Wide lower(Vector v) { return hn::PromoteTo(Doubles(), hn::LowerHalf(HalfFloats(), v)); }
HWY_INLINE Wide upper(Vector v) { return hn::PromoteTo(Doubles(), hn::UpperHalf(HalfFloats(), v)); }

// Adds a * b to lanes [first, first + kWidth) of the sums. The product of two floats is exact as a
// double, so that it does not matter whether the processor fuses the two steps.
HWY_INLINE void add_products(Vector a, Vector b, Wide& low, Wide& high) {
  low = hn::MulAdd(lower(a), lower(b), low);
  high = hn::MulAdd(upper(a), upper(b), high);
}

// State of one vector's lanes in registers while a run lasts.
struct RangePart {
  Vector low, high;
  Wide square_low, square_high;
};

HWY_INLINE void load(const RangeLanes& lanes, size_t at, RangePart& part) {
  const Floats d;
  part.low = hn::LoadU(d, lanes.low.data() + at);
  part.high = hn::LoadU(d, lanes.high.data() + at);
  part.square_low = hn::LoadU(Doubles(), lanes.square.data() + at);
  part.square_high = hn::LoadU(Doubles(), lanes.square.data() + at + kHalf);
}

HWY_INLINE void store(const RangePart& part, size_t at, RangeLanes& lanes) {
  const Floats d;
  hn::StoreU(part.low, d, lanes.low.data() + at);
  hn::StoreU(part.high, d, lanes.high.data() + at);
  hn::StoreU(part.square_low, Doubles(), lanes.square.data() + at);
  hn::StoreU(part.square_high, Doubles(), lanes.square.data() + at + kHalf);
}

// The usual case: every value is finite. Answers how many elements it took; it stops where 16 hold
// one that is not, which the caller takes by elements.
size_t scan_finite(const float* x, size_t size, RangeLanes& lanes) {
  const Floats d;
  const Vector most = hn::Set(d, std::numeric_limits<float>::max());
  const Vector zero = hn::Zero(d);
  RangePart parts[kParts];
  for (size_t p = 0; p < kParts; ++p) load(lanes, p * kWidth, parts[p]);
  size_t done = 0;
  for (; done + kLanes <= size; done += kLanes) {
    bool fine = true;
    for (size_t p = 0; p < kParts; ++p) {
      const Vector v = hn::LoadU(d, x + done + p * kWidth);
      fine = fine && hn::AllTrue(d, hn::Le(hn::Abs(v), most));
    }
    if (!fine) break;
    for (size_t p = 0; p < kParts; ++p) {
      const Vector v = hn::LoadU(d, x + done + p * kWidth);
      lanes.zeros += hn::CountTrue(d, hn::Eq(v, zero));
      parts[p].low = hn::IfThenElse(hn::Lt(v, parts[p].low), v, parts[p].low);
      parts[p].high = hn::IfThenElse(hn::Gt(v, parts[p].high), v, parts[p].high);
      add_products(v, v, parts[p].square_low, parts[p].square_high);
    }
  }
  for (size_t p = 0; p < kParts; ++p) store(parts[p], p * kWidth, lanes);
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
  const Floats d;
  for (size_t begin = 0, b = 0; begin < x.size(); ++b) {
    const size_t end = begin + std::min(block, x.size() - begin);
    Vector least = hn::Set(d, x[begin]), most = least;
    for (; begin + kWidth <= end; begin += kWidth) {
      const Vector v = hn::LoadU(d, x.data() + begin);
      least = hn::Min(least, v);
      most = hn::Max(most, v);
    }
    low[b] = hn::GetLane(hn::MinOfLanes(d, least));
    high[b] = hn::GetLane(hn::MaxOfLanes(d, most));
    for (; begin < end; ++begin) {
      if (x[begin] < low[b]) low[b] = x[begin];
      if (x[begin] > high[b]) high[b] = x[begin];
    }
  }
}

void block_largest(std::span<const float> x, size_t block, std::span<float> out) {
  const Floats d;
  for (size_t begin = 0, b = 0; begin < x.size(); ++b) {
    const size_t end = begin + std::min(block, x.size() - begin);
    Vector most = hn::Zero(d);
    for (; begin + kWidth <= end; begin += kWidth)
      most = hn::Max(most, hn::Abs(hn::LoadU(d, x.data() + begin)));
    out[b] = hn::GetLane(hn::MaxOfLanes(d, most));
    for (; begin < end; ++begin) {
      if (std::fabs(x[begin]) > out[b]) out[b] = std::fabs(x[begin]);
    }
  }
}

// --- rounding: one class a kind of element, all used by one loop
// ------------------------------------

struct IntegerElement {
  Vector low, high;
  explicit IntegerElement(const BlockRule& rule)
      : low(hn::Set(Floats(), rule.element.low)), high(hn::Set(Floats(), rule.element.high)) {}
  HWY_INLINE Vector operator()(Vector x) const { return hn::Round(hn::Min(hn::Max(x, low), high)); }
};

struct MinifloatElement {
  using Bits = hn::RebindToUnsigned<Floats>;
  Vector high;
  hn::Vec<Bits> least, step;
  explicit MinifloatElement(const BlockRule& rule)
      : high(hn::Set(Floats(), rule.element.high)),
        least(hn::Set(Bits(), static_cast<uint32_t>(1 - rule.element.bias + 127) << 23)),
        step(hn::Set(Bits(), static_cast<uint32_t>(23 - rule.element.mantissa_bits) << 23)) {}
  HWY_INLINE Vector operator()(Vector x) const {
    const Floats d;
    const Bits bits;
    const Vector magnitude = hn::Min(hn::Abs(x), high);
    const auto exponent =
        hn::Max(hn::And(hn::BitCast(bits, magnitude), hn::Set(bits, 0x7f800000u)), least);
    const Vector magic = hn::BitCast(d, hn::Add(exponent, step));
    return hn::CopySign(hn::Sub(hn::Add(magnitude, magic), magic), x);
  }
};

struct Bfloat16Element {
  using Bits = hn::RebindToUnsigned<Floats>;
  Vector high;
  explicit Bfloat16Element(const BlockRule& rule) : high(hn::Set(Floats(), rule.element.high)) {}
  HWY_INLINE Vector operator()(Vector x) const {
    const Floats d;
    const Bits bits;
    const auto code = hn::BitCast(bits, x);
    const auto odd = hn::And(hn::ShiftRight<16>(code), hn::Set(bits, 1u));
    const auto rounded =
        hn::And(hn::Add(hn::Add(code, hn::Set(bits, 0x7fffu)), odd), hn::Set(bits, 0xffff0000u));
    return hn::Max(hn::Min(hn::BitCast(d, rounded), high), hn::Neg(high));
  }
};

struct ErrorPart {
  Wide square_low, square_high, cross_low, cross_high;
  Vector largest;
};

HWY_INLINE void load(const ErrorLanes& lanes, size_t at, ErrorPart& part) {
  const Doubles d;
  part.square_low = hn::LoadU(d, lanes.square.data() + at);
  part.square_high = hn::LoadU(d, lanes.square.data() + at + kHalf);
  part.cross_low = hn::LoadU(d, lanes.cross.data() + at);
  part.cross_high = hn::LoadU(d, lanes.cross.data() + at + kHalf);
  part.largest = hn::LoadU(Floats(), lanes.largest.data() + at);
}

HWY_INLINE void store(const ErrorPart& part, size_t at, ErrorLanes& lanes) {
  const Doubles d;
  hn::StoreU(part.square_low, d, lanes.square.data() + at);
  hn::StoreU(part.square_high, d, lanes.square.data() + at + kHalf);
  hn::StoreU(part.cross_low, d, lanes.cross.data() + at);
  hn::StoreU(part.cross_high, d, lanes.cross.data() + at + kHalf);
  hn::StoreU(part.largest, Floats(), lanes.largest.data() + at);
}

template <class Kind>
void round_as(const Rounding& rounding, std::span<const float> x, ErrorLanes& lanes) {
  const Floats d;
  const Vector zero = hn::Zero(d);
  ErrorPart parts[kParts];
  for (size_t p = 0; p < kParts; ++p) load(lanes, p * kWidth, parts[p]);
  size_t begin = 0;
  size_t clipped = 0, underflows = 0;
  while (begin + kLanes <= x.size()) {
    const BlockRule rule = block_rule(rounding, begin);
    const Kind kind(rule);
    const Vector scale = hn::Set(d, rule.scale);
    const Vector clip_below = hn::Set(d, rule.clip_low), clip_above = hn::Set(d, rule.clip_high);
    const size_t end = begin + std::min(rounding.block, x.size() - begin);
    for (; begin + kLanes <= end; begin += kLanes) {
      for (size_t p = 0; p < kParts; ++p) {
        const Vector v = hn::LoadU(d, x.data() + begin + p * kWidth);
        const Vector units = hn::Div(v, scale);
        const Vector code = kind(units);
        const Vector error = hn::Sub(hn::Mul(code, scale), v);
        add_products(error, error, parts[p].square_low, parts[p].square_high);
        add_products(v, error, parts[p].cross_low, parts[p].cross_high);
        parts[p].largest = hn::Max(parts[p].largest, hn::Abs(error));
        clipped += hn::CountTrue(d, hn::Or(hn::Gt(units, clip_above), hn::Lt(units, clip_below)));
        underflows += hn::CountTrue(d, hn::And(hn::Eq(code, zero), hn::Ne(v, zero)));
      }
    }
    if (begin < end) break;  // the last block is short
  }
  for (size_t p = 0; p < kParts; ++p) store(parts[p], p * kWidth, lanes);
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

// Several scales at a time: a lane's sums must be added one after the other, which would leave the
// processor waiting with one.
template <size_t kCount>
void losses_of(std::span<const float> x, const float* inverse_scales, float limit, float* sums) {
  const Floats d;
  const Vector most = hn::Set(d, limit), least = hn::Set(d, -limit);
  Vector inverse[kCount], parts[kCount][kParts];
  for (size_t i = 0; i < kCount; ++i) {
    inverse[i] = hn::Set(d, inverse_scales[i]);
    for (size_t p = 0; p < kParts; ++p) parts[i][p] = hn::Zero(d);
  }
  size_t done = 0;
  for (; done + kLanes <= x.size(); done += kLanes) {
    for (size_t p = 0; p < kParts; ++p) {
      const Vector v = hn::LoadU(d, x.data() + done + p * kWidth);
      for (size_t i = 0; i < kCount; ++i) {
        const Vector units = hn::Mul(v, inverse[i]);
        const Vector code = hn::Round(hn::Max(hn::Min(units, most), least));
        const Vector error = hn::Sub(code, units);
        parts[i][p] = hn::Add(parts[i][p], hn::Mul(error, error));
      }
    }
  }
  for (size_t i = 0; i < kCount; ++i) {
    std::array<float, kLanes> lanes;
    for (size_t p = 0; p < kParts; ++p) hn::StoreU(parts[i][p], d, lanes.data() + p * kWidth);
    for (size_t at = done; at < x.size(); ++at)
      lanes[at % kLanes] += loss_of(x[at], inverse_scales[i], limit);
    sums[i] = 0;
    for (const float lane : lanes) sums[i] += lane;
  }
}

void integer_losses(std::span<const float> x, std::span<const float> inverse_scales, float limit,
                    std::span<float> sums) {
  constexpr size_t kAtOnce = 3;
  size_t i = 0;
  for (; i + kAtOnce <= inverse_scales.size(); i += kAtOnce)
    losses_of<kAtOnce>(x, inverse_scales.data() + i, limit, sums.data() + i);
  for (; i < inverse_scales.size(); ++i)
    losses_of<1>(x, inverse_scales.data() + i, limit, sums.data() + i);
}

void bins(std::span<const float> x, double range, double per_unit, uint32_t last,
          std::span<uint32_t> out) {
  const Floats d;
  const Doubles wide;
  const hn::Rebind<int32_t, Doubles> whole;
  const Wide limit = hn::Set(wide, range), scale = hn::Set(wide, per_unit);
  const Wide top = hn::Set(wide, static_cast<double>(last));
  const Wide beyond = hn::Set(wide, static_cast<double>(last) + 1);
  const auto store = [&](Wide magnitude, uint32_t* to) {
    const Wide bin = hn::Min(hn::Mul(magnitude, scale), top);
    const Wide kept = hn::IfThenElse(hn::Le(magnitude, limit), bin, beyond);
    hn::StoreU(hn::DemoteTo(whole, kept), whole, reinterpret_cast<int32_t*>(to));
  };
  size_t done = 0;
  for (; done + kWidth <= x.size(); done += kWidth) {
    const Vector v = hn::Abs(hn::LoadU(d, x.data() + done));
    store(lower(v), out.data() + done);
    store(upper(v), out.data() + done + kHalf);
  }
  for (; done < x.size(); ++done) out[done] = bin_of(x[done], range, per_unit, last);
}

void multiply(std::span<float> x, double factor) {
  for (float& value : x) value = static_cast<float>(static_cast<double>(value) * factor);
}

const Kernels& kernels() {
  static constexpr Kernels kKernels = {scan,           block_largest, block_range, round,
                                       integer_losses, bins,          multiply};
  return kKernels;
}

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
