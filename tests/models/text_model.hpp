// Models as text: ONNX's own textual syntax plus a few directives, so that a golden case can be
// read in a review.
//
//   # --batch 8 --precision fp16          options of the command line for this case
//   @weight w float32[64,3,7,7]           a seeded initializer whose numbers do not matter
//   @external w float32[64,64] at a.bin 0 an initializer in an external file (location, offset)
//   <ir_version: 8, opset_import: ["" : 17]>
//   agraph (float[N, 3, 8, 8] x) => (float[N, 64, 4, 4] y) { y = Conv(x, w) }
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::models {

struct TextModel {
  std::string bytes;                 // the serialized ModelProto
  std::vector<std::string> options;  // words of the lines that begin with "# --", in order
};

// The error is one line that names the cause.
tl::expected<TextModel, std::string> parse_text_model(std::string_view text);

}  // namespace trtreport::models
