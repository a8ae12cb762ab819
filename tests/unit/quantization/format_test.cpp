// The formats' roundings against worked values (OCP 8-bit and Microscaling tables, IEEE 754).
#include "quantization/format.hpp"

#include "catch.hpp"

#include <cmath>

using namespace trtreport::quantization;

namespace {

struct Case {
  float x;
  float rounded;
  int code;  // -1: not checked
};

void check(Format format, std::initializer_list<Case> cases) {
  const Element& element = row(format).element;
  for (const Case& one : cases) {
    CAPTURE(row(format).name, one.x);
    CHECK(round_to_element(element, one.x) == one.rounded);
    CHECK(round_to_element(element, -one.x) == -one.rounded);
    if (one.code >= 0) CHECK(element_code(element, one.rounded) == static_cast<uint32_t>(one.code));
  }
}

}  // namespace

TEST_CASE("format: E4M3 rounds ties to even and saturates", "[quantization]") {
  check(Format::Fp8E4M3, {{0x1p-10f, 0, 0},
                          {0x1.8p-10f, 0x1p-9f, 0x01},
                          {0x1.8p-9f, 0x1p-8f, 0x02},
                          {0.1f, 0.1015625f, 0x1d},
                          {1.0625f, 1, 0x38},
                          {1.1875f, 1.25f, 0x3a},
                          {17, 16, 0x58},
                          {19, 20, 0x5a},
                          {432, 448, 0x7e},
                          {440, 448, 0x7e},
                          {464, 448, 0x7e},
                          {1e6f, 448, 0x7e},
                          {INFINITY, 448, 0x7e}});
  CHECK(std::isnan(round_to_element(row(Format::Fp8E4M3).element, NAN)));
  CHECK(std::signbit(round_to_element(row(Format::Fp8E4M3).element, -0.0f)));
}

TEST_CASE("format: E5M2 and E2M1", "[quantization]") {
  check(Format::Fp8E5M2, {{0x1p-17f, 0, 0},
                          {0.1f, 0.09375f, 0x2e},
                          {1.125f, 1, 0x3c},
                          {1.375f, 1.5f, 0x3e},
                          {1.625f, 1.5f, -1},
                          {3.3f, 3.5f, 0x43},
                          {61440, 57344, 0x7b}});
  check(Format::Nvfp4, {{0.25f, 0, 0},
                        {0.26f, 0.5f, 1},
                        {0.75f, 1, 2},
                        {1.25f, 1, 2},
                        {1.75f, 2, 4},
                        {2.5f, 2, 4},
                        {3.5f, 4, 6},
                        {5, 4, 6},
                        {5.01f, 6, 7},
                        {7, 6, 7}});
  check(Format::Mxfp6, {{0.0625f, 0, 0}, {0.1f, 0.125f, 1}, {7.3f, 7.5f, 31}, {9, 7.5f, 31}});
}

TEST_CASE("format: bfloat16 and float16 cast as IEEE does", "[quantization]") {
  CHECK(bfloat16_code(round_to_bfloat16(1.00390625f)) == 0x3f80);
  CHECK(bfloat16_code(round_to_bfloat16(1.01171875f)) == 0x3f82);
  CHECK(bfloat16_code(round_to_bfloat16(0.1f)) == 0x3dcd);
  CHECK(bfloat16_code(round_to_bfloat16(3.14159274f)) == 0x4049);
  const auto half = [](float x) { return float16_code(round_to_float16(x)); };
  CHECK(half(1.00048828125f) == 0x3c00);
  CHECK(half(1.00146484375f) == 0x3c02);
  CHECK(half(65519) == 0x7bff);
  CHECK(half(65520) == 0x7c00);
  CHECK(half(-65520) == 0xfc00);
  CHECK(half(0x1p-25f) == 0);
  CHECK(half(6.1e-5f) == 0x03ff);
  CHECK(std::isinf(round_to_float16(65520)));
}

TEST_CASE("format: integers round ties to even and use their whole range", "[quantization]") {
  const float ties[] = {.5f, 1.5f, 2.5f, -.5f, -1.5f, -2.5f, 126.5f, 127.5f, -127.5f, -128.5f};
  const float whole[] = {0, 2, 2, 0, -2, -2, 126, 127, -128, -128};
  for (int i = 0; i < 10; ++i) {
    CAPTURE(ties[i]);
    CHECK(round_to_element(row(Format::Int8).element, ties[i]) == whole[i]);
  }
  Element narrow = row(Format::Int8).element;
  narrow.low = -127;
  CHECK(round_to_element(narrow, -127.5f) == -127);
  CHECK(round_to_element(narrow, -128.5f) == -127);
  CHECK(round_to_element(row(Format::Int8).element, NAN) == 0);
}

TEST_CASE("format: names", "[quantization]") {
  CHECK(format_from_name("mxfp4") == Format::Mxfp4);
  CHECK(format_from_name("fp8") == Format::Fp8E4M3);
  CHECK(!format_from_name("fp7"));
}
