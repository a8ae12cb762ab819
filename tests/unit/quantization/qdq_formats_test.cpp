// Emitted models in formats other than INT8, and what stays in the base precision beside them.
#include "emitted.hpp"

#include <cmath>
#include <map>

namespace trtreport::quantization {

using test::cache;
using test::emit;
using test::Emitted;
using test::kNetwork;
using test::Opened;
using test::stored;

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
  trtreport::test::TextSink text, data;
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

TEST_CASE("qdq: bfloat16 takes the operator set that has it for every layer",
          "[quantization][qdq]") {
  Opened opened(kNetwork);
  const Quantization found = opened.quantize();
  QdqRequest request;
  request.base = LayerPrecision::Bf16;
  const Emitted emitted(opened, found, request);
  REQUIRE(emitted.error.empty());
  CHECK(emitted.summary.left_out.empty());
  CHECK(emitted.summary.opset == 22);
  CHECK(emitted.summary.ir_version == 10);
  CHECK(emitted.summary.cast == 11);
  const Graph& graph = emitted.analysis->graph();
  for (const Tensor& tensor : graph.tensors) {
    const std::string_view name = graph.text(tensor.name);
    if (name == "c1_bfloat16" || name == "n2_bfloat16") CHECK(tensor.type.dtype == DType::BFloat16);
  }
  // Matrix products have had it since 13.
  Opened product(R"(
@weight w float32[4,8]
<ir_version: 8, opset_import: ["" : 11]>
net (float[2, 4] x) => (float[2, 8] y) { y = MatMul (x, w) }
)");
  const Quantization other = product.quantize();
  const Emitted low(product, other, request);
  REQUIRE(low.error.empty());
  CHECK(low.summary.opset == 13);
}

// Parameters behind a Cast would hide a normalization from whoever folds it into its layer.
TEST_CASE("qdq: parameters of a normalization stay constants", "[quantization][qdq]") {
  Opened opened(kNetwork);
  const Quantization found = opened.quantize();
  for (const LayerPrecision base : {LayerPrecision::Fp16, LayerPrecision::Bf16}) {
    QdqRequest request = request_everything(found.targets());
    request.base = base;
    const Emitted emitted(opened, found, request);
    REQUIRE(emitted.error.empty());
    CHECK(emitted.summary.opset == (base == LayerPrecision::Fp16 ? 15 : 22));
    for (const auto& node : emitted.proto.graph().node()) {
      if (node.op_type() != "BatchNormalization") continue;
      CHECK(emitted.op_before(node.input(0)) == "Conv");
      CHECK(node.input(1) == "g");
      CHECK(node.input(4) == "v");
    }
    CHECK(find_targets(emitted.analysis->graph(), *emitted.again).weights[0].factors ==
          found.targets().weights[0].factors);
  }
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

}  // namespace trtreport::quantization
