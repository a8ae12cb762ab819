// Tiles of about a megabyte, as many whole lines as fit or pieces of a few lines.
#include "pruning/tiles.hpp"

#include <algorithm>

namespace trtreport::pruning {
namespace {

constexpr uint64_t kTileValues = uint64_t{1} << 18;
constexpr uint64_t kMostTileValues = uint64_t{1} << 22;  // where a kernel is very large
constexpr uint64_t kMostHeld = uint64_t{1} << 22;
constexpr uint64_t kMostHeldInOrder = uint64_t{1} << 24;

class StoredValues : public Values {
 public:
  explicit StoredValues(onnx::WeightReader reader) : reader_(std::move(reader)) {}
  bool read(uint64_t first, std::span<float> out) override {
    return reader_.read(first, out).has_value();
  }

 private:
  onnx::WeightReader reader_;
};

class OwnedValues : public Values {
 public:
  explicit OwnedValues(std::vector<float> values) : values_(std::move(values)), held_(values_) {}
  bool read(uint64_t first, std::span<float> out) override { return held_.read(first, out); }

 private:
  std::vector<float> values_;
  HeldValues held_;
};

// Numbers of fixed width are found without reading those before.
bool goes_back(const onnx::WeightReader& reader) {
  return reader.random_access() || reader.dtype() == DType::Float32 ||
         reader.dtype() == DType::Float64;
}

}  // namespace

bool HeldValues::read(uint64_t first, std::span<float> out) {
  const std::span<const float> from = values_.subspan(static_cast<size_t>(first), out.size());
  std::copy(from.begin(), from.end(), out.begin());
  return true;
}

std::unique_ptr<Values> open_values(const onnx::Model& model, ByteSource& source,
                                    const onnx::TensorData& data) {
  auto reader = onnx::WeightReader::open(model, source, data);
  if (!reader) return nullptr;
  const bool held = reader->elements() <= kMostHeld;
  if (!held && goes_back(*reader)) return std::make_unique<StoredValues>(std::move(*reader));
  if (reader->elements() > kMostHeldInOrder) return nullptr;
  std::vector<float> values(static_cast<size_t>(reader->elements()));
  if (!reader->read(0, values)) return nullptr;
  return std::make_unique<OwnedValues>(std::move(values));
}

Tiles::Tiles(const WeightMatrix& matrix, Values& values)
    : matrix_(matrix),
      values_(values),
      lines_(matrix.outputs_first ? matrix.outputs : matrix.columns),
      length_(matrix.outputs_first ? matrix.columns * matrix.kernel : matrix.outputs) {
  const uint64_t lines = matrix.outputs_first ? 2 : 4;
  const uint64_t unit = matrix.outputs_first ? 4 * matrix.kernel : 2;
  if (length_ <= kTileValues / lines) {
    width_ = length_;
    height_ = kTileValues / std::max<uint64_t>(length_, 1) / lines * lines;
  } else {
    width_ = std::min(length_, std::max(unit, kTileValues / lines / unit * unit));
    height_ = lines;
    failed_ = width_ > kMostTileValues;
  }
}

bool Tiles::load(uint64_t line, uint64_t begin, uint64_t lines, uint64_t width) {
  tile_.magnitudes.resize(static_cast<size_t>(lines * width));
  const std::span<float> all(tile_.magnitudes);
  const uint64_t reads = width == length_ ? 1 : lines;
  const size_t each = all.size() / static_cast<size_t>(reads);
  for (uint64_t i = 0; i < reads; ++i) {
    if (!values_.read((line + i) * length_ + begin,
                      all.subspan(static_cast<size_t>(i) * each, each)))
      return false;
  }
  for (float& value : tile_.magnitudes) value = value < 0 ? -value : value;
  return true;
}

bool Tiles::next() {
  if (failed_ || line_ >= lines_ || length_ == 0) return false;
  const uint64_t lines = std::min(height_, lines_ - line_);
  const uint64_t width = std::min(width_, length_ - begin_);
  if (!load(line_, begin_, lines, width)) {
    failed_ = true;
    return false;
  }
  const size_t step = static_cast<size_t>(width), kernel = static_cast<size_t>(matrix_.kernel);
  tile_.kernel = kernel;
  if (matrix_.outputs_first) {
    tile_.first_output = line_;
    tile_.first_column = begin_ / matrix_.kernel;
    tile_.outputs = static_cast<size_t>(lines);
    tile_.columns = step / kernel;
    tile_.output_step = step;
    tile_.column_step = kernel;
  } else {
    tile_.first_output = begin_;
    tile_.first_column = line_;
    tile_.outputs = step;
    tile_.columns = static_cast<size_t>(lines);
    tile_.output_step = 1;
    tile_.column_step = step;
  }
  begin_ += width;
  if (begin_ < length_) return true;
  begin_ = 0;
  line_ += lines;
  return true;
}

}  // namespace trtreport::pruning
