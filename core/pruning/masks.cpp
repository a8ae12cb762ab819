// Sums over tiles, a threshold found from the distribution of the values, and the search for a
// better order of the columns.
#include "pruning/masks.hpp"

#include "pruning/coupling.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

namespace trtreport::pruning {
namespace {

// Sum of the two largest of four.
double top_two(float a, float b, float c, float d) {
  const float low = std::min(a, b), high = std::max(a, b);
  const float other_low = std::min(c, d), other_high = std::max(c, d);
  const float largest = std::max(high, other_high);
  const float next = std::max(std::min(high, other_high), high > other_high ? low : other_low);
  return static_cast<double>(largest) + static_cast<double>(next);
}

uint32_t bits_of(float magnitude) {
  uint32_t bits;
  std::memcpy(&bits, &magnitude, sizeof bits);
  return bits & 0x7fffffffu;
}

float magnitude_of(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// Which share of a sum the largest of the values hold, for each sparsity. Magnitudes are ordered as
// their bits are: the upper half of these tells which lie below a threshold but for those beside
// it, which are looked at in a second pass.
class LargestShares {
 public:
  LargestShares() : buckets_(size_t{1} << 15) {}

  void add(float value) {
    Bucket& bucket = buckets_[bits_of(value) >> kLowBits];
    ++bucket.count;
    bucket.sum += static_cast<double>(value);
  }

  // After the first pass; whether there has to be a second.
  bool find_edges() {
    uint64_t count = 0;
    for (const Bucket& bucket : buckets_) {
      count += bucket.count;
      all_ += bucket.sum;
    }
    for (size_t i = 0; i < kSparsities.size(); ++i) {
      Cut& cut = cuts_[i];
      cut.wanted = static_cast<uint64_t>(static_cast<double>(count) * kSparsities[i]);
      uint32_t at = 0;
      for (; at < buckets_.size() && buckets_[at].count <= cut.wanted; ++at) {
        cut.sum += buckets_[at].sum;
        cut.wanted -= buckets_[at].count;
      }
      if (cut.wanted > 0) cut.edge = edge_at(at);
    }
    return !edges_.empty();
  }

  void add_again(float value) {
    const uint32_t bits = bits_of(value);
    for (Edge& edge : edges_) {
      if (edge.bucket != bits >> kLowBits) continue;
      if (edge.counts.empty()) {
        edge.values.push_back(value);
      } else {
        ++edge.counts[bits & kLowMask];
      }
    }
  }

  std::array<double, 3> shares() {
    std::array<double, 3> kept = {1, 1, 1};
    if (all_ == 0) return kept;
    for (Edge& edge : edges_) std::sort(edge.values.begin(), edge.values.end());
    for (size_t i = 0; i < kept.size(); ++i) kept[i] = (all_ - sum_below(cuts_[i])) / all_;
    return kept;
  }

 private:
  static constexpr uint32_t kLowBits = 16, kLowMask = (1u << kLowBits) - 1;
  // Of a bucket with more values only how often each occurs is kept.
  static constexpr uint64_t kMostListed = uint64_t{1} << 18;

  struct Bucket {
    uint64_t count = 0;
    double sum = 0;
  };
  struct Edge {
    uint32_t bucket;
    std::vector<float> values;
    std::vector<uint64_t> counts;  // by the lower half of the bits
  };
  struct Cut {
    double sum = 0;       // of the buckets that lie below as a whole
    uint64_t wanted = 0;  // of the least values of the edge
    size_t edge = 0;
  };

  size_t edge_at(uint32_t bucket) {
    for (size_t i = 0; i < edges_.size(); ++i) {
      if (edges_[i].bucket == bucket) return i;
    }
    Edge edge = {bucket, {}, {}};
    if (buckets_[bucket].count > kMostListed) edge.counts.resize(size_t{1} << kLowBits);
    edges_.push_back(std::move(edge));
    return edges_.size() - 1;
  }

  double sum_below(const Cut& cut) const {
    double sum = cut.sum;
    uint64_t wanted = cut.wanted;
    if (wanted == 0) return sum;
    const Edge& edge = edges_[cut.edge];
    for (size_t i = 0; i < wanted && i < edge.values.size(); ++i)
      sum += static_cast<double>(edge.values[i]);
    for (size_t low = 0; low < edge.counts.size() && wanted > 0; ++low) {
      const uint64_t count = std::min(edge.counts[low], wanted);
      const uint32_t bits = edge.bucket << kLowBits | static_cast<uint32_t>(low);
      sum += static_cast<double>(count) * static_cast<double>(magnitude_of(bits));
      wanted -= count;
    }
    return sum;
  }

  std::vector<Bucket> buckets_;
  std::vector<Edge> edges_;
  std::array<Cut, 3> cuts_;
  double all_ = 0;
};

// Calls visit(sum) for each 2x2 block: neighbouring rows are those of the same kernel position.
template <class Visit>
void each_block(const Tile& tile, Visit visit) {
  for (size_t output = 0; output + 2 <= tile.outputs; output += 2) {
    for (size_t position = 0; position < tile.kernel; ++position) {
      const float* at = tile.magnitudes.data() + output * tile.output_step + position;
      const float* below = at + tile.output_step;
      const size_t step = tile.column_step;
      for (size_t column = 0; column + 2 <= tile.columns; column += 2) {
        const size_t left = column * step, right = left + step;
        visit(at[left] + at[right] + below[left] + below[right]);
      }
    }
  }
}

// Calls visit(first of a row's values in the tile).
template <class Visit>
void each_row(const Tile& tile, Visit visit) {
  for (size_t output = 0; output < tile.outputs; ++output) {
    for (size_t position = 0; position < tile.kernel; ++position)
      visit(tile.magnitudes.data() + output * tile.output_step + position);
  }
}

void add_kept_24(const Tile& tile, MaskFigures& figures) {
  const size_t step = tile.column_step;
  each_row(tile, [&](const float* row) {
    size_t column = 0;
    for (; column + 4 <= tile.columns; column += 4) {
      const float* at = row + column * step;
      const float a = at[0], b = at[step], c = at[2 * step], d = at[3 * step];
      figures.kept_24 += top_two(a, b, c, d);
      const int filled = (a != 0 ? 1 : 0) + (b != 0 ? 1 : 0) + (c != 0 ? 1 : 0) + (d != 0 ? 1 : 0);
      figures.already_24 = figures.already_24 && filled <= 2;
    }
    for (; column < tile.columns; ++column)
      figures.kept_24 += static_cast<double>(row[column * step]);
  });
}

// Some rows of the matrix, column by column.
class Sample {
 public:
  explicit Sample(const WeightMatrix& matrix) : matrix_(matrix) {
    constexpr uint64_t kMostRows = 64, kMostValues = uint64_t{1} << 22;
    const uint64_t fitting = kMostValues / matrix.columns;
    rows_ = static_cast<size_t>(std::min({matrix.rows(), kMostRows, fitting}));
    values_.resize(rows_ * static_cast<size_t>(matrix.columns));
  }

  void take(const Tile& tile) {
    for (size_t row = 0; row < rows_; ++row) {
      const uint64_t wanted = matrix_.rows() * row / rows_;
      const uint64_t output = wanted / matrix_.kernel, position = wanted % matrix_.kernel;
      if (output < tile.first_output || output >= tile.first_output + tile.outputs) continue;
      const float* from = tile.magnitudes.data() + static_cast<size_t>(position) +
                          static_cast<size_t>(output - tile.first_output) * tile.output_step;
      float* to = values_.data() + static_cast<size_t>(tile.first_column) * rows_ + row;
      for (size_t column = 0; column < tile.columns; ++column)
        to[column * rows_] = from[column * tile.column_step];
    }
  }

  size_t rows() const { return rows_; }
  const float* column(uint32_t index) const { return values_.data() + size_t{index} * rows_; }

 private:
  WeightMatrix matrix_;
  size_t rows_;
  std::vector<float> values_;
};

// Swaps of columns on the sample.
class ColumnSearch {
 public:
  ColumnSearch(uint32_t columns, const Sample& sample)
      : columns_(columns), order_(columns), sample_(sample) {
    deal_out();
  }

  std::vector<uint32_t> run() {
    const uint32_t tries = std::min<uint32_t>(8000, 40 * columns_);
    uint64_t state = 1;
    const auto pick = [&](uint32_t below) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;  // Knuth's MMIX
      return static_cast<uint32_t>((state >> 33) % below);
    };
    for (uint32_t each = 0; each < tries; ++each) {
      const uint32_t a = pick(columns_), b = pick(columns_);
      if (a / 4 == b / 4) continue;
      const double before = stripe(a / 4) + stripe(b / 4);
      std::swap(order_[a], order_[b]);
      if (stripe(a / 4) + stripe(b / 4) <= before) std::swap(order_[a], order_[b]);
    }
    return std::move(order_);
  }

 private:
  // Two large columns and two small ones to every stripe.
  void deal_out() {
    std::vector<double> norms(columns_, 0);
    for (uint32_t column = 0; column < columns_; ++column) {
      const float* values = sample_.column(column);
      for (size_t row = 0; row < sample_.rows(); ++row)
        norms[column] += static_cast<double>(values[row]);
    }
    std::vector<uint32_t> sorted(columns_);
    std::iota(sorted.begin(), sorted.end(), 0u);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](uint32_t a, uint32_t b) { return norms[a] > norms[b]; });
    const uint32_t stripes = columns_ / 4;
    for (uint32_t rank = 0; rank < columns_; ++rank) {
      const uint32_t lane = rank / stripes, place = rank % stripes;
      const uint32_t to = lane % 2 == 0 ? place : stripes - 1 - place;
      order_[size_t{to} * 4 + lane] = sorted[rank];
    }
  }

  double stripe(uint32_t index) const {
    const float* of[4];
    for (uint32_t i = 0; i < 4; ++i) of[i] = sample_.column(order_[size_t{index} * 4 + i]);
    double sum = 0;
    for (size_t row = 0; row < sample_.rows(); ++row)
      sum += top_two(of[0][row], of[1][row], of[2][row], of[3][row]);
    return sum;
  }

  uint32_t columns_;
  std::vector<uint32_t> order_;
  const Sample& sample_;
};

// Walks over rows whose columns are all at hand, or where the columns come first over four columns
// of the new order at a time.
class PermutedSum {
 public:
  PermutedSum(const WeightMatrix& matrix, Values& values, std::span<const uint32_t> order)
      : matrix_(matrix), values_(values), order_(order) {}

  std::optional<double> run() {
    constexpr uint64_t kMostLine = uint64_t{1} << 22, kStrip = uint64_t{1} << 16;
    const uint64_t length = matrix_.outputs_first ? matrix_.columns * matrix_.kernel
                                                  : std::min(matrix_.outputs, kStrip);
    if (length > kMostLine) return std::nullopt;
    const bool fine = matrix_.outputs_first ? over_outputs(length) : over_strips(length);
    return fine ? std::optional(kept_) : std::nullopt;
  }

 private:
  bool over_outputs(uint64_t length) {
    std::vector<float> line(static_cast<size_t>(length));
    const size_t step = static_cast<size_t>(matrix_.kernel);
    for (uint64_t output = 0; output < matrix_.outputs; ++output) {
      if (!values_.read(output * length, line)) return false;
      for (size_t position = 0; position < step; ++position) {
        for (size_t at = 0; at + 4 <= order_.size(); at += 4) {
          add(line[position + order_[at] * step], line[position + order_[at + 1] * step],
              line[position + order_[at + 2] * step], line[position + order_[at + 3] * step]);
        }
      }
    }
    return true;
  }

  bool over_strips(uint64_t length) {
    std::vector<float> of[4];
    for (size_t at = 0; at + 4 <= order_.size(); at += 4) {
      for (uint64_t output = 0; output < matrix_.outputs; output += length) {
        const size_t count = static_cast<size_t>(std::min(length, matrix_.outputs - output));
        for (size_t i = 0; i < 4; ++i) {
          of[i].resize(count);
          if (!values_.read(order_[at + i] * matrix_.outputs + output, of[i])) return false;
        }
        for (size_t i = 0; i < count; ++i) add(of[0][i], of[1][i], of[2][i], of[3][i]);
      }
    }
    return true;
  }

  void add(float a, float b, float c, float d) {
    const auto magnitude = [](float value) { return value < 0 ? -value : value; };
    kept_ += top_two(magnitude(a), magnitude(b), magnitude(c), magnitude(d));
  }

  const WeightMatrix& matrix_;
  Values& values_;
  std::span<const uint32_t> order_;
  double kept_ = 0;
};

bool can_permute(const WeightMatrix& matrix) {
  return matrix.columns % 4 == 0 && matrix.columns >= 8 &&
         matrix.columns <= static_cast<uint64_t>(kMostChannels);
}

}  // namespace

std::optional<MaskFigures> measure_masks(const WeightMatrix& matrix, Values& values, bool permute) {
  MaskFigures figures;
  figures.already_24 = matrix.columns % 4 == 0;
  LargestShares elements, blocks;
  std::optional<Sample> sample;
  if (permute && can_permute(matrix)) sample.emplace(matrix);
  Tiles tiles(matrix, values);
  while (tiles.next()) {
    const Tile& tile = tiles.tile();
    for (const float magnitude : tile.magnitudes) {
      figures.magnitude += static_cast<double>(magnitude);
      figures.zeros += magnitude == 0 ? 1 : 0;
      elements.add(magnitude);
    }
    add_kept_24(tile, figures);
    each_block(tile, [&](float sum) {
      ++figures.blocks;
      figures.zero_blocks += sum == 0 ? 1 : 0;
      blocks.add(sum);
    });
    if (sample) sample->take(tile);
  }
  if (tiles.failed()) return std::nullopt;
  const bool elements_again = elements.find_edges(), blocks_again = blocks.find_edges();
  Tiles again(matrix, values);
  while ((elements_again || blocks_again) && again.next()) {
    for (const float magnitude : again.tile().magnitudes) elements.add_again(magnitude);
    each_block(again.tile(), [&](float sum) { blocks.add_again(sum); });
  }
  if (again.failed()) return std::nullopt;
  figures.element_kept = elements.shares();
  figures.block_kept = blocks.shares();
  const double kept = figures.kept_24, all = figures.magnitude;
  figures.kept_24 = all == 0 ? 1 : kept / all;
  if (!permute || figures.already_24) return figures;
  figures.kept_permuted = figures.kept_24;
  if (!sample || all == 0) return figures;
  const std::vector<uint32_t> order =
      ColumnSearch(static_cast<uint32_t>(matrix.columns), *sample).run();
  sample.reset();
  const auto permuted = PermutedSum(matrix, values, order).run();
  if (permuted) figures.kept_permuted = std::max(kept, *permuted) / all;
  return figures;
}

}  // namespace trtreport::pruning
