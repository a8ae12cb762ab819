// Chunks of about kWeightChunk values. Weights whose channels lie apart ([K, N], or
// ConvTranspose's) are read in rows and turned, so that every loop sees runs.
#include "quantization/layout.hpp"

#include <algorithm>

namespace trtreport::quantization {
namespace {

constexpr uint64_t kLargestBlock = 128;
constexpr uint64_t kMostRow = 16384;  // values read at once of a row of turned chunks
// Each channel's run of a turned chunk costs something of its own: such chunks are larger.
constexpr uint64_t kTurnedChunk = 16 * onnx::kWeightChunk;

// From rows of channels to channels of rows, a few rows at a time: each is read on where it was
// left, and of each channel as much is written as lies together.
void turn(std::span<const float> from, size_t rows, size_t channels, size_t inner,
          std::span<float> to) {
  constexpr size_t kAtOnce = 8;
  size_t o = 0;
  for (; inner == 1 && o + kAtOnce <= rows; o += kAtOnce) {
    const float* source = from.data() + o * channels;
    float* target = to.data() + o;
    for (size_t c = 0; c < channels; ++c, ++source, target += rows) {
      for (size_t i = 0; i < kAtOnce; ++i) target[i] = source[i * channels];
    }
  }
  for (; o < rows; ++o) {
    const float* source = from.data() + o * channels * inner;
    float* target = to.data() + o * inner;
    for (size_t c = 0; c < channels; ++c, source += inner, target += rows * inner)
      std::copy(source, source + inner, target);
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
    uint64_t step = kLargestBlock;  // outer rows after which blocks end together
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

tl::expected<void, Error> Chunks::load(onnx::WeightReader& reader, const Chunk& chunk,
                                       FloatRoom& values, FloatRoom& room) const {
  const std::span<float> to = values.resize(static_cast<size_t>(chunk.channels * chunk.length));
  if (layout_.outer <= 1) return reader.read(chunk.channel * layout_.inner + chunk.begin, to);
  const size_t inner = static_cast<size_t>(layout_.inner);
  const size_t channels = static_cast<size_t>(chunk.channels);
  const size_t length = static_cast<size_t>(chunk.length);
  const size_t rows = length / inner, row = channels * inner;
  const uint64_t first = chunk.begin / layout_.inner;
  const std::span<float> read_rows = room.resize(rows * row);
  const bool whole = chunk.channels == layout_.channels;
  for (size_t done = 0; done < rows; done += whole ? rows : 1) {
    const uint64_t from = ((first + done) * layout_.channels + chunk.channel) * layout_.inner;
    const std::span<float> target = read_rows.subspan(done * row, whole ? rows * row : row);
    if (auto read = reader.read(from, target); !read) return read;
  }
  turn(read_rows, rows, channels, inner, to);
  return {};
}

}  // namespace trtreport::quantization
