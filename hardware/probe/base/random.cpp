// Rounding to small formats, and a generator that every platform runs alike.
#include "base/random.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace trtprobe {
namespace {

// SplitMix64.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    return z ^ z >> 31U;
  }

  double uniform() { return (static_cast<double>(bits() >> 11U) + 0.5) / 9007199254740992.0; }

  // Box and Muller.
  double normal() {
    constexpr double kTwoPi = 6.283185307179586;
    return std::sqrt(-2 * std::log(uniform())) * std::cos(kTwoPi * uniform());
  }

 private:
  std::uint64_t state_;
};

std::uint32_t packed(Generator& generator, const FloatFormat& format) {
  const int width = 1 + format.exponent_bits + format.mantissa_bits;
  std::uint32_t word = 0;
  for (int shift = 0; shift < 32; shift += width) {
    word |= encode_float(generator.normal(), format) << shift;
  }
  return word;
}

std::uint32_t float_bits(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

std::vector<std::uint32_t> doubles(std::size_t words, Generator& generator) {
  std::vector<std::uint32_t> out(words);
  for (std::size_t i = 0; i + 1 < words; i += 2) {
    const double x = generator.normal();
    std::memcpy(&out[i], &x, sizeof x);
  }
  return out;
}

std::uint32_t word(Operands kind, Generator& generator) {
  switch (kind) {
    case Operands::kFp32:
      return float_bits(static_cast<float>(generator.normal()));
    // The hardware takes the upper 19 bits.
    case Operands::kTf32:
      return float_bits(static_cast<float>(generator.normal())) & 0xFFFFE000U;
    case Operands::kFp16:
      return packed(generator, kFormatFp16);
    case Operands::kBf16:
      return packed(generator, kFormatBf16);
    case Operands::kE4m3:
      return packed(generator, kFormatE4m3);
    case Operands::kE5m2:
      return packed(generator, kFormatE5m2);
    case Operands::kFp4:
      return packed(generator, kFormatE2m1);
    case Operands::kFp64:
    case Operands::kInt8:
    case Operands::kInt4:
    case Operands::kInt32:
      break;
  }
  return static_cast<std::uint32_t>(generator.bits());
}

}  // namespace

std::uint32_t encode_float(double x, const FloatFormat& format) {
  const int bias = (1 << (format.exponent_bits - 1)) - 1;
  const std::uint32_t sign = std::signbit(x) ? 1U : 0U;
  const int bits = format.exponent_bits + format.mantissa_bits;
  // The largest finite number: all ones but, with infinities, the exponent's last bit; E4M3 keeps
  // its very highest pattern for NaN.
  std::uint32_t largest = (1U << bits) - 1;
  if (!format.finite) {
    largest -= 1U << format.mantissa_bits;
  } else if (format.mantissa_bits == 3) {
    largest -= 1;
  }
  std::uint32_t magnitude = 0;
  if (x != 0) {
    const int exponent = std::max(std::ilogb(x), 1 - bias);
    // In units of the last place; a carry runs into the exponent, as it should.
    const double units = std::nearbyint(std::ldexp(std::fabs(x), format.mantissa_bits - exponent));
    const double offset = std::ldexp(exponent + bias - 1.0, format.mantissa_bits);
    magnitude = static_cast<std::uint32_t>(std::min(units + offset, static_cast<double>(largest)));
  }
  return sign << bits | magnitude;
}

std::vector<std::uint32_t> random_operands(Operands kind, std::size_t words, std::uint64_t seed) {
  Generator generator(seed);
  if (kind == Operands::kFp64) return doubles(words, generator);
  std::vector<std::uint32_t> out(words);
  for (std::uint32_t& w : out) w = word(kind, generator);
  return out;
}

}  // namespace trtprobe
