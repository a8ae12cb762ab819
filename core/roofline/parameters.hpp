// Parameters and storage of the weights.
#pragma once

#include "roofline/analysis.hpp"
#include "roofline/node_figures.hpp"

#include <span>
#include <vector>

namespace trtreport {

// Fills NodeFigures::params of `nodes` (each weight at its first user in their order) and params
// and weight_bytes of the totals, which also hold weights that no listed node uses.
void count_parameters(const Counting& counting, std::span<NodeFigures> nodes, Totals& totals);

}  // namespace trtreport
