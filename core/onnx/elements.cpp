// read_elements: the numbers of a small tensor, from wherever and however they are stored, decoded
// exactly.
#include "onnx/decode.hpp"
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace trtreport::onnx {
namespace {

using Storage = TensorData::Storage;

std::string called(const Model& model, const TensorData& tensor) {
  return "tensor '" + std::string(model.text(tensor.name)) + "': ";
}

Error error_of(const Model& model, const TensorData& tensor, const char* code, std::string cause) {
  return Error{code, called(model, tensor) + std::move(cause), UINT64_MAX};
}

Error left_out(const Model& model, const TensorData& tensor) {
  return error_of(model, tensor, "left_out", "its elements were left out of the file");
}

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

TensorField typed_field(DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return TensorField::FloatData;
    case DType::Float64:
      return TensorField::DoubleData;
    case DType::Int64:
      return TensorField::Int64Data;
    case DType::UInt32:
    case DType::UInt64:
      return TensorField::Uint64Data;
    default:
      return TensorField::Int32Data;
  }
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

// Where the bytes of Raw and External lie; checks that they are as many as dims need and that the
// file has them.
tl::expected<void, Error> read_stored(const Model& model, ByteSource& own, const TensorData& tensor,
                                      uint64_t count, Sink& sink) {
  ByteSource* source = &own;
  if (tensor.storage == Storage::External) {
    const ExternalFile& file = model.external_files[tensor.external];
    if (file.source == nullptr) {
      return tl::unexpected(
          error_of(model, tensor, "external_data_missing",
                   "its data file '" + std::string(model.text(file.location)) + "' is not there"));
    }
    source = file.source.get();
  }
  const uint64_t need = storage_bytes(tensor.dtype, count);
  if (tensor.length != need) {
    return tl::unexpected(error_of(model, tensor, "size_mismatch",
                                   std::to_string(tensor.length) +
                                       " bytes are stored, but its shape needs " +
                                       std::to_string(need)));
  }
  if (!source->holds(tensor.offset, need)) return tl::unexpected(left_out(model, tensor));
  const uint64_t size = source->size();
  if (tensor.offset > size || need > size - tensor.offset ||
      !read_raw(*source, tensor.offset, need, tensor.dtype, sink)) {
    return tl::unexpected(
        error_of(model, tensor, "truncated", "its data file ends before its data"));
  }
  return {};
}

tl::expected<void, Error> read_listed(const Model& model, ByteSource& source,
                                      const TensorData& tensor, Sink& sink) {
  Scanner scanner(source);
  if (tensor.offset > scanner.size() || tensor.length > scanner.size() - tensor.offset) {
    return tl::unexpected(error_of(model, tensor, "truncated", "the file ends before its data"));
  }
  if (!source.holds(tensor.offset, tensor.length)) return tl::unexpected(left_out(model, tensor));
  read_typed(scanner, {tensor.offset, tensor.offset + tensor.length}, tensor.dtype, sink);
  if (!scanner.failed()) return {};
  const Error& failure = scanner.failure();
  return tl::unexpected(
      Error{failure.code, called(model, tensor) + failure.message, failure.offset});
}

tl::expected<Elements, Error> inline_elements(const Model& model, const TensorData& tensor,
                                              uint64_t count) {
  if (tensor.ints.size() + tensor.floats.size() != count) {
    return tl::unexpected(
        error_of(model, tensor, "size_mismatch", "its list and its shape disagree"));
  }
  return Elements{{tensor.ints.begin(), tensor.ints.end()},
                  {tensor.floats.begin(), tensor.floats.end()}};
}

}  // namespace

tl::expected<Elements, Error> read_elements(const Model& model, ByteSource& source,
                                            const TensorData& tensor, uint64_t most) {
  const DType dtype = tensor.dtype;
  if (!is_float(dtype) && !is_integer(dtype) && dtype != DType::Bool) {
    return tl::unexpected(error_of(model, tensor, "no_numbers",
                                   std::string(name(dtype)) + " elements are no numbers"));
  }
  const uint64_t count = element_count(tensor.dims);
  if (count > most) {
    return tl::unexpected(error_of(model, tensor, "too_many_elements",
                                   "it has more than " + std::to_string(most) + " elements"));
  }
  if (tensor.storage == Storage::Inline) return inline_elements(model, tensor, count);

  Elements elements;
  Sink sink(dtype, count, elements);
  tl::expected<void, Error> read;
  if (tensor.storage == Storage::Typed) {
    read = read_listed(model, source, tensor, sink);
  } else if (tensor.storage != Storage::Empty) {
    read = read_stored(model, source, tensor, count, sink);
  }
  if (!read) return tl::unexpected(std::move(read.error()));
  if (sink.taken() != count) {
    return tl::unexpected(error_of(model, tensor, "size_mismatch",
                                   std::to_string(sink.taken()) +
                                       " elements are stored, but its shape needs " +
                                       std::to_string(count)));
  }
  if (sink.overflowed()) {
    return tl::unexpected(error_of(model, tensor, "no_numbers", "an element exceeds 63 bits"));
  }
  return elements;
}

}  // namespace trtreport::onnx
