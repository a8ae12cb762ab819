// Emitted models: libonnx accepts them, our own reader finds in them what was asked for, and their
// codes are those that the figures were computed from.
#include "quantization/qdq.hpp"

#include "../onnx/checker.hpp"
#include "../onnx/support.hpp"
#include "catch.hpp"
#include "models/architectures.hpp"
#include "opened.hpp"
#include "precision_plan.hpp"

#include <cmath>
#include <cstring>
#include <map>

namespace trtreport::quantization {
namespace {

using test::Opened;
using trtreport::test::objection_to;

class Text : public onnx::ModelSink {
 public:
  bool write(std::string_view bytes) override {
    text += bytes;
    return true;
  }
  std::string text;
};

// An emitted model as libonnx and as our reader have it.
struct Emitted {
  Emitted(const Graph& graph, ByteSource& source, const Quantization& found,
          const QdqRequest& request) {
    auto model = quantize_model(graph, source, found, request);
    if (!model) {
      error = model.error().message;
      return;
    }
    summary = model->summary;
    Text text;
    REQUIRE(model->pieces.write(source, text));
    bytes = std::move(text.text);
    REQUIRE(proto.ParseFromString(bytes));
    again = std::make_unique<MemorySource>(
        "q.onnx", std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
    auto read = Analysis::run(*again, nullptr, {});
    REQUIRE(read.has_value());
    analysis = std::move(*read);
    CHECK_FALSE(analysis->diagnostics().has_errors());
    if (proto.ir_version() <= trtreport::test::kCheckedIrVersion) CHECK(objection_to(proto) == "");
  }
  Emitted(Opened& opened, const Quantization& found, const QdqRequest& request)
      : Emitted(opened.analysis->graph(), opened.source, found, request) {}

  const ::onnx::NodeProto* producer(const std::string& tensor) const {
    for (const auto& node : proto.graph().node()) {
      for (const auto& output : node.output()) {
        if (output == tensor) return &node;
      }
    }
    return nullptr;
  }
  // The node of an operator that makes a tensor, or reads it.
  const ::onnx::NodeProto* node(const std::string& output) const {
    const auto* found = producer(output);
    REQUIRE(found != nullptr);
    return found;
  }
  std::string op_before(const std::string& tensor) const {
    const auto* found = producer(tensor);
    return found == nullptr ? "" : found->op_type();
  }
  const ::onnx::TensorProto* constant(const std::string& name) const {
    for (const auto& tensor : proto.graph().initializer()) {
      if (tensor.name() == name) return &tensor;
    }
    return nullptr;
  }
  std::vector<float> floats(const std::string& name) const {
    const auto* tensor = constant(name);
    REQUIRE(tensor != nullptr);
    std::vector<float> values(tensor->raw_data().size() / 4);
    std::memcpy(values.data(), tensor->raw_data().data(), values.size() * 4);
    return values;
  }
  // Behind a DequantizeLinear and a QuantizeLinear: the tensor that is quantized, else empty.
  std::string behind_pair(const std::string& tensor) const {
    if (op_before(tensor) != "DequantizeLinear") return {};
    const std::string& codes = producer(tensor)->input(0);
    return op_before(codes) == "QuantizeLinear" ? producer(codes)->input(0) : std::string();
  }
  float pair_scale(const std::string& tensor) const {
    return floats(producer(tensor)->input(1)).front();
  }
  size_t count(const std::string& op) const {
    size_t number = 0;
    for (const auto& node : proto.graph().node()) number += node.op_type() == op ? 1 : 0;
    return number;
  }

  std::string error, bytes;
  QdqSummary summary;
  ::onnx::ModelProto proto;
  std::unique_ptr<MemorySource> again;
  std::unique_ptr<Analysis> analysis;
};

CalibrationCache cache(const std::vector<std::pair<std::string, float>>& scales) {
  CalibrationCache made;
  made.version = "10300";
  made.algorithm = "EntropyCalibration2";
  for (const auto& [tensor, scale] : scales) made.entries.push_back({tensor, 0, scale});
  return made;
}

Emitted emit(Opened& opened, const std::vector<std::pair<std::string, float>>& scales = {}) {
  Quantization found(opened.analysis->graph(), opened.source, default_schemes());
  if (!scales.empty()) found.add_cache(cache(scales));
  return Emitted(opened, found, request_everything(found.targets()));
}

std::vector<float> stored(const Opened& opened, const std::string& name) {
  const Graph& graph = opened.analysis->graph();
  for (TensorId id = 0; id < graph.tensors.size(); ++id) {
    if (graph.text(graph.tensors[id].name) != name) continue;
    auto reader = onnx::WeightReader::open(graph.model(), const_cast<MemorySource&>(opened.source),
                                           *stored_data(graph, id));
    REQUIRE(reader);
    std::vector<float> values(static_cast<size_t>(reader->elements()));
    REQUIRE(reader->read(0, values));
    return values;
  }
  return {};
}

constexpr const char* kNetwork = R"(
@weight w1 float32[8,3,3,3]
@weight w2 float32[8,8,3,3]
@weight w3 float32[8,8,1,1]
@weight g float32[8]
@weight b float32[8]
@weight m float32[8]
@weight f float32[8,10]
<ir_version: 8, opset_import: ["" : 13]>
net (float[1, 3, 8, 8] x) => (float[1, 10] y) {
  v = Constant <value = float[8] {0.5, 1.0, 2.0, 0.25, 4.0, 1.5, 0.75, 3.0}> ()
  c1 = Conv <pads = [1, 1, 1, 1]> (x, w1)
  n1 = BatchNormalization (c1, g, b, m, v)
  r1 = Relu (n1)
  c2 = Conv <pads = [1, 1, 1, 1]> (r1, w2)
  n2 = BatchNormalization (c2, g, b, m, v)
  s = Add (n2, r1)
  r2 = Relu (s)
  c3 = Conv (r2, w3)
  p = GlobalAveragePool (c3)
  q = Flatten (p)
  y = MatMul (q, f)
}
)";

}  // namespace

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
        found.stored_scales(layers[i].weight, *layers[i].choices[1].weights);
    CHECK(pair->scales == scales.size());
    CHECK(pair->least == static_cast<double>(*std::min_element(scales.begin(), scales.end())));
    CHECK(pair->most == static_cast<double>(*std::max_element(scales.begin(), scales.end())));
  }
}

TEST_CASE("qdq: FP8 takes operator set 19 and a zero point of its type", "[quantization][qdq]") {
  Opened opened(kNetwork);
  Quantization found(opened.analysis->graph(), opened.source, default_schemes());
  found.add_cache(cache({{"x", 0.01f}}));
  QdqRequest request = request_everything(found.targets());
  for (auto& [node, how] : request.layers)
    how = {LayerPrecision::Fp8, {Format::Fp8E4M3, Granularity::Tensor, 0, true, Calibrator::Max}};
  const Emitted emitted(opened, found, request);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.fp8 == 4);
  CHECK(emitted.proto.opset_import(0).version() == 19);
  CHECK(emitted.proto.ir_version() == 9);
  const auto* pair = emitted.producer(emitted.node("c1")->input(1));
  CHECK(emitted.constant(pair->input(2))->data_type() == 17);
  float largest = 0;
  for (const float value : stored(opened, "w1")) largest = std::fmax(largest, std::fabs(value));
  CHECK(emitted.floats(pair->input(1)) == std::vector<float>{largest / 448});
  // Largest magnitude of the cache over 448.
  CHECK(emitted.pair_scale(emitted.node("c1")->input(0)) == Approx(0.01f * 127 / 448));
}

// Codes and scales by the definition, block for block.
TEST_CASE("qdq: INT4 weights are stored as blocks of codes", "[quantization][qdq]") {
  Opened opened(R"(
@weight down float32[64,6]
@weight across float32[6,64]
<ir_version: 8, opset_import: ["" : 17]>
net (float[2, 64] x) => (float[2, 6] y, float[2, 6] z, float[2, 6] u) {
  y = MatMul (x, down)
  z = Gemm <transB = 1> (x, across)
  t = Transpose <perm = [1, 0]> (across)
  u = MatMul (x, t)
}
)");
  Quantization found(opened.analysis->graph(), opened.source, default_schemes());
  QdqRequest request = request_everything(found.targets());
  for (auto& [node, how] : request.layers)
    how = {LayerPrecision::Int4, {Format::Int4, Granularity::Block, 32, true, Calibrator::Max}};
  const Emitted emitted(opened, found, request);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.int4 == 3);
  CHECK(emitted.proto.opset_import(0).version() == 21);
  CHECK(emitted.proto.ir_version() == 10);
  CHECK(emitted.constant("down") == nullptr);
  CHECK(emitted.op_before(emitted.node("u")->input(1)) == "Transpose");
  for (const auto& [output, name, axis] :
       {std::tuple<const char*, const char*, int>{"y", "down", 0}, {"z", "across", 1}}) {
    const std::vector<float> values = stored(opened, name);
    const auto* node = emitted.producer(emitted.node(output)->input(1));
    REQUIRE(node->op_type() == "DequantizeLinear");
    CHECK(node->input_size() == 2);
    std::map<std::string, int64_t> attributes;
    for (const auto& item : node->attribute()) attributes[item.name()] = item.i();
    CHECK(attributes == std::map<std::string, int64_t>{{"axis", axis}, {"block_size", 32}});
    const auto* codes = emitted.constant(node->input(0));
    REQUIRE(codes->data_type() == 22);
    REQUIRE(codes->raw_data().size() == values.size() / 2);
    const std::vector<float> scales = emitted.floats(node->input(1));
    REQUIRE(scales.size() == values.size() / 32);
    const size_t columns = axis == 0 ? 6 : 64;
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t block = axis == 0 ? i / columns / 32 * columns + i % columns : i / 32;
      float largest = 0;
      for (size_t k = 0; k < values.size(); ++k) {
        const size_t other = axis == 0 ? k / columns / 32 * columns + k % columns : k / 32;
        if (other == block) largest = std::fmax(largest, std::fabs(values[k]));
      }
      const float scale = std::fmax(largest / 7, 1e-5f);
      const int byte = static_cast<unsigned char>(codes->raw_data()[i / 2]);
      int code = i % 2 == 0 ? byte & 15 : byte >> 4;
      if (code > 7) code -= 16;
      REQUIRE(scales[block] == scale);
      REQUIRE(static_cast<float>(code) == std::nearbyintf(values[i] / scale));
    }
  }
}

TEST_CASE("qdq: INT4 weights that the model is too small for go into a file of their own",
          "[quantization][qdq]") {
  Opened opened(R"(
@weight a float32[64,6]
@weight b float32[6,64]
<ir_version: 8, opset_import: ["" : 17]>
net (float[2, 64] x) => (float[2, 6] y, float[2, 6] z) {
  y = MatMul (x, a)
  z = Gemm <transB = 1> (x, b)
}
)");
  const Quantization found(opened.analysis->graph(), opened.source, default_schemes());
  QdqRequest request = request_everything(found.targets());
  for (auto& [node, how] : request.layers)
    how = {LayerPrecision::Int4, {Format::Int4, Granularity::Block, 32, true, Calibrator::Max}};
  const Emitted whole(opened, found, request);
  CHECK(whole.bytes.find("codes.data") == std::string::npos);
  request.data_file = "codes.data";
  request.most_bytes = 400;
  auto model = quantize_model(opened.analysis->graph(), opened.source, found, request);
  REQUIRE(model);
  Text text, data;
  REQUIRE(model->pieces.write(opened.source, text));
  REQUIRE(model->data.write(opened.source, data));
  ::onnx::ModelProto proto;
  REQUIRE(proto.ParseFromString(text.text));
  size_t external = 0;
  for (const auto& tensor : proto.graph().initializer()) {
    if (tensor.data_location() != ::onnx::TensorProto::EXTERNAL) continue;
    ++external;
    std::map<std::string, std::string> entries;
    for (const auto& entry : tensor.external_data()) entries[entry.key()] = entry.value();
    CHECK(entries["location"] == "codes.data");
    CHECK(std::stoull(entries["offset"]) % 4096 == 0);
    CHECK(data.text.substr(std::stoull(entries["offset"]), std::stoull(entries["length"])) ==
          whole.constant(tensor.name())->raw_data());
  }
  CHECK(external == 4);
}

TEST_CASE("qdq: layers of the base precision are cast at their edges", "[quantization][qdq]") {
  Opened opened(kNetwork);
  Quantization found = opened.quantize();
  found.add_cache(cache({{"r1", 0.02f}, {"r2", 0.03f}, {"q", 0.05f}}));
  QdqRequest request = request_everything(found.targets());
  request.base = LayerPrecision::Fp16;
  request.layers.erase(request.layers.begin());  // c1
  const Emitted emitted(opened, found, request);
  REQUIRE(emitted.error.empty());
  // Convolution, normalization and activation in float16, then back for the quantized layer.
  CHECK(emitted.summary.cast == 3);
  CHECK(emitted.op_before("r1") == "Cast");
  CHECK(emitted.op_before(emitted.producer("r1")->input(0)) == "Relu");
  const Graph& graph = emitted.analysis->graph();
  for (const Tensor& tensor : graph.tensors) {
    const std::string_view name = graph.text(tensor.name);
    if (name == "y" || name == "r1" || name == "c2") CHECK(tensor.type.dtype == DType::Float32);
    if (name == "c1_float16") CHECK(tensor.type.dtype == DType::Float16);
  }
  // Everything in float16, a weight alone in INT4.
  request.layers.clear();
  const Emitted narrow(opened, found, request);
  REQUIRE(narrow.error.empty());
  CHECK(narrow.summary.cast == 11);
  CHECK(narrow.op_before("y") == "Cast");
}

TEST_CASE("qdq: layers of which only the weight is rounded compute in the base precision",
          "[quantization][qdq]") {
  Opened opened(kNetwork);
  const Quantization found = opened.quantize();
  QdqRequest request = request_everything(found.targets());
  request.base = LayerPrecision::Fp16;
  const Emitted emitted(opened, found, request);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.weights_only == 4);
  CHECK(emitted.summary.cast == 11);
  const auto* conv = emitted.producer("c1_float16");
  REQUIRE(conv != nullptr);
  const auto* cast = emitted.producer(conv->input(1));
  CHECK(cast->op_type() == "Cast");
  CHECK(emitted.behind_pair(cast->input(0)) == "w1");
}

TEST_CASE("qdq: models of float16 have scales of float16", "[quantization][qdq]") {
  Opened opened(R"(
@weight w float16[4,3,1,1]
<ir_version: 8, opset_import: ["" : 13]>
net (float16[1, 3, 4, 4] x) => (float16[1, 4, 4, 4] y) {
  y = Conv (x, w)
}
)");
  const Emitted emitted = emit(opened, {{"x", 0.01f}});
  REQUIRE(emitted.error.empty());
  CHECK(emitted.proto.opset_import(0).version() == 19);
  const auto* pair = emitted.producer(emitted.node("y")->input(1));
  CHECK(emitted.constant(pair->input(1))->data_type() == ::onnx::TensorProto::FLOAT16);
  CHECK(emitted.constant(pair->input(1))->raw_data().size() == 8);
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
