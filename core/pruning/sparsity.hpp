// Zeros inside the weights of one layer: what is there, and what a mask would keep. 2:4 is what
// sparse tensor cores run; single elements and 2x2 blocks save storage only, no dense engine gains
// time by them.
#pragma once

#include "base/byte_source.hpp"
#include "pruning/groups.hpp"
#include "pruning/masks.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trtreport::pruning {

struct SparseLayer {
  NodeId node = kNoNode;
  TensorId weight = kNoTensor;
  WeightMatrix matrix;
  uint64_t outputs = 0;              // output channels
  bool eligible = false;             // sparse tensor cores can run it
  bool beneficial = false;           // large enough to pay
  std::string_view reason;           // where one of the two is false
  bool permutable = false;           // its input channels can be put in another order
  std::optional<MaskFigures> masks;  // where values can be read
};

// Layers with a stored weight of a floating type, in execution order. Alignment as NVIDIA's ASP
// asks for: 8 output channels, 16 along the reduction; benefit as NVIDIA states it for TensorRT:
// 256 output channels and 256 products a dot product (issues 3849 and 4065 of its repository).
std::vector<SparseLayer> list_sparse_layers(const ChannelGroups& groups);
// Fills masks; a permutation is looked for where it can be used.
void measure_sparse_layers(const ChannelGroups& groups, ByteSource& source,
                           std::span<SparseLayer> layers);

}  // namespace trtreport::pruning
