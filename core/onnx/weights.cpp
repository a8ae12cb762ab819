// Decoding by range. What models mostly hold (float32, float16, bfloat16) has loops of its own;
// everything else goes through the decoder of single elements.
#include "onnx/weights.hpp"

#include "onnx/decode.hpp"
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"
#include "onnx/stored.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>

namespace trtreport::onnx {
namespace {

using Storage = TensorData::Storage;

float float_of_bits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// Shifted into place, a half is its value times 2^-112, subnormals too; what is no number keeps its
// mantissa.
float float_of_half(uint32_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  if ((half & 0x7c00u) == 0x7c00u) return float_of_bits(sign | 0x7f800000u | (half & 0x3ffu) << 13);
  const float magnitude = float_of_bits((half & 0x7fffu) << 13) * 0x1p112f;
  return sign != 0 ? -magnitude : magnitude;
}

// Bytes of an element of fixed width in typed fields; 0 for varints.
uint64_t fixed_width(TensorField field) {
  if (field == TensorField::FloatData) return 4;
  return field == TensorField::DoubleData ? 8 : 0;
}

}  // namespace

WeightReader::WeightReader(const Model& model, ByteSource& source, const TensorData& tensor)
    : model_(&model),
      source_(&source),
      tensor_(&tensor),
      elements_(element_count(tensor.dims)),
      width_(bits(tensor.dtype)) {}

Error WeightReader::fault(const char* code, const std::string& cause) const {
  return tensor_error(*model_, *tensor_, code, cause);
}

tl::expected<WeightReader, Error> WeightReader::open(const Model& model, ByteSource& source,
                                                     const TensorData& tensor) {
  WeightReader reader(model, source, tensor);
  if (auto checked = check_numbers(model, tensor); !checked)
    return tl::unexpected(std::move(checked.error()));
  if (tensor.storage == Storage::Empty && reader.elements_ > 0) {
    return tl::unexpected(reader.fault(
        "size_mismatch",
        "it holds no data, but its shape has " + std::to_string(reader.elements_) + " elements"));
  }
  if (tensor.storage == Storage::Inline) {
    if (auto checked = check_listed(model, tensor, reader.elements_); !checked)
      return tl::unexpected(std::move(checked.error()));
  } else if (tensor.storage != Storage::Empty) {
    const auto stored = stored_source(model, source, tensor, reader.elements_);
    if (!stored) return tl::unexpected(stored.error());
    reader.source_ = *stored;
  }
  return reader;
}

tl::expected<void, Error> WeightReader::read(uint64_t first, std::span<float> out) {
  assert(first <= elements_ && out.size() <= elements_ - first);
  if (out.empty()) return {};
  switch (tensor_->storage) {
    case Storage::Typed:
      return read_typed(first, out);
    case Storage::Inline:
      read_inline(first, out);
      return {};
    default:
      return width_ < 8 ? read_packed(first, out) : read_stored(first, out);
  }
}

bool WeightReader::fetch(uint64_t offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const size_t got = source_->read(offset, out);
    if (got == 0) return false;
    offset += got;
    out = out.subspan(got);
  }
  return true;
}

float WeightReader::decode(uint64_t bits) const {
  const DType dtype = tensor_->dtype;
  if (is_float(dtype)) return static_cast<float>(decode_float(dtype, bits));
  if (dtype == DType::UInt64) return static_cast<float>(bits);
  return static_cast<float>(decode_integer(dtype, bits));
}

tl::expected<void, Error> WeightReader::read_stored(uint64_t first, std::span<float> out) {
  const uint64_t size = width_ / 8;
  const uint64_t begin = tensor_->offset + first * size;
  if (tensor_->dtype == DType::Float32) {
    if (!fetch(begin, std::as_writable_bytes(out)))
      return tl::unexpected(fault("truncated", "its data file ends before its data"));
    return {};
  }
  std::array<unsigned char, 16384> block;  // a multiple of every element size
  const uint64_t most = block.size() / size;
  for (uint64_t done = 0; done < out.size();) {
    const uint64_t count = std::min<uint64_t>(most, out.size() - done);
    const std::span bytes(block.data(), static_cast<size_t>(count * size));
    if (!fetch(begin + done * size, std::as_writable_bytes(bytes)))
      return tl::unexpected(fault("truncated", "its data file ends before its data"));
    float* target = out.data() + done;
    const unsigned char* from = block.data();
    if (tensor_->dtype == DType::Float16) {
      for (uint64_t i = 0; i < count; ++i, from += 2)
        target[i] = float_of_half(static_cast<uint32_t>(from[0] | from[1] << 8));
    } else if (tensor_->dtype == DType::BFloat16) {
      for (uint64_t i = 0; i < count; ++i, from += 2)
        target[i] = float_of_bits(static_cast<uint32_t>(from[0] | from[1] << 8) << 16);
    } else {
      for (uint64_t i = 0; i < count; ++i, from += size) {
        uint64_t element = 0;
        for (uint64_t byte = size; byte > 0; --byte) element = element << 8 | from[byte - 1];
        target[i] = decode(element);
      }
    }
    done += count;
  }
  return {};
}

tl::expected<void, Error> WeightReader::read_packed(uint64_t first, std::span<float> out) {
  const uint64_t per_byte = 8 / width_;
  const uint64_t mask = (uint64_t{1} << width_) - 1;
  std::array<unsigned char, 4096> block;
  for (uint64_t done = 0; done < out.size();) {
    const uint64_t element = first + done;
    const uint64_t shift = element % per_byte;
    const uint64_t left = out.size() - done;
    const uint64_t bytes =
        std::min<uint64_t>(block.size(), (shift + left + per_byte - 1) / per_byte);
    const std::span part(block.data(), static_cast<size_t>(bytes));
    if (!fetch(tensor_->offset + element / per_byte, std::as_writable_bytes(part)))
      return tl::unexpected(fault("truncated", "its data file ends before its data"));
    const uint64_t count = std::min(left, bytes * per_byte - shift);
    float* target = out.data() + done;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t at = shift + i;
      target[i] = decode(part.data()[at / per_byte] >> (at % per_byte * width_) & mask);
    }
    done += count;
  }
  return {};
}

void WeightReader::read_inline(uint64_t first, std::span<float> out) const {
  for (size_t i = 0; i < out.size(); ++i) {
    const size_t at = static_cast<size_t>(first) + i;
    out[i] = tensor_->floats.empty() ? static_cast<float>(tensor_->ints[at])
                                     : static_cast<float>(tensor_->floats[at]);
  }
}

void WeightReader::rewind() {
  cursor_ =
      std::make_unique<Cursor>(*source_, Range{tensor_->offset, tensor_->offset + tensor_->length});
}

// The next number of the typed fields, packed or not.
bool WeightReader::next_stored_bits(uint64_t& bits) {
  Cursor& cursor = *cursor_;
  const TensorField field = typed_field(tensor_->dtype);
  const uint64_t width = fixed_width(field);
  while (cursor.list.begin >= cursor.list.end) {
    if (!cursor.fields.next()) return false;
    const uint32_t key = cursor.fields.key();
    if (key == as_bytes(field)) {
      cursor.list = cursor.fields.content();
      continue;
    }
    const uint32_t single =
        width == 4 ? as_fixed32(field) : (width == 8 ? as_fixed64(field) : as_varint(field));
    if (key != single) continue;
    bits = cursor.fields.value();
    return true;
  }
  Range& list = cursor.list;
  if (width == 4) {
    uint32_t value = 0;
    if (!cursor.scanner.fixed32(list.begin, list.end, value)) return false;
    bits = value;
    return true;
  }
  if (width == 8) return cursor.scanner.fixed64(list.begin, list.end, bits);
  return cursor.scanner.varint(list.begin, list.end, bits);
}

bool WeightReader::next_bits(uint64_t& bits) {
  Cursor& cursor = *cursor_;
  if (width_ >= 8) {
    if (!next_stored_bits(bits)) return false;
  } else {
    if (cursor.pending_bits == 0) {
      if (!next_stored_bits(cursor.pending)) return false;
      cursor.pending_bits = 8;
    }
    bits = cursor.pending & ((uint64_t{1} << width_) - 1);
    cursor.pending >>= width_;
    cursor.pending_bits -= width_;
  }
  ++cursor.taken;
  return true;
}

bool WeightReader::skip(uint64_t count) {
  const uint64_t width = fixed_width(typed_field(tensor_->dtype));
  uint64_t unused = 0;
  while (count > 0) {
    Range& list = cursor_->list;
    if (width > 0 && list.size() / width > 0) {
      const uint64_t step = std::min(count, list.size() / width);
      list.begin += step * width;
      cursor_->taken += step;
      count -= step;
      continue;
    }
    if (!next_bits(unused)) return false;
    --count;
  }
  return true;
}

tl::expected<void, Error> WeightReader::read_typed(uint64_t first, std::span<float> out) {
  if (!cursor_ || cursor_->taken > first) rewind();
  bool fine = skip(first - cursor_->taken);
  for (size_t i = 0; fine && i < out.size(); ++i) {
    uint64_t bits = 0;
    fine = next_bits(bits);
    if (fine) out[i] = decode(bits);
  }
  if (fine) return {};
  if (cursor_->scanner.failed()) {
    const Error& failure = cursor_->scanner.failure();
    Error named = fault(failure.code.c_str(), failure.message);
    named.offset = failure.offset;
    return tl::unexpected(std::move(named));
  }
  return tl::unexpected(fault("size_mismatch", std::to_string(cursor_->taken) +
                                                   " elements are stored, but its shape needs " +
                                                   std::to_string(elements_)));
}

}  // namespace trtreport::onnx
