// Which weights of a model are worth quantizing, along which axis their output channels lie, and
// which are quantized already.
#pragma once

#include "graph/graph.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace trtreport::quantization {

// A weight of floating type that a convolution, a matrix product, a recurrent layer or an embedding
// reads, directly or through casts, transpositions and fake quantization.
struct WeightTarget {
  TensorId tensor = kNoTensor;
  NodeId node = kNoNode;    // the first to read it along this axis
  uint32_t more_nodes = 0;  // how many others do
  size_t channel_axis = 0;  // of the stored tensor
  // Of a BatchNormalization that follows and that an engine folds into the weight: gamma /
  // sqrt(variance
  // + epsilon) by channel. Empty: none follows, or its statistics are not in the file.
  std::vector<double> factors;
};

// A weight that is stored as integers, float8 or packed blocks.
struct StoredQuantized {
  TensorId tensor = kNoTensor;
  NodeId node = kNoNode;       // DequantizeLinear, or the operator that takes it quantized
  TensorId scale = kNoTensor;  // where it is a tensor
  TensorId zero_point = kNoTensor;
  std::string_view how;  // "dequantize", "qlinear", "dynamic", "blocks"
};

// A node that reads a weight, and as which of its inputs.
struct WeightUse {
  NodeId node = kNoNode;
  uint32_t input = 0;
  size_t weight = 0;  // index into Targets::weights
};

struct Targets {
  std::vector<WeightTarget> weights;  // in execution order of their nodes
  std::vector<WeightUse> uses;        // of all of them, in execution order
  std::vector<StoredQuantized> quantized;
};

// `source` is the model's own file: BatchNormalization's statistics are read from it.
Targets find_targets(const Graph& graph, ByteSource& source);

// How far values along the reduction lie from each other in a channel's run, of the weights that
// sparse tensor cores multiply by: matrices, and of convolutions those whose channels are whole
// fours. 0 for all others.
uint64_t reduced_apart(const Graph& graph, const WeightTarget& target);

// The tensor's stored contents: an initializer's, or those of a Constant; null where it has none.
const onnx::TensorData* stored_data(const Graph& graph, TensorId tensor);

// An integer attribute of a node; `otherwise` where it has none of that name.
int64_t attribute_int(const Graph& graph, const Node& node, std::string_view name,
                      int64_t otherwise);

}  // namespace trtreport::quantization
