// The hot loops over vectors, written once. kernels.cpp includes this for each instruction set of
// Highway, kernels_wasm.cpp for WebAssembly, each inside a namespace of its own that defines
//   VECTOR_INLINE; kWidth; Vector of kWidth floats, Mask, Bits (of its floats), Wide of kHalf
//   doubles, Counter; for them load, store, splat, add, sub, mul, div, nearest (ties to even),
//   magnitude, with_sign; lesser, greater; lower_of, higher_of, which keep the first of equals;
//   above, below, equal, at_most, both, either, but_not, all; least_lane, greatest_lane; bits_of,
//   floats_of, splat_bits, add_bits, and_bits, greater_bits, upper_half; load_wide, store_wide,
//   lower, upper, add_product; no_count, count, total; store_bins, splat_wide;
//   kLossesAtOnce, how many scales' sums the registers hold.
// No guard: it is meant to be included more than once.

constexpr size_t kHalf = kWidth / 2;
constexpr size_t kParts = kLanes / kWidth;

// Sums of 16 lanes. The product of two floats is exact as a double, so that it does not matter
// whether a processor fuses the two steps.
struct WideSums {
  Wide low[kParts], high[kParts];

  VECTOR_INLINE explicit WideSums(const std::array<double, kLanes>& lanes) {
    for (size_t p = 0; p < kParts; ++p) {
      low[p] = load_wide(lanes.data() + p * kWidth);
      high[p] = load_wide(lanes.data() + p * kWidth + kHalf);
    }
  }
  VECTOR_INLINE void store_to(std::array<double, kLanes>& lanes) const {
    for (size_t p = 0; p < kParts; ++p) {
      store_wide(low[p], lanes.data() + p * kWidth);
      store_wide(high[p], lanes.data() + p * kWidth + kHalf);
    }
  }
};

struct FloatLanes {
  Vector part[kParts];

  VECTOR_INLINE explicit FloatLanes(const std::array<float, kLanes>& lanes) {
    for (size_t p = 0; p < kParts; ++p) part[p] = load(lanes.data() + p * kWidth);
  }
  VECTOR_INLINE void store_to(std::array<float, kLanes>& lanes) const {
    for (size_t p = 0; p < kParts; ++p) store(part[p], lanes.data() + p * kWidth);
  }
};

// The usual case: every value is finite. Answers how many elements it took; it stops where 16 hold
// one that is not, which the caller takes by elements.
size_t scan_finite(const float* x, size_t size, RangeLanes& lanes) {
  const Vector most = splat(std::numeric_limits<float>::max()), zero = splat(0);
  WideSums square(lanes.square);
  FloatLanes low(lanes.low), high(lanes.high);
  Counter zeros = no_count();
  size_t done = 0;
  for (; done + kLanes <= size; done += kLanes) {
    Mask fine = at_most(magnitude(load(x + done)), most);
    for (size_t p = 1; p < kParts; ++p)
      fine = both(fine, at_most(magnitude(load(x + done + p * kWidth)), most));
    if (!all(fine)) break;
    for (size_t p = 0; p < kParts; ++p) {
      const Vector v = load(x + done + p * kWidth);
      count(zeros, equal(v, zero));
      low.part[p] = lower_of(low.part[p], v);
      high.part[p] = higher_of(high.part[p], v);
      square.low[p] = add_product(square.low[p], lower(v), lower(v));
      square.high[p] = add_product(square.high[p], upper(v), upper(v));
    }
  }
  lanes.zeros += total(zeros);
  square.store_to(lanes.square);
  low.store_to(lanes.low);
  high.store_to(lanes.high);
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
    Vector least = splat(x[begin]), most = least;
    for (; begin + kWidth <= end; begin += kWidth) {
      const Vector v = load(x.data() + begin);
      least = lesser(least, v);
      most = greater(most, v);
    }
    low[b] = least_lane(least);
    high[b] = greatest_lane(most);
    for (; begin < end; ++begin) {
      if (x[begin] < low[b]) low[b] = x[begin];
      if (x[begin] > high[b]) high[b] = x[begin];
    }
  }
}

void block_largest(std::span<const float> x, size_t block, std::span<float> out) {
  for (size_t begin = 0, b = 0; begin < x.size(); ++b) {
    const size_t end = begin + std::min(block, x.size() - begin);
    Vector most = splat(0);
    for (; begin + kWidth <= end; begin += kWidth)
      most = greater(most, magnitude(load(x.data() + begin)));
    out[b] = greatest_lane(most);
    for (; begin < end; ++begin) {
      if (std::fabs(x[begin]) > out[b]) out[b] = std::fabs(x[begin]);
    }
  }
}

// --- rounding: one class a kind of element, all used by one loop

struct IntegerElement {
  Vector low, high;
  VECTOR_INLINE explicit IntegerElement(const Element& element)
      : low(splat(element.low)), high(splat(element.high)) {}
  VECTOR_INLINE Vector operator()(Vector x) const { return nearest(lesser(greater(x, low), high)); }
};

struct MinifloatElement {
  Vector high;
  Bits least, step;
  VECTOR_INLINE explicit MinifloatElement(const Element& element)
      : high(splat(element.high)),
        least(splat_bits(static_cast<uint32_t>(1 - element.bias + 127) << 23)),
        step(splat_bits(static_cast<uint32_t>(23 - element.mantissa_bits) << 23)) {}
  VECTOR_INLINE Vector operator()(Vector x) const {
    const Vector size = lesser(magnitude(x), high);
    const Bits exponent = greater_bits(and_bits(bits_of(size), splat_bits(0x7f800000u)), least);
    const Vector magic = floats_of(add_bits(exponent, step));
    return with_sign(sub(add(size, magic), magic), x);
  }
};

struct Bfloat16Element {
  Vector low, high;
  VECTOR_INLINE explicit Bfloat16Element(const Element& element)
      : low(splat(-element.high)), high(splat(element.high)) {}
  VECTOR_INLINE Vector operator()(Vector x) const {
    const Bits code = bits_of(x);
    const Bits odd = and_bits(upper_half(code), splat_bits(1));
    const Bits sum = add_bits(add_bits(code, splat_bits(0x7fff)), odd);
    return greater(lesser(floats_of(and_bits(sum, splat_bits(0xffff0000u))), high), low);
  }
};

// A cast has no scale: nothing is divided or multiplied by 1.
template <class Kind, bool kIsCast>
void round_as(const Rounding& rounding, std::span<const float> x, ErrorLanes& lanes) {
  const Vector zero = splat(0);
  WideSums square(lanes.square), cross(lanes.cross);
  FloatLanes largest(lanes.largest);
  Counter clipped = no_count(), underflows = no_count();
  BlockRule rule(rounding);
  Kind kind(rule.element);
  Vector clip_below = splat(rule.clip_low), clip_above = splat(rule.clip_high);
  size_t begin = 0;
  for (size_t b = 0; begin + kLanes <= x.size(); ++b) {
    if (rule.enter(rounding, b)) {
      kind = Kind(rule.element);
      clip_below = splat(rule.clip_low);
      clip_above = splat(rule.clip_high);
    }
    const Vector scale = splat(rule.scale);
    const size_t end = begin + std::min(rounding.block, x.size() - begin);
    for (; begin + kLanes <= end; begin += kLanes) {
      for (size_t p = 0; p < kParts; ++p) {
        const Vector v = load(x.data() + begin + p * kWidth);
        const Vector units = kIsCast ? v : div(v, scale);
        const Vector code = kind(units);
        const Vector error = sub(kIsCast ? code : mul(code, scale), v);
        const Wide error_low = lower(error), error_high = upper(error);
        square.low[p] = add_product(square.low[p], error_low, error_low);
        square.high[p] = add_product(square.high[p], error_high, error_high);
        cross.low[p] = add_product(cross.low[p], lower(v), error_low);
        cross.high[p] = add_product(cross.high[p], upper(v), error_high);
        largest.part[p] = greater(largest.part[p], magnitude(error));
        count(clipped, either(above(units, clip_above), below(units, clip_below)));
        count(underflows, but_not(equal(code, zero), equal(v, zero)));
      }
    }
    if (begin < end) break;  // the last block is short
  }
  square.store_to(lanes.square);
  cross.store_to(lanes.cross);
  largest.store_to(lanes.largest);
  lanes.clipped += total(clipped);
  lanes.underflows += total(underflows);
  if (begin < x.size()) round_elements(rounding, x, begin, lanes);
}

void round(const Rounding& rounding, std::span<const float> x, ErrorLanes& lanes) {
  if (rounding.element.is_integer) return round_as<IntegerElement, false>(rounding, x, lanes);
  if (rounding.is_bfloat16) return round_as<Bfloat16Element, false>(rounding, x, lanes);
  const bool is_cast = rounding.scales.size() == 1 && rounding.scales[0] == 1;
  return is_cast ? round_as<MinifloatElement, true>(rounding, x, lanes)
                 : round_as<MinifloatElement, false>(rounding, x, lanes);
}

// Several scales at a time: a lane's sums must be added one after the other, which would leave the
// processor waiting with one.
template <size_t kCount>
void losses_of(std::span<const float> x, const float* inverse_scales, float limit, float* sums) {
  const Vector most = splat(limit), least = splat(-limit);
  Vector inverse[kCount], parts[kCount][kParts];
  for (size_t i = 0; i < kCount; ++i) {
    inverse[i] = splat(inverse_scales[i]);
    for (size_t p = 0; p < kParts; ++p) parts[i][p] = splat(0);
  }
  size_t done = 0;
  for (; done + kLanes <= x.size(); done += kLanes) {
    for (size_t p = 0; p < kParts; ++p) {
      const Vector v = load(x.data() + done + p * kWidth);
      for (size_t i = 0; i < kCount; ++i) {
        const Vector units = mul(v, inverse[i]);
        const Vector error = sub(nearest(greater(lesser(units, most), least)), units);
        parts[i][p] = add(parts[i][p], mul(error, error));
      }
    }
  }
  for (size_t i = 0; i < kCount; ++i) {
    std::array<float, kLanes> lanes;
    for (size_t p = 0; p < kParts; ++p) store(parts[i][p], lanes.data() + p * kWidth);
    for (size_t at = done; at < x.size(); ++at)
      lanes[at % kLanes] += loss_of(x[at], inverse_scales[i], limit);
    sums[i] = folded(lanes);
  }
}

void integer_losses(std::span<const float> x, std::span<const float> inverse_scales, float limit,
                    std::span<float> sums) {
  size_t i = 0;
  for (; i + kLossesAtOnce <= inverse_scales.size(); i += kLossesAtOnce)
    losses_of<kLossesAtOnce>(x, inverse_scales.data() + i, limit, sums.data() + i);
  for (; i < inverse_scales.size(); ++i)
    losses_of<1>(x, inverse_scales.data() + i, limit, sums.data() + i);
}

void bins(std::span<const float> x, double range, double per_unit, uint32_t last,
          std::span<uint32_t> out) {
  const BinRule rule = {splat_wide(range), splat_wide(per_unit),
                        splat_wide(static_cast<double>(last)),
                        splat_wide(static_cast<double>(last) + 1)};
  size_t done = 0;
  for (; done + kWidth <= x.size(); done += kWidth)
    store_bins(rule, magnitude(load(x.data() + done)), out.data() + done);
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
