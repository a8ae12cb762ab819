// TensorProto and SparseTensorProto: type, dims and where the elements lie; never the elements.
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"

#include <string>
#include <string_view>

namespace trtreport::onnx {
namespace {

constexpr uint64_t kExternal = 1;  // TensorProto.DataLocation

bool holds_elements(uint32_t key) {
  switch (static_cast<TensorField>(key >> 3)) {
    case TensorField::FloatData:
    case TensorField::Int32Data:
    case TensorField::StringData:
    case TensorField::Int64Data:
    case TensorField::DoubleData:
    case TensorField::Uint64Data:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Reader::read_dims(const Fields& fields, std::vector<int64_t>& dims) {
  each_varint(scanner_, fields, [&](uint64_t value) {
    const int64_t dim = static_cast<int64_t>(value);
    if (dim < 0) {
      scanner_.fail("negative_dimension", fields.begin(),
                    "dimension " + std::to_string(dims.size()) + " is " + std::to_string(dim));
    } else if (dims.size() == kMostRank) {
      scanner_.fail("malformed", fields.begin(),
                    "a tensor has more than " + std::to_string(kMostRank) + " dimensions");
    } else {
      dims.push_back(dim);
    }
    return !scanner_.failed();
  });
}

std::span<const int64_t> Reader::keep_dims(const std::vector<int64_t>& dims, uint64_t offset) {
  charge(sizeof(TensorData) + sizeof(int64_t) * dims.size(), offset);
  return model_.arena.copy(dims);
}

void Reader::read_tensor(Range message, TensorData& tensor) {
  using Storage = TensorData::Storage;
  dims_.clear();
  external_entries_.clear();
  uint64_t data_type = 0;
  bool is_external = false;
  Fields fields(scanner_, message);
  while (fields.next()) {
    const Range content = fields.content();
    switch (fields.key()) {
      case as_varint(TensorField::Dims):
      case as_bytes(TensorField::Dims):
        read_dims(fields, dims_);
        break;
      case as_varint(TensorField::DataType):
        data_type = fields.value();
        break;
      case as_bytes(TensorField::Name):
        tensor.name = intern(content);
        break;
      case as_bytes(TensorField::RawData):
        if (content.size() == 0 && tensor.storage == Storage::Typed) break;
        tensor.storage = Storage::Raw;
        tensor.offset = content.begin;
        tensor.length = content.size();
        break;
      case as_bytes(TensorField::ExternalData):
        external_entries_.push_back(content);
        break;
      case as_varint(TensorField::DataLocation):
        is_external = fields.value() == kExternal;
        break;
      default:
        if (!holds_elements(fields.key())) break;
        if (tensor.storage == Storage::Raw && tensor.length > 0) break;
        tensor.storage = Storage::Typed;
        tensor.offset = message.begin;
        tensor.length = message.size();
    }
  }
  if (scanner_.failed()) return;
  tensor.dims = keep_dims(dims_, message.begin);
  tensor.dtype = dtype_from_onnx(static_cast<int64_t>(data_type));
  if (tensor.dtype == DType::Undefined && data_type != 0) {
    const std::string name(model_.text(tensor.name)), type = std::to_string(data_type);
    diagnostics_.add({Severity::Warning,
                      "unknown_dtype",
                      "tensor '" + name + "' has data type " + type +
                          ", which ONNX does not define; its size is unknown",
                      {{"tensor", name}, {"dtype", type}},
                      kNoNode,
                      {}});
  }
  if (is_external) place_external(tensor);
}

void Reader::read_sparse_tensor(Range message, SparseTensorData& tensor) {
  sparse_dims_.clear();
  Fields fields(scanner_, message);
  while (fields.next()) {
    switch (fields.key()) {
      case as_bytes(SparseTensorField::Values): {
        const Within within(*this, "values");
        read_tensor(fields.content(), tensor.values = {});
        break;
      }
      case as_bytes(SparseTensorField::Indices): {
        const Within within(*this, "indices");
        read_tensor(fields.content(), tensor.indices = {});
        break;
      }
      case as_varint(SparseTensorField::Dims):
      case as_bytes(SparseTensorField::Dims):
        read_dims(fields, sparse_dims_);
        break;
      default:
        break;
    }
  }
  tensor.dims = keep_dims(sparse_dims_, message.begin);
}

uint64_t Reader::read_decimal(Range range, const char* what) {
  const std::string_view digits = scanner_.view(range);
  uint64_t value = 0;
  bool fits = !digits.empty() && digits.size() <= 18;
  for (const char digit : digits) {
    fits = fits && digit >= '0' && digit <= '9';
    if (fits) value = value * 10 + static_cast<uint64_t>(digit - '0');
  }
  if (!fits) {
    scanner_.fail("malformed", range.begin,
                  std::string("the ") + what + " of external data is not a count of bytes");
  }
  return value;
}

void Reader::place_external(TensorData& tensor) {
  StringId location = StringId::Empty;
  tensor.storage = TensorData::Storage::External;
  tensor.offset = 0;
  tensor.length = storage_bytes(tensor.dtype, element_count(tensor.dims));
  for (const Range message : external_entries_) {
    const Within within(*this, "external_data");
    const Entry entry = read_entry(message);
    const std::string_view key = scanner_.view(entry.key);
    if (key == "location") {
      location = intern(entry.value);
    } else if (key == "offset") {
      tensor.offset = read_decimal(entry.value, "offset");
    } else if (key == "length") {
      tensor.length = read_decimal(entry.value, "length");
    }
  }
  if (!scanner_.failed()) tensor.external = externals_.add(location, tensor.offset, tensor.length);
}

}  // namespace trtreport::onnx
