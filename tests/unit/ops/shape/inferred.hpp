// One node at a time through shape inference: what the tests of the shape rules compare.
#pragma once

#include <string>
#include <string_view>

namespace trtreport::test {

// Infers a graph of these inputs and nodes, both in ONNX's textual syntax, and answers the last
// node's outputs as "float32[1, batch, ?] int64[2]": "?" is a size unknown before running,
// "float32" alone an unknown rank, "-" an unknown type. A text that cannot be read or inferred
// answers "error: …". Domains besides ai.onnx are imported at 1.
std::string inferred(std::string_view inputs, std::string_view nodes, int opset = 17);

// The contents of the last node's outputs as "{1, 2*batch, ?}", one each; "-" where they are not
// known. Fractions are written with up to six digits.
std::string contents(std::string_view inputs, std::string_view nodes, int opset = 17);

// The messages of errors and warnings that inference of the same graph stated, one a line.
std::string faults(std::string_view inputs, std::string_view nodes, int opset = 17);

}  // namespace trtreport::test
