// A digest that tells whether two models are the same network.
#pragma once

#include "graph/graph.hpp"

#include <string>

namespace trtreport {

// SHA-256, hexadecimal, of operators, attributes, wiring, and the types and shapes of inputs and
// weights. The same for other names, other weight values and another order of nodes in the file; no
// option of an analysis changes it.
std::string structure_sha256(const Graph& graph);

}  // namespace trtreport
