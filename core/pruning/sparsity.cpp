// Masks by magnitude, and the search for a better order of the columns.
#include "pruning/sparsity.hpp"

#include "onnx/weights.hpp"
#include "ops/table.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace trtreport::pruning {
namespace {

float magnitude(float value) { return value < 0 ? -value : value; }

// Sum of the two largest of four.
double top_two(float a, float b, float c, float d) {
  const float low = std::min(a, b), high = std::max(a, b);
  const float other_low = std::min(c, d), other_high = std::max(c, d);
  const float largest = std::max(high, other_high);
  const float next = std::max(std::min(high, other_high), high > other_high ? low : other_low);
  return static_cast<double>(largest) + static_cast<double>(next);
}

double kept_in_order(const WeightMatrix& matrix, std::span<const float> weights,
                     std::span<const uint32_t> order) {
  double kept = 0;
  for (uint64_t row = 0; row < matrix.rows; ++row) {
    const uint64_t base = matrix.base(row);
    const auto at = [&](uint64_t column) {
      const uint64_t from = order.empty() ? column : order[static_cast<size_t>(column)];
      return magnitude(weights[static_cast<size_t>(base + from * matrix.stride)]);
    };
    uint64_t column = 0;
    for (; column + 4 <= matrix.columns; column += 4)
      kept +=
          static_cast<double>(top_two(at(column), at(column + 1), at(column + 2), at(column + 3)));
    for (; column < matrix.columns; ++column) kept += static_cast<double>(at(column));
  }
  return kept;
}

// Values that are not negative, by the upper half of their bits, which order them: sums in the
// order of the values within a bucket, so that they do not depend on how a library sorts.
struct Bucket {
  uint32_t count = 0;
  double sum = 0;
};
uint32_t bucket_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & 0x7fffffffu) >> 16;
}

// The sum of the `wanted` least of the values, of which the least bucket that is not whole is
// sorted.
double sum_of_least(std::span<const float> values, std::span<const Bucket> buckets,
                    uint64_t wanted) {
  double sum = 0;
  uint32_t at = 0;
  for (; at < buckets.size() && buckets[at].count <= wanted; ++at) {
    sum += buckets[at].sum;
    wanted -= buckets[at].count;
  }
  if (wanted == 0) return sum;
  std::vector<float> edge;
  edge.reserve(buckets[at].count);
  for (const float value : values) {
    if (bucket_of(value) == at) edge.push_back(value);
  }
  std::sort(edge.begin(), edge.end());
  for (size_t index = 0; index < wanted; ++index) sum += static_cast<double>(edge[index]);
  return sum;
}

// Share of the sum that the largest of the values hold, for each sparsity.
std::array<double, 3> largest_hold(std::span<const float> values) {
  std::array<double, 3> kept{};
  std::vector<Bucket> buckets(1u << 15);
  for (const float value : values) {
    Bucket& bucket = buckets[bucket_of(value)];
    ++bucket.count;
    bucket.sum += static_cast<double>(value);
  }
  double all = 0;
  for (const Bucket& bucket : buckets) all += bucket.sum;
  if (all == 0) return {1, 1, 1};
  for (size_t index = 0; index < kSparsities.size(); ++index) {
    const auto gone =
        static_cast<uint64_t>(static_cast<double>(values.size()) * kSparsities[index]);
    kept[index] = (all - sum_of_least(values, buckets, gone)) / all;
  }
  return kept;
}

void measure_blocks(const WeightMatrix& matrix, std::span<const float> weights,
                    MaskFigures& figures) {
  std::vector<float> sums;
  const auto at = [&](uint64_t row, uint64_t column) {
    return magnitude(weights[static_cast<size_t>(matrix.base(row) + column * matrix.stride)]);
  };
  // Neighbouring rows are those of the same kernel position.
  const uint64_t pairs = matrix.rows / matrix.kernel / 2;
  for (uint64_t pair = 0; pair < pairs; ++pair) {
    for (uint64_t position = 0; position < matrix.kernel; ++position) {
      const uint64_t row = 2 * pair * matrix.kernel + position, next = row + matrix.kernel;
      for (uint64_t column = 0; column + 2 <= matrix.columns; column += 2) {
        const float sum =
            at(row, column) + at(row, column + 1) + at(next, column) + at(next, column + 1);
        figures.zero_blocks += sum == 0 ? 1 : 0;
        sums.push_back(sum);
      }
    }
  }
  figures.blocks = sums.size();
  figures.block_kept = largest_hold(sums);
}

bool holds_24(const WeightMatrix& matrix, std::span<const float> weights) {
  if (matrix.columns % 4 != 0) return false;
  for (uint64_t row = 0; row < matrix.rows; ++row) {
    const uint64_t base = matrix.base(row);
    for (uint64_t column = 0; column < matrix.columns; column += 4) {
      int filled = 0;
      for (uint64_t i = 0; i < 4; ++i)
        filled += weights[static_cast<size_t>(base + (column + i) * matrix.stride)] != 0 ? 1 : 0;
      if (filled > 2) return false;
    }
  }
  return true;
}

// Swaps of columns on a sample of rows.
class ColumnSearch {
 public:
  ColumnSearch(const WeightMatrix& matrix, std::span<const float> weights)
      : columns_(static_cast<uint32_t>(matrix.columns)), order_(columns_) {
    constexpr uint64_t kMostRows = 64;
    rows_ = static_cast<uint32_t>(std::min(matrix.rows, kMostRows));
    sample_.resize(size_t{rows_} * columns_);
    for (uint32_t row = 0; row < rows_; ++row) {
      const uint64_t base = matrix.base(matrix.rows * row / rows_);
      for (uint32_t column = 0; column < columns_; ++column) {
        sample_[size_t{column} * rows_ + row] =
            magnitude(weights[static_cast<size_t>(base + column * matrix.stride)]);
      }
    }
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
      for (uint32_t row = 0; row < rows_; ++row)
        norms[column] += static_cast<double>(sample_[size_t{column} * rows_ + row]);
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
    for (uint32_t i = 0; i < 4; ++i)
      of[i] = &sample_[size_t{order_[size_t{index} * 4 + i]} * rows_];
    double sum = 0;
    for (uint32_t row = 0; row < rows_; ++row)
      sum += top_two(of[0][row], of[1][row], of[2][row], of[3][row]);
    return sum;
  }

  uint32_t columns_, rows_ = 0;
  std::vector<uint32_t> order_;
  std::vector<float> sample_;  // by column
};

std::optional<SparseLayer> layer_of(const ChannelGroups& groups, NodeId id) {
  const Graph& graph = groups.coupling().graph();
  const Node& node = graph.nodes[id];
  const std::string_view op = graph.text(node.proto->op);
  const bool conv = op == "Conv", gemm = op == "Gemm", matmul = op == "MatMul";
  if ((!conv && !gemm && !matmul) || node.inputs.size() < 2) return std::nullopt;
  const TensorId weight = node.inputs[1];
  if (weight == kNoTensor || graph.tensors[weight].data == nullptr) return std::nullopt;
  const onnx::TensorData& data = *graph.tensors[weight].data;
  if (!is_float(data.dtype) || data.dims.size() < 2 || (!conv && data.dims.size() != 2))
    return std::nullopt;
  SparseLayer layer;
  layer.node = id;
  layer.weight = weight;
  bool rows_first = conv;
  for (const onnx::Attribute& attribute : node.proto->attributes) {
    if (gemm && graph.text(attribute.name) == "transB") rows_first = attribute.i != 0;
  }
  const auto first = static_cast<uint64_t>(data.dims[0]);
  const auto second = static_cast<uint64_t>(data.dims[1]);
  uint64_t kernel = 1;
  for (size_t axis = 2; axis < data.dims.size(); ++axis)
    kernel *= static_cast<uint64_t>(data.dims[axis]);
  if (first == 0 || second == 0 || kernel == 0) return std::nullopt;
  WeightMatrix& matrix = layer.matrix;
  layer.outputs = rows_first ? first : second;
  matrix.columns = rows_first ? second : first;
  matrix.rows = layer.outputs * kernel;
  matrix.inner = rows_first ? kernel : layer.outputs;
  matrix.outer_step = rows_first ? matrix.columns * kernel : 0;
  matrix.stride = rows_first ? kernel : second;
  matrix.kernel = kernel;
  const AxisId reduced = groups.coupling().axis(weight, rows_first ? 1 : 0);
  layer.permutable = reduced != kNoAxis;
  for (uint32_t index = 0; layer.permutable && index < matrix.columns; ++index) {
    const ClassId own = groups.class_at(reduced, index);
    layer.permutable = own != kNoClass && !groups.groups()[groups.group_of(own)].frozen;
  }
  constexpr uint64_t kPays = 256;
  if (matrix.columns % 16 != 0) {
    layer.reason = "the reduction is no multiple of 16";
  } else if (layer.outputs % 8 != 0) {
    layer.reason = "the output channels are no multiple of 8";
  } else {
    layer.eligible = true;
    layer.beneficial = matrix.columns * kernel >= kPays && layer.outputs >= kPays;
    if (!layer.beneficial) layer.reason = "too small to gain";
  }
  return layer;
}

}  // namespace

MaskFigures measure_masks(const WeightMatrix& matrix, std::span<const float> weights) {
  MaskFigures figures;
  std::vector<float> magnitudes;
  magnitudes.reserve(weights.size());
  for (const float weight : weights) {
    magnitudes.push_back(magnitude(weight));
    figures.magnitude += static_cast<double>(magnitudes.back());
    figures.zeros += weight == 0 ? 1 : 0;
  }
  figures.kept_24 =
      figures.magnitude == 0 ? 1 : kept_in_order(matrix, weights, {}) / figures.magnitude;
  figures.element_kept = largest_hold(magnitudes);
  figures.already_24 = holds_24(matrix, weights);
  measure_blocks(matrix, weights, figures);
  return figures;
}

double permuted_kept_24(const WeightMatrix& matrix, std::span<const float> weights) {
  double all = 0;
  for (const float weight : weights) all += static_cast<double>(magnitude(weight));
  if (all == 0) return 1;
  const double plain = kept_in_order(matrix, weights, {});
  if (matrix.columns % 4 != 0 || matrix.columns < 8 || matrix.columns > kMostChannels)
    return plain / all;
  const std::vector<uint32_t> order = ColumnSearch(matrix, weights).run();
  return std::max(plain, kept_in_order(matrix, weights, order)) / all;
}

std::vector<SparseLayer> list_sparse_layers(const ChannelGroups& groups) {
  std::vector<SparseLayer> layers;
  for (const NodeId id : groups.coupling().graph().bodies[kMainBody].nodes) {
    if (auto layer = layer_of(groups, id)) layers.push_back(std::move(*layer));
  }
  return layers;
}

void measure_sparse_layers(const ChannelGroups& groups, ByteSource& source,
                           std::span<SparseLayer> layers) {
  const Graph& graph = groups.coupling().graph();
  std::vector<float> weights;
  for (SparseLayer& layer : layers) {
    auto reader =
        onnx::WeightReader::open(graph.model(), source, *graph.tensors[layer.weight].data);
    if (!reader || reader->elements() > kMostMaskElements) continue;
    weights.resize(static_cast<size_t>(reader->elements()));
    if (!reader->read(0, weights)) continue;
    layer.masks = measure_masks(layer.matrix, weights);
    if (layer.eligible && layer.permutable && !layer.masks->already_24)
      layer.kept_permuted = permuted_kept_24(layer.matrix, weights);
  }
}

}  // namespace trtreport::pruning
