// Where the elements of a tensor lie and whether they are as many as its shape says: what
// everything that reads elements asks first.
#pragma once

#include "base/byte_source.hpp"
#include "onnx/fields.hpp"
#include "onnx/model.hpp"

#include <string>

namespace trtreport::onnx {

// "tensor 'NAME': CAUSE", at no particular offset.
Error tensor_error(const Model& model, const TensorData& tensor, std::string code,
                   const std::string& cause);

// no_numbers, unless the tensor's type is a number's or bool.
tl::expected<void, Error> check_numbers(const Model& model, const TensorData& tensor);

// size_mismatch, unless an Inline tensor lists `elements` values.
tl::expected<void, Error> check_listed(const Model& model, const TensorData& tensor,
                                       uint64_t elements);

// The source that tensor.offset and tensor.length speak of, for Raw, Typed and External storage;
// `own` is the model's file. Errors: external_data_missing; size_mismatch where the bytes are not
// those of `elements` (Typed: too few for them; its fields are counted by who reads them);
// truncated; left_out.
tl::expected<ByteSource*, Error> stored_source(const Model& model, ByteSource& own,
                                               const TensorData& tensor, uint64_t elements);

// The repeated field of TensorProto that holds the elements of a type.
TensorField typed_field(DType dtype);

}  // namespace trtreport::onnx
