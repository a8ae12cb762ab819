// What masks over a weight's values would keep of its magnitude: two of every four, the largest
// single elements, the largest 2x2 blocks.
#pragma once

#include "pruning/tiles.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace trtreport::pruning {

// The share of the magnitude, sum of |w|, that stays.
struct MaskFigures {
  double magnitude = 0;  // all of it
  double kept_24 = 0;    // of the two largest of every four along the reduction
  uint64_t zeros = 0;
  uint64_t zero_blocks = 0, blocks = 0;  // of 2x2 neighbours in the matrix
  bool already_24 = false;               // every four hold two zeros or more
  // By sparsity 0.25, 0.5, 0.75: of the largest elements, of the largest 2x2 blocks.
  std::array<double, 3> element_kept{}, block_kept{};
  // kept_24 after a permutation of the columns that keeps more: columns dealt out by size, then
  // swaps that pay on a sample of rows (after Pool and Yu, NeurIPS 2021). A lower bound of what a
  // full search finds; never less than kept_24. Where it was asked for, and the weight is not 2:4
  // as it is.
  std::optional<double> kept_permuted;
};
inline constexpr std::array<double, 3> kSparsities = {0.25, 0.5, 0.75};

// Reads the values two times, with a permutation three. Nothing where they cannot be read.
std::optional<MaskFigures> measure_masks(const WeightMatrix& matrix, Values& values, bool permute);

}  // namespace trtreport::pruning
