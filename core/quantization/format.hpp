// Number formats that weights and activations can be stored in: one row each, and the rounding of a
// single value, which is the definition that the fast loops are held to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace trtreport::quantization {

enum class Format : uint8_t {
  Int8,
  Int4,
  Fp8E4M3,
  Fp8E5M2,
  Fp16,
  Bf16,
  Nvfp4,
  Mxfp8,
  Mxfp6,
  Mxfp4,
};
inline constexpr int kFormatCount = 10;

// What an element of the format is. Integers: low..high. Floats: a minifloat that saturates at
// `high`, with `bias` and `mantissa_bits`; every one but bfloat16 has subnormals that matter.
struct Element {
  bool is_integer = false;
  int32_t mantissa_bits = 0;
  int32_t bias = 0;
  float low = 0;   // of the code range; floats: -high
  float high = 0;  // the largest finite value
};

// How the scale of a block or tensor is stored.
enum class Scaling : uint8_t {
  None,   // the value is cast as it is
  Real,   // one float32
  Nvfp4,  // E4M3 a block of 16, times one float32 a tensor
  Mx,     // a power of two (E8M0) a block of 32
};

struct FormatRow {
  Format format;
  std::string_view name;  // in the document and on the command line
  Element element;
  Scaling scaling;
  uint32_t element_bits;
  uint32_t fixed_block;  // where the format dictates it; else 0
};

// Sources: ONNX QuantizeLinear and "Float stored in 8 bits"; OCP 8-bit Floating Point 1.0; OCP
// Microscaling Formats 1.0 (MXFP6 as E2M3, MXFP8 as E4M3); NVIDIA's NVFP4.
const FormatRow& row(Format format);
std::optional<Format> format_from_name(std::string_view name);

// Ties to even, saturating: infinity becomes the largest value, NaN stays.
float round_to_element(const Element& element, float x);

// IEEE rounding without saturation, as a cast does: float16 overflows to infinity from 65520 on.
float round_to_float16(float x);
float round_to_bfloat16(float x);

// Past these limits, half a step outside the range, an unlimited format would round to another
// value.
float clip_low(const Element& element);
float clip_high(const Element& element);

// The codes as stored, for what shows or writes them. `x` must be a value of the format.
uint32_t element_code(const Element& element, float x);
uint16_t float16_code(float x);
uint16_t bfloat16_code(float x);

}  // namespace trtreport::quantization
