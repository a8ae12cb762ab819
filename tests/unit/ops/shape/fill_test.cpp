// Constants, fills, ranges, and the operators that tell a shape.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("constant: every form", "[shape]") {
  CHECK(inferred("float[1] x", "y = Constant <value = float[2,1] {1.0, 2.0}> ()") ==
        "float32[2, 1]");
  CHECK(inferred("float[1] x", "y = Constant <value_int = 3> ()") == "int64[]");
  CHECK(inferred("float[1] x", "y = Constant <value_ints = [1,2]> ()") == "int64[2]");
  CHECK(inferred("float[1] x", "y = Constant <value_float = 3.0> ()") == "float32[]");
  CHECK(inferred("float[1] x", "y = Constant <value_string = \"a\"> ()") == "string[]");
  CHECK(inferred("float[1] x", "y = Constant <value_strings = [\"a\", \"b\"]> ()") == "string[2]");
  CHECK_FALSE(faults("float[1] x", "y = Constant ()").empty());
}

TEST_CASE("shape: ranges of axes", "[shape]") {
  const auto shape = [](const std::string& attributes) {
    return contents("float[N,3,H,W] x", "y = Shape " + attributes + " (x)");
  };
  CHECK(shape("") == "{N, 3, H, W}");
  CHECK(shape("<start = -2>") == "{H, W}");
  CHECK(shape("<start = 1, end = -1>") == "{3, H}");
  CHECK(shape("<start = 9>") == "{}");
  CHECK(shape("<start = -99, end = 99>") == "{N, 3, H, W}");
  CHECK(contents("float[N,3] x", "y = Size (x)") == "{3*N}");
}

TEST_CASE("constant of shape: type, value, unknown and faulty shapes", "[shape]") {
  CHECK(inferred("float[N,3] x", "s = Shape (x) y = ConstantOfShape (s)") == "float32[N, 3]");
  CHECK(inferred("float[N,3] x", "s = Shape (x) y = ConstantOfShape <value = int64[1] {7}> (s)") ==
        "int64[N, 3]");
  CHECK(contents("float[1] x",
                 "s = Constant <value_ints = [2]> ()"
                 "y = ConstantOfShape <value = int64[1] {7}> (s)") == "{7, 7}");
  CHECK(inferred("int64[2] s", "y = ConstantOfShape (s)") == "float32[?, ?]");
  CHECK(inferred("int64[4000000000] s", "y = ConstantOfShape (s)") == "float32");
  CHECK(inferred("float[1] x", "s = Constant <value_ints = [-2]> () y = ConstantOfShape (s)") ==
        "float32[?]");
  CHECK(contents("float[1] x",
                 "s = Constant <value_ints = [4000000000,4000000000]> ()"
                 "y = ConstantOfShape (s)") == "-");
}

TEST_CASE("range: plain, symbolic, backward, floating", "[shape]") {
  const auto ranged = [](const std::string& a, const std::string& b, const std::string& c) {
    return inferred("float[N,M] x",
                    "s = Shape (x) zero = Constant <value_int = 0> ()"
                    "one = Constant <value_int = 1> () two = Constant <value_int = 2> ()"
                    "back = Constant <value_int = -1> ()"
                    "n = Gather (s, zero) m = Gather (s, one) nm = Add (n, m)"
                    "y = Range (" +
                        a + ", " + b + ", " + c + ")");
  };
  CHECK(ranged("zero", "n", "one") == "int64[N]");
  CHECK(ranged("n", "nm", "one") == "int64[M]");
  CHECK(ranged("zero", "n", "two") == "int64[floor((N + 1)/2)]");
  CHECK(ranged("n", "zero", "back") == "int64[N]");
  CHECK(ranged("two", "zero", "one") == "int64[0]");
  CHECK(ranged("zero", "two", "zero") == "int64[?]");
  CHECK(contents("float[1] x",
                 "a = Constant <value_int = 10> () b = Constant <value_int = 3> ()"
                 "c = Constant <value_int = -3> () y = Range (a, b, c)") == "{10, 7, 4}");
  CHECK(contents("float[1] x",
                 "a = Constant <value_float = 0.5> () b = Constant <value_float = 2.0> ()"
                 "c = Constant <value_float = 0.5> () y = Range (a, b, c)") == "{0.5, 1, 1.5}");
  CHECK(inferred("int64 a", "one = Constant <value_int = 1> () y = Range (one, a, one)") ==
        "int64[?]");
  CHECK(inferred("float[1] x",
                 "a = Constant <value_int = 0> () b = Constant <value_int = 4> ()"
                 "y = com.microsoft.Range (a, b)") == "int64[4]");
}

TEST_CASE("one hot and eye like", "[shape]") {
  const std::string constants =
      "d = Constant <value_int = 3> () v = Constant <value_ints = [0,1]> ()";
  CHECK(inferred("int64[B,4] i", constants + "y = OneHot <axis = 1> (i, d, v)") ==
        "int64[B, 3, 4]");
  CHECK(inferred("int64[B] i, int64 d, float[2] v", "y = OneHot (i, d, v)") == "float32[B, ?]");
  CHECK(contents("float[1] x",
                 constants + "i = Constant <value_ints = [2,-3,9]> () y = OneHot (i, d, v)") ==
        "{0, 0, 1, 1, 0, 0, 0, 0, 0}");
  CHECK(inferred("int32[3,3] x", "y = EyeLike <dtype = 1> (x)") == "float32[3, 3]");
  CHECK(contents("int32[2,3] x", "y = EyeLike <k = 1> (x)") == "{0, 1, 0, 0, 0, 1}");
}
