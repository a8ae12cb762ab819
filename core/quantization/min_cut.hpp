// The cheapest way to part a network in two: what labelling nodes with one of two sides comes down
// to where two neighbours on different sides cost something.
#pragma once

#include <cstdint>
#include <vector>

namespace trtreport::quantization {

// Nodes are numbered from 0. Arcs stay from one solve to the next; terminal capacities are given
// anew each time. Dinic, "Algorithm for solution of a problem of maximum flow" (1970).
class MinCut {
 public:
  static constexpr int64_t kInfinite = INT64_MAX / 4;

  explicit MinCut(uint32_t nodes) : first_(nodes + 2u, kNone) {}

  // Cutting costs `capacity` where `from` is on the source side and `to` is not.
  void add_arc(uint32_t from, uint32_t to, int64_t capacity);
  // By node: what it costs to be on the source side and on the other; one of each pair may be
  // infinite. Afterwards on_source_side() tells: of the cheapest cuts, the one with the fewest
  // nodes on the source side.
  void solve(const std::vector<int64_t>& cost_of_source_side,
             const std::vector<int64_t>& cost_of_other_side);
  uint32_t nodes() const { return source(); }
  // Between nodes, both ways.
  uint64_t arcs() const { return kept_.size(); }
  bool on_source_side(uint32_t node) const { return level_[node] != kNone; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Arc {
    uint32_t to;
    uint32_t next;  // of the same node
    int64_t capacity;
  };
  void link(uint32_t from, uint32_t to, int64_t capacity);
  bool find_levels();
  void push_blocking_flow();

  uint32_t source() const { return static_cast<uint32_t>(first_.size()) - 2; }
  uint32_t sink() const { return source() + 1; }

  std::vector<uint32_t> first_;  // arc of each node
  std::vector<Arc> arcs_;        // each followed by its reverse
  std::vector<int64_t> kept_;    // capacities of the arcs between nodes
  std::vector<uint32_t> level_, current_;
};

}  // namespace trtreport::quantization
