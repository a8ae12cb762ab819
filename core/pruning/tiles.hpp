// A weight as the matrix that a tensor core multiplies by, read piece by piece: whatever its size,
// what is in memory is one piece.
#pragma once

#include "onnx/weights.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace trtreport::pruning {

// `columns` along the reduction, and a row for each output channel and position of the kernel.
// Element (output, column, position) lies at (output * columns + column) * kernel + position, or
// where the columns come first (no kernel then) at column * outputs + output.
struct WeightMatrix {
  uint64_t outputs = 0, columns = 0, kernel = 1;
  bool outputs_first = true;

  uint64_t rows() const { return outputs * kernel; }
  uint64_t elements() const { return rows() * columns; }
};

// Values of a weight by ranges, in any order.
class Values {
 public:
  virtual ~Values() = default;
  // Fills `out` with elements [first, first + out.size()), which must exist; false where they
  // cannot be read.
  virtual bool read(uint64_t first, std::span<float> out) = 0;
};

// Values that somebody holds.
class HeldValues : public Values {
 public:
  explicit HeldValues(std::span<const float> values) : values_(values) {}
  bool read(uint64_t first, std::span<float> out) override;

 private:
  std::span<const float> values_;
};

// Small weights are read once and held, and those stored number by number, where going back means
// to begin anew: up to 16 and 64 MB. Null where it cannot be read, or only by holding more.
std::unique_ptr<Values> open_values(const onnx::Model& model, ByteSource& source,
                                    const onnx::TensorData& data);

// A part of the matrix in magnitudes: element (output, column, position) of it lies at
// output * output_step + column * column_step + position.
struct Tile {
  uint64_t first_output = 0, first_column = 0;
  size_t outputs = 0, columns = 0, kernel = 1;
  size_t output_step = 0, column_step = 1;
  std::vector<float> magnitudes;  // in the order of the file as far as it goes
};

// Walks over the tiles, which begin at an even output and at every fourth column. Small matrices
// are one tile.
class Tiles {
 public:
  Tiles(const WeightMatrix& matrix, Values& values);

  bool next();  // false at the end, and where values cannot be read
  const Tile& tile() const { return tile_; }
  bool failed() const { return failed_; }

 private:
  bool load(uint64_t line, uint64_t begin, uint64_t lines, uint64_t width);

  // A line is what lies together: an output's values, or a column's.
  const WeightMatrix matrix_;
  Values& values_;
  uint64_t lines_, length_;
  uint64_t height_, width_;  // of tiles but the last: lines, and values of each
  uint64_t line_ = 0, begin_ = 0;
  Tile tile_;
  bool failed_ = false;
};

}  // namespace trtreport::pruning
