// Numbers as people read them.
#include "base/quantity.hpp"

#include "catch.hpp"

using namespace trtreport;

TEST_CASE("quantity: three digits and a prefix", "[quantity]") {
  CHECK(quantity(4089184256.0, "MAC") == "4.09 GMAC");
  CHECK(quantity(97.5e6, "B") == "97.5 MB");
  CHECK(quantity(999.6, "B") == "1.00 kB");
  CHECK(quantity(999, "B") == "999 B");
  CHECK(quantity(0, "B") == "0 B");
  CHECK(quantity(0.5, "B") == "0.500 B");
  CHECK(duration(2.13e-4) == "0.213 ms");
  CHECK(duration(5e-6) == "5.00 µs");
  CHECK(duration(12) == "12.0 s");
  CHECK(duration(2e-8) == "20.0 ns");
  CHECK(percent(0.834) == "83 %");
  CHECK(percent(0.0413) == "4.1 %");
  CHECK(percent(1) == "100 %");
  CHECK(plain(295.3) == "295");
  CHECK(grouped(4694) == "4,694");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(grouped(12) == "12");
}
