// Zeros inside the weights of one layer: what is there, and what a mask would keep. 2:4 is what
// sparse tensor cores run; single elements and 2x2 blocks save storage only, no dense engine gains
// time by them.
#pragma once

#include "base/byte_source.hpp"
#include "pruning/groups.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::pruning {

// A weight as the matrix that a tensor core multiplies by: `columns` along the reduction, `rows`
// the rest. Element (row, column) lies at base(row) + column * stride.
struct WeightMatrix {
  uint64_t rows = 0, columns = 0;
  uint64_t outer = 1, outer_step = 0;  // base(row) = row / inner * outer_step + row % inner
  uint64_t inner = 1;
  uint64_t stride = 1;
  uint64_t kernel = 1;  // rows of one output channel

  uint64_t base(uint64_t row) const { return row / inner * outer_step + row % inner; }
};

// The share of the magnitude, sum of |w|, that stays.
struct MaskFigures {
  double magnitude = 0;  // all of it
  double kept_24 = 0;    // of the two largest of every four along the reduction
  uint64_t zeros = 0;
  uint64_t zero_blocks = 0, blocks = 0;  // of 2x2 neighbours in the matrix
  bool already_24 = false;               // every four hold two zeros or more
  // By sparsity 0.25, 0.5, 0.75: of the largest elements, of the largest 2x2 blocks.
  std::array<double, 3> element_kept{}, block_kept{};
};
inline constexpr std::array<double, 3> kSparsities = {0.25, 0.5, 0.75};

MaskFigures measure_masks(const WeightMatrix& matrix, std::span<const float> weights);

// A permutation of the columns that keeps more magnitude under 2:4: columns dealt out by size, then
// swaps that pay on a sample of rows (after Pool and Yu, NeurIPS 2021). A lower bound of what a
// full search finds; never worse than none. Answers the share kept over all rows.
double permuted_kept_24(const WeightMatrix& matrix, std::span<const float> weights);

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
  std::optional<double> kept_permuted;
};

// Layers with a stored weight of a floating type, in execution order. Alignment as NVIDIA's ASP
// asks for: 8 output channels, 16 along the reduction; benefit as NVIDIA states it for TensorRT:
// 256 output channels and 256 products a dot product (issues 3849 and 4065 of its repository).
std::vector<SparseLayer> list_sparse_layers(const ChannelGroups& groups);
// Fills masks and kept_permuted. Weights of more elements than this are left out.
inline constexpr uint64_t kMostMaskElements = uint64_t{1} << 26;
void measure_sparse_layers(const ChannelGroups& groups, ByteSource& source,
                           std::span<SparseLayer> layers);

}  // namespace trtreport::pruning
