// A model that was emitted with Q/DQ nodes, as libonnx and as our own reader have it.
#pragma once

#include "../onnx/checker.hpp"
#include "../onnx/support.hpp"
#include "../onnx/text_sink.hpp"
#include "catch.hpp"
#include "opened.hpp"
#include "quantization/qdq.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trtreport::quantization::test {

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
    trtreport::test::TextSink text;
    REQUIRE(model->pieces.write(source, text));
    bytes = std::move(text.text);
    REQUIRE(proto.ParseFromString(bytes));
    again = std::make_unique<MemorySource>(
        "q.onnx", std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
    auto read = Analysis::run(*again, nullptr, {});
    REQUIRE(read.has_value());
    analysis = std::move(*read);
    for (const trtreport::Diagnostic& each : analysis->diagnostics().items())
      CHECK(each.severity != trtreport::Severity::Error);
    if (proto.ir_version() <= trtreport::test::kCheckedIrVersion)
      CHECK(trtreport::test::objection_to(proto) == "");
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

inline CalibrationCache cache(const std::vector<std::pair<std::string, float>>& scales) {
  CalibrationCache made;
  made.version = "10300";
  made.algorithm = "EntropyCalibration2";
  for (const auto& [tensor, scale] : scales) made.entries.push_back({tensor, 0, scale});
  return made;
}

inline Emitted emit(Opened& opened, const std::vector<std::pair<std::string, float>>& scales = {}) {
  Quantization found(opened.analysis->graph(), opened.source, default_schemes());
  if (!scales.empty()) found.add_cache(cache(scales));
  return Emitted(opened, found, request_everything(found.targets()));
}

inline std::vector<float> stored(const Opened& opened, const std::string& name) {
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

// Residual, with BatchNormalization folded into its convolutions.
inline constexpr const char* kNetwork = R"(
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

}  // namespace trtreport::quantization::test
