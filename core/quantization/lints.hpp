// What is wrong, or slow, about the quantization that a model already holds: one function a rule.
#pragma once

#include "base/diagnostics.hpp"
#include "graph/graph.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trtreport::quantization {

struct Lint {
  using Args = std::vector<std::pair<std::string, std::string>>;

  Severity severity = Severity::Warning;
  std::string_view code;
  std::string message;
  NodeId node = kNoNode;
  TensorId tensor = kNoTensor;
  Args args;  // what the message was made from, for translation
};

// A QuantizeLinear or DequantizeLinear of the model with what its scales are.
struct QuantizeNode {
  NodeId node = kNoNode;
  bool quantizes = false;          // else it dequantizes
  bool of_weight = false;          // what it reads comes from stored values alone
  DType dtype = DType::Undefined;  // of the quantized side
  TensorId tensor = kNoTensor;     // what it reads
  uint64_t scales = 0;             // how many
  double least = 0, most = 0;      // of them; 0 where they are not in the file
  bool shifted = false;            // a zero point other than 0
  bool known = false;              // the scales could be read
};
std::vector<QuantizeNode> quantize_nodes(const Graph& graph, ByteSource& source);

// Codes: zero_point_not_zero, scale_not_positive, activation_by_channel, dangling_quantize,
// dangling_dequantize, doubled_quantize, partly_quantized_add, first_layer_quantized,
// last_layer_quantized, fusion_blocked, dynamic_quantization.
// Sources: TensorRT's documentation of explicit quantization (zero points, scales by channel for
// weights only, Q/DQ placement and fusions).
std::vector<Lint> lint_quantization(const Graph& graph, std::span<const QuantizeNode> nodes);

}  // namespace trtreport::quantization
