// Chunks of about kWeightChunk values. Weights whose channels lie apart ([K, N], or
// ConvTranspose's) are read in rows and turned, so that every loop sees runs.
#include "quantization/layout.hpp"

#include "quantization/kernels.hpp"

#include <algorithm>

namespace trtreport::quantization {
namespace {

constexpr uint64_t kMostRow = 16384;  // values read at once of a row of turned chunks
// Each channel's run of a turned chunk costs something of its own: such chunks are larger.
constexpr uint64_t kTurnedChunk = 16 * onnx::kWeightChunk;

// Rows are read as many at a time as fit a second-level cache besides what they turn into, but
// sixteen at least, which fill a line of the first one once they are turned.
constexpr size_t kRowsRead = 1u << 17, kFewestRows = 16;

// From rows of channels to channels of rows.
void turn(std::span<const float> from, size_t rows, size_t channels, size_t inner, float* to,
          size_t stride) {
  if (inner == 1) return vector_kernels().turn(from.data(), rows, channels, to, stride);
  for (size_t o = 0; o < rows; ++o, to += inner) {
    const float* source = from.data() + o * channels * inner;
    for (size_t c = 0; c < channels; ++c, source += inner)
      std::copy(source, source + inner, to + c * stride);
  }
}

}  // namespace

Layout layout_of(std::span<const int64_t> dims, size_t channel_axis) {
  Layout layout;
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    const uint64_t size = static_cast<uint64_t>(dims[axis]);
    if (axis < channel_axis) layout.outer *= size;
    if (axis == channel_axis) layout.channels = size;
    if (axis > channel_axis) layout.inner *= size;
  }
  return layout;
}

Chunks::Chunks(const Layout& layout) : layout_(layout) {
  const uint64_t run = std::max<uint64_t>(layout.run(), 1);
  if (layout.outer <= 1) {
    length_ = std::min(run, onnx::kWeightChunk);
    width_ = std::max<uint64_t>(1, onnx::kWeightChunk / run);
  } else {
    const uint64_t inner = std::max<uint64_t>(layout.inner, 1);
    width_ = std::min(layout.channels, std::max<uint64_t>(1, kMostRow / inner));
    uint64_t step = kRun;  // outer rows after which blocks and runs end together
    for (uint64_t even = inner; even % 2 == 0 && step > 1; even /= 2) step /= 2;
    const uint64_t values = std::max<uint64_t>(step * width_ * inner, 1);
    length_ = step * std::max<uint64_t>(1, kTurnedChunk / values) * inner;
  }
  width_ = std::max<uint64_t>(1, std::min(width_, layout.channels));
  columns_ = (layout.channels + width_ - 1) / width_;
  pieces_ = layout.elements() == 0 ? 0 : (run + length_ - 1) / length_;
}

Chunk Chunks::at(uint64_t index) const {
  const uint64_t channel = index / pieces_ * width_, begin = index % pieces_ * length_;
  return {channel, std::min(width_, layout_.channels - channel), begin,
          std::min(length_, layout_.run() - begin)};
}

tl::expected<void, Error> Chunks::load(onnx::WeightReader& reader, const Chunk& chunk, float* to,
                                       size_t stride, FloatRoom& room) const {
  if (layout_.outer <= 1) {
    const std::span<float> all(to, static_cast<size_t>(chunk.channels * chunk.length));
    return reader.read(chunk.channel * layout_.inner + chunk.begin, all);
  }
  const size_t inner = static_cast<size_t>(layout_.inner);
  const size_t channels = static_cast<size_t>(chunk.channels);
  const size_t rows = static_cast<size_t>(chunk.length) / inner, row = channels * inner;
  const size_t most = std::max(kFewestRows, kRowsRead / row / kFewestRows * kFewestRows);
  const uint64_t first = chunk.begin / layout_.inner;
  const bool whole = chunk.channels == layout_.channels;
  for (size_t done = 0; done < rows;) {
    const size_t count = std::min(most, rows - done);
    const std::span<float> read_rows = room.resize(count * row);
    for (size_t i = 0; i < count; i += whole ? count : 1) {
      const uint64_t from = ((first + done + i) * layout_.channels + chunk.channel) * layout_.inner;
      const std::span<float> target = read_rows.subspan(i * row, whole ? count * row : row);
      if (auto read = reader.read(from, target); !read) return read;
    }
    turn(read_rows, count, channels, inner, to + done * inner, stride);
    done += count;
  }
  return {};
}

}  // namespace trtreport::quantization
