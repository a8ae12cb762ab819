// Debian's libonnx as a judge of models that the project writes.
#pragma once

#include <string>

#include <onnx/onnx_pb.h>

namespace trtreport::test {

// The newest file format version and operator set that it knows.
inline constexpr int64_t kCheckedIrVersion = 8;
inline constexpr int64_t kCheckedOpset = 17;

// What its checker, and then its strict shape inference, object to; empty: nothing.
std::string objection_to(const ::onnx::ModelProto& model);

}  // namespace trtreport::test
