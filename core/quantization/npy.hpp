// Arrays as numpy stores them (.npy): what activations come in.
#pragma once

#include "base/byte_source.hpp"
#include "base/dtype.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::quantization {

struct NpyHeader {
  DType dtype = DType::Undefined;
  bool fortran_order = false;  // values come first axis fastest
  std::vector<uint64_t> shape;
  uint64_t elements = 0;
  uint64_t data = 0;  // where values begin
};

// Reads the first bytes of a .npy file (format versions 1 to 3; little-endian numbers and bools).
// Error codes: not_npy, unsupported_npy (big-endian, structured, or objects), truncated.
tl::expected<NpyHeader, Error> parse_npy_header(std::span<const std::byte> bytes);

// Values of a whole .npy file as floats, in stored order.
struct NpyArray {
  NpyHeader header;
  std::vector<float> values;
};
tl::expected<NpyArray, Error> parse_npy(std::span<const std::byte> bytes);

}  // namespace trtreport::quantization
