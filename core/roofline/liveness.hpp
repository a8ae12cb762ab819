// Which activations are in memory while each node runs.
#pragma once

#include "roofline/analysis.hpp"
#include "roofline/node_figures.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace trtreport {

// A listed node's place: `end` is one past the last listed node of its bodies.
struct Listed {
  NodeId node = 0;
  uint32_t end = 0;
};

// Timelines with and without shared views, the tensors at the peak, and the buffers that a roofline
// re-sizes.
//
// An activation lives from the node that makes it to the last one that uses it; graph inputs from
// the start, graph outputs to the end; what nobody uses, while its node runs. Weights, constants,
// what is folded, and what is dequantized from weights are no activations. What a loop's body reads
// from outside lives until the loop has ended, since another iteration may read it; what a body
// returns lives to its end and then is the result of the If or the loop; stacked results live from
// the start. Buffers of unknown size are left out where the size depends on data; an unbound symbol
// makes the peak unknown.
MemoryFigures trace_memory(const Counting& counting, std::span<const Listed> listed);

// Highest sum of buffers live at one place; `size` gives each buffer's bytes. First place at a tie.
struct HighWater {
  uint64_t bytes = 0;
  std::optional<uint32_t> place;
};
template <class Size>
HighWater high_water_of(std::span<const Lifetime> buffers, size_t places,
                        std::vector<uint64_t>* live, Size size) {
  if (places == 0) return {};                   // nothing runs: a graph whose output is its input
  std::vector<uint64_t> change(places + 1, 0);  // differences; unsigned wrap-around cancels out
  for (const Lifetime& buffer : buffers) {
    const uint64_t bytes = size(buffer);
    change[buffer.first] += bytes;
    change[buffer.last + 1] -= bytes;
  }
  HighWater peak;
  uint64_t sum = 0;
  for (size_t place = 0; place < places; ++place) {
    sum += change[place];
    change[place] = sum;
    if (peak.place && sum <= peak.bytes) continue;
    peak = {sum, static_cast<uint32_t>(place)};
  }
  change.resize(places);
  if (live != nullptr) *live = std::move(change);
  return peak;
}

}  // namespace trtreport
