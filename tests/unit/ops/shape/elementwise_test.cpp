// Element-by-element operators: broadcasting of both ages, and the values that make shapes. Values
// by hand; rounding cases computed with numpy.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::inferred;

namespace {

// One operator of integers or floats on constants.
std::string of_ints(const std::string& op, const std::string& a, const std::string& b,
                    int opset = 17) {
  return contents("float[1] x",
                  "a = Constant <value_ints = [" + a + "]> () b = Constant <value_ints = [" + b +
                      "]> () y = " + op + " (a, b)",
                  opset);
}

std::string of_floats(const std::string& op, const std::string& values, int opset = 17) {
  return contents("float[1] x",
                  "a = Constant <value_floats = [" + values + "]> () y = " + op + " (a)", opset);
}

}  // namespace

TEST_CASE("elementwise: shapes broadcast as numpy's", "[shape]") {
  CHECK(inferred("float[3,1,5] a, float[4,1] b", "y = Add (a, b)") == "float32[3, 4, 5]");
  CHECK(inferred("float[N,1] a, float[7] b", "y = Mul (a, b)") == "float32[N, 7]");
  CHECK(inferred("float[N,C] a, float[1] b", "y = Less (a, b)") == "bool[N, C]");
  CHECK(inferred("float[2,3] a, float[4,3] b", "y = Sub (a, b)") == "float32[?, 3]");
  CHECK(inferred("float[N,8,4] x, float[8,1] slope", "y = PRelu (x, slope)") == "float32[N, 8, 4]");
  CHECK(inferred("bool[4,1] c, double[3] x, double[1] y", "z = Where (c, x, y)") ==
        "float64[4, 3]");
  CHECK(inferred("float[2,1] a, float[1,3] b, float[3] c", "y = Max (a, b, c)") == "float32[2, 3]");
  CHECK(inferred("float[2,3] x", "y = IsNaN (x)") == "bool[2, 3]");
}

TEST_CASE("elementwise: before opset 7 the second operand fits the first at an axis", "[shape]") {
  CHECK(inferred("float[2,3,4,5] a, float[3,4] b", "y = Add <broadcast = 1, axis = 1> (a, b)", 6) ==
        "float32[2, 3, 4, 5]");
  CHECK(contents("float[1] x",
                 "a = Constant <value = int64[2,2] {1,2,3,4}> ()"
                 "b = Constant <value = int64[2] {10,20}> ()"
                 "y = Add <broadcast = 1, axis = 0> (a, b)",
                 6) == "{11, 12, 23, 24}");
}

TEST_CASE("elementwise: integers", "[shape]") {
  CHECK(of_ints("Div", "7,-7,7", "2,2,-2") == "{3, -3, -3}");
  CHECK(of_ints("Mod", "7,-7,7", "3,3,-3") == "{1, 2, -2}");
  CHECK(of_ints("Mod <fmod = 1>", "7,-7,7", "3,3,-3") == "{1, -1, 1}");
  CHECK(of_ints("Div", "7", "0") == "{?}");
  CHECK(of_ints("Mod", "7", "0") == "{?}");
  CHECK(of_ints("Pow", "2,0,5,2", "10,0,1,-1") == "{1024, 1, 5, ?}");
  CHECK(of_ints("Max", "1,9", "5,2") == "{5, 9}");
  CHECK(of_ints("Mul", "4611686018427387904", "4") == "{?}");
  CHECK(contents(
            "float[1] x",
            "a = Constant <value = uint8[2] {200,3}> () b = Constant <value = uint8[2] {100,5}> ()"
            "y = Sub (a, b)") == "{100, 254}");
  CHECK(contents("float[1] x",
                 "a = Constant <value = uint8[2] {16,4}> () b = Constant <value = uint8[1] {1}> ()"
                 "y = BitShift <direction = \"LEFT\"> (a, b)") == "{32, 8}");
}

TEST_CASE("elementwise: floats are rounded to their type", "[shape]") {
  CHECK(of_floats("Floor", "2.5,-2.5") == "{2, -3}");
  CHECK(of_floats("Ceil", "2.5,-2.5") == "{3, -2}");
  CHECK(of_floats("Round", "0.5,1.5,2.5") == "{0, 2, 2}");
  CHECK(of_floats("Clip", "-5.0,0.5,9.0", 10) == "{-5, 0.5, 9}");
  CHECK(of_floats("Clip <min = 0.0, max = 6.0>", "-5.0,0.5,9.0", 6) == "{0, 0.5, 6}");
  // In float32, 10 * 0.7 is 7 exactly and 100 * 1.1 is 110.00000238; in double they are just
  // beside.
  CHECK(contents("float[1] x",
                 "a = Constant <value_floats = [10.0, 100.0]> () b = Constant <value_floats = "
                 "[0.7, 1.1]> ()"
                 "c = Mul (a, b) y = Ceil (c)") == "{7, 110}");
  CHECK(contents("float[1] x",
                 "a = Constant <value_float = 1.0> () b = Constant <value_float = 3.0> ()"
                 "c = Div (a, b) d = Mul (c, b) y = Floor (d)") == "{1}");
}

TEST_CASE("elementwise: comparisons are answered only where certain", "[shape]") {
  const char* const shaped = "s = Shape (x) m = Constant <value_ints = [-1]> ()";
  const auto compared = [&](const std::string& op) {
    return contents("float[N,3] x", shaped + ("y = " + op));
  };
  CHECK(compared("Equal (s, m)") == "{0, 0}");
  CHECK(compared("Greater (s, m)") == "{1, 1}");
  CHECK(contents("float[N,3] x",
                 "s = Shape (x) c = Constant <value_ints = [3]> () y = Less (s, c)") == "{?, 0}");
  CHECK(contents("float[N,3] x", "s = Shape (x) y = Equal (s, s)") == "{1, 1}");
  CHECK(contents("float[N,3] x",
                 "s = Shape (x) c = Constant <value_ints = [3]> () l = Less (s, c)"
                 "e = Equal (s, c) f = Not (e) y = And (l, f)") == "{?, 0}");
}

TEST_CASE("elementwise: Where keeps what both branches agree on", "[shape]") {
  CHECK(contents("float[N,3] x",
                 "s = Shape (x) c = Constant <value_ints = [3]> () l = Less (s, c)"
                 "y = Where (l, c, s)") == "{?, 3}");
  CHECK(contents("float[N,3] x",
                 "s = Shape (x) m = Constant <value_ints = [-1]> () e = Equal (s, m)"
                 "one = Constant <value_ints = [1]> () y = Where (e, one, s)") == "{N, 3}");
}

TEST_CASE("elementwise: sizes stay symbols through floats", "[shape]") {
  const std::string halves =
      "s = Shape <start = 2> (x) f = Cast <to = 1> (s) two = Constant <value_float = 2.0> ()";
  const auto computed = [&](const std::string& rest) {
    return contents("float[1,3,H,W] x", halves + rest);
  };
  CHECK(computed("y = Mul (f, two)") == "{2*H, 2*W}");
  CHECK(computed("q = Div (f, two) r = Floor (q) y = Cast <to = 7> (r)") ==
        "{floor(H/2), floor(W/2)}");
  CHECK(computed("q = Div (f, two) y = Cast <to = 7> (q)") == "{floor(H/2), floor(W/2)}");
  CHECK(computed("q = Div (f, two) y = Ceil (q)") == "{floor((H + 1)/2), floor((W + 1)/2)}");
  CHECK(computed("h = Constant <value_float = 0.75> () q = Mul (f, h) y = Floor (q)") ==
        "{floor(3*H/4), floor(3*W/4)}");
  // 0.1 is no short fraction: the size is unknown rather than nearly right.
  CHECK(computed("h = Constant <value_float = 0.1> () q = Mul (f, h) y = Floor (q)") == "{?, ?}");
}

TEST_CASE("elementwise: what is computed from data may be negative", "[shape]") {
  CHECK(contents("float[2] x, int64[2] d",
                 "s = Shape (d) n = Div (s, s) h = Constant <value_ints = [0]> () z = Div (n, h)"
                 "m = Constant <value_ints = [-1]> () y = Equal (z, m)") == "{?}");
}
