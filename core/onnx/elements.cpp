// read_elements: the numbers of a small tensor, from wherever and however they are stored, decoded
// exactly.
#include "onnx/decode.hpp"
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"
#include "onnx/stored.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace trtreport::onnx {
namespace {

using Storage = TensorData::Storage;

// Takes elements as their bits and appends what they mean, up to the tensor's count.
class Sink {
 public:
  Sink(DType dtype, uint64_t count, Elements& elements)
      : dtype_(dtype), count_(count), elements_(elements), is_float_(is_float(dtype)) {}

  uint64_t taken() const { return taken_; }
  bool overflowed() const { return overflowed_; }

  void take(uint64_t bits) {
    if (taken_++ >= count_) return;
    if (is_float_) {
      elements_.floats.push_back(decode_float(dtype_, bits));
      return;
    }
    const int64_t value = decode_integer(dtype_, bits);
    overflowed_ = overflowed_ || (dtype_ == DType::UInt64 && value < 0);
    elements_.ints.push_back(value);
  }

  // A byte of packed storage: several elements, the first one in the lowest bits; padding after the
  // last is skipped.
  void take_packed(uint8_t byte) {
    const uint32_t width = bits(dtype_);
    for (uint32_t shift = 0; shift < 8 && taken_ < count_; shift += width) {
      take((byte >> shift) & ((1u << width) - 1));
    }
  }

 private:
  DType dtype_;
  uint64_t count_;
  Elements& elements_;
  bool is_float_;
  bool overflowed_ = false;
  uint64_t taken_ = 0;
};

bool is_packed(DType dtype) { return bits(dtype) < 8; }

// Little-endian elements from [offset, offset + length); false where the source ends before.
bool read_raw(ByteSource& source, uint64_t offset, uint64_t length, DType dtype, Sink& sink) {
  std::array<std::byte, 4096> chunk;  // a multiple of every element size
  const size_t size = std::max<size_t>(1, bits(dtype) / 8);
  while (length > 0) {
    const size_t want = static_cast<size_t>(std::min<uint64_t>(length, chunk.size()));
    size_t have = 0;
    while (have < want) {
      const size_t got = source.read(offset + have, std::span(chunk).subspan(have, want - have));
      if (got == 0) return false;
      have += got;
    }
    for (size_t begin = 0; begin + size <= want; begin += size) {
      uint64_t element = 0;
      for (size_t byte = size; byte > 0; --byte) {
        element = element << 8 | std::to_integer<uint64_t>(chunk[begin + byte - 1]);
      }
      is_packed(dtype) ? sink.take_packed(static_cast<uint8_t>(element)) : sink.take(element);
    }
    offset += want;
    length -= want;
  }
  return true;
}

// The TensorProto once more, this time for the elements. Packed kinds have one byte in each number.
void read_typed(Scanner& scanner, Range message, DType dtype, Sink& sink) {
  const TensorField field = typed_field(dtype);
  const auto take = [&](uint64_t bits) {
    is_packed(dtype) ? sink.take_packed(static_cast<uint8_t>(bits)) : sink.take(bits);
    return true;
  };
  Fields fields(scanner, message);
  while (fields.next()) {
    if (fields.key() >> 3 != static_cast<uint32_t>(field)) continue;
    const bool is_list = fields.key() == as_bytes(field);
    if (field == TensorField::FloatData) {
      if (is_list || fields.key() == as_fixed32(field)) each_fixed32(scanner, fields, take);
    } else if (field == TensorField::DoubleData) {
      if (is_list || fields.key() == as_fixed64(field)) each_fixed64(scanner, fields, take);
    } else if (is_list || fields.key() == as_varint(field)) {
      each_varint(scanner, fields, take);
    }
  }
}

tl::expected<void, Error> read_stored(const Model& model, ByteSource& own, const TensorData& tensor,
                                      uint64_t count, Sink& sink) {
  const auto source = stored_source(model, own, tensor, count);
  if (!source) return tl::unexpected(source.error());
  if (tensor.storage != Storage::Typed) {
    if (read_raw(**source, tensor.offset, tensor.length, tensor.dtype, sink)) return {};
    return tl::unexpected(
        tensor_error(model, tensor, "truncated", "its data file ends before its data"));
  }
  Scanner scanner(**source);
  read_typed(scanner, {tensor.offset, tensor.offset + tensor.length}, tensor.dtype, sink);
  if (!scanner.failed()) return {};
  Error error = tensor_error(model, tensor, scanner.failure().code, scanner.failure().message);
  error.offset = scanner.failure().offset;
  return tl::unexpected(std::move(error));
}

}  // namespace

tl::expected<Elements, Error> read_elements(const Model& model, ByteSource& source,
                                            const TensorData& tensor, uint64_t most) {
  if (auto checked = check_numbers(model, tensor); !checked)
    return tl::unexpected(std::move(checked.error()));
  const uint64_t count = element_count(tensor.dims);
  if (count > most) {
    return tl::unexpected(tensor_error(model, tensor, "too_many_elements",
                                       "it has more than " + std::to_string(most) + " elements"));
  }
  if (tensor.storage == Storage::Inline) {
    if (auto checked = check_listed(model, tensor, count); !checked)
      return tl::unexpected(std::move(checked.error()));
    return Elements{{tensor.ints.begin(), tensor.ints.end()},
                    {tensor.floats.begin(), tensor.floats.end()}};
  }

  Elements elements;
  Sink sink(tensor.dtype, count, elements);
  tl::expected<void, Error> read;
  if (tensor.storage != Storage::Empty) read = read_stored(model, source, tensor, count, sink);
  if (!read) return tl::unexpected(std::move(read.error()));
  if (sink.taken() != count) {
    return tl::unexpected(tensor_error(model, tensor, "size_mismatch",
                                       std::to_string(sink.taken()) +
                                           " elements are stored, but its shape needs " +
                                           std::to_string(count)));
  }
  if (sink.overflowed()) {
    return tl::unexpected(tensor_error(model, tensor, "no_numbers", "an element exceeds 63 bits"));
  }
  return elements;
}

}  // namespace trtreport::onnx
