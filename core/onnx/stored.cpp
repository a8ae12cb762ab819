// The checks of stored elements, in one wording for all who read them.
#include "onnx/stored.hpp"

namespace trtreport::onnx {

using Storage = TensorData::Storage;

Error tensor_error(const Model& model, const TensorData& tensor, std::string code,
                   const std::string& cause) {
  return Error{std::move(code), "tensor '" + std::string(model.text(tensor.name)) + "': " + cause,
               UINT64_MAX};
}

tl::expected<void, Error> check_numbers(const Model& model, const TensorData& tensor) {
  const DType dtype = tensor.dtype;
  if (is_float(dtype) || is_integer(dtype) || dtype == DType::Bool) return {};
  return tl::unexpected(tensor_error(model, tensor, "no_numbers",
                                     std::string(name(dtype)) + " elements are no numbers"));
}

tl::expected<void, Error> check_listed(const Model& model, const TensorData& tensor,
                                       uint64_t elements) {
  if (tensor.ints.size() + tensor.floats.size() == elements) return {};
  return tl::unexpected(
      tensor_error(model, tensor, "size_mismatch", "its list and its shape disagree"));
}

namespace {

// The fewest bytes that typed fields can hold so many elements in: a varint has one at least, and
// packed kinds share a number.
uint64_t least_typed_bytes(DType dtype, uint64_t elements) {
  const TensorField field = typed_field(dtype);
  if (field == TensorField::FloatData || field == TensorField::DoubleData || bits(dtype) < 8)
    return storage_bytes(dtype, elements);
  return elements;
}

}  // namespace

tl::expected<ByteSource*, Error> stored_source(const Model& model, ByteSource& own,
                                               const TensorData& tensor, uint64_t elements) {
  ByteSource* source = &own;
  if (tensor.storage == Storage::External) {
    const ExternalFile& file = model.external_files[tensor.external];
    if (file.source == nullptr) {
      return tl::unexpected(tensor_error(
          model, tensor, "external_data_missing",
          "its data file '" + std::string(model.text(file.location)) + "' is not there"));
    }
    source = file.source.get();
  }
  const uint64_t need = storage_bytes(tensor.dtype, elements);
  if (tensor.storage != Storage::Typed && tensor.length != need) {
    return tl::unexpected(tensor_error(model, tensor, "size_mismatch",
                                       std::to_string(tensor.length) +
                                           " bytes are stored, but its shape needs " +
                                           std::to_string(need)));
  }
  if (tensor.storage == Storage::Typed &&
      tensor.length < least_typed_bytes(tensor.dtype, elements)) {
    return tl::unexpected(
        tensor_error(model, tensor, "size_mismatch",
                     "too few elements are stored, its shape needs " + std::to_string(elements)));
  }
  const uint64_t size = source->size();
  if (tensor.offset > size || tensor.length > size - tensor.offset) {
    return tl::unexpected(
        tensor_error(model, tensor, "truncated", "its data file ends before its data"));
  }
  if (!source->holds(tensor.offset, tensor.length)) {
    return tl::unexpected(
        tensor_error(model, tensor, "left_out", "its elements were left out of the file"));
  }
  return source;
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

}  // namespace trtreport::onnx
