// libonnx as the judge of the reader: the same file parsed by both, compared field by field.
#pragma once

#include "onnx/model.hpp"

#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace trtreport::test {

// What differs between `expected` and what the reader made of the same bytes, one line each; empty
// where all agrees. Elements of up to 1 MiB per tensor are compared too; of external data only the
// places.
std::vector<std::string> differences(const ::onnx::ModelProto& expected, const onnx::Model& model,
                                     ByteSource& source);

}  // namespace trtreport::test
