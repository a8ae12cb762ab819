// Which weights are found, along which axis, what is folded into them, and what is said of models
// that are quantized already.
#include "quantization/targets.hpp"

#include "catch.hpp"
#include "opened.hpp"
#include "quantization/lints.hpp"

#include <algorithm>
#include <cmath>

using namespace trtreport;
using namespace trtreport::quantization;
using test::listed;
using test::Opened;

namespace {

std::vector<std::string> codes(const Quantization& found) {
  std::vector<std::string> all;
  for (const Lint& lint : found.lints()) all.emplace_back(lint.code);
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("targets: each operator's weight and its channel axis", "[quantization][targets]") {
  Opened opened(R"(
@weight cw float32[8,4,3,3]
@weight tw float32[8,6,2,2]
@weight g0 float32[96,16]
@weight g1 float32[5,16]
@weight mm float32[5,7]
@weight tr float32[9,7]
@weight table float32[50,12]
@weight bias float32[7]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 4, 4, 4] x, int64[2] i) => (float[1, 9] y, float[2, 12] e) {
  c = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, cw)
  t = ConvTranspose <kernel_shape = [2, 2], strides = [2, 2]> (c, tw)
  p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (t)
  f = Flatten (p)
  h = Gemm (f, g0)
  k = Gemm <transB = 1> (h, g1)
  l = MatMul (k, mm)
  b = Add (l, bias)
  trt = Transpose <perm = [1, 0]> (tr)
  y = MatMul (b, trt)
  e = Gather (table, i)
}
)");
  const Targets targets = find_targets(opened.analysis->graph(), opened.source);
  std::vector<std::pair<std::string, size_t>> found;
  for (const WeightTarget& target : targets.weights)
    found.emplace_back(opened.name(target.tensor), target.channel_axis);
  std::sort(found.begin(), found.end());
  CHECK(found ==
        std::vector<std::pair<std::string, size_t>>{
            {"cw", 0}, {"g0", 1}, {"g1", 0}, {"mm", 1}, {"table", 0}, {"tr", 0}, {"tw", 1}});
}

TEST_CASE("targets: weights of Einsum", "[quantization][targets]") {
  Opened opened(R"(
@weight w float32[7,5]
@weight v float32[5,3,4]
@weight u float32[7,6]
@weight none float32[4,4]
<ir_version: 8, opset_import: ["" : 17]>
m (float[2, 7] x, float[4, 4] z) => (float[2, 3, 4] y, float[6, 2] t, float[1] n) {
  a = Einsum <equation = "bi,ij->bj"> (x, w)
  y = Einsum <equation = "bj, jhd -> bhd"> (a, v)
  t = Einsum <equation = "ki,bk->ib"> (u, x)
  n = Einsum <equation = "ij,ij->"> (z, none)
}
)");
  std::vector<std::pair<std::string, size_t>> found;
  for (const WeightTarget& target : find_targets(opened.analysis->graph(), opened.source).weights)
    found.emplace_back(opened.name(target.tensor), target.channel_axis);
  CHECK(found == std::vector<std::pair<std::string, size_t>>{{"w", 1}, {"v", 2}, {"u", 1}});
}

TEST_CASE("targets: a recurrent layer's gates put in another order", "[quantization][targets]") {
  Opened opened(R"(
@weight forward float32[32,6]
@weight backward float32[32,6]
@weight recurrent float32[2,32,8]
<ir_version: 8, opset_import: ["" : 17]>
m (float[5, 1, 6] x) => (float[5, 2, 1, 8] y)
<int64[1] zero = {0}, int64[1] one = {8}, int64[1] three = {24}, int64[1] four = {32}>
{
  fi = Slice (forward, zero, one, zero)
  fo = Slice (forward, three, four, zero)
  ff = Slice (forward, one, three, zero)
  f = Concat <axis = 0> (fi, fo, ff)
  f3 = Unsqueeze (f, zero)
  bi = Slice (backward, zero, one, zero)
  bo = Slice (backward, one, four, zero)
  b = Concat <axis = 0> (bi, bo)
  b3 = Unsqueeze (b, zero)
  w = Concat <axis = 0> (f3, b3)
  y = LSTM <hidden_size = 8, direction = "bidirectional"> (x, w, recurrent)
}
)");
  const Targets targets = find_targets(opened.analysis->graph(), opened.source);
  std::vector<std::pair<std::string, size_t>> found;
  for (const WeightTarget& target : targets.weights) {
    found.emplace_back(opened.name(target.tensor), target.channel_axis);
    CHECK(target.more_nodes == 0);
  }
  CHECK(found == std::vector<std::pair<std::string, size_t>>{
                     {"forward", 0}, {"backward", 0}, {"recurrent", 1}});
}

TEST_CASE("targets: a normalization behind a convolution is folded", "[quantization][targets]") {
  const char* const text = R"(
@weight w float32[1,3,1,1]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 3, 2, 2] x) => (float[1, 1, 2, 2] y)
<float[1] gamma = {1.5}, float[1] beta = {0.2}, float[1] mean = {0.3}, float[1] variance = {0.04}>
{
  c = Conv <kernel_shape = [1, 1]> (x, w)
  y = BatchNormalization <epsilon = 1e-5> (c, gamma, beta, mean, variance)
}
)";
  Opened opened(text);
  const Targets targets = find_targets(opened.analysis->graph(), opened.source);
  REQUIRE(targets.weights.size() == 1);
  REQUIRE(targets.weights[0].factors.size() == 1);
  CHECK(targets.weights[0].factors[0] == Approx(7.499062676).epsilon(1e-7));
  const Quantization found = opened.quantize();
  const WeightResult& result = *found.result(0);
  CHECK(result.channel_largest[0] ==
        Approx(static_cast<double>(result.channel_largest_before[0]) * 7.499062676).epsilon(1e-6));

  // QuantizeLinear stands before the normalization, at scales of the weight as stored.
  const std::vector<float> scales =
      listed(found.stored_scales(0, parse_schemes("int8/channel/max")->at(0)));
  REQUIRE(scales.size() == 1);
  CHECK(scales[0] == Approx(result.channel_largest_before[0] / 127).epsilon(1e-6));
  CHECK(listed(found.stored_scales(0, parse_schemes("int8/tensor/max")->at(0))) == scales);
  const float searched = found.stored_scales(0, parse_schemes("int8/channel/mse")->at(0))[0];
  CHECK(searched <= scales[0]);
  CHECK(searched > scales[0] / 2);
  CHECK(found.stored_scales(0, parse_schemes("int8/tensor/entropy")->at(0)).empty());
  CHECK(found.stored_scales(0, parse_schemes("int4/block32/max")->at(0)).empty());
}

TEST_CASE("targets: the normalization's own epsilon is a float", "[quantization][targets]") {
  Opened opened(R"(
@weight w float32[1,3,1,1]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 3, 2, 2] x) => (float[1, 1, 2, 2] y)
<float[1] gamma = {1}, float[1] beta = {0}, float[1] mean = {0}, float[1] variance = {0}>
{
  c = Conv <kernel_shape = [1, 1]> (x, w)
  y = BatchNormalization (c, gamma, beta, mean, variance)
}
)");
  const Targets targets = find_targets(opened.analysis->graph(), opened.source);
  CHECK(targets.weights.at(0).factors.at(0) == 1 / std::sqrt(static_cast<double>(1e-5f)));
}

TEST_CASE("quantization: a channel's spread is over the median", "[quantization]") {
  CHECK(channel_spread(std::vector<float>{1, 100}) == 100 / 50.5);
  CHECK(channel_spread(std::vector<float>{4, 1, 2, 0}) == 2);
  CHECK(channel_spread(std::vector<float>{8, 1, 4, 2}) == 8.0 / 3);
  CHECK(channel_spread(std::vector<float>{3, 0}) == 1);
}

TEST_CASE("quantization: an activation's scale is the cache's, else the best calibrator's",
          "[quantization][targets]") {
  Opened opened(R"(
@weight w float32[4,4]
<ir_version: 8, opset_import: ["" : 17]>
m (float[2, 4] x) => (float[2, 4] y) { y = MatMul (x, w) }
)");
  Quantization found = opened.quantize();
  const TensorId x = opened.analysis->graph().nodes[0].inputs[0];
  CHECK(!found.activation_scale(x, Format::Int8));
  const std::vector<float> values = {0.5f, -1.0f, 2.0f, -4.0f, 0.25f, 127.0f, 3.0f, -9.0f};
  found.add_activation("x", values, 4);
  const auto sampled = found.activation_scale(x, Format::Int8);
  REQUIRE(sampled.has_value());
  CHECK(sampled->scale <= 1);
  for (const CalibratedScale& each : found.activations()[0].result.scales) {
    if (each.scheme.format == Format::Int8) CHECK(*sampled->nsr <= each.metrics.nsr);
  }
  CHECK(found.activation_scale(x, Format::Fp8E4M3)->calibrator == "max");
  found.add_cache(*parse_calibration_cache("TRT-8601-MinMaxCalibration\nx: 40000000\n"));
  const auto cached = found.activation_scale(x, Format::Int8);
  REQUIRE(cached.has_value());
  CHECK(cached->scale == 2);
  CHECK(cached->calibrator == "cache");
  CHECK(*cached->nsr > *sampled->nsr);
}

TEST_CASE("targets: a weight of two readers is listed once", "[quantization][targets]") {
  Opened opened(R"(
@weight w float16[4,4]
<ir_version: 8, opset_import: ["" : 17]>
m (float16[2, 4] x) => (float16[2, 4] y) {
  a = MatMul (x, w)
  y = MatMul (a, w)
}
)");
  const Quantization found = opened.quantize();
  REQUIRE(found.targets().weights.size() == 1);
  CHECK(found.targets().weights[0].more_nodes == 1);
  for (const SchemeResult& scheme : found.result(0)->schemes) {
    if (scheme.scheme.format == Format::Fp16) CHECK(scheme.metrics.exact);
  }
}

TEST_CASE("targets: a weight read along both axes is two", "[quantization][targets]") {
  Opened opened(R"(
@weight w float32[16,16]
<ir_version: 8, opset_import: ["" : 17]>
m (float[2, 16] x) => (float[2, 16] y) {
  a = MatMul (x, w)
  b = Gemm <transB = 1> (a, w)
  y = MatMul (b, w)
}
)");
  const Quantization found(opened.analysis->graph(), opened.source, default_schemes());
  const Targets& targets = found.targets();
  REQUIRE(targets.weights.size() == 2);
  CHECK(targets.weights[0].tensor == targets.weights[1].tensor);
  CHECK(targets.weights[0].channel_axis == 1);
  CHECK(targets.weights[0].more_nodes == 1);
  CHECK(targets.weights[1].channel_axis == 0);
  REQUIRE(targets.uses.size() == 3);
  CHECK(targets.uses[0].weight == 0);
  CHECK(targets.uses[1].weight == 1);
  CHECK(targets.uses[2].weight == 0);
}

TEST_CASE("lints: a quantized model is recognised and judged", "[quantization][lints]") {
  Opened opened(R"(
@weight w int8[8,8,1,1]
@weight v float32[8,8,1,1]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 8, 4, 4] x) => (float[1, 8, 4, 4] y)
<float scale = {0.1}, int8 zero = {0}, uint8 shifted = {128}, float none = {0}>
{
  q = QuantizeLinear (x, scale, zero)
  d = DequantizeLinear (q, scale, zero)
  wd = DequantizeLinear (w, scale, zero)
  c = Conv <kernel_shape = [1, 1]> (d, wd)
  cq = QuantizeLinear (c, scale, shifted)
  cd = DequantizeLinear (cq, scale, shifted)
  r = Relu (cd)
  c2 = Conv <kernel_shape = [1, 1]> (r, v)
  s = Add (c2, d)
  dq = QuantizeLinear (d, none, zero)
  dd = DequantizeLinear (dq, none, zero)
  y = Add (s, r)
}
)");
  const Quantization found = opened.quantize();
  REQUIRE(found.targets().quantized.size() == 1);
  CHECK(opened.name(found.targets().quantized[0].tensor) == "w");
  CHECK(found.targets().weights.size() == 1);
  CHECK(found.quantize_nodes().size() == 7);
  CHECK(codes(found) == std::vector<std::string>{
                            "dangling_dequantize", "doubled_quantize", "first_layer_quantized",
                            "fusion_blocked", "partly_quantized_add", "scale_not_positive",
                            "scale_not_positive", "zero_point_not_zero", "zero_point_not_zero"});
}

TEST_CASE("lints: dynamic quantization has no place in TensorRT", "[quantization][lints]") {
  Opened opened(R"(
@weight w int8[4,4]
<ir_version: 8, opset_import: ["" : 17]>
m (float[2, 4] x) => (int32[2, 4] y) {
  q, s, z = DynamicQuantizeLinear (x)
  y = MatMulInteger (q, w, z)
}
)");
  const Quantization found = opened.quantize();
  CHECK(codes(found) == std::vector<std::string>{"dynamic_quantization", "dynamic_quantization"});
  REQUIRE(found.targets().quantized.size() == 1);
  CHECK(found.targets().quantized[0].how == "dynamic");
}

TEST_CASE("lints: a weight that is rounded to channel scales is no activation",
          "[quantization][lints]") {
  Opened opened(R"(
@weight w float32[8,4]
<ir_version: 8, opset_import: ["" : 17]>
m (float[2, 8] x) => (float[2, 4] y)
<float[4] scale = {0.1, 0.2, 0.3, 0.4}, int8[4] zero = {0, 0, 0, 0}>
{
  turned = Transpose <perm = [1, 0]> (w)
  q = QuantizeLinear <axis = 0> (turned, scale, zero)
  d = DequantizeLinear <axis = 0> (q, scale, zero)
  y = Gemm <transB = 1> (x, d)
}
)");
  const Quantization found = opened.quantize();
  REQUIRE(found.quantize_nodes().size() == 2);
  CHECK(found.quantize_nodes()[0].of_weight);
  CHECK(found.quantize_nodes()[1].of_weight);
  CHECK(codes(found).empty());
}
