// A weight as channels: for each output channel the run of values that are multiplied into it, cut
// into chunks that fit a cache, or those that have to be turned a few megabytes, and end where
// blocks and the runs of kernels.hpp end.
#pragma once

#include "onnx/weights.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace trtreport::quantization {

// Element (o, c, i) lies at (o * channels + c) * inner + i; channel c's run is all (o, i) in order.
struct Layout {
  uint64_t outer = 1, channels = 1, inner = 1;
  uint64_t elements() const { return outer * channels * inner; }
  uint64_t run() const { return outer * inner; }
};
Layout layout_of(std::span<const int64_t> dims, size_t channel_axis);

// Room for values that are written before they are read, so that no time goes into zeros.
class FloatRoom {
 public:
  // What was in it before is gone where it has to grow.
  std::span<float> resize(size_t size) {
    if (size > capacity_) {
      floats_.reset();
      floats_.reset(new float[size]);
      capacity_ = size;
    }
    size_ = size;
    return values();
  }
  std::span<float> values() { return {floats_.get(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<float[]> floats_;
  size_t size_ = 0, capacity_ = 0;
};

// Channels [channel, channel + channels), of each run the part [begin, begin + length).
struct Chunk {
  uint64_t channel = 0, channels = 0;
  uint64_t begin = 0, length = 0;
};

class Chunks {
 public:
  explicit Chunks(const Layout& layout);
  uint64_t count() const { return columns_ * pieces_; }
  Chunk at(uint64_t index) const;
  // Whether every channel lies in one chunk as a whole.
  bool whole_runs() const { return pieces_ == 1; }
  // Values of a chunk, wherever they lie, to `to`: each channel's part in order, `stride` after the
  // one before, which is its length unless the chunk is of one channel or turned. `room` is reused
  // between calls.
  tl::expected<void, Error> load(onnx::WeightReader& reader, const Chunk& chunk, float* to,
                                 size_t stride, FloatRoom& room) const;

 private:
  Layout layout_;
  uint64_t width_;    // channels of a chunk
  uint64_t length_;   // of a run's part
  uint64_t columns_;  // chunks side by side over channels
  uint64_t pieces_;   // chunks one after the other over a run
};

}  // namespace trtreport::quantization
