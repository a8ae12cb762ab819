// Every floating kind is one row: how many bits each part has, and which codes are no numbers.
#include "onnx/decode.hpp"

#include <cstring>
#include <limits>

namespace trtreport::onnx {
namespace {

enum class Special : uint8_t {
  Ieee,             // the highest exponent is infinity and NaN
  AllOnesNan,       // only all ones after the sign is NaN, no infinity
  NegativeZeroNan,  // only the code of -0 is NaN, no infinity
  None,             // every code is a number
};

struct Format {
  uint32_t exponent_bits;
  uint32_t mantissa_bits;
  int32_t bias;
  Special special;
};

Format format_of(DType dtype) {
  switch (dtype) {
    case DType::Float16:
      return {5, 10, 15, Special::Ieee};
    case DType::BFloat16:
      return {8, 7, 127, Special::Ieee};
    case DType::Float8E4M3FN:
      return {4, 3, 7, Special::AllOnesNan};
    case DType::Float8E4M3FNUZ:
      return {4, 3, 8, Special::NegativeZeroNan};
    case DType::Float8E5M2:
      return {5, 2, 15, Special::Ieee};
    case DType::Float8E5M2FNUZ:
      return {5, 2, 16, Special::NegativeZeroNan};
    case DType::Float4E2M1:
      return {2, 1, 1, Special::None};
    default:
      return {8, 23, 127, Special::Ieee};  // float32
  }
}

// 2^exponent for exponents that a normal double has.
double power_of_two(int32_t exponent) {
  const uint64_t bits = static_cast<uint64_t>(exponent + 1023) << 52;
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double decode_small(const Format& format, uint64_t bits) {
  const uint64_t mantissa_mask = (uint64_t{1} << format.mantissa_bits) - 1;
  const uint64_t exponent_mask = (uint64_t{1} << format.exponent_bits) - 1;
  const uint64_t mantissa = bits & mantissa_mask;
  const uint64_t exponent = (bits >> format.mantissa_bits) & exponent_mask;
  const bool negative = ((bits >> (format.mantissa_bits + format.exponent_bits)) & 1) != 0;
  if (format.special == Special::Ieee && exponent == exponent_mask) {
    if (mantissa != 0) return kNan;
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  }
  if (format.special == Special::AllOnesNan && exponent == exponent_mask &&
      mantissa == mantissa_mask) {
    return kNan;
  }
  if (format.special == Special::NegativeZeroNan && negative && exponent == 0 && mantissa == 0)
    return kNan;

  // Subnormals have the smallest exponent and no hidden bit.
  const uint64_t hidden = exponent == 0 ? 0 : mantissa_mask + 1;
  const int32_t power = (exponent == 0 ? 1 : static_cast<int32_t>(exponent)) - format.bias -
                        static_cast<int32_t>(format.mantissa_bits);
  const double magnitude = static_cast<double>(hidden | mantissa) * power_of_two(power);
  return negative ? -magnitude : magnitude;
}

}  // namespace

int64_t decode_integer(DType dtype, uint64_t bits) {
  if (dtype == DType::Bool) return (bits & 0xff) != 0 ? 1 : 0;
  const uint32_t width = trtreport::bits(dtype);
  if (width >= 64) return static_cast<int64_t>(bits);
  const uint64_t mask = (uint64_t{1} << width) - 1;
  const uint64_t sign = uint64_t{1} << (width - 1);
  bits &= mask;
  if (is_signed_integer(dtype) && (bits & sign) != 0) bits |= ~mask;
  return static_cast<int64_t>(bits);
}

double decode_float(DType dtype, uint64_t bits) {
  if (dtype == DType::Float64) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  if (dtype == DType::Float8E8M0) {  // a power of two, without sign
    bits &= 0xff;
    return bits == 0xff ? kNan : power_of_two(static_cast<int32_t>(bits) - 127);
  }
  return decode_small(format_of(dtype), bits);
}

}  // namespace trtreport::onnx
