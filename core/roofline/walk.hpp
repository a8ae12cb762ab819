// The nodes of every body in the order in which they would run: bodies stand behind the node that
// owns them.
#pragma once

#include "graph/graph.hpp"
#include "ops/inference.hpp"

#include <cstdint>
#include <vector>

namespace trtreport {

struct Step {
  NodeId node = 0;
  uint32_t end = 0;  // one past the last step of the node's bodies; the next step where it has none
  uint64_t times = 1;          // trip counts of all enclosing loops multiplied
  bool per_iteration = false;  // an enclosing loop's trip count is unknown: one iteration is meant
  bool overflow = false;       // the trip counts' product passes 2^64
};

// Branches that a constant condition never takes are left out, both branches of an undecided If are
// in. Not recursive: files may nest 500 deep. Bodies run zero times stay, with times 0.
std::vector<Step> walk(const ops::Inference& inference, const Graph& graph);

}  // namespace trtreport
