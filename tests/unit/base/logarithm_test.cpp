// Our logarithm against libm's, which rounds correctly but for rare last bits.
#include "base/logarithm.hpp"

#include "catch.hpp"

#include <cmath>
#include <limits>

using trtreport::decibels;
using trtreport::natural_log;

TEST_CASE("logarithm: within two units in the last place of libm", "[logarithm]") {
  double worst = 0;
  double x = 1e-300;
  for (int i = 0; i < 200000; ++i) {
    x *= 1.0069;
    if (x > 1e300) x = 1e-300 * (1 + i * 1e-6);
    const double expected = std::log(x);
    const double unit = std::nextafter(std::abs(expected), INFINITY) - std::abs(expected);
    worst = std::max(worst, std::abs(natural_log(x) - expected) / unit);
  }
  for (int i = -2000; i <= 2000; ++i) {
    const double near = 1 + i * 1e-4 + 1e-9;
    const double expected = std::log(near);
    const double unit = std::nextafter(std::abs(expected), INFINITY) - std::abs(expected);
    worst = std::max(worst, std::abs(natural_log(near) - expected) / unit);
  }
  CHECK(worst <= 2);
}

TEST_CASE("logarithm: its ends", "[logarithm]") {
  CHECK(natural_log(1) == 0);
  CHECK(natural_log(0) == -INFINITY);
  CHECK(natural_log(INFINITY) == INFINITY);
  CHECK(std::isnan(natural_log(-1)));
  CHECK(std::isnan(natural_log(NAN)));
  CHECK(natural_log(5e-324) == Approx(-744.4400719213812));
  CHECK(decibels(1000) == Approx(30));
  CHECK(decibels(2) == Approx(3.0102999566398120));
}
