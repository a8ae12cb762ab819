// Whole weights: errors of each scheme against an independent implementation in numpy, the policy
// for odd weights, and that neither layout nor threads change a bit.
#include "quantization/job.hpp"

#include "catch.hpp"
#include "quantization/job_partial.hpp"
#include "sample.hpp"
#include "weight.hpp"

#include <cmath>
#include <cstring>

using namespace trtreport;
using namespace trtreport::quantization;
using test::Weight;

namespace {

// Thirty-two values: the hand-picked ones and two more.
std::vector<float> blocks() {
  std::vector<float> values = test::kHandPicked;
  values.push_back(-4.5f);
  values.push_back(0.07f);
  return values;
}

double sqnr(const std::vector<float>& values, const char* scheme) {
  Weight weight(values, {1, static_cast<int64_t>(values.size())});
  return weight.run(scheme).metrics.sqnr_db.value();
}

Approx db(double value) { return Approx(value).margin(1e-4).epsilon(0); }

// INT8 without -128, as pytorch-quantization rounds.
double narrow_sqnr(const std::vector<float>& values, float amax) {
  Element narrow = row(Format::Int8).element;
  narrow.low = -127;
  const std::vector<float> scales = {amax / 127};
  Errors errors;
  vector_kernels().round({narrow, false, scales, {}}, values, errors);
  CHECK(errors.clipped > 0);
  double power = 0;
  for (const float x : values) power += static_cast<double>(x) * static_cast<double>(x);
  return metrics_of(errors, power, values.size(), 0).sqnr_db.value();
}

uint32_t bits(float x) {
  uint32_t value;
  std::memcpy(&value, &x, sizeof value);
  return value;
}

}  // namespace

TEST_CASE("weights: INT8 of thirty values", "[quantization][job]") {
  Weight weight(test::kHandPicked, {30});
  const SchemeResult symmetric = weight.run("int8/tensor/max");
  CHECK(bits(*symmetric.scale) == 0x3d23d70a);
  CHECK(symmetric.zero_point == 0);
  CHECK(symmetric.metrics.mse == Approx(1.037753e-4).epsilon(1e-6));
  CHECK(*symmetric.metrics.sqnr_db == db(44.632215));
  CHECK(*symmetric.metrics.cosine == Approx(0.999982820).epsilon(1e-9));
  CHECK(symmetric.metrics.max_abs_error == Approx(0.02).epsilon(1e-4));
  CHECK(symmetric.metrics.nsr == Approx(3.441744e-5).epsilon(1e-6));
  CHECK(symmetric.metrics.clipped_share == 0);
  CHECK(symmetric.metrics.underflows == 2);  // 0.005 and -0.0125

  const SchemeResult asymmetric = weight.run("int8/tensor/max/asymmetric");
  CHECK(*asymmetric.scale == Approx(0.0307058822f).epsilon(1e-9));
  CHECK(asymmetric.zero_point == -38);
  CHECK(asymmetric.metrics.mse == Approx(9.621198e-5).epsilon(1e-6));
  CHECK(*asymmetric.metrics.sqnr_db == db(44.960864));
  CHECK(*asymmetric.metrics.cosine == Approx(0.999984167).epsilon(1e-9));
  CHECK(asymmetric.metrics.max_abs_error == Approx(0.01523530).epsilon(1e-6));

  Weight rows(test::kHandPicked, {3, 10});
  const SchemeResult channels = rows.run("int8/channel/max");
  CHECK(!channels.scale);
  CHECK(channels.metrics.mse == Approx(3.236904e-5).epsilon(1e-6));
  CHECK(*channels.metrics.sqnr_db == db(49.691857));
}

TEST_CASE("weights: clipping costs what numpy says", "[quantization][job]") {
  CHECK(narrow_sqnr(test::kHandPicked, 2) == db(7.706299));
  CHECK(narrow_sqnr(test::kHandPicked, 3) == db(12.298903));
  CHECK(narrow_sqnr(test::kHandPicked, 4) == db(18.886815));
}

TEST_CASE("weights: block formats of 32 values", "[quantization][job]") {
  Weight weight(blocks(), {1, 32});
  const SchemeResult nvfp4 = weight.run("nvfp4/block16/max");
  CHECK(nvfp4.metrics.mse == Approx(4.309999832e-2).epsilon(1e-7));
  CHECK(*nvfp4.metrics.sqnr_db == db(19.045626));
  CHECK(sqnr(blocks(), "mxfp8/block32/ocp") == db(39.561170));
  CHECK(sqnr(blocks(), "mxfp8/block32/nvidia") == db(39.561170));
  CHECK(sqnr(blocks(), "mxfp4/block32/ocp") == db(17.781998));
  CHECK(sqnr(blocks(), "int4/block32/max") == db(19.756396));
  std::vector<float> larger = blocks();
  for (float& x : larger) x *= 1.5f;
  CHECK(sqnr(larger, "mxfp8/block32/ocp") == db(27.043919));
  CHECK(sqnr(larger, "mxfp8/block32/nvidia") == db(33.099502));
}

TEST_CASE("weights: every format on 4096 values with outliers", "[quantization][job]") {
  std::vector<float> values = test::outlier_sample();
  values.resize(4096);
  const std::pair<const char*, double> expected[] = {
      {"int4/block32/max", 20.499},    {"int4/block64/max", 19.642},
      {"int4/block128/max", 18.750},   {"nvfp4/block16/max", 20.377},
      {"mxfp4/block32/ocp", 18.827},   {"mxfp4/block32/nvidia", 18.835},
      {"mxfp8/block32/ocp", 30.856},   {"mxfp8/block32/nvidia", 31.527},
      {"fp8_e4m3/tensor/max", 31.463}, {"int8/tensor/max", 41.635},
      {"bf16/tensor/none", 55.544},    {"fp16/tensor/none", 73.503}};
  for (const auto& [scheme, value] : expected) {
    CAPTURE(scheme);
    CHECK(sqnr(values, scheme) == Approx(value).margin(6e-4));
  }
}

TEST_CASE("weights: calibrators on the samples", "[quantization][job]") {
  const auto check = [](const std::vector<float>& x, double max, double entropy, double percentile,
                        double mse_at_least) {
    CHECK(sqnr(x, "int8/tensor/max") == db(max));
    Weight weight(x, {static_cast<int64_t>(x.size())});
    for (const auto& [scheme, narrow] : {std::pair("int8/tensor/entropy", entropy),
                                         std::pair("int8/tensor/percentile-99.99", percentile)}) {
      const SchemeResult result = weight.run(scheme);
      CHECK(narrow_sqnr(x, *result.scale * 127) == db(narrow));
      CHECK(*result.metrics.sqnr_db > narrow);  // -128 saves a little
    }
    CHECK(sqnr(x, "int8/tensor/mse") > mse_at_least - 0.02);
  };
  check(test::plain_sample(), 40.411916, 41.217911, 41.332153, 41.336517);
  check(test::outlier_sample(), 34.420216, 27.039250, 33.955248, 35.078194);
}

TEST_CASE("weights: turned layouts give the figures of straight ones", "[quantization][job]") {
  constexpr size_t kRun = 1024, kChannels = 40;
  const std::vector<float> straight = test::irwin_hall(3, kRun * kChannels);
  std::vector<float> turned(straight.size()), inner(straight.size());
  for (size_t c = 0; c < kChannels; ++c) {
    for (size_t k = 0; k < kRun; ++k) {
      turned[k * kChannels + c] = straight[c * kRun + k];
      inner[(k / 4 * kChannels + c) * 4 + k % 4] = straight[c * kRun + k];
    }
  }
  Weight a(straight, {kChannels, kRun}), b(turned, {kRun, kChannels}),
      c(inner, {kRun / 4, kChannels, 4});
  for (const char* scheme :
       {"int8/channel/max", "int8/channel/mse", "int4/block32/max", "int4/block128/max",
        "int8/channel/max/asymmetric", "nvfp4/block16/max", "mxfp6/block32/ocp"}) {
    CAPTURE(scheme);
    const Metrics expected = a.run(scheme).metrics;
    CHECK(*b.run(scheme, 1).metrics.sqnr_db == Approx(*expected.sqnr_db).epsilon(1e-12));
    CHECK(*c.run(scheme, 1).metrics.sqnr_db == Approx(*expected.sqnr_db).epsilon(1e-12));
    CHECK(b.run(scheme, 1).metrics.underflows == expected.underflows);
    CHECK(c.run(scheme, 1).metrics.max_abs_error == expected.max_abs_error);
  }
  CHECK(a.run(default_schemes()).channel_largest == c.run(default_schemes(), 1).channel_largest);
}

TEST_CASE("weights: chunks may be taken by anyone, values kept or read again",
          "[quantization][job]") {
  constexpr size_t kRun = 130000, kChannels = 3;  // runs in pieces, the last one short
  Weight weight(test::irwin_hall(5, kRun * kChannels), {kChannels, kRun});
  const WeightResult expected = weight.run(all_schemes());
  auto job = weight.job(all_schemes(), 0);
  REQUIRE(job->chunks() == 6);
  WeightJob::Scratch scratches[2];
  while (!job->finished()) {
    std::vector<std::unique_ptr<WeightJob::Partial>> partials(job->chunks());
    for (size_t i = partials.size(); i-- > 0;) partials[i] = job->step(i, scratches[i % 2]);
    for (const auto& partial : partials) job->merge(*partial);
    job->end_pass();
  }
  for (size_t s = 0; s < expected.schemes.size(); ++s) {
    CHECK(job->result().schemes[s].metrics.mse == expected.schemes[s].metrics.mse);
    CHECK(job->result().schemes[s].scale == expected.schemes[s].scale);
  }
  CHECK(job->result().histogram.counts == expected.histogram.counts);
}

TEST_CASE("weights: a channel's MSE scale is never worse than max", "[quantization][job]") {
  std::vector<float> values = test::outlier_sample();
  Weight weight(values, {64, 1024});
  const double max = *weight.run("int4/channel/max").metrics.sqnr_db;
  const double mse = *weight.run("int4/channel/mse").metrics.sqnr_db;
  CHECK(mse > max + 1);
  CHECK(*weight.run("int8/channel/mse").metrics.sqnr_db >=
        *weight.run("int8/channel/max").metrics.sqnr_db);
}

// The ratio that the plain loops find best among all candidates, as the scale that it gives.
float best_scale(std::span<const float> run, const Element& element) {
  const double size = static_cast<double>(run.size()), high = static_cast<double>(element.high);
  const bool tells_signs = element.high < 127;
  const double far = tells_signs ? -static_cast<double>(element.low) : high;
  const double least = std::max(0.2, (1 - std::sqrt(size) / (2 * high)) * high / far);
  float largest = 0;
  for (const float x : run) largest = std::max(largest, std::fabs(x));
  float best = largest / element.high;
  double smallest = 0;
  for (size_t i = 0; i < kCandidates; ++i) {
    const double ratio = 1 - static_cast<int>(i) * (1 - least) / (kCandidates - 1);
    const double scale = static_cast<double>(largest) * ratio / high;
    const float inverse = static_cast<float>(1 / scale);
    double loss = 0;
    for (const float x : tells_signs ? run : std::span<const float>()) {
      const float units = x * inverse;
      const float error = std::nearbyint(std::clamp(units, element.low, element.high)) - units;
      loss += static_cast<double>(error * error);
    }
    for (size_t begin = 0; !tells_signs && begin < run.size(); begin += kGridRun) {
      float sum = 0;
      scalar_kernels().integer_losses(run.subspan(begin, std::min(kGridRun, run.size() - begin)),
                                      {&inverse, 1}, element.high, {&sum, 1});
      loss += static_cast<double>(sum);
    }
    loss = loss * scale * scale;
    if (i > 0 && !(loss < smallest)) continue;
    smallest = loss;
    if (i > 0) best = static_cast<float>(scale);
  }
  return best;
}

TEST_CASE("weights: candidates left out of a channel's search would not have won",
          "[quantization][job]") {
  constexpr size_t kChannels = 12;
  for (const size_t run : {9, 64, 100, 1000, 6000}) {
    std::vector<float> values = test::irwin_hall(run, kChannels * run);
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t kind = i / run % 6;
      if (kind == 1 && i % 50 == 3) values[i] *= 4;
      if (kind == 2 && i % run == 5) values[i] *= 30;
      if (kind == 3) values[i] = values[i] < 0 ? -1.0f : 1.0f;
      if (kind == 4) values[i] = values[i] * values[i] * values[i];
      if (kind == 5) values[i] = static_cast<float>(i % 17) - 8;
    }
    Weight weight(values, {kChannels, static_cast<int64_t>(run)});
    for (const char* scheme : {"int8/channel/mse", "int4/channel/mse"}) {
      CAPTURE(run, scheme);
      const SchemeResult result = weight.run(scheme);
      const Element& element = row(result.scheme.format).element;
      for (size_t c = 0; c < kChannels; ++c)
        CHECK(result.channel_scales[c] ==
              best_scale(std::span(values).subspan(c * run, run), element));
      // Errors that max has found already are the same, where both are asked for.
      const std::string both = std::string(scheme, 13) + "max," + scheme;
      const WeightResult two = weight.run(*parse_schemes(both));
      CHECK(two.schemes[1].metrics.mse == result.metrics.mse);
      CHECK(two.schemes[1].metrics.underflows == result.metrics.underflows);
    }
  }
}

TEST_CASE("weights: INT4's least code counts where a channel's scale is searched for",
          "[quantization][job]") {
  // At the scale of max, 8 / 7, none of these is a code; at 7/8 of it all of the first channel
  // are.
  Weight weight({-8, 1, 2, 3, 8, -1, -2, -3}, {2, 4});
  const SchemeResult found = weight.run("int4/channel/mse");
  CHECK(found.channel_scales.at(0) == 1);
  CHECK(found.metrics.max_abs_error <= 1);
  CHECK(weight.run("int4/channel/max").metrics.mse > 2 * found.metrics.mse);
}

TEST_CASE("weights: MSE of a tensor is never worse than max", "[quantization][job]") {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Weight weight(test::irwin_hall(seed, 100), {100});
    const SchemeResult max = weight.run("int8/tensor/max"), mse = weight.run("int8/tensor/mse");
    CHECK(mse.metrics.mse <= max.metrics.mse);
    CHECK(weight.run(*parse_schemes("int8/tensor/mse,int8/tensor/max")).schemes[0].metrics.mse ==
          mse.metrics.mse);
  }
}

TEST_CASE("weights: all zero, or next to it, is dead", "[quantization][job]") {
  for (const float value : {0.0f, 1e-9f}) {
    Weight weight(std::vector<float>(64, value), {4, 16});
    const WeightResult result = weight.run(all_schemes());
    CHECK(result.dead);
    CHECK(result.schemes.empty());
    CHECK(result.dead_channels == 4);
  }
  Weight one({1, -2, 0, 0, 3, 0.5f}, {3, 2});
  CHECK(one.run(default_schemes()).dead_channels == 1);
}

TEST_CASE("weights: a constant falls back to max where calibrators are blind",
          "[quantization][job]") {
  Weight weight(std::vector<float>(256, 3.0f), {4, 64});
  const WeightResult result = weight.run(*parse_schemes("int8/tensor/entropy,int8/tensor/max"));
  CHECK(result.constant);
  CHECK(result.schemes[0].fell_back);
  CHECK(*result.schemes[0].scale == 3.0f / 127);
  CHECK(result.schemes[0].metrics.mse == result.schemes[1].metrics.mse);
  const SchemeResult asymmetric = weight.run("int8/tensor/max/asymmetric");
  CHECK(*asymmetric.scale == Approx(0.0117647061f));
  CHECK(asymmetric.zero_point == -128);
  Weight negative(std::vector<float>(8, -3.0f), {8});
  CHECK(negative.run("int8/tensor/max/asymmetric").zero_point == 127);
}

TEST_CASE("weights: exact values say so", "[quantization][job]") {
  Weight weight({1, -2, 64, 127, 0, 5}, {6});
  const SchemeResult result = weight.run("int8/tensor/max");
  CHECK(result.metrics.exact);
  CHECK(!result.metrics.sqnr_db);
  CHECK(*result.metrics.cosine == Approx(1));
}

TEST_CASE("weights: NaN and infinity are counted and left out", "[quantization][job]") {
  std::vector<float> dirty = test::kHandPicked;
  dirty.push_back(NAN);
  dirty.push_back(INFINITY);
  Weight weight(dirty, {32});
  const WeightResult result = weight.run(all_schemes());
  CHECK(result.nonfinite == 2);
  CHECK(result.finite() == 30);
  CHECK(result.largest() == 5.08f);
  CHECK(result.histogram.total() == 30);
  CHECK(*result.schemes[0].metrics.sqnr_db == db(44.632215));
  // Calibrators see what they would see without them: half of these, taken as zeros, would move
  // the percentile's edge and ONNX Runtime's divergence.
  Weight clean(test::kHandPicked, {30});
  dirty.resize(60, NAN);
  Weight half(dirty, {60});
  const WeightResult searched = half.run(all_schemes()), expected = clean.run(all_schemes());
  for (size_t i = 0; i < searched.schemes.size(); ++i)
    CHECK(searched.schemes[i].scale == expected.schemes[i].scale);
  Weight broken({NAN, NAN}, {2});
  CHECK(broken.run(all_schemes()).dead);
}

TEST_CASE("weights: empty ones finish at once; missing data is an error", "[quantization][job]") {
  Weight empty({}, {0, 3});
  CHECK(empty.run(default_schemes()).elements == 0);
  CHECK(empty.run(default_schemes()).schemes.empty());
  Weight short_one({1, 2, 3}, {2, 2});
  CHECK(short_one.run(default_schemes()).error->code == "size_mismatch");
}

TEST_CASE("weights: a shape that claims more than is stored sizes nothing", "[quantization][job]") {
  Weight wide({1, 2, 3}, {16, int64_t{1} << 36});
  CHECK(wide.run(default_schemes(), 1).error->code == "size_mismatch");
  Weight endless({1, 2, 3}, {int64_t{1} << 40, int64_t{1} << 40});
  CHECK(endless.run(default_schemes()).error->code == "size_mismatch");
}

TEST_CASE("weights: float16 counts what overflows", "[quantization][job]") {
  Weight weight({1, 70000, -65520, 65519}, {4});
  const SchemeResult result = weight.run("fp16/tensor/none");
  CHECK(result.metrics.overflows == 2);
  CHECK(!result.scale);
}

TEST_CASE("weights: folding multiplies channels and keeps what was before", "[quantization][job]") {
  Weight weight({0.5f, -1, 2, 1, 1, 1}, {2, 3});
  const WeightResult result = weight.run(default_schemes(), 0, {7.499062676, -1});
  CHECK(result.channel_largest_before == std::vector<float>{2, 1});
  CHECK(result.channel_largest[0] == Approx(14.998125351));
  CHECK(result.channel_largest[1] == 1);
  CHECK(result.low == Approx(-7.499062676));
}

TEST_CASE("schemes: texts are read back and faults named", "[quantization][scheme]") {
  CHECK(*parse_schemes("default") == default_schemes());
  CHECK(parse_schemes("all")->size() == all_schemes().size());
  for (const Scheme& scheme : all_schemes()) {
    std::string text = std::string(row(scheme.format).name) + "/" + granularity_text(scheme) + "/" +
                       calibrator_text(scheme) + (scheme.symmetric ? "" : "/asymmetric");
    CAPTURE(text);
    CHECK(*parse_schemes(text) == std::vector<Scheme>{scheme});
  }
  CHECK(parse_schemes("int8,fp16")->size() == 3);
  for (const char* bad :
       {"int9", "int8/tensor", "fp16/tensor/max", "nvfp4/block32/max", "int8/channel/entropy",
        "fp8/tensor/max/asymmetric", "", "int8/block7/max", "int8/tensor/percentile-12"}) {
    CAPTURE(bad);
    CHECK(!parse_schemes(bad));
  }
  CHECK(bits_per_weight(parse_schemes("int4/block32/max")->front(), 4096, 4) == 4.5);
  CHECK(bits_per_weight(parse_schemes("nvfp4/block16/max")->front(), 4096, 4) == 4.5);
  CHECK(bits_per_weight(parse_schemes("mxfp8/block32/ocp")->front(), 4096, 4) == 8.25);
}
