// Figures of every node and of the whole model as stored: the counting rules of the README's Method applied to a graph.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.hpp"
#include "graph/graph.hpp"
#include "ops/cost.hpp"
#include "ops/inference.hpp"

namespace trtreport {

using ops::Count;
using ops::OpClass;

enum NodeFlag : uint16_t {
  kFoldable = 1,             // depends on constants alone (class constant) or on shapes and constants (class shape)
  kAssumed = 2,              // a symbolic dim was evaluated at its assumed value
  kDepthwise = 4,            // runs on vector units
  kPerIteration = 8,         // in a loop whose trip count is unknown: one iteration is counted
  kBranch = 16,              // in the costlier branch of an If with unknown condition
  kDataDependent = 32,       // a size depends on the data: figures unknown
  kUnbound = 64,             // a size is a symbol that nothing binds: figures unknown
  kUnmodelled = 128,         // no shape or cost rule
  kOverflow = 256,           // a count passes 2^64
};

// One listed node. Figures are of all its runs (times the loop's trip count).
struct NodeFigures {
  NodeId node = 0;           // in the Graph
  OpClass op_class = OpClass::Unknown;
  uint16_t flags = 0;
  uint64_t times = 1;
  Count macs, flops;
  ops::Traffic bytes;        // the model as stored; zeros for view, shape, constant and foldable nodes
  Count course_flops, course_bytes;   // 1 FLOP per MAC; weights + output, views count their output
  Count params;              // elements of weights that this node is the first to use
  DType precision = DType::Undefined;  // of its arithmetic as stored
};

struct UnboundSymbol {
  std::string symbol;
  std::string option;                // "--dim sequence=N"
  std::vector<std::string> inputs;   // graph inputs that have it
};

struct UnmodelledOp {
  std::string op, domain;
  uint64_t nodes = 0;
};

// Live bytes over the listed nodes in execution order.
struct MemoryTimeline {
  std::optional<uint64_t> peak_bytes;       // unknown where any activation's size is (data-dependent ones apart: left out)
  std::optional<uint32_t> peak_node;        // index into Figures::nodes
  std::vector<std::optional<uint64_t>> live;  // by listed node
};
struct MemoryFigures {
  MemoryTimeline shared;                    // views share their input's storage
  MemoryTimeline separate;                  // every view gets a buffer of its own
  std::vector<std::pair<TensorId, uint64_t>> peak_tensors;  // live at the shared peak, largest first, at most 16
};

struct Totals {
  Count macs = 0, foldable_macs = 0, flops = 0;
  uint64_t params = 0, weight_bytes = 0;
  Count read_bytes = 0, write_bytes = 0, traffic_bytes = 0;
  std::optional<double> intensity;          // flops / traffic
  Count course_flops = 0, course_bytes = 0;
  uint64_t modelled_nodes = 0, data_dependent_nodes = 0;
  std::vector<UnmodelledOp> unmodelled_ops;
  std::optional<double> unmodelled_bytes_share;
  std::vector<std::pair<std::string, int64_t>> assumed;
  std::vector<UnboundSymbol> unbound;
};

struct Figures {
  std::vector<NodeFigures> nodes;           // listed nodes: main graph and bodies in execution order; branches not counted left out
  Totals totals;
  MemoryFigures memory;
  std::vector<DimTable::Binding> assumed;   // what symbols were evaluated at
};

// Applies cost and traffic rules, classes (constant-foldable, shape-computing), trip counts, If branches, liveness.
Figures analyse_figures(const ops::Inference& inference, const Graph& graph, Diagnostics& diagnostics);

}  // namespace trtreport
