// The hot loops over vectors, written once. kernels.cpp includes this for each instruction set of
// Highway, kernels_wasm.cpp for WebAssembly, each inside a namespace of its own that defines
//   VECTOR_INLINE; VECTOR_ROLLED, before a loop whose body is not to be repeated; kWidth; Vector of
//   kWidth floats, Mask, Bits (of its floats), Counter; for them load, store, splat, add, sub, mul,
//   div, nearest (ties to even), magnitude; lesser and greater, which may keep either of equals;
//   exceeds, equal, at_most, either, both, any, all; least_lane, greatest_lane; bits_of, floats_of,
//   splat_bits, store_bits, add_bits, and_bits, greater_bits, upper_half; no_count, count, total;
//   turn_square, of 4 by 4 floats; kLossesAtOnce, how many scales' sums the registers hold.
// No guard: it is meant to be included more than once.

constexpr size_t kParts = kLanes / kWidth;
// Sixteen registers hold the sums of two parts of the lanes besides everything else: the parts take
// a run, which lies in the fastest cache, one pair after the other.
constexpr size_t kAtOnce = kParts < 2 ? kParts : 2;

VECTOR_INLINE void scan_run(std::span<const float> run, Ranges& ranges) {
  const Vector zero = splat(0);
  Vector square[kParts];
  for (size_t p = 0; p < kParts; ++p) square[p] = zero;
  Vector least = splat(std::numeric_limits<float>::infinity()), most = sub(zero, least);
  Counter zeros = no_count();
  size_t done = 0;
  for (; done + kLanes <= run.size(); done += kLanes) {
    for (size_t p = 0; p < kParts; ++p) {
      const Vector v = load(run.data() + done + p * kWidth);
      square[p] = add(square[p], mul(v, v));
      least = lesser(least, v);
      most = greater(most, v);
      count(zeros, equal(v, zero));
    }
  }
  RunRanges found;
  for (size_t p = 0; p < kParts; ++p) store(square[p], found.square.data() + p * kWidth);
  found.low = least_lane(least);
  found.high = greatest_lane(most);
  found.zeros = total(zeros);
  end_scan(run, done, found, ranges);
}

void scan(std::span<const float> x, Ranges& ranges) {
  for (; !x.empty(); x = x.subspan(std::min(kRun, x.size())))
    scan_run(x.first(std::min(kRun, x.size())), ranges);
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

template <bool kMayClip>
struct IntegerElement {
  static constexpr bool kIsCast = false, kClips = kMayClip;
  Vector low, high, clip_below, clip_above;
  VECTOR_INLINE explicit IntegerElement(const BlockRule& rule)
      : low(splat(rule.element.low)),
        high(splat(rule.element.high)),
        clip_below(splat(rule.clip_low)),
        clip_above(splat(rule.clip_high)) {}
  VECTOR_INLINE Vector value(Vector x) const { return x; }
  VECTOR_INLINE Vector operator()(Vector units) const {
    return nearest(kClips ? lesser(greater(units, low), high) : units);
  }
  VECTOR_INLINE Mask clips(Vector units) const {
    return either(exceeds(units, clip_above), exceeds(clip_below, units));
  }
};

// Floats are symmetric: magnitudes have the same errors, and products with them, as values.
template <bool kCasts, bool kMayClip>
struct MinifloatElement {
  static constexpr bool kIsCast = kCasts, kClips = kMayClip;
  Vector high, clip_above;
  Bits least, step;
  VECTOR_INLINE explicit MinifloatElement(const BlockRule& rule)
      : high(splat(rule.element.high)),
        clip_above(splat(rule.clip_high)),
        least(splat_bits(static_cast<uint32_t>(1 - rule.element.bias + 127) << 23)),
        step(splat_bits(static_cast<uint32_t>(23 - rule.element.mantissa_bits) << 23)) {}
  VECTOR_INLINE Vector value(Vector x) const { return magnitude(x); }
  VECTOR_INLINE Vector operator()(Vector units) const {
    const Vector size = kClips ? lesser(units, high) : units;
    const Bits exponent = greater_bits(and_bits(bits_of(size), splat_bits(0x7f800000u)), least);
    const Vector magic = floats_of(add_bits(exponent, step));
    return sub(add(size, magic), magic);
  }
  VECTOR_INLINE Mask clips(Vector units) const { return exceeds(units, clip_above); }
};

struct Bfloat16Element {
  static constexpr bool kIsCast = false, kClips = true;
  Vector high;
  VECTOR_INLINE explicit Bfloat16Element(const BlockRule& rule) : high(splat(rule.element.high)) {}
  VECTOR_INLINE Vector value(Vector x) const { return magnitude(x); }
  VECTOR_INLINE Vector operator()(Vector units) const {
    const Bits code = bits_of(units);
    const Bits odd = and_bits(upper_half(code), splat_bits(1));
    const Bits sum = add_bits(add_bits(code, splat_bits(0x7fff)), odd);
    return lesser(floats_of(and_bits(sum, splat_bits(0xffff0000u))), high);
  }
  VECTOR_INLINE Mask clips(Vector units) const { return exceeds(units, high); }
};

struct RoundState {
  Vector largest;
  Counter clipped, zeros;
};

// Parts [part, part + kAtOnce) of elements [begin, end), sixteens of a run.
template <class Kind>
VECTOR_INLINE void round_parts(const Rounding& rounding, Kind kind, std::span<const float> x,
                               size_t begin, size_t end, size_t part, RunSums& sums,
                               RoundState& state) {
  const Vector zero = splat(0);
  Vector square[kAtOnce], cross[kAtOnce], largest = state.largest;
  Counter clipped = state.clipped, zeros = state.zeros;
  for (size_t i = 0; i < kAtOnce; ++i) square[i] = cross[i] = zero;
  const bool shifts = Kind::kClips && !rounding.zero_points.empty();
  for (size_t block = begin / rounding.block; begin < end; ++block) {
    if (shifts) kind = Kind(BlockRule(rounding, block));
    const Vector scale = splat(rounding.scales[block]);
    const size_t stop = block_end(rounding, block, end);
    for (; begin < stop; begin += kLanes) {
      for (size_t i = 0; i < kAtOnce; ++i) {
        const Vector v = kind.value(load(x.data() + begin + (part + i) * kWidth));
        const Vector units = Kind::kIsCast ? v : div(v, scale);
        const Vector code = kind(units);
        const Vector error = sub(Kind::kIsCast ? code : mul(code, scale), v);
        square[i] = add(square[i], mul(error, error));
        cross[i] = add(cross[i], mul(v, error));
        largest = greater(largest, magnitude(error));
        count(zeros, equal(code, zero));
        if constexpr (Kind::kClips) count(clipped, kind.clips(units));
      }
    }
  }
  for (size_t i = 0; i < kAtOnce; ++i) {
    store(square[i], sums.square.data() + (part + i) * kWidth);
    store(cross[i], sums.cross.data() + (part + i) * kWidth);
  }
  state = {largest, clipped, zeros};
}

template <class Kind>
void round_as(const Rounding& rounding, std::span<const float> x, Errors& errors) {
  const Kind kind(BlockRule(rounding, 0));
  RoundState state = {splat(0), no_count(), no_count()};
  for (size_t begin = 0; begin < x.size(); begin += kRun) {
    const size_t end = std::min(begin + kRun, x.size());
    const size_t full = begin + (end - begin) / kLanes * kLanes;
    RunSums sums;
    state.largest = splat(0);
    VECTOR_ROLLED
    for (size_t part = 0; part < kParts; part += kAtOnce)
      round_parts(rounding, kind, x, begin, full, part, sums, state);
    sums.largest = greatest_lane(state.largest);
    end_round(rounding, x, begin, full, end, sums, errors);
  }
  errors.clipped += total(state.clipped);
  errors.zeros += total(state.zeros);
}

void round(const Rounding& rounding, std::span<const float> x, Errors& errors) {
  const bool clips = rounding.may_clip;
  if (rounding.element.is_integer) {
    return clips ? round_as<IntegerElement<true>>(rounding, x, errors)
                 : round_as<IntegerElement<false>>(rounding, x, errors);
  }
  if (rounding.is_bfloat16) return round_as<Bfloat16Element>(rounding, x, errors);
  if (clips) return round_as<MinifloatElement<false, true>>(rounding, x, errors);
  // A cast has no scale: nothing is divided or multiplied by 1.
  const bool is_cast = rounding.scales.size() == 1 && rounding.scales[0] == 1;
  return is_cast ? round_as<MinifloatElement<true, false>>(rounding, x, errors)
                 : round_as<MinifloatElement<false, false>>(rounding, x, errors);
}

// Several scales at a time: a lane's sums must be added one after the other, which would leave the
// processor waiting with one.
template <size_t kCount>
void losses_of(std::span<const float> x, const float* inverse_scales, float limit, float* sums) {
  const Vector most = splat(limit);
  const size_t full = x.size() / kLanes * kLanes;
  Lanes lanes[kCount];
  Vector inverse[kCount];
  for (size_t i = 0; i < kCount; ++i) inverse[i] = splat(inverse_scales[i]);
  VECTOR_ROLLED
  for (size_t part = 0; part < kParts; part += kAtOnce) {
    Vector loss[kCount][kAtOnce];
    for (size_t i = 0; i < kCount; ++i) {
      for (size_t p = 0; p < kAtOnce; ++p) loss[i][p] = splat(0);
    }
    for (size_t done = 0; done < full; done += kLanes) {
      for (size_t p = 0; p < kAtOnce; ++p) {
        const Vector v = magnitude(load(x.data() + done + (part + p) * kWidth));
        for (size_t i = 0; i < kCount; ++i) {
          const Vector units = mul(v, inverse[i]);
          const Vector error = sub(nearest(lesser(units, most)), units);
          loss[i][p] = add(loss[i][p], mul(error, error));
        }
      }
    }
    for (size_t i = 0; i < kCount; ++i) {
      for (size_t p = 0; p < kAtOnce; ++p) store(loss[i][p], lanes[i].data() + (part + p) * kWidth);
    }
  }
  for (size_t i = 0; i < kCount; ++i)
    sums[i] = end_losses(x, full, inverse_scales[i], limit, lanes[i]);
}

void integer_losses(std::span<const float> x, std::span<const float> inverse_scales, float limit,
                    std::span<float> sums) {
  size_t i = 0;
  for (; i + kLossesAtOnce <= inverse_scales.size(); i += kLossesAtOnce)
    losses_of<kLossesAtOnce>(x, inverse_scales.data() + i, limit, sums.data() + i);
  for (; i < inverse_scales.size(); ++i)
    losses_of<1>(x, inverse_scales.data() + i, limit, sums.data() + i);
}

size_t above(std::span<const float> x, float threshold, std::span<float> out) {
  const Vector least = splat(threshold);
  size_t count = 0, done = 0;
  for (; done + kLanes <= x.size(); done += kLanes) {
    Vector most = magnitude(load(x.data() + done));
    for (size_t p = 1; p < kParts; ++p)
      most = greater(most, magnitude(load(x.data() + done + p * kWidth)));
    if (any(exceeds(most, least)))
      count = append_above(x.subspan(done, kLanes), threshold, out, count);
  }
  return append_above(x.subspan(done), threshold, out, count);
}

// A value a little smaller and one a little larger than |x| per_unit, by more than rounding, fall
// into one bin: then so does the product. Sums with 2^23 - 1/2 round to whole numbers, which are
// the bins. Sixteen of which one lies at an edge, or outside, are done by elements.
void bins(std::span<const float> x, double range, double per_unit, uint32_t last,
          std::span<uint32_t> out) {
  constexpr double kMargin = 0x3p-24;  // three roundings of floats
  constexpr float kWhole = 0x1p23f;
  const Vector smaller = splat(static_cast<float>(per_unit * (1 - kMargin)));
  const Vector larger = splat(static_cast<float>(per_unit * (1 + kMargin)));
  const Vector half_less = splat(kWhole - 0.5f), whole = splat(kWhole);
  const Vector most = splat(kWhole + static_cast<float>(last));
  const Bits origin = splat_bits(0u - 0x4b000000u);  // less the bits of 2^23
  size_t done = 0;
  for (; done + kLanes <= x.size(); done += kLanes) {
    Mask fine = equal(whole, whole);
    for (size_t p = 0; p < kParts; ++p) {
      const Vector size = magnitude(load(x.data() + done + p * kWidth));
      const Vector low = add(mul(size, smaller), half_less);
      const Vector high = add(mul(size, larger), half_less);
      fine = both(fine, at_most(high, lesser(low, most)));
      store_bits(add_bits(bits_of(greater(low, whole)), origin), out.data() + done + p * kWidth);
    }
    if (all(fine)) continue;
    for (size_t i = done; i < done + kLanes; ++i) out[i] = bin_of(x[i], range, per_unit, last);
  }
  for (; done < x.size(); ++done) out[done] = bin_of(x[done], range, per_unit, last);
}

void tally(std::span<const float> x, double range, double per_unit, uint32_t last,
           std::span<uint32_t> tables) {
  constexpr size_t kBuffer = 1024;
  std::array<uint32_t, kBuffer> found;
  uint32_t* even = tables.data();
  uint32_t* odd = even + tables.size() / 2;
  for (size_t begin = 0; begin < x.size(); begin += kBuffer) {
    const size_t size = std::min(kBuffer, x.size() - begin);
    bins(x.subspan(begin, size), range, per_unit, last, found);
    for (size_t i = 0; i + 1 < size; i += 2) {
      ++even[found[i]];
      ++odd[found[i + 1]];
    }
    if (size % 2 != 0) ++even[found[size - 1]];
  }
}

// Squares of four, sixteen columns at a time: a line of the cache is read and written as a whole.
void turn(const float* from, size_t rows, size_t columns, float* to, size_t stride) {
  constexpr size_t kSide = 4;
  const size_t full_rows = rows / kSide * kSide, full_columns = columns / kLanes * kLanes;
  for (size_t column = 0; column < full_columns; column += kLanes) {
    for (size_t row = 0; row < full_rows; row += kSide) {
      const float* source = from + row * columns + column;
      float* target = to + column * stride + row;
      for (size_t i = 0; i < kLanes; i += kSide)
        turn_square(source + i, columns, target + i * stride, stride);
    }
  }
  size_t turned = full_columns;
  for (; turned + kSide <= columns; turned += kSide) {
    for (size_t row = 0; row < full_rows; row += kSide)
      turn_square(from + row * columns + turned, columns, to + turned * stride + row, stride);
  }
  turn_from(from, rows, columns, full_rows, turned, to, stride);
}

// Column [column, column + kWidth) of each block, of which the first `wanted` values count.
VECTOR_INLINE void add_columns(std::span<const float> x, size_t apart, size_t column, Vector& all,
                               Vector& kept) {
  static constexpr float kWanted[2 * kLanes] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const bool fills = column + kWidth <= apart;
  const Vector wanted = load(kWanted + kLanes - (fills ? kWidth : apart - column));
  for (size_t at = column; at < x.size(); at += 4 * apart) {
    const float* from = x.data() + at;
    const Vector a = magnitude(mul(load(from), wanted));
    const Vector b = magnitude(mul(load(from + apart), wanted));
    const Vector c = magnitude(mul(load(from + 2 * apart), wanted));
    const Vector d = magnitude(mul(load(from + 3 * apart), wanted));
    const Vector high = greater(a, b), other = greater(c, d);
    const Vector second = greater(lesser(high, other), greater(lesser(a, b), lesser(c, d)));
    all = add(all, add(add(a, b), add(c, d)));
    kept = add(kept, add(greater(high, other), second));
  }
}

void add_blocks(std::span<const float> x, size_t apart, FourSums& sums) {
  for (size_t part = 0; part < kParts && part * kWidth < apart; ++part) {
    Vector whole = splat(0), largest = whole;
    for (size_t column = part * kWidth; column < apart; column += kLanes)
      add_columns(x, apart, column, whole, largest);
    store(whole, sums.all.data() + part * kWidth);
    store(largest, sums.kept.data() + part * kWidth);
  }
}

void fours(std::span<const float> x, size_t apart, double& all, double& kept) {
  walk_fours(x, apart, all, kept, [&](std::span<const float> blocks, FourSums& sums) {
    add_blocks(blocks, apart, sums);
  });
}

void multiply(std::span<float> x, double factor) {
  for (float& value : x) value = static_cast<float>(static_cast<double>(value) * factor);
}

const Kernels& kernels() {
  static constexpr Kernels kKernels = {scan,           block_largest, block_range, round,
                                       integer_losses, above,         bins,        tally,
                                       turn,           fours,         multiply};
  return kKernels;
}
