// What a file is that turned out not to be an ONNX model, so that the message can say how to get
// one.
#pragma once

#include "base/byte_source.hpp"

#include <string>

namespace trtreport::onnx {

// "a Git-LFS pointer, not the model itself: run `git lfs pull`"; empty where nothing is recognized.
std::string identify(ByteSource& source);

}  // namespace trtreport::onnx
