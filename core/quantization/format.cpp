// The table of formats, and rounding by integers on the bits: no libm, the same on every platform.
#include "quantization/format.hpp"

#include <cmath>
#include <cstring>

namespace trtreport::quantization {
namespace {

constexpr Element kInt8 = {true, 0, 0, -128, 127};
constexpr Element kInt4 = {true, 0, 0, -8, 7};
constexpr Element kE4M3 = {false, 3, 7, -448, 448};
constexpr Element kE5M2 = {false, 2, 15, -57344, 57344};
constexpr Element kFloat16 = {false, 10, 15, -65504, 65504};
constexpr Element kBfloat16 = {false, 7, 127, -0x1.fep127f, 0x1.fep127f};
constexpr Element kE2M1 = {false, 1, 1, -6, 6};
constexpr Element kE2M3 = {false, 3, 1, -7.5f, 7.5f};

constexpr std::array<FormatRow, kFormatCount> kRows = {{
    {Format::Int8, "int8", kInt8, Scaling::Real, 8, 0},
    {Format::Int4, "int4", kInt4, Scaling::Real, 4, 0},
    {Format::Fp8E4M3, "fp8_e4m3", kE4M3, Scaling::Real, 8, 0},
    {Format::Fp8E5M2, "fp8_e5m2", kE5M2, Scaling::Real, 8, 0},
    {Format::Fp16, "fp16", kFloat16, Scaling::None, 16, 0},
    {Format::Bf16, "bf16", kBfloat16, Scaling::None, 16, 0},
    {Format::Nvfp4, "nvfp4", kE2M1, Scaling::Nvfp4, 4, 16},
    {Format::Mxfp8, "mxfp8", kE4M3, Scaling::Mx, 8, 32},
    {Format::Mxfp6, "mxfp6", kE2M3, Scaling::Mx, 6, 32},
    {Format::Mxfp4, "mxfp4", kE2M1, Scaling::Mx, 4, 32},
}};

uint32_t bits_of(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

float float_of(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

constexpr uint32_t kSign = 0x80000000u;
constexpr uint32_t kExponent = 0x7f800000u;

// Adding 1.5 * 2^23 leaves no bit for a fraction; the processor's rounding is ties to even.
float round_integer(const Element& element, float x) {
  if (!(x > element.low)) return element.low;
  if (x > element.high) return element.high;
  constexpr float kMagic = 12582912.0f;
  return (x + kMagic) - kMagic;
}

// Half the spacing above the largest value of a float format.
float half_step(const Element& element) {
  float binade = 1;
  while (binade * 2 <= element.high) binade *= 2;
  return binade / static_cast<float>(2 << element.mantissa_bits);
}

bool is_odd(float whole) { return (static_cast<int32_t>(whole) & 1) != 0; }

}  // namespace

const FormatRow& row(Format format) { return kRows[static_cast<size_t>(format)]; }

std::optional<Format> format_from_name(std::string_view name) {
  if (name == "fp8") return Format::Fp8E4M3;
  for (const FormatRow& row : kRows) {
    if (row.name == name) return row.format;
  }
  return std::nullopt;
}

float round_to_element(const Element& element, float x) {
  if (x != x) return element.is_integer ? 0 : x;
  if (element.is_integer) return round_integer(element, x);
  if (element.bias == 127) {
    const float rounded = round_to_bfloat16(x);
    return rounded > element.high ? element.high : (rounded < element.low ? element.low : rounded);
  }
  const uint32_t sign = bits_of(x) & kSign;
  float magnitude = float_of(bits_of(x) & ~kSign);
  if (magnitude > element.high) magnitude = element.high;
  // The spacing of the format's values around x is 2^(e - mantissa_bits): a float 23 -
  // mantissa_bits binades above has just that spacing, so that adding it rounds, ties to even.
  const uint32_t least = static_cast<uint32_t>(1 - element.bias + 127) << 23;
  uint32_t exponent = bits_of(magnitude) & kExponent;
  if (exponent < least) exponent = least;
  const float magic =
      float_of(exponent + (static_cast<uint32_t>(23 - element.mantissa_bits) << 23));
  return float_of(bits_of((magnitude + magic) - magic) | sign);
}

float round_to_float16(float x) {
  if (x != x) return x;
  const float magnitude = float_of(bits_of(x) & ~kSign);
  if (magnitude >= 65520) return float_of((bits_of(x) & kSign) | kExponent);
  return round_to_element(kFloat16, x);
}

float round_to_bfloat16(float x) {
  const uint32_t bits = bits_of(x);
  if (x != x) return float_of((bits | 0x400000u) & 0xffff0000u);
  return float_of((bits + 0x7fffu + ((bits >> 16) & 1u)) & 0xffff0000u);
}

float clip_low(const Element& element) {
  if (!element.is_integer) return -clip_high(element);
  const float tie = element.low - 0.5f;
  return is_odd(element.low) ? std::nextafterf(tie, 0) : tie;
}

float clip_high(const Element& element) {
  if (element.bias == 127) return element.high;
  const float tie = element.high + (element.is_integer ? 0.5f : half_step(element));
  const bool odd =
      element.is_integer ? is_odd(element.high) : (element_code(element, element.high) & 1u) != 0;
  return odd ? std::nextafterf(tie, 0) : tie;
}

uint32_t element_code(const Element& element, float x) {
  if (element.is_integer) return static_cast<uint32_t>(static_cast<int32_t>(x)) & 0xffu;
  const uint32_t bits = bits_of(x);
  uint32_t exponent_bits = 8;  // of E4M3 4, of E5M2 5, of E2Mx 2
  if (element.bias == 7) exponent_bits = 4;
  if (element.bias == 15) exponent_bits = 5;
  if (element.bias == 1) exponent_bits = 2;
  const uint32_t mantissa = static_cast<uint32_t>(element.mantissa_bits);
  const uint32_t sign = (bits >> 31) << (exponent_bits + mantissa);
  const float least = float_of(static_cast<uint32_t>(1 - element.bias + 127) << 23);
  const float magnitude = float_of(bits & ~kSign);
  if (magnitude < least) {  // subnormal: in units of the smallest
    const float unit =
        float_of(static_cast<uint32_t>(1 - element.bias + 127 - element.mantissa_bits) << 23);
    return sign | static_cast<uint32_t>(magnitude / unit);
  }
  const uint32_t exponent =
      static_cast<uint32_t>(static_cast<int32_t>((bits >> 23) & 0xffu) - 127 + element.bias);
  const uint32_t fraction = (bits >> (23 - mantissa)) & ((1u << mantissa) - 1);
  return sign | exponent << mantissa | fraction;
}

uint16_t float16_code(float x) {
  if (x != x) return 0x7e00;
  const uint32_t sign = bits_of(x) >> 16 & 0x8000u;
  if (float_of(bits_of(x) & ~kSign) >= 65520) return static_cast<uint16_t>(sign | 0x7c00u);
  return static_cast<uint16_t>(element_code(kFloat16, x));
}

uint16_t bfloat16_code(float x) { return static_cast<uint16_t>(bits_of(x) >> 16); }

}  // namespace trtreport::quantization
