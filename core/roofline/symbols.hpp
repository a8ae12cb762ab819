// Free sizes: which are assumed, and which must be bound before figures exist.
#pragma once

#include "roofline/analysis.hpp"

#include <vector>

namespace trtreport {

// A symbol at axis 0 of a graph input is taken as the batch, 1.
std::vector<DimTable::Binding> assumed_bindings(const ops::Inference& inference);

// Symbols of graph inputs that nothing binds, in order of appearance, with the option that binds
// each.
std::vector<UnboundSymbol> unbound_symbols(const Graph& graph,
                                           std::span<const DimTable::Binding> assumed);

}  // namespace trtreport
