// Keeps a written model in memory, for tests that read it back.
#pragma once

#include "onnx/rewrite/pieces.hpp"

#include <string>
#include <string_view>

namespace trtreport::test {

class TextSink : public onnx::ModelSink {
 public:
  bool write(std::string_view bytes) override {
    text += bytes;
    return true;
  }
  std::string text;
};

}  // namespace trtreport::test
