// Plans of precisions: against rooflines where nothing is mixed, and by hand where something is.
#include "base/quantity.hpp"
#include "catch.hpp"
#include "opened.hpp"
#include "precision_plan.hpp"

#include <algorithm>
#include <cmath>

using namespace trtreport;
using namespace trtreport::quantization;
using test::Opened;

namespace {

// Two convolutions with a residual and a classifier; everything in it can run in 8 bits.
constexpr const char* kResidual = R"(
@weight w1 float32[32,16,3,3]
@weight w2 float32[32,32,3,3]
@weight w3 float32[10,32]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 16, 16, 16] x) => (float[1, 10] y) {
  a = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, w1)
  r = Relu (a)
  b = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (r, w2)
  s = Add (b, r)
  p = GlobalAveragePool (s)
  f = Flatten (p)
  y = Gemm <transB = 1> (f, w3)
}
)";

using Refused = std::vector<std::pair<LayerPrecision, Refusal>>;

struct Planned {
  Planned(const char* text, const char* request, const char* schemes = "default",
          const char* device = "h100-sxm")
      : opened(text, device),
        found(opened.quantize(schemes)),
        asked(*parse_plan_request(request)),
        planner(*opened.analysis, plan_layers(*opened.analysis, found, asked), asked) {}
  Planned(const Planned&) = delete;

  const Roofline roofline(Precision precision) const {
    return opened.analysis->roofline({0, precision});
  }
  std::string name(NodeId node) const {
    return std::string(opened.analysis->graph().text(opened.analysis->graph().nodes[node].name));
  }

  Opened opened;
  Quantization found;
  PlanRequest asked;
  PrecisionPlanner planner;
};

}  // namespace

TEST_CASE("plan: all in one precision takes what the roofline says", "[quantization][plan]") {
  Planned planned(kResidual, "fastest");
  REQUIRE(planned.planner.obstacle().empty());
  REQUIRE(planned.planner.layers().size() == 3);
  const Plan base = planned.planner.uniform(LayerPrecision::Fp16);
  CHECK(*base.totals.seconds == *planned.roofline(Precision::Fp16).seconds);
  CHECK(base.totals.reformats == 0);
  CHECK(base.totals.quantized == 0);
  CHECK(base.node_precision == "bbbbbnb");
  const Plan narrow = planned.planner.uniform(LayerPrecision::Int8);
  CHECK(*narrow.totals.seconds == *planned.roofline(Precision::Int8).seconds);
  CHECK(narrow.totals.reformats == 0);
  CHECK(narrow.totals.quantized == 3);
  CHECK(narrow.node_precision == "qqqqqnq");
  // With nothing asked for, the fastest; and made by hand, the same.
  const Plan plan = planned.planner.plan({});
  CHECK(plan.met);
  CHECK(*plan.seconds_bound <= *plan.totals.seconds_padded);
  const Plan again = planned.planner.plan_of(plan.choice);
  CHECK(*again.totals.seconds == *plan.totals.seconds);
  CHECK(again.node_precision == plan.node_precision);
  // Options that do not exist are the base.
  CHECK(planned.planner.plan_of(std::vector<uint8_t>{7, 9}).choice == std::vector<uint8_t>(3, 0));
}

TEST_CASE("plan: a conversion reads one type and writes the other", "[quantization][plan]") {
  Planned planned(kResidual, "fastest");
  const Plan plan = planned.planner.plan_of(std::vector<uint8_t>{0, 1, 0});
  const double bandwidth = *planned.planner.device()->dram_bandwidth;
  // The second convolution alone. What it reads is quantized ahead of the Relu, and its sum with
  // that stays in 8 bits until the pooling has made it small.
  CHECK(plan.node_precision == "bqqqqnb");
  REQUIRE(plan.reformats.size() == 2);
  CHECK(plan.reformats[0].quantizes);
  CHECK(plan.reformats[0].bytes == 32 * 16 * 16 * (2 + 1));
  CHECK(!plan.reformats[1].quantizes);
  CHECK(plan.reformats[1].bytes == 32 * (2 + 1));
  for (const Reformat& reformat : plan.reformats)
    CHECK(reformat.seconds == reformat.bytes / bandwidth);
  const Roofline wide = planned.roofline(Precision::Fp16),
                 narrow = planned.roofline(Precision::Int8);
  double expected = wide.node_seconds[0] + wide.node_seconds[6] + 32 * 257 * 3 / bandwidth;
  for (size_t node = 1; node < 5; ++node) expected += narrow.node_seconds[node];
  CHECK(*plan.totals.seconds == Approx(expected).epsilon(1e-12));
  // By itself, with neighbours that stay, it would have to convert its own input and output.
  const PlanLayer& layer = planned.planner.layers()[1];
  CHECK(*layer.reformat_seconds == Approx(2 * 32 * 16 * 16 * 3 / bandwidth));
  CHECK(*layer.seconds_saved == Approx(wide.node_seconds[2] - narrow.node_seconds[2]));
}

TEST_CASE("plan: noise adds up, and each layer is ranked by its part", "[quantization][plan]") {
  Planned planned(kResidual, "fastest");
  const auto& layers = planned.planner.layers();
  double all = 0, none = 0;
  for (const PlanLayer& layer : layers) {
    REQUIRE(layer.choices.size() == 2);
    CHECK(layer.choices[0].weights->format == Format::Fp16);
    CHECK(layer.choices[1].weights->granularity == Granularity::Channel);
    CHECK(!layer.choices[1].activation_nsr);
    none += *layer.choices[0].weight_nsr;
    all += *layer.choices[1].weight_nsr;
  }
  const Plan narrow = planned.planner.uniform(LayerPrecision::Int8);
  CHECK(narrow.totals.nsr == all);
  CHECK(*narrow.totals.sqnr_db == Approx(-10 * std::log10(all)).epsilon(1e-12));
  CHECK(planned.planner.uniform(LayerPrecision::Fp16).totals.nsr == none);
  for (const PlanLayer& layer : layers) {
    const double without = all - *layer.choices[1].weight_nsr + *layer.choices[0].weight_nsr;
    CHECK(*layer.db_lost == Approx(10 * std::log10(all / without)).epsilon(1e-9));
    if (layer.db_per_us)
      CHECK(*layer.db_per_us == Approx(*layer.db_lost / (*layer.seconds_saved * 1e6)));
  }
  // A limit between the two extremes is kept.
  const double limit = (*narrow.totals.sqnr_db + 60) / 2;
  const Plan plan = planned.planner.plan({{}, limit, false});
  CHECK(plan.met);
  CHECK(*plan.totals.sqnr_db >= limit);
  CHECK(plan.totals.quantized < 3);
  CHECK(!planned.planner.plan({{}, 200, false}).met);
  CHECK(!planned.planner.plan({1e-12, {}, false}).met);
}

TEST_CASE("plan: samples of an input add the noise of rounding it", "[quantization][plan]") {
  Opened opened(kResidual);
  Quantization found = opened.quantize();
  std::vector<float> samples(512);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i % 37) - 11;
  found.add_activation("x", samples, 256);
  const PlanRequest request = *parse_plan_request("fastest");
  const std::vector<PlanLayer> layers = plan_layers(*opened.analysis, found, request);
  const auto scale = found.activation_scale(layers[0].input, Format::Int8);
  REQUIRE(layers[0].choices[1].activation_nsr.has_value());
  CHECK(*layers[0].choices[1].activation_nsr == *scale->nsr);
  CHECK(*layers[0].choices[0].activation_nsr == 0);
  CHECK(layers[0].choices[1].nsr() ==
        *layers[0].choices[1].weight_nsr + *layers[0].choices[1].activation_nsr);
  CHECK(!layers[1].choices[1].activation_nsr);
}

TEST_CASE("plan: first and last layers can be left alone", "[quantization][plan]") {
  Planned planned(kResidual, "keep-first-last");
  const auto& layers = planned.planner.layers();
  CHECK(layers[0].first);
  CHECK(!layers[0].last);
  CHECK(!layers[1].first);
  CHECK(!layers[1].last);
  CHECK(layers[2].last);
  const Plan plan = planned.planner.plan(planned.asked.budget);
  CHECK(plan.choice[0] == 0);
  CHECK(plan.choice[2] == 0);
  for (const ParetoPoint& point : planned.planner.pareto(planned.asked.budget)) {
    CHECK(point.choice[0] == 0);
    CHECK(point.choice[2] == 0);
  }
}

TEST_CASE("plan: what cannot be quantized stays, and is converted around", "[quantization][plan]") {
  Planned planned(R"(
@weight w1 float32[64,64]
@weight w2 float32[64,64]
<ir_version: 8, opset_import: ["" : 17]>
m (float[8, 64] x) => (float[8, 64] y) {
  a = MatMul (x, w1)
  s = Softmax (a)
  y = MatMul (s, w2)
}
)",
                  "fastest");
  const Plan plan = planned.planner.uniform(LayerPrecision::Int8);
  CHECK(plan.node_precision == "qbq");
  REQUIRE(plan.reformats.size() == 2);
  CHECK(!plan.reformats[0].quantizes);
  CHECK(plan.reformats[1].quantizes);
  CHECK(trtexec_flags(planned.planner, plan) ==
        "--fp16 --int8 --precisionConstraints=obey --layerPrecisions=" +
            planned.name(planned.planner.layers()[0].node) + ":int8," +
            planned.name(planned.planner.layers()[1].node) + ":int8");
}

TEST_CASE("plan: weights in four bits keep their neighbours' precision", "[quantization][plan]") {
  Planned planned(kResidual, "format=int8+int4", "default");
  const auto& layers = planned.planner.layers();
  // Of convolutions TensorRT takes none.
  CHECK(layers[0].choices.size() == 2);
  CHECK(layers[0].refused == Refused{{LayerPrecision::Int4, Refusal::Int4Operator}});
  REQUIRE(layers[2].choices.size() == 3);
  const Plan plan = planned.planner.uniform(LayerPrecision::Int4);
  CHECK(plan.totals.reformats == 0);
  CHECK(plan.totals.quantized == 1);
  CHECK(plan.node_precision == "bbbbbnw");
  const double base = *planned.planner.uniform(LayerPrecision::Fp16).totals.seconds;
  CHECK(*plan.totals.seconds ==
        Approx(base - *layers[2].choices[0].seconds + *layers[2].choices[2].seconds));
  CHECK(trtexec_flags(planned.planner, plan).empty());
  CHECK(layers[2].choices[2].weight_bytes == 180);  // blocks of 32
}

TEST_CASE("plan: layers are offered what TensorRT takes of their operator",
          "[quantization][plan]") {
  constexpr const char* kOperators = R"(
@weight a float32[32,16,3,3]
@weight b float32[32,32,7,7]
@weight c float32[32,8,3,3]
@weight d float32[32,8,2,2]
@weight e float32[32,20]
@weight f float32[64,20]
@weight g float32[12,64]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 16, 16, 16] x, float[12, 32] r) => (float[12, 64] y, float[1, 8, 32, 32] t,
                                                float[12, 20] z, float[12, 32] l) {
  p = Conv <pads = [1, 1, 1, 1]> (x, a)
  q = Conv <pads = [3, 3, 3, 3]> (p, b)
  s = Conv <pads = [1, 1, 1, 1], group = 4> (q, c)
  t = ConvTranspose <strides = [2, 2]> (s, d)
  z = MatMul (r, e)
  y = Gemm <transB = 1> (z, f)
  k = Transpose (y)
  h = MatMul (k, r)
  l = MatMul (g, h)
}
)";
  using enum Refusal;
  const auto refusals = [&](const char* request, LayerPrecision format) {
    Planned planned(kOperators, request);
    std::vector<Refusal> found;
    for (const PlanLayer& layer : planned.planner.layers()) {
      found.push_back(None);
      for (const auto& [of, refusal] : layer.refused) {
        if (of == format) found.back() = refusal;
      }
      CHECK((layer.choice_of(format) < layer.choices.size()) == (found.back() == None));
    }
    return found;
  };
  CHECK(refusals("format=fp8", LayerPrecision::Fp8) ==
        std::vector{None, Fp8Kernel, Fp8Groups, Fp8Operator, None, None, LeftFactor});
  CHECK(refusals("format=int8+int4", LayerPrecision::Int8) ==
        std::vector{None, None, None, None, None, None, LeftFactor});
  // 32 and 20 values deep: the default set has blocks of 32.
  CHECK(refusals("format=int8+int4", LayerPrecision::Int4) ==
        std::vector{Int4Operator, Int4Operator, Int4Operator, Int4Operator, None, Int4Depth,
                    LeftFactor});
}

TEST_CASE("plan: a format that the device has no units for is offered to no layer",
          "[quantization][plan]") {
  for (const char* device : {"a100-sxm-80gb", "t4"}) {
    Planned planned(kResidual, "format=fp8", "default,fp8/channel/max", device);
    for (const PlanLayer& layer : planned.planner.layers())
      CHECK(layer.refused == Refused{{LayerPrecision::Fp8, Refusal::Device}});
    const Plan plan = planned.planner.plan({});
    CHECK(plan.totals.quantized == 0);
    CHECK(*plan.totals.seconds == *planned.planner.uniform(LayerPrecision::Fp16).totals.seconds);
  }
}

TEST_CASE("plan: FP8 weights by channel are for matrix products on Hopper",
          "[quantization][plan]") {
  const auto granularities = [](const char* device) {
    Planned planned(kResidual, "format=fp8", "fp8/channel/max", device);
    std::string text;
    for (const PlanLayer& layer : planned.planner.layers()) {
      REQUIRE(layer.choices.size() + layer.refused.size() == 2);
      if (layer.choices.size() < 2) {
        text += "-";
      } else {
        text += !layer.choices[1].weights ? '?' : granularity_text(*layer.choices[1].weights)[0];
      }
    }
    return text;
  };
  CHECK(granularities("h100-sxm") == "??c");
  CHECK(granularities("rtx-4090") == "???");
}

TEST_CASE("plan: weights without a scale stay in the base", "[quantization][plan]") {
  Planned planned(R"(
@weight w float32[64,64]
<ir_version: 8, opset_import: ["" : 17]>
m (float[8, 2] x) => (float[8, 2] y)
<float[2, 2] zero = {0.0, 0.0, 0.0, 0.0}>
{
  y = MatMul (x, zero)
}
)",
                  "fastest");
  CHECK(planned.planner.layers()[0].refused ==
        Refused{{LayerPrecision::Int8, Refusal::WeightZero}});
}

TEST_CASE("plan: a model that is quantized already is left alone", "[quantization][plan]") {
  Planned planned(R"(
@weight w float32[8,8]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 8] x) => (float[1, 8] y)
<float scale = {0.1}, int8 zero = {0}>
{
  q = QuantizeLinear (x, scale, zero)
  d = DequantizeLinear (q, scale, zero)
  y = MatMul (d, w)
}
)",
                  "fastest");
  CHECK(planned.planner.obstacle() == "already_quantized");
  const auto limits = screening_limits(planned.planner);
  CHECK(limits.front().code == "screening");
  CHECK(std::any_of(limits.begin(), limits.end(),
                    [](const Sentence& each) { return each.code == "already_quantized"; }));
}

TEST_CASE("plan: a model without layers has none", "[quantization][plan]") {
  Planned planned(R"(
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 8] x) => (float[1, 8] y) { y = Relu (x) }
)",
                  "fastest");
  CHECK(planned.planner.obstacle() == "no_layers");
}

TEST_CASE("plan: guidance speaks with the model's own numbers", "[quantization][plan]") {
  Planned planned(kResidual, "keep-first-last");
  const Plan plan = planned.planner.plan(planned.asked.budget);
  std::vector<std::string> codes;
  for (const Sentence& each : plan_guidance(planned.planner, planned.found, plan)) {
    codes.push_back(each.code);
    for (const auto& [name, value] : each.args) {
      CAPTURE(each.text, name, value);
      CHECK(each.text.find(value) != std::string::npos);
    }
  }
  CHECK(codes.front() == "calibrate");
  CHECK(codes.back() == "train");
  CHECK(std::count(codes.begin(), codes.end(), "in_part") == 1);
}

TEST_CASE("plan: what short layers and conversions really take is said", "[quantization][plan]") {
  const auto says = [](const std::vector<Sentence>& sentences, std::string_view code) {
    const auto found = std::find_if(sentences.begin(), sentences.end(),
                                    [&](const Sentence& each) { return each.code == code; });
    return found == sentences.end() ? std::nullopt : std::optional(*found);
  };
  Planned planned(kResidual, "fastest");
  const auto layers = says(screening_limits(planned.planner), "short_layers");
  REQUIRE(layers);
  for (const auto& [name, value] : layers->args)
    CHECK(layers->text.find(value) != std::string::npos);
  // Two conversions, and no launches on a datasheet's device: 1.3 µs more each.
  const Plan mixed = planned.planner.plan_of(std::vector<uint8_t>{0, 1, 0});
  const auto conversions =
      says(plan_guidance(planned.planner, planned.found, mixed), "short_conversions");
  REQUIRE(conversions);
  const std::string with = duration(*mixed.totals.seconds_padded + 2 * 1.3e-6);
  CHECK(conversions->text.find("then takes " + with) != std::string::npos);
  const Plan narrow = planned.planner.uniform(LayerPrecision::Int8);
  CHECK_FALSE(says(plan_guidance(planned.planner, planned.found, narrow), "short_conversions"));
  // 2 * 8192 * 4096 * 4096 operations take 278 µs.
  Planned longer(R"(
@weight w float32[4096,4096]
<ir_version: 8, opset_import: ["" : 17]>
m (float[8192, 4096] x) => (float[8192, 4096] y) { y = MatMul (x, w) }
)",
                 "fastest", "int8/channel/max");
  CHECK_FALSE(says(screening_limits(longer.planner), "short_layers"));
}
