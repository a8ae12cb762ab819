// The vector loops give the bits of the plain ones, on runs of every length and on values of every
// kind; the plain ones stand on the formats' definition.
#include "quantization/kernels.hpp"

#include "catch.hpp"
#include "sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

using namespace trtreport::quantization;

namespace {

std::vector<float> awkward(size_t size) {
  std::vector<float> x = test::irwin_hall(7 + size, size);
  for (size_t i = 0; i < size; ++i) {
    if (i % 11 == 3) x[i] *= 40;
    if (i % 13 == 5) x[i] = 0;
    if (i % 17 == 6) x[i] *= 1e-6f;
    if (i % 19 == 7) x[i] = static_cast<float>(static_cast<int>(x[i] * 4)) * 0.125f;
  }
  return x;
}

void check_round(const Rounding& rounding, const std::vector<float>& x) {
  Errors fast, plain;
  vector_kernels().round(rounding, x, fast);
  scalar_kernels().round(rounding, x, plain);
  CHECK(fast.square == plain.square);
  CHECK(fast.cross == plain.cross);
  CHECK(fast.largest == plain.largest);
  CHECK(fast.clipped == plain.clipped);
  CHECK(fast.zeros == plain.zeros);
}

// Told that nothing is clipped, where nothing is: scaled to the largest value, and as a cast.
void check_unclipped(const FormatRow& format, const std::vector<float>& x) {
  float largest = 0;
  for (const float v : x) largest = std::max(largest, std::fabs(v));
  for (const float scale : {largest / format.element.high, 1.0f}) {
    if (!(scale > 0) || largest / scale > clip_high(format.element)) continue;
    Rounding rounding{format.element, format.format == Format::Bf16, {&scale, 1}, {}};
    rounding.may_clip = false;
    check_round(rounding, x);
    Errors known, unknown;
    vector_kernels().round(rounding, x, known);
    rounding.may_clip = true;
    vector_kernels().round(rounding, x, unknown);
    CHECK(known.square == unknown.square);
    CHECK(known.clipped == 0);
    CHECK(unknown.clipped == 0);
  }
}

}  // namespace

TEST_CASE("kernels: vectors equal lanes bit for bit", "[quantization][kernels]") {
  for (size_t size : {0, 1, 15, 16, 17, 31, 100, 255, 256, 1000, 4096}) {
    CAPTURE(size);
    const std::vector<float> x = awkward(size);
    const size_t blocks = (size + 31) / 32;
    std::vector<float> scales(blocks + 1), zeros(blocks + 1);
    for (size_t b = 0; b <= blocks; ++b) {
      scales[b] = 0.01f + 0.003f * static_cast<float>(b % 7);
      zeros[b] = static_cast<float>(b % 5) - 2;
    }
    for (int format = 0; format < kFormatCount; ++format) {
      const FormatRow& format_row = row(static_cast<Format>(format));
      CAPTURE(format_row.name);
      Rounding rounding{format_row.element, format_row.format == Format::Bf16, scales, {}};
      check_round(rounding, x);
      rounding.block = 32;
      check_round(rounding, x);
      check_unclipped(format_row, x);
      if (!format_row.element.is_integer) continue;
      rounding.zero_points = zeros;
      check_round(rounding, x);
    }
    std::vector<float> largest(blocks), other(blocks), low(blocks), high(blocks), low2(blocks),
        high2(blocks);
    vector_kernels().block_largest(x, 32, largest);
    scalar_kernels().block_largest(x, 32, other);
    CHECK(largest == other);
    vector_kernels().block_range(x, 32, low, high);
    scalar_kernels().block_range(x, 32, low2, high2);
    CHECK(low == low2);
    CHECK(high == high2);
    const std::vector<float> inverses = {17.3f, 1.0f, 0.25f, 31.7f};
    std::vector<float> sums(4), other_sums(4);
    vector_kernels().integer_losses(x, inverses, 127, sums);
    scalar_kernels().integer_losses(x, inverses, 127, other_sums);
    CHECK(sums == other_sums);
    std::vector<float> above(x.size()), other_above(x.size());
    above.resize(vector_kernels().above(x, 1.5f, above));
    other_above.resize(scalar_kernels().above(x, 1.5f, other_above));
    CHECK(above == other_above);
    CHECK(above.empty() == (size < 2));
    std::vector<uint32_t> bins(x.size()), other_bins(x.size());
    for (const double range : {0.001, 1.0, 4.0, 1e30}) {
      vector_kernels().bins(x, range, 2048 / range, 2047, bins);
      scalar_kernels().bins(x, range, 2048 / range, 2047, other_bins);
      CHECK(bins == other_bins);
      std::vector<uint32_t> tables(2 * 2049), other_tables(2 * 2049);
      vector_kernels().tally(x, range, 2048 / range, 2047, tables);
      scalar_kernels().tally(x, range, 2048 / range, 2047, other_tables);
      CHECK(tables == other_tables);
    }
  }
}

TEST_CASE("kernels: ranges leave out and count what is not finite", "[quantization][kernels]") {
  for (size_t size : {1, 16, 40, 1000}) {
    std::vector<float> x = awkward(size);
    for (int round = 0; round < 3; ++round) {
      Ranges fast, plain;
      vector_kernels().scan(x, fast);
      scalar_kernels().scan(x, plain);
      CHECK(fast.square == plain.square);
      CHECK(fast.low == plain.low);
      CHECK(fast.high == plain.high);
      CHECK(fast.zeros == plain.zeros);
      CHECK(fast.nonfinite == plain.nonfinite);
      CHECK(fast.nonfinite == static_cast<uint64_t>(round == 0 ? 0 : (size > 1 ? round : 1)));
      x[size / 2] = round == 0 ? NAN : x[size / 2];
      if (round == 1) x[size - 1] = -INFINITY;
    }
  }
}

TEST_CASE("kernels: bins at their edges, and of what is no number", "[quantization][kernels]") {
  // Three bits apart around each edge, where a product rounds to one side or the other.
  const double range = 0.7, per_unit = 2048 / range;
  std::vector<float> x = {0, -0.0f, 1e-45f, NAN, -NAN, INFINITY, -INFINITY, 0.7f, 1e30f, 3e38f};
  for (int edge = 0; edge <= 2048; ++edge) {
    float v = static_cast<float>(edge / per_unit);
    for (int i = 0; i < 3; ++i) v = std::nextafterf(v, -1);
    for (int i = 0; i < 7; ++i, v = std::nextafterf(v, 1)) x.push_back(edge % 2 == 0 ? v : -v);
  }
  std::vector<uint32_t> bins(x.size()), expected;
  vector_kernels().bins(x, range, per_unit, 2047, bins);
  for (const float v : x) {
    const double size = std::fabs(static_cast<double>(v));
    expected.push_back(
        size <= range ? std::min<uint32_t>(static_cast<uint32_t>(size * per_unit), 2047) : 2048);
  }
  CHECK(bins == expected);
}

TEST_CASE("kernels: rows become columns", "[quantization][kernels]") {
  for (const auto& [rows, columns] :
       {std::pair<size_t, size_t>{1, 1}, {4, 16}, {7, 37}, {64, 20}, {256, 4}, {9, 6}}) {
    const size_t stride = rows + 5;
    const std::vector<float> from = test::irwin_hall(rows, rows * columns);
    for (const Kernels* kernels : {&vector_kernels(), &scalar_kernels()}) {
      std::vector<float> to(columns * stride, -1);
      kernels->turn(from.data(), rows, columns, to.data(), stride);
      bool same = true;
      for (size_t column = 0; column < columns; ++column) {
        for (size_t row = 0; row < stride; ++row)
          same &= to[column * stride + row] == (row < rows ? from[row * columns + column] : -1);
      }
      CHECK(same);
    }
  }
}

TEST_CASE("kernels: fours", "[quantization][kernels]") {
  for (const size_t apart : {1u, 2u, 3u, 4u, 9u, 16u, 25u, 48u, 300u}) {
    for (const size_t blocks : {1u, 2u, 16u, 33u}) {
      const std::vector<float> x = awkward(4 * apart * blocks);
      double all = 0, kept = 0, plain_all = 0, plain_kept = 0, expected = 0;
      vector_kernels().fours(x, apart, all, kept);
      scalar_kernels().fours(x, apart, plain_all, plain_kept);
      CHECK(all == plain_all);
      CHECK(kept == plain_kept);
      for (size_t i = 0; i < apart * blocks; ++i) {
        std::array<double, 4> four;
        for (size_t row = 0; row < 4; ++row) {
          const size_t at = i / apart * 4 * apart + row * apart + i % apart;
          four[row] = std::fabs(static_cast<double>(x[at]));
        }
        std::sort(four.begin(), four.end());
        expected += four[2] + four[3];
      }
      CHECK(kept == Approx(expected).epsilon(1e-6));
    }
  }
}

TEST_CASE("kernels: sums hold for values of any size", "[quantization][kernels]") {
  // Their squares leave float's range at both ends, in all of the values or in one of them.
  for (const float size : {1e-42f, 1e-30f, 1e-13f, 1e-12f, 1.0f, 1e12f, 1e20f, 3e37f}) {
    CAPTURE(size);
    std::vector<float> x = test::irwin_hall(11, 1000);
    for (size_t i = 0; i < x.size(); ++i) x[i] *= i < 600 || i == 900 ? size : 1;
    double square = 0, errors = 0, cross = 0;
    const float scale = size / 16;
    uint64_t clipped = 0;
    for (const float v : x) {
      square += static_cast<double>(v) * static_cast<double>(v);
      const float code = round_to_element(row(Format::Int8).element, v / scale);
      const double error = static_cast<double>(code * scale - v);
      errors += error * error;
      cross += error * static_cast<double>(v);
      clipped += v / scale > 127.5f || v / scale < -128.5f ? 1 : 0;
    }
    Ranges ranges, plain;
    vector_kernels().scan(x, ranges);
    scalar_kernels().scan(x, plain);
    CHECK(ranges.square == plain.square);
    CHECK(ranges.square == Approx(square).epsilon(1e-6));
    const Rounding rounding{row(Format::Int8).element, false, {&scale, 1}, {}};
    check_round(rounding, x);
    Errors found;
    vector_kernels().round(rounding, x, found);
    CHECK(found.square == Approx(errors).epsilon(1e-6));
    CHECK(found.cross == Approx(cross).epsilon(1e-6).margin(1e-6 * square));
    CHECK(found.clipped == clipped);
  }
}

TEST_CASE("kernels: clipping begins half a step past the largest value",
          "[quantization][kernels]") {
  const auto below = [](float x) { return std::nextafterf(x, 0); };
  CHECK(clip_high(row(Format::Fp8E4M3).element) == 464);  // 448 is even
  CHECK(clip_high(row(Format::Fp8E5M2).element) == below(61440));
  CHECK(clip_high(row(Format::Fp16).element) == below(65520));
  CHECK(clip_high(row(Format::Mxfp4).element) == below(7));
  CHECK(clip_high(row(Format::Mxfp6).element) == below(7.75f));
  CHECK(clip_high(row(Format::Int8).element) == below(127.5f));
  CHECK(clip_low(row(Format::Int4).element) == -8.5f);
}
