// Random operands: numbers drawn from the standard normal distribution and rounded to a type, as in
// the matrices that people multiply. Zeros or constants would cost less power and flatter the chip.
#pragma once

#include "kernels/kernel.hpp"

#include <cstdint>
#include <vector>

namespace trtprobe {

// Bits of a small floating-point format: 1 sign bit, then these; no infinities where `finite`, and
// what is too large becomes the largest number.
struct FloatFormat {
  int exponent_bits;
  int mantissa_bits;
  bool finite;  // E4M3, E2M1: the highest exponent holds numbers
};

constexpr FloatFormat kFormatFp16 = {5, 10, false};
constexpr FloatFormat kFormatBf16 = {8, 7, false};
constexpr FloatFormat kFormatE4m3 = {4, 3, true};
constexpr FloatFormat kFormatE5m2 = {5, 2, false};
constexpr FloatFormat kFormatE2m1 = {2, 1, true};

// `x` rounded to the nearest number of the format, ties to even; `x` must be finite.
std::uint32_t encode_float(double x, const FloatFormat& format);

// `words` words full of such numbers, the same for the same seed.
std::vector<std::uint32_t> random_operands(Operands kind, std::size_t words, std::uint64_t seed);

}  // namespace trtprobe
