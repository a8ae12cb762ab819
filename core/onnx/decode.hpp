// One element of a tensor from its bits: integers of every width and all binary floating kinds,
// exactly.
#pragma once

#include "base/dtype.hpp"

#include <cstdint>

namespace trtreport::onnx {

// The lowest bits(dtype) bits of `bits` as a number of that type; bits above are ignored. Bool is 0
// or 1. A uint64 above 2^63 - 1 comes out negative.
int64_t decode_integer(DType dtype, uint64_t bits);

// The same for float64, float32, float16, bfloat16, the float8 kinds and float4_e2m1fn: each value
// is a double's. Sources: IEEE 754; OCP 8-bit Floating Point Specification 1.0; OCP Microscaling
// Formats 1.0; for the FNUZ kinds ONNX's "Float stored in 8 bits".
double decode_float(DType dtype, uint64_t bits);

}  // namespace trtreport::onnx
