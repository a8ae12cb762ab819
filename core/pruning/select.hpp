// Which channels go, given how many should and how much each one matters.
#pragma once

#include "pruning/groups.hpp"
#include "pruning/importance.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace trtreport::pruning {

struct Selection {
  double ratio = 0.5;   // share of the channels of each group that goes; of all channels, if global
  bool global = false;  // one ranking of all groups' channels
  uint32_t round_to = 1;   // channels kept are rounded down to a multiple, but not below one
  bool keep_first = true;  // the outputs of layers that read the graph's input
  bool keep_last = true;   // the graph's outputs
};

bool may_cut(const ChannelGroup& group, const Selection& selection);

// Of `channels`, how many stay: floor(channels x (1 - ratio)), rounded down to a multiple of
// round_to, at least one of them.
uint32_t kept_channels(uint32_t channels, double ratio, uint32_t round_to);

// Fewest channels to cut so that what stays, each channel counting `per_channel` indices, is a
// multiple of `multiple`; 0 where no such cut leaves anything.
uint32_t next_useful_cut(uint32_t channels, uint32_t per_channel, uint32_t multiple);

// By class: true goes. `importance` is by class, or empty: then the last channels of each group go.
// The least important go first, of equal ones those of higher index. Global rankings compare across
// groups; BatchNorm's takes Network Slimming's threshold: sorted[floor(N x ratio)], and what does
// not exceed it goes. Groups without an importance stay whole.
std::vector<bool> select_channels(const ChannelGroups& groups, const Selection& selection,
                                  Criterion criterion, std::span<const double> importance);

// `kept[g]` channels of group g stay, the most important ones.
std::vector<bool> cut_to(const ChannelGroups& groups, std::span<const uint32_t> kept,
                         std::span<const double> importance);

}  // namespace trtreport::pruning
