// Figures of every node and of the whole model as stored: the counting rules of the README's Method
// applied to a graph.
#pragma once

#include "base/diagnostics.hpp"
#include "graph/graph.hpp"
#include "ops/cost.hpp"
#include "ops/inference.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport {

using ops::Count;
using ops::OpClass;

enum NodeFlag : uint16_t {
  kFoldable =
      1,  // depends on constants alone (class constant) or on shapes and constants (class shape)
  kAssumed = 2,         // a symbolic dim was evaluated at its assumed value
  kDepthwise = 4,       // runs on vector units
  kPerIteration = 8,    // in a loop whose trip count is unknown: one iteration is counted
  kBranch = 16,         // in the costlier branch of an If with unknown condition
  kDataDependent = 32,  // a size depends on the data: figures unknown
  kUnbound = 64,        // a size is a symbol that nothing binds: figures unknown
  kUnmodelled = 128,    // no shape or cost rule
  kOverflow = 256,      // a count passes 2^64
};

// What a roofline re-sizes of a node's traffic. Q/DQ pairs are resolved here: what DequantizeLinear
// made is read as it was stored quantized, with its scales and zero points; what only
// QuantizeLinear reads is written quantized.
struct ResizableTraffic {
  Count weight_elements =
      0;  // of weights in plain floating types (float16, bfloat16, float32, float64)
  Count activation_elements = 0;  // of activations in them
  Count float_bytes = 0;          // of both, as stored
  Count fixed_bytes = 0;          // of integers, bools and quantized tensors
};

// One listed node. Figures are of all its runs (times the loop's trip count).
struct NodeFigures {
  NodeId node = 0;  // in the Graph
  OpClass op_class = OpClass::Unknown;
  DType precision = DType::Undefined;  // of its arithmetic as stored; quantized between Q/DQ
  uint16_t flags = 0;
  uint64_t times = 1;
  Count macs = 0,
        flops = 0;  // foldable nodes keep their MACs; their FLOPs are 0, as they do not run
  // The model as stored; zeros for view, shape, constant and foldable nodes and for nodes with
  // bodies. Weights: also what is folded from weights and shapes, and what DequantizeLinear makes
  // of weights.
  ops::Traffic bytes;
  ResizableTraffic resizable;
  Count course_flops = 0,
        course_bytes = 0;  // 1 FLOP per MAC; weights + output, views count their output
  uint64_t params = 0;     // elements of weights that this node is the first to use
};

struct UnboundSymbol {
  std::string symbol;
  std::string option;               // "--dim sequence=N"
  std::vector<std::string> inputs;  // graph inputs that have it
};

struct UnmodelledOp {
  std::string op, domain;
  uint64_t nodes = 0;
};

// Live bytes over the listed nodes in execution order.
struct MemoryTimeline {
  std::optional<uint64_t>
      peak_bytes;  // unknown where any activation's size is (data-dependent ones apart: left out)
  std::optional<uint32_t> peak_node;          // index into Figures::nodes
  std::vector<std::optional<uint64_t>> live;  // by listed node
};
// How long one buffer lives, and what a roofline re-sizes of it.
struct Lifetime {
  TensorId tensor = kNoTensor;
  uint32_t first = 0, last = 0;  // indices into Figures::nodes, both included
  uint64_t bytes = 0;            // as stored
  uint64_t float_elements = 0;  // of plain floating types, to be re-sized; else 0 and `bytes` holds
};
struct MemoryFigures {
  MemoryTimeline shared;    // views share their input's storage
  MemoryTimeline separate;  // every view gets a buffer of its own
  std::vector<std::pair<TensorId, uint64_t>>
      peak_tensors;               // live at the shared peak, largest first, at most 16
  std::vector<Lifetime> buffers;  // as an engine has them: views and Q/DQ pairs share storage
  bool known = true;              // false where an unbound symbol leaves buffers unknown
};

struct Totals {
  Count macs = 0, foldable_macs = 0;
  Count flops = 0;  // of what runs: foldable nodes left out
  // Elements of weights and Constants, each once; without BatchNormalization's running statistics,
  // shape operands and indices, scales and zero points of quantization. Packed weights
  // (MatMulNBits) count what they stand for.
  uint64_t params = 0;
  uint64_t weight_bytes = 0;  // storage of weights and Constants, each once
  uint64_t weight_float_elements =
      0;                            // of those in plain floating types, which a roofline re-sizes
  uint64_t weight_fixed_bytes = 0;  // storage of the others
  std::vector<std::pair<DType, uint64_t>> weight_dtypes;  // what weight_bytes is made of, by DType
  Count read_bytes = 0, write_bytes = 0, traffic_bytes = 0;
  std::optional<double> intensity;  // flops / traffic
  Count course_flops = 0, course_bytes = 0;
  uint64_t modelled_nodes = 0, data_dependent_nodes = 0;
  std::vector<UnmodelledOp> unmodelled_ops;
  std::optional<double> unmodelled_bytes_share;
  std::vector<std::pair<std::string, int64_t>> assumed;
  std::vector<UnboundSymbol> unbound;
};

struct Figures {
  std::vector<NodeFigures> nodes;  // listed nodes: main graph and bodies in execution order;
                                   // branches not counted left out
  Totals totals;
  MemoryFigures memory;
  std::vector<DimTable::Binding> assumed;  // what symbols were evaluated at
  ResizableTraffic
      floor;  // what every run must move: weights read, graph inputs and outputs, each once
};

// Applies cost and traffic rules, classes (constant-foldable, shape-computing), trip counts, If
// branches, liveness.
Figures analyse_figures(const ops::Inference& inference, const Graph& graph,
                        Diagnostics& diagnostics);

}  // namespace trtreport
