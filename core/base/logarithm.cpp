// x = m 2^k with m around 1; ln m = 2 atanh((m - 1) / (m + 1)) by its series.
#include "base/logarithm.hpp"

#include <cstdint>
#include <cstring>
#include <limits>

namespace trtreport {
namespace {

constexpr double kLn2High = 0x1.62e42fefa3800p-1;  // 42 bits, so that k times it is exact
constexpr double kLn2Low = 0x1.ef35793c76730p-45;
constexpr double kTenOverLn10 = 4.342944819032518276511289;

}  // namespace

double natural_log(double x) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!(x > 0)) return x == 0 ? -kInfinity : std::numeric_limits<double>::quiet_NaN();
  if (x == kInfinity) return x;
  int64_t exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  // Cut at sqrt(1/2), so that m lies in [0.707, 1.414).
  constexpr uint64_t kCut = 0x3fe6a09e667f3bcdu;
  const int64_t shift = static_cast<int64_t>(bits - kCut) >> 52;
  exponent += shift;
  bits -= static_cast<uint64_t>(shift) << 52;
  double m;
  std::memcpy(&m, &bits, sizeof m);

  const double f = m - 1;  // exact
  const double s = f / (2 + f);
  const double z = s * s;
  double tail = 0;  // z/3 + z²/5 + z³/7 + …
  for (int odd = 25; odd >= 3; odd -= 2) tail = z * (tail + 1.0 / odd);
  // 2s = f - s f: the large part is exact.
  const double k = static_cast<double>(exponent);
  return k * kLn2High + (f - (s * f - (2 * s * tail + k * kLn2Low)));
}

double decibels(double ratio) { return natural_log(ratio) * kTenOverLn10; }

}  // namespace trtreport
