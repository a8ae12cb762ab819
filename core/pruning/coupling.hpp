// What the operators' rules say about channels: which axes are one and the same, which indices of
// one axis stand for which of another, and what cannot be cut. Whole axes are joined as they come;
// single indices only once, when all has been said, so that a graph costs little more than its
// distinct axes.
#pragma once

#include "graph/graph.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace trtreport::pruning {

// An axis of a tensor, or one that only the rules know (the groups of a convolution).
using AxisId = uint32_t;
inline constexpr AxisId kNoAxis = UINT32_MAX;  // no such axis, or one of length 1
// More elements along one axis than this are no channels.
inline constexpr int64_t kMostChannels = 1 << 20;

// Why something cannot be cut. Ordered: of several reasons the first is the one to tell.
enum class Why : uint8_t {
  Spatial,   // height, width, kernel: no channel at all, and not listed
  Input,     // a size of the graph's input
  Lookup,    // addressed by index
  Order,     // its order or its whole matters: Softmax, TopK, CumSum, Slice with a step
  Body,      // inside If, Loop or Scan
  NoRule,    // an operator without a rule
  Mismatch,  // sizes that do not fit each other, or are not known
  Grouped,   // fixed by the way a Reshape or a grouped convolution splits it
  Whole,     // every channel hangs on every other: there is nothing smaller than all of them
};
std::string_view phrase(Why why);
std::string_view code(Why why);  // a word for programs

struct Freeze {
  AxisId axis = kNoAxis;
  uint32_t start = 0, count = UINT32_MAX;  // UINT32_MAX: to the end
  Why why = Why::NoRule;
  NodeId node = kNoNode;
};

// For i < count: index axis_start + i of `axis` goes with index target_start + (i / div) % mod of
// `target`.
struct Link {
  AxisId axis = kNoAxis, target = kNoAxis;
  uint32_t count = 0, axis_start = 0, target_start = 0, div = 1, mod = UINT32_MAX;
};

// A number in the model that follows the number of channels.
struct Edit {
  enum class Kind : uint8_t {
    Count,   // the channels left on `axis`
    Before,  // the channels left before `index` of it
  };
  NodeId node = kNoNode;
  int input = -1;              // the operand that holds it, or -1: the attribute
  const char* attribute = "";  // a list where `element` >= 0, else a single number
  int element = -1;
  AxisId axis = kNoAxis;
  Kind kind = Kind::Count;
  uint32_t index = 0;
  Dim before;  // what stands there; a symbolic one is scaled
};

// One side of a Reshape: consecutive axes with their sizes.
struct Extent {
  AxisId axis = kNoAxis;
  uint32_t size = 1;
};
struct Regroup {
  NodeId node = kNoNode;
  std::vector<Extent> in, out;  // the same number of elements; sizes of 1 left out
};

// Properties of an axis that help to choose what a Reshape lets one cut.
enum AxisFlag : uint8_t {
  kTouched = 1,         // a rule spoke of it
  kChannel = 2,         // a weight belongs to it
  kHeads = 4,           // the batch of a product of two activations: attention heads
  kFirstLayer = 8,      // outputs of a layer that reads the graph's input
  kGraphOutput = 16,    // of a graph output
  kNormalizedOver = 32  // a statistic or a sum is taken over it: cutting changes what is kept
};

class Coupling {
 public:
  // `assumed`: symbols that are evaluated at a number, as the analysis does.
  Coupling(const Graph& graph, std::span<const DimTable::Binding> assumed);

  const Graph& graph() const { return graph_; }
  std::span<const DimTable::Binding> assumed() const { return assumed_; }
  // Negative axes count from the end.
  AxisId axis(TensorId tensor, int axis) const;
  int rank(TensorId tensor) const;  // -1 where it takes no part: integers, sequences, unknown rank
  uint32_t length(AxisId axis) const { return lengths_[axis]; }  // 0: not known
  size_t axes() const { return lengths_.size(); }
  // Computed from weights and constants alone.
  bool is_constant(TensorId tensor) const { return constant_[tensor]; }

  // The node that what follows is said of.
  void begin(NodeId node) { current_ = node; }
  AxisId make(uint32_t length);
  void same(AxisId a, AxisId b);
  void link(const Link& link);
  void freeze(AxisId axis, Why why, NodeId node);
  void freeze(const Freeze& freeze) { freezes_.push_back(freeze); }
  // Every axis of the tensor.
  void freeze_all(TensorId tensor, Why why, NodeId node);
  void flag(AxisId axis, uint8_t flags) {
    if (axis != kNoAxis) flags_[axis] |= flags;
  }
  // The first node that takes a statistic over the axis.
  void normalized(AxisId axis, NodeId node);
  // Those of parts of length 1 are kept too: they stand in lists with the others.
  void edit(const Edit& edit) { edits_.push_back(edit); }
  void regroup(Regroup regroup) { regroups_.push_back(std::move(regroup)); }

  AxisId root(AxisId axis) const;
  uint8_t flags(AxisId axis) const { return flags_[axis]; }
  std::span<const Freeze> freezes() const { return freezes_; }
  std::span<const Link> links() const { return links_; }
  std::span<const Edit> edits() const { return edits_; }
  std::span<const Regroup> regroups() const { return regroups_; }
  std::span<const Freeze> normalizations() const { return normalizations_; }

 private:
  void add_axes(TensorId tensor);
  void find_constants();

  const Graph& graph_;
  std::vector<DimTable::Binding> assumed_;
  NodeId current_ = kNoNode;
  std::vector<uint32_t> first_;    // by tensor: its first axis
  std::vector<int8_t> ranks_;      // by tensor
  std::vector<bool> constant_;     // by tensor
  std::vector<uint32_t> lengths_;  // by axis
  mutable std::vector<AxisId> parents_;
  std::vector<uint8_t> flags_;
  std::vector<Freeze> freezes_, normalizations_;
  std::vector<Link> links_;
  std::vector<Edit> edits_;
  std::vector<Regroup> regroups_;
};

// Chooses, for every Reshape that merges or splits axes, the one factor that can be cut, and links
// or freezes its axes accordingly. To be called once, after all rules.
void resolve_regroups(Coupling& coupling);

}  // namespace trtreport::pruning
