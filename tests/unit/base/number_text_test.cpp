// Numbers as text, against fmt's general formatting and the standard library.
#include "base/number_text.hpp"

#include "catch.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include <fmt/format.h>

using namespace trtreport;

namespace {

std::string expected(double number, int decimals) {
  switch (decimals) {
    case 0:
      return fmt::format("{:.0f}", number);
    case 1:
      return fmt::format("{:.1f}", number);
    case 2:
      return fmt::format("{:.2f}", number);
    default:
      return fmt::format("{:.3f}", number);
  }
}

}  // namespace

TEST_CASE("number text: fixed rounds the exact value half to even", "[number_text]") {
  CHECK(fixed(0.5, 0) == "0");
  CHECK(fixed(1.5, 0) == "2");
  CHECK(fixed(0.125, 2) == "0.12");
  CHECK(fixed(0.375, 2) == "0.38");
  CHECK(fixed(0.15, 1) == "0.1");  // 0.15 is 0.1499999999999999944...
  CHECK(fixed(999.9996, 3) == "1000.000");
  CHECK(fixed(0.0004, 3) == "0.000");
  CHECK(fixed(std::numeric_limits<double>::denorm_min(), 3) == "0.000");
  CHECK(fixed(std::numeric_limits<double>::infinity(), 1) == "inf");
}

TEST_CASE("number text: fixed agrees with fmt over all magnitudes", "[number_text]") {
  std::mt19937_64 random(7);
  for (int step = 0; step < 20000; ++step) {
    const double mantissa = 1 + static_cast<double>(random() % 100000) / 1024;
    const double number = std::ldexp(mantissa, static_cast<int>(random() % 140) - 60);
    for (int decimals = 0; decimals <= 3; ++decimals)
      REQUIRE(fixed(number, decimals) == expected(number, decimals));
  }
  CHECK(fixed(1e300, 2) == expected(1e300, 2));
  CHECK(fixed(18446744073709551616.0, 0) == "18446744073709551616");
}

TEST_CASE("number text: the shortest digits read back as the number", "[number_text]") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(3.35e20) == "3.35e+20");
  NumberText text;
  CHECK(shortest(0.1f, text) == "0.1");
  std::mt19937_64 random(8);
  for (int step = 0; step < 2000; ++step) {
    const double number =
        std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 200) - 100);
    const std::string digits = shortest(number);
    REQUIRE(digits == fmt::format("{}", number));
    REQUIRE(std::strtod(digits.c_str(), nullptr) == number);
  }
}
