// The values of a weight as floats, range by range: what quantization and pruning look at. A weight
// is never in memory as a whole unless its reader asks for all of it.
#pragma once

#include "onnx/model.hpp"
#include "onnx/scanner.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include <tl/expected.hpp>

namespace trtreport::onnx {

// How many elements a caller should read at a time, and the grid on which sums over a weight are
// cut, so that a figure does not depend on who adds it up and on how many threads.
inline constexpr uint64_t kWeightChunk = 1u << 16;

// Reads one dense tensor from wherever it is stored: raw bytes, external data, typed fields, or the
// list of a Constant. Every numeric type becomes float32: float16, bfloat16, the 8- and 4-bit kinds
// exactly, float64 and wide integers rounded to nearest. Not for two threads at once: open one
// reader a thread, which costs nothing.
class WeightReader {
 public:
  // `model` and `source` must outlive the reader. Error codes: no_numbers (strings, complex),
  // external_data_missing, size_mismatch (storage and shape disagree), truncated,
  // left_out (a skeleton file without this weight).
  static tl::expected<WeightReader, Error> open(const Model& model, ByteSource& source,
                                                const TensorData& tensor);

  uint64_t elements() const { return elements_; }
  DType dtype() const { return tensor_->dtype; }
  // Whether going back is as cheap as going on. Typed fields of variable length are read again from
  // their start.
  bool random_access() const { return tensor_->storage != TensorData::Storage::Typed; }

  // Fills `out` with elements [first, first + out.size()), which must exist. Error codes:
  // truncated, size_mismatch (typed fields hold fewer elements), those of read_model for broken
  // fields.
  tl::expected<void, Error> read(uint64_t first, std::span<float> out);

 private:
  WeightReader(const Model& model, ByteSource& source, const TensorData& tensor);

  Error fault(const char* code, const std::string& cause) const;
  bool fetch(uint64_t offset, std::span<std::byte> out);
  float decode(uint64_t bits) const;
  tl::expected<void, Error> read_stored(uint64_t first, std::span<float> out);
  tl::expected<void, Error> read_packed(uint64_t first, std::span<float> out);
  tl::expected<void, Error> read_typed(uint64_t first, std::span<float> out);
  void read_inline(uint64_t first, std::span<float> out) const;
  void rewind();
  bool skip(uint64_t count);
  bool next_bits(uint64_t& bits);
  bool next_stored_bits(uint64_t& bits);

  const Model* model_;
  ByteSource* source_;  // of the bytes: the model file, or the external one
  const TensorData* tensor_;
  uint64_t elements_;
  uint32_t width_;  // bits of an element

  // Typed fields: where reading goes on.
  struct Cursor {
    Cursor(ByteSource& source, Range message) : scanner(source), fields(scanner, message) {}
    Scanner scanner;
    Fields fields;
    Range list;          // what is left of the field being read
    uint64_t taken = 0;  // elements before it
    uint64_t pending = 0;
    uint32_t pending_bits = 0;  // of a byte that holds several elements
  };
  std::unique_ptr<Cursor> cursor_;
};

}  // namespace trtreport::onnx
