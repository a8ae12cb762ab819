// Which bytes of an ONNX file a skeleton file leaves out.
#pragma once

#include "onnx/model.hpp"
#include "onnx/scanner.hpp"

#include <vector>

namespace trtreport::onnx {

// Whether a tensor's elements stay; see kMostKeptElements.
bool keeps_elements(DType dtype, uint64_t elements);

// In file order, apart from each other; empty after a failure of the scanner.
std::vector<Range> left_out_of(Scanner& scanner);

}  // namespace trtreport::onnx
