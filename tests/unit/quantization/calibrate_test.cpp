// Thresholds against an independent implementation in numpy: integer histograms, so that nothing
// but the search is compared, and two samples of 65,536 values.
#include "quantization/calibrate.hpp"

#include "catch.hpp"
#include "sample.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace trtreport::quantization;

namespace {

std::vector<uint64_t> decay(size_t size, int shift) {
  std::vector<uint64_t> counts(size);
  uint64_t height = 1u << 20;
  for (uint64_t& count : counts) {
    count = height;
    height -= height >> shift;
  }
  return counts;
}

// pytorch-quantization's search, which ours is measured by: INT8 at the centre of every bin from
// 128 up, over bin centres.
Threshold exhaustive_mse(const Histogram& histogram) {
  constexpr size_t kFirst = 128;
  constexpr float kHigh = 127;
  const size_t size = histogram.counts.size();
  std::vector<float> centres(size);
  for (size_t i = 0; i < size; ++i)
    centres[i] = static_cast<float>((histogram.edge(i) + histogram.edge(i + 1)) / 2);
  Threshold best;
  double least = std::numeric_limits<double>::infinity();
  for (size_t i = kFirst; i < size; ++i) {
    const float scale = kHigh / centres[i];
    double loss = 0;
    for (size_t bin = 0; bin < size; ++bin) {
      const float code = std::min(std::nearbyintf(centres[bin] * scale), kHigh);
      const double error = static_cast<double>(code / scale - centres[bin]);
      loss += error * error * static_cast<double>(histogram.counts[bin]);
    }
    if (!(loss < least)) continue;
    least = loss;
    best.bin = i;
    best.amax = static_cast<double>(centres[i]);
  }
  return best;
}

Histogram with(std::vector<uint64_t> counts) {
  const double range = static_cast<double>(counts.size());
  return {std::move(counts), range};
}

struct Expected {
  uint64_t total;
  size_t entropy;
  double divergence, runner_up;
  size_t percentile_999, percentile_9999, mse;
};

void check(const Histogram& histogram, const Expected& expected) {
  CHECK(histogram.total() == expected.total);
  const Threshold entropy = entropy_threshold(histogram);
  CHECK(entropy.bin == expected.entropy);
  CHECK(entropy.divergence == Approx(expected.divergence).epsilon(2e-9));
  std::vector<double> all = entropy_divergences(histogram);
  std::sort(all.begin(), all.end());
  CHECK(all[1] == Approx(expected.runner_up).epsilon(1e-5));
  CHECK(percentile_threshold(histogram, 99.9).bin == expected.percentile_999);
  CHECK(percentile_threshold(histogram, 99.99).bin == expected.percentile_9999);
  CHECK(exhaustive_mse(histogram).bin == expected.mse);
}

TwoSidedHistogram mirrored(size_t size, int shift) {
  const std::vector<uint64_t> half = decay(size, shift);
  std::vector<uint64_t> counts(half.rbegin(), half.rend());
  counts.insert(counts.end(), half.begin(), half.end());
  const double range = static_cast<double>(size);
  return {std::move(counts), range, -range, range};
}

}  // namespace

TEST_CASE("calibrate: thresholds of integer histograms", "[quantization][calibrate]") {
  std::vector<uint64_t> triangle(2048);
  for (size_t i = 0; i < 2048; ++i) triangle[i] = 2048 - i;
  check(with(triangle), {2098176, 2044, 2.81631598e-5, 2.83667e-5, 1983, 2028, 1997});
  check(with(decay(2048, 7)), {134383474, 2048, 6.48826596e-4, 6.49192e-4, 1076, 1942, 1896});
  check(with(decay(2048, 8)), {268575229, 2048, 1.62019308e-4, 1.62684e-4, 1724, 1995, 1947});
  std::vector<uint64_t> spike = decay(2048, 7);
  spike[2047] += 100000;
  check(with(spike), {134483474, 2048, 2.64323414e-3, 4.87706e-3, 1776, 2047, 2032});
  std::vector<uint64_t> sparse = decay(2048, 5);
  for (uint64_t& count : sparse) count = count < 32 ? 0 : count;
  sparse[2047] = 1;
  check(with(sparse), {33558994, 341, 2.73506733e-4, 2.74982e-4, 219, 292, 301});
}

TEST_CASE("calibrate: ONNX Runtime's entropy of integer histograms", "[quantization][calibrate]") {
  const auto check_ort = [](const TwoSidedHistogram& histogram, uint32_t levels, size_t side,
                            double divergence) {
    const TwoSidedThreshold found = entropy_threshold_onnxruntime(histogram, levels);
    CHECK(found.bins_each_side == side);
    CHECK(found.divergence == Approx(divergence).epsilon(5e-9).margin(1e-12));
  };
  check_ort(mirrored(1024, 6), 128, 1024, 2.62848833e-3);
  check_ort(mirrored(1024, 6), 255, 1020, 6.47610531e-4);
  check_ort(mirrored(1024, 7), 128, 1024, 6.52719487e-4);
  check_ort(mirrored(1024, 7), 255, 1020, 2.59859117e-4);
  check_ort(mirrored(64, 4), 128, 64, 0);
}

TEST_CASE("calibrate: the samples are the golden ones", "[quantization][calibrate]") {
  const std::vector<float> d = test::plain_sample(), out = test::outlier_sample();
  CHECK(d[0] == -0.894133449f);
  CHECK(d[1] == -0.466534793f);
  CHECK(d[2] == 1.59253955f);
  double sum = 0;
  for (const float x : d) sum += static_cast<double>(x);
  CHECK(sum == Approx(218.402826272).epsilon(1e-11));
  CHECK(magnitude_histogram(d).range == Approx(4.21399021).epsilon(1e-8));
  CHECK(magnitude_histogram(out).range == Approx(8.43089581).epsilon(1e-8));
}

TEST_CASE("calibrate: a Gaussian with and without outliers", "[quantization][calibrate]") {
  const auto check_sample = [](const std::vector<float>& x, size_t entropy, double amax,
                               double divergence, size_t percentile, size_t mse, double mse_amax) {
    const Histogram histogram = magnitude_histogram(x);
    const Threshold found = entropy_threshold(histogram);
    CHECK(found.bin == entropy);
    CHECK(found.amax == Approx(amax).epsilon(1e-6));
    CHECK(found.divergence == Approx(divergence).epsilon(1e-7));
    CHECK(percentile_threshold(histogram, 99.99).bin == percentile);
    CHECK(exhaustive_mse(histogram).bin == mse);
    CHECK(exhaustive_mse(histogram).amax == Approx(mse_amax).epsilon(1e-6));
    // Ours is free of the grid of bins and must not be worse.
    const Element& int8 = row(Format::Int8).element;
    const Threshold ours = mse_threshold(histogram, int8);
    CHECK(errors_at(histogram, int8, ours.amax).square <=
          errors_at(histogram, int8, mse_amax).square * 1.004);
  };
  check_sample(test::plain_sample(), 1826, 3.757200, 0.010042064, 1781, 1777, 3.657406);
  check_sample(test::outlier_sample(), 943, 3.881999, 0.005120862, 1581, 1841, 7.580808);
}

TEST_CASE("calibrate: a threshold's SQNR where a tail leaves nearly all in the first bins",
          "[quantization][calibrate]") {
  std::vector<float> x = test::plain_sample();
  for (float& value : x) value *= 0.001f;
  x[0] = 2;  // 512 bins of 0.004: one is as wide as four standard deviations
  const Element& int8 = row(Format::Int8).element;
  double square = 0, power = 0;
  for (const float value : x) {
    const double step = 2.0 / 127, v = static_cast<double>(value);
    const double error = v - step * std::nearbyint(v / step);
    square += error * error;
    power += v * v;
  }
  const double exact = 10 * std::log10(power / square);
  Histogram histogram = magnitude_histogram(x, 512);
  CHECK(*threshold_at(histogram, int8, 2).sqnr_db < exact - 3);
  histogram.power = power;
  CHECK(*threshold_at(histogram, int8, 2).sqnr_db == Approx(exact).margin(0.6));
  CHECK(*threshold_curve(histogram, int8).back().sqnr_db == Approx(exact).margin(0.6));
}

TEST_CASE("calibrate: ONNX Runtime's entropy of the samples", "[quantization][calibrate]") {
  const auto check_ort = [](const std::vector<float>& x, size_t bins, uint32_t levels, double low,
                            double high) {
    const TwoSidedThreshold found =
        entropy_threshold_onnxruntime(two_sided_histogram(x, bins), levels);
    CHECK(found.low == Approx(low).epsilon(1e-6));
    CHECK(found.high == Approx(high).epsilon(1e-6));
  };
  const std::vector<float> d = test::plain_sample(), out = test::outlier_sample();
  check_ort(d, 128, 128, -4.213990, 3.736608);
  check_ort(out, 128, 128, -8.430896, 8.240240);
  check_ort(d, 2048, 128, -3.432097, 3.436213);
  check_ort(out, 2048, 128, -3.688517, 3.696750);
  check_ort(d, 2048, 255, -3.757200, 3.736608);
  check_ort(out, 2048, 255, -4.215448, 4.223681);
}

TEST_CASE("histogram: order and size of batches move the threshold", "[quantization][calibrate]") {
  const std::vector<float> out = test::outlier_sample();
  std::vector<std::span<const float>> batches;
  for (size_t i = 0; i < 8; ++i) batches.push_back(std::span(out).subspan(i * 8192, 8192));
  const auto collect = [](const auto& list) {
    GrowingHistogram histogram(Growth::Doubling);
    for (const auto& batch : list) histogram.add(batch);
    return histogram;
  };
  const GrowingHistogram given = collect(batches);
  CHECK(given.histogram().range == Approx(14.6433).epsilon(1e-5));
  CHECK(given.doublings() == 1);
  CHECK(given.empty_top_bins() == 868);
  CHECK(entropy_threshold(given.histogram()).amax == Approx(3.882476).epsilon(1e-6));

  const auto largest = [](std::span<const float> x) { return magnitude_histogram(x).range; };
  std::sort(batches.begin(), batches.end(),
            [&](const auto& a, const auto& b) { return largest(a) < largest(b); });
  const GrowingHistogram ascending = collect(batches);
  CHECK(ascending.histogram().range == Approx(11.7707).epsilon(1e-5));
  CHECK(entropy_threshold(ascending.histogram()).amax == Approx(3.885243).epsilon(1e-6));

  std::vector<float> mixed = test::plain_sample();
  for (size_t i = 0; i < 7 * 8192; ++i) mixed[i] *= 0.1f;
  std::vector<std::span<const float>> small_first;
  for (size_t i = 0; i < 8; ++i) small_first.push_back(std::span(mixed).subspan(i * 8192, 8192));
  const GrowingHistogram small = collect(small_first);
  CHECK(small.histogram().range == Approx(5.8971).epsilon(1e-5));
  CHECK(small.doublings() == 4);
  CHECK(entropy_threshold(small.histogram()).amax == Approx(3.245131).epsilon(1e-6));
  std::rotate(small_first.begin(), small_first.begin() + 7, small_first.end());
  const GrowingHistogram large = collect(small_first);
  CHECK(large.histogram().range == Approx(3.2318).epsilon(1e-4));
  CHECK(entropy_threshold(large.histogram()).amax == Approx(3.231764).epsilon(1e-6));
}

TEST_CASE("histogram: kept width appends bins; zeros set no range", "[quantization][calibrate]") {
  GrowingHistogram histogram(Growth::KeptWidth, 4);
  histogram.add(std::vector<float>{0, 0});
  CHECK(histogram.histogram().counts.empty());
  histogram.add(std::vector<float>{1, 0.2f});
  histogram.add(std::vector<float>{-1.6f, NAN});
  CHECK(histogram.histogram().counts == std::vector<uint64_t>{1, 0, 0, 1, 0, 0, 1});
  CHECK(histogram.histogram().range == 1.75);
}

TEST_CASE("calibrate: degenerate histograms", "[quantization][calibrate]") {
  CHECK(entropy_threshold(magnitude_histogram(std::vector<float>(100, 2.0f))).amax == 2);
  CHECK(entropy_threshold(Histogram{}).amax == 0);
  CHECK(percentile_threshold(Histogram{}, 99.9).amax == 0);
}

TEST_CASE("calibrate: curves over the threshold have the calibrators' minima",
          "[quantization][calibrate]") {
  const Element& element = row(Format::Int8).element;
  std::vector<uint64_t> counts = decay(512, 5);
  for (uint64_t& count : counts) count = count < 32 ? 0 : count;
  counts.back() = 1;
  const Histogram histogram = with(counts);
  const std::vector<ThresholdPoint> curve = threshold_curve(histogram, element);
  REQUIRE(curve.size() == 512);
  CHECK(curve.back().amax == 512);
  CHECK(curve.back().clipped_share == 0);
  CHECK(curve.back().scale == 512.0f / 127);
  CHECK(!curve[126].divergence);
  CHECK(curve[127].divergence);

  const Threshold entropy = entropy_threshold(histogram);
  CHECK(*curve[entropy.bin - 1].divergence == entropy.divergence);
  double best = 0;
  for (const ThresholdPoint& point : curve) {
    if (point.divergence) CHECK(*point.divergence >= entropy.divergence);
    best = std::max(best, point.sqnr_db.value());
  }
  const HistogramErrors least =
      errors_at(histogram, element, mse_threshold(histogram, element).amax);
  CHECK(10 * std::log10(least.power / least.square) > best - 0.5);

  // Half the range: the values of the upper bins count as clipped, but for those within half a
  // step.
  uint64_t above = 0, all = 0;
  for (size_t bin = 0; bin < 512; ++bin) {
    all += counts[bin];
    if (static_cast<double>(bin) > 256 * 127.5 / 127 - 0.125) above += 4 * counts[bin];
  }
  all *= 4;
  // The edge of clipping, 257.007, lies in bin 257 before the first of its quarters' centres.
  REQUIRE(256 * 127.5 / 127 < 257.125);
  CHECK(curve[255].clipped_share ==
        Approx(static_cast<double>(above) / static_cast<double>(all)).epsilon(1e-12));
}

TEST_CASE("calibrate: 512 bins tell a tensor's SQNR to a tenth of a decibel",
          "[quantization][calibrate]") {
  // Magnitudes of a trained layer's kind, and after a rectifier: then half of them are exactly 0.
  // (Of signed values the code -128 takes a few that a histogram of magnitudes counts as clipped.)
  uint32_t state = 1;
  const auto random = [&state] {
    state = state * 1664525u + 1013904223u;
    return static_cast<double>(state) / 4294967296.0 - 0.5;
  };
  std::vector<float> x(20000);
  for (float& value : x) value = static_cast<float>(random() + random() + random());
  std::vector<float> rectified = x;
  for (size_t i = 0; i < x.size(); ++i) {
    rectified[i] = std::max(x[i], 0.0f);
    x[i] = std::fabs(x[i]);
  }
  for (const std::vector<float>& values : {x, rectified}) {
    Histogram histogram = magnitude_histogram(values, 512);
    histogram.zeros = static_cast<uint64_t>(std::count(values.begin(), values.end(), 0.0f));
    for (const Format format : {Format::Int8, Format::Fp8E4M3, Format::Int4}) {
      const Element& element = row(format).element;
      for (const double share : {1.0, 0.97, 0.8, 0.5}) {
        const double amax = share * histogram.range;
        const float scale = static_cast<float>(amax / static_cast<double>(element.high));
        double square = 0, power = 0;
        for (const float value : values) {
          const double error =
              static_cast<double>(round_to_element(element, value / scale) * scale - value);
          square += error * error;
          power += static_cast<double>(value) * static_cast<double>(value);
        }
        const ThresholdPoint point = threshold_at(histogram, element, amax);
        CHECK(point.sqnr_db.value() == Approx(10 * std::log10(power / square)).margin(0.1));
      }
    }
  }
}

TEST_CASE("calibrate: one threshold is a point of its curve", "[quantization][calibrate]") {
  const Histogram histogram = with(decay(512, 6));
  for (const Format format : {Format::Int8, Format::Fp8E4M3, Format::Int4}) {
    const Element& element = row(format).element;
    const std::vector<ThresholdPoint> curve = threshold_curve(histogram, element);
    for (const size_t bin : {1u, 100u, 128u, 300u, 512u}) {
      const ThresholdPoint& expected = curve[bin - 1];
      const ThresholdPoint point = threshold_at(histogram, element, histogram.edge(bin));
      CHECK(point.scale == expected.scale);
      CHECK(point.divergence == expected.divergence);
      CHECK(point.sqnr_db == expected.sqnr_db);
      CHECK(point.clipped_share == expected.clipped_share);
      CHECK(point.divergence.has_value() == (format == Format::Int8 && bin >= 128));
    }
  }
  CHECK(threshold_curve({}, row(Format::Int8).element).empty());
  CHECK(!threshold_at({}, row(Format::Int8).element, 1).sqnr_db);
  CHECK(!threshold_at(histogram, row(Format::Int8).element, 0).sqnr_db);
}
