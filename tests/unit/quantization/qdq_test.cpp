// Emitted models: libonnx accepts them, our own reader finds in them what was asked for, and their
// codes are those that the figures were computed from.
#include "emitted.hpp"
#include "models/architectures.hpp"
#include "precision_plan.hpp"

#include <cmath>
#include <map>

namespace trtreport::quantization {

using test::cache;
using test::emit;
using test::Emitted;
using test::kNetwork;
using test::listed;
using test::Opened;
using test::stored;

TEST_CASE("qdq: without ranges of activations only weights are quantized", "[quantization][qdq]") {
  Opened opened(kNetwork);
  const Emitted emitted = emit(opened);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.int8 == 4);
  CHECK(emitted.summary.weights_only == 4);
  CHECK(emitted.summary.activations == 0);
  CHECK(emitted.count("QuantizeLinear") == 4);
  CHECK(emitted.behind_pair(emitted.node("c1")->input(1)) == "w1");
  CHECK(emitted.node("c1")->input(0) == "x");
  // By channel: axis 0 of a convolution, axis 1 of a matrix product, zero points of 0.
  const auto* pair = emitted.producer(emitted.node("y")->input(1));
  REQUIRE(pair->attribute_size() == 1);
  CHECK(pair->attribute(0).i() == 1);
  const auto* zero = emitted.constant(pair->input(2));
  CHECK(zero->data_type() == ::onnx::TensorProto::INT8);
  CHECK(zero->raw_data() == std::string(10, '\0'));
  CHECK(emitted.floats(pair->input(1)).size() == 10);
}

TEST_CASE("qdq: rounding with the emitted scales makes the errors that the report states",
          "[quantization][qdq]") {
  Opened opened(kNetwork);
  for (const char* scheme : {"int8/channel/max", "int8/channel/mse", "int8/tensor/mse"}) {
    const Quantization found = opened.quantize(scheme);
    QdqRequest request = request_everything(found.targets());
    for (auto& [node, how] : request.layers) how.scheme = found.schemes().front();
    const Emitted emitted(opened, found, request);
    REQUIRE(emitted.error.empty());
    for (size_t weight = 0; weight < found.targets().weights.size(); ++weight) {
      const WeightTarget& target = found.targets().weights[weight];
      const std::string name = opened.name(target.tensor);
      const auto* quantize = emitted.producer(name + "_quantized");
      INFO(name);
      REQUIRE(quantize != nullptr);
      const std::vector<float> scales = emitted.floats(quantize->input(1));
      const std::vector<float> values = stored(opened, name);
      const auto& dims = stored_data(found.graph(), target.tensor)->dims;
      const Layout layout = layout_of(dims, target.channel_axis);
      double error = 0;
      for (size_t i = 0; i < values.size(); ++i) {
        const size_t channel =
            i / static_cast<size_t>(layout.inner) % static_cast<size_t>(layout.channels);
        const float scale = scales[scales.size() == 1 ? 0 : channel];
        const float code =
            std::fmin(127.0f, std::fmax(-128.0f, std::nearbyintf(values[i] / scale)));
        // What a folded BatchNormalization makes of both.
        const double factor = target.factors.empty() ? 1 : target.factors[channel];
        const double x = static_cast<double>(values[i]) * factor;
        const double y = static_cast<double>(code * scale) * factor;
        error += (y - x) * (y - x);
      }
      INFO(scheme << " " << name);
      CHECK(error / static_cast<double>(values.size()) ==
            Approx(found.result(weight)->schemes.front().metrics.mse).epsilon(1e-4));
    }
  }
}

TEST_CASE("qdq: activations, residual branch and pooling", "[quantization][qdq]") {
  Opened opened(kNetwork);
  const Emitted emitted =
      emit(opened, {{"x", 0.01f}, {"r1", 0.02f}, {"r2", 0.03f}, {"c3", 0.04f}, {"p", 0.05f}});
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.weights_only == 0);
  CHECK(emitted.summary.residuals == 1);
  // x, r1 (for the convolution and the sum), r2, c3 before the pooling, q behind it.
  CHECK(emitted.summary.activations == 5);
  CHECK(emitted.behind_pair(emitted.node("c1")->input(0)) == "x");
  CHECK(emitted.behind_pair(emitted.node("c2")->input(0)) == "r1");
  CHECK(emitted.node("s")->input(0) == "n2");
  CHECK(emitted.node("s")->input(1) == emitted.node("c2")->input(0));
  CHECK(emitted.behind_pair(emitted.node("c3")->input(0)) == "r2");
  CHECK(emitted.behind_pair(emitted.node("p")->input(0)) == "c3");
  // Nothing between a layer, its normalization and its activation.
  CHECK(emitted.node("n1")->input(0) == "c1");
  CHECK(emitted.node("r1")->input(0) == "n1");
  CHECK(emitted.node("r2")->input(0) == "s");
  // Flatten only moves: behind it the range is that before it.
  CHECK(emitted.behind_pair(emitted.node("y")->input(0)) == "q");
  CHECK(emitted.pair_scale(emitted.node("y")->input(0)) == Approx(0.05f));
  CHECK(emitted.pair_scale(emitted.node("c2")->input(0)) == Approx(0.02f));
  for (const Lint& lint : lint_quantization(
           emitted.analysis->graph(), quantize_nodes(emitted.analysis->graph(), *emitted.again))) {
    INFO(lint.message);
    CHECK((lint.code == "first_layer_quantized" || lint.code == "last_layer_quantized"));
  }
}

// Of two layers before a sum the one with the shorter way from the fork stands beside the other.
TEST_CASE("qdq: a downsampling branch is the quantized one", "[quantization][qdq]") {
  Opened opened(R"(
@weight w1 float32[8,3,3,3]
@weight w2 float32[8,8,3,3]
@weight d float32[8,3,1,1]
<ir_version: 8, opset_import: ["" : 13]>
net (float[1, 3, 8, 8] x) => (float[1, 8, 8, 8] y) {
  down = Conv (x, d)
  c1 = Conv <pads = [1, 1, 1, 1]> (x, w1)
  r1 = Relu (c1)
  c2 = Conv <pads = [1, 1, 1, 1]> (r1, w2)
  y = Add (down, c2)
}
)");
  const Emitted emitted =
      emit(opened, {{"x", 0.01f}, {"r1", 0.02f}, {"down", 0.03f}, {"c2", 0.04f}});
  REQUIRE(emitted.error.empty());
  CHECK(emitted.behind_pair(emitted.node("y")->input(0)) == "down");
  CHECK(emitted.node("y")->input(1) == "c2");
}

TEST_CASE("qdq: what is concatenated shares one scale", "[quantization][qdq]") {
  Opened opened(R"(
@weight a float32[4,3,1,1]
@weight b float32[4,3,1,1]
@weight c float32[4,8,1,1]
@weight d float32[4,4,1,1]
<ir_version: 8, opset_import: ["" : 13]>
net (float[1, 3, 4, 4] x) => (float[1, 4, 4, 4] y, float[1, 4, 4, 4] z) {
  p = Conv (x, a)
  q = Conv (x, b)
  k = Concat <axis = 1> (p, q)
  y = Conv (k, c)
  z = Conv (q, d)
}
)");
  const Emitted emitted = emit(opened, {{"x", 0.01f}, {"p", 0.5f}, {"q", 0.02f}, {"k", 0.4f}});
  REQUIRE(emitted.error.empty());
  CHECK(emitted.pair_scale(emitted.node("y")->input(0)) == Approx(0.5f));
  CHECK(emitted.pair_scale(emitted.node("z")->input(0)) == Approx(0.5f));
}

TEST_CASE("qdq: a plan is found again in the emitted model", "[quantization][qdq]") {
  Opened opened(kNetwork);
  const PlanRequest asked = *parse_plan_request("fastest,base=fp32,keep-first-last");
  const Quantization found = opened.quantize("int8/channel/max,int8/channel/mse,int8/tensor/max");
  const std::vector<PlanLayer> layers = plan_layers(*opened.analysis, found, asked);
  Plan plan;
  plan.choice = {0, 1, 1, 0};
  REQUIRE(layers.size() == plan.choice.size());
  const Emitted emitted(opened, found, request_plan(layers, plan, asked.base));
  REQUIRE(emitted.error.empty());
  const Graph& graph = emitted.analysis->graph();
  const auto nodes = quantize_nodes(graph, *emitted.again);
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string output = opened.name(layers[i].output);
    INFO(output);
    TensorId weight = kNoTensor;
    for (const Node& node : graph.nodes) {
      if (!node.outputs.empty() && graph.text(graph.tensors[node.outputs[0]].name) == output)
        weight = node.inputs[1];
    }
    REQUIRE(weight != kNoTensor);
    const QuantizeNode* pair = nullptr;
    for (const QuantizeNode& item : nodes) {
      if (item.node == graph.tensors[weight].producer) pair = &item;
    }
    CHECK((pair != nullptr) == (plan.choice[i] == 1));
    if (pair == nullptr) continue;
    CHECK_FALSE(pair->quantizes);
    const std::vector<float> scales =
        listed(found.stored_scales(layers[i].weight, *layers[i].choices[1].weights));
    CHECK(pair->scales == scales.size());
    CHECK(pair->least == static_cast<double>(*std::min_element(scales.begin(), scales.end())));
    CHECK(pair->most == static_cast<double>(*std::max_element(scales.begin(), scales.end())));
  }
}

TEST_CASE("qdq: shared weights share a pair, and others keep the original", "[quantization][qdq]") {
  Opened opened(R"(
@weight w float32[16,16]
<ir_version: 8, opset_import: ["" : 13]>
net (float[2, 16] x, int64[3] i) => (float[2, 16] y, float[2, 16] z, float[3, 16] e) {
  h = MatMul (x, w)
  y = MatMul (h, w)
  t = Transpose (w)
  z = MatMul (x, t)
  e = Gather (w, i)
}
)");
  const Emitted emitted = emit(opened);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.node("h")->input(1) == emitted.node("y")->input(1));
  CHECK(emitted.behind_pair(emitted.node("z")->input(1)) == "t");
  CHECK(emitted.node("e")->input(0) == "w");
  REQUIRE(emitted.summary.left_out.size() == 1);
  CHECK(emitted.summary.left_out[0].reason == "TensorRT does not run Gather quantized");
}

TEST_CASE("qdq: weights of Constant nodes, names that are taken, weights that are inputs",
          "[quantization][qdq]") {
  Opened opened(R"(
@weight v float32[2,2]
<ir_version: 4, opset_import: ["" : 9]>
net (float[1, 2] x, float[2, 2] v) => (float[1, 2] y) {
  w = Constant <value = float[2, 2] {1.0, -2.0, 3.0, -4.0}> ()
  w_scale = MatMul (x, w)
  w_quantized = Relu (w_scale)
  y = MatMul (w_quantized, v)
}
)");
  const Emitted emitted = emit(opened);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.int8 == 2);
  CHECK(emitted.proto.graph().input_size() == 1);
  const auto* pair = emitted.producer(emitted.node("w_scale")->input(1));
  CHECK(pair->input(0) == "w_quantized_1");
  CHECK(emitted.floats(pair->input(1)) == std::vector<float>{3.0f / 127, 4.0f / 127});
}

TEST_CASE("qdq: what cannot be quantized stays and says why", "[quantization][qdq]") {
  Opened opened(R"(
@weight w float32[4,4]
@weight k float32[2,4,4]
<ir_version: 8, opset_import: ["" : 13]>
net (float[2, 4] x, float[2, 2, 4] b, bool c) => (float[2, 4] y, float[2, 4] z, float[2, 4] n,
                                                  float[2, 2, 4] u, float[2, 4] v, float[2, 4] q) {
  y = MatMul (x, w)
  zero = Constant <value = float[4, 4] {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
                                        0.0, 0.0, 0.0, 0.0}> ()
  z = MatMul (x, zero)
  s = Constant <value = float {0.1}> ()
  o = Constant <value = int8 {0}> ()
  codes = QuantizeLinear (w, s, o)
  back = DequantizeLinear (codes, s, o)
  n = MatMul (x, back)
  u = MatMul (b, k)
  v = If (c) <then_branch = t () => (float[2, 4] p) { p = MatMul (x, w) },
              else_branch = e () => (float[2, 4] r) { r = Relu (x) }>
  xq = QuantizeLinear (x, s, o)
  xd = DequantizeLinear (xq, s, o)
  q = MatMul (xd, w)
}
)");
  const Emitted emitted = emit(opened);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.int8 == 1);
  std::map<std::string, int> reasons;
  for (const QdqLeftOut& item : emitted.summary.left_out) ++reasons[item.reason];
  CHECK(reasons["its weight is zero throughout"] == 1);
  CHECK(reasons["it is quantized already"] == 2);
  CHECK(reasons["its weight is no matrix"] == 1);
  CHECK(reasons["it stands in a subgraph or a function"] == 1);
  Opened nothing(R"(
<ir_version: 8, opset_import: ["" : 13]>
net (float[2] x) => (float[2] y) { y = Relu (x) }
)");
  CHECK(emit(nothing).error == "it holds no layer that can be quantized");
}

TEST_CASE("qdq: a ResNet-18 with separate normalization", "[quantization][qdq]") {
  const std::string bytes = models::resnet18_with_batch_norm().serialize();
  MemorySource source("r.onnx", std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
  const auto analysis = Analysis::run(source, nullptr, {});
  REQUIRE(analysis);
  const Graph& graph = (*analysis)->graph();
  Quantization found(graph, source, default_schemes());
  std::vector<std::pair<std::string, float>> scales;
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.kind != TensorKind::Weight)
      scales.emplace_back(std::string(graph.text(tensor.name)), 0.01f);
  }
  found.add_cache(cache(scales));
  const Emitted emitted(graph, source, found, request_everything(found.targets()));
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.int8 == 21);
  CHECK(emitted.summary.weights_only == 0);
  CHECK(emitted.summary.residuals == 8);
  CHECK(emitted.summary.left_out.empty());
  // Its own file but for the scales: no weight was copied twice.
  CHECK(emitted.bytes.size() < bytes.size() + 100'000);
}

}  // namespace trtreport::quantization
