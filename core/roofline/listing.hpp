// Which nodes are listed: of an If whose condition is unknown, those of the costlier branch.
#pragma once

#include "roofline/analysis.hpp"
#include "roofline/liveness.hpp"
#include "roofline/walk.hpp"

#include <span>
#include <vector>

namespace trtreport {

// Keeps of `figures` (one for each step) what is listed, flags the nodes of chosen branches, and
// says where each listed node's bodies end. Costlier: more MACs, then FLOPs, then bytes; the first
// branch at a tie.
std::vector<Listed> list_nodes(const ops::Inference& inference, const Graph& graph,
                               std::span<const Step> steps, std::vector<NodeFigures>& figures);

}  // namespace trtreport
