// What tensor cores add to a contraction whose channels do not fill them.
#pragma once

#include "roofline/analysis.hpp"
#include "roofline/device.hpp"

#include <cstdint>
#include <optional>

namespace trtreport {

// Channels of a contraction with a stored weight; empty for others.
struct LayerChannels {
  uint64_t in = 0, out = 0;
};
std::optional<LayerChannels> channels_of(const Graph& graph, const Node& node);

// The channels that a tensor core of this precision takes at once: 16 bytes of them.
uint32_t channel_multiple(Precision precision);

// The same figures with the reduction and the output channels of every contraction with a weight
// padded to a multiple.
Figures pad_channels(const Figures& figures, const Graph& graph, uint32_t multiple);

}  // namespace trtreport
