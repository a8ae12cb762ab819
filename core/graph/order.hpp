// Execution order: files may list nodes in any order, the analysis goes from producers to
// consumers.
#pragma once

#include "base/diagnostics.hpp"
#include "graph/graph.hpp"

#include <optional>
#include <vector>

namespace trtreport {

// Sorts Body::nodes of the bodies marked in `unsorted` (by BodyId) so that producers come first,
// otherwise keeping the file's order. What a body takes from outside counts as an input of its
// node. Error code: cyclic, naming a node on it.
std::optional<Error> sort_bodies(Graph& graph, const std::vector<bool>& unsorted);

// Renumbers the nodes so that ids follow execution order: the main graph's first, then each body's.
// Answers the new id of each old one; empty where nothing changed.
std::vector<NodeId> renumber(Graph& graph);

}  // namespace trtreport
