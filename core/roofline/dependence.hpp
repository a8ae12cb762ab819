// What each tensor depends on, which tells what an engine computes while it is built, and which
// quantized tensor stands behind each dequantized one.
#pragma once

#include "graph/graph.hpp"
#include "ops/inference.hpp"
#include "roofline/walk.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace trtreport {

enum class Dependence : uint8_t {
  Constant,  // on weights and constants alone
  Shape,     // on shapes too: fixed once the inputs' shapes are
  Runtime,   // on the data
};

struct TensorTraits {
  Dependence dependence = Dependence::Runtime;
  bool weight = false;               // weight, constant or folded; or dequantized from one
  bool stored = false;               // in the file: a weight, or what a Constant makes
  DType written = DType::Undefined;  // the quantized type where QuantizeLinear alone reads it
  // The DequantizeLinear that made it, also through views and moved weights.
  NodeId dequantized_by = kNoNode;
};

// By TensorId. DequantizeLinear is never folded; random operators, unknown ones and what a loop
// carries are Runtime.
std::vector<TensorTraits> trace_dependence(const Graph& graph, std::span<const Step> steps,
                                           const ops::Inference& inference);

// Whether the node's results are Constant or Shape, given its inputs' traits: then an engine folds
// it.
bool is_foldable(const Node& node, std::span<const TensorTraits> traits);

// A transposition of a dequantized weight, as exporters of linear layers leave it: an engine moves
// it before the dequantization and folds it.
bool moves_quantized_weight(const Node& node, std::span<const TensorTraits> traits);

// The operator's name in the table; empty for one that is not there.
std::string_view known_op(const Node& node);
bool is_quantize_linear(std::string_view op);
bool is_dequantize_linear(std::string_view op);

}  // namespace trtreport
