// Concat, Split, Compress.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("concat: sizes add up along the axis and agree beside it", "[shape]") {
  CHECK(inferred("float[2,N] a, float[2,3] b", "y = Concat <axis = 1> (a, b)") ==
        "float32[2, N + 3]");
  CHECK(inferred("float[M,3] a, float[4,3] b", "y = Concat <axis = -1> (a, b)") == "float32[4, 6]");
  CHECK(inferred("float[2,3] a, float[2,5] b", "y = Concat (a, b)", 3) == "float32[2, 8]");
  CHECK(inferred("float[2,3] a, float[4,3] b", "y = Concat <axis = 1> (a, b)") == "float32[?, 6]");
  CHECK(inferred("float[2] a, float[4,3] b", "y = Concat <axis = 0> (a, b)") == "float32");
  CHECK(inferred("float[2] a", "y = Concat <axis = 3> (a, a)") == "float32[?]");
}

TEST_CASE("concat: values, partly unknown ones too", "[shape]") {
  CHECK(contents(
            "float[N,3] x, int64[1] d",
            "s = Shape (x) m = Constant <value_ints = [-1]> () y = Concat <axis = 0> (s, m, d)") ==
        "{N, 3, -1, ?}");
  CHECK(contents("float[1] x",
                 "a = Constant <value = int64[2,1] {1,2}> () b = Constant <value = int64[2,2] "
                 "{3,4,5,6}> ()"
                 "y = Concat <axis = 1> (a, b)") == "{1, 3, 4, 2, 5, 6}");
}

TEST_CASE("split: sizes of every age", "[shape]") {
  CHECK(inferred("float[6,2] x", "a, b = Split (x)") == "float32[3, 2] float32[3, 2]");
  CHECK(inferred("float[6,2] x", "a, b = Split <split = [2,4]> (x)", 11) ==
        "float32[2, 2] float32[4, 2]");
  CHECK(inferred("float[6,2] x", "p = Constant <value_ints = [1,5]> () a, b = Split (x, p)") ==
        "float32[1, 2] float32[5, 2]");
  CHECK(inferred("float[7] x", "a, b, c = Split <num_outputs = 3> (x)", 18) ==
        "float32[3] float32[3] float32[1]");
  CHECK(inferred("float[2,N] x", "a, b = Split <axis = -1, num_outputs = 2> (x)", 18) ==
        "float32[2, floor((N + 1)/2)] float32[2, N - floor((N + 1)/2)]");
  CHECK(inferred("float[7] x", "a, b = Split (x)") == "float32[?] float32[?]");
  CHECK(inferred("float[6,2] x, int64[2] p", "a, b = Split (x, p)") ==
        "float32[?, 2] float32[?, 2]");
  CHECK_FALSE(
      faults("float[6] x", "p = Constant <value_ints = [6]> () a, b = Split (x, p)").empty());
}

TEST_CASE("split: values", "[shape]") {
  CHECK(contents(
            "float[N,3,H,W] x",
            "s = Shape (x) p = Constant <value_ints = [2,2]> () a, b = Split <axis = 0> (s, p)") ==
        "{N, 3} {H, W}");
}

TEST_CASE("compress: the condition tells the size", "[shape]") {
  const char* const condition = "c = Constant <value = bool[3] {1,0,1}> ()";
  CHECK(inferred("float[3,N] x", condition + std::string("y = Compress <axis = 0> (x, c)")) ==
        "float32[2, N]");
  CHECK(inferred("float[3,4] x", condition + std::string("y = Compress (x, c)")) == "float32[2]");
  CHECK(inferred("float[3,4] x, bool[3] c", "y = Compress <axis = 0> (x, c)") == "float32[?, 4]");
  CHECK(contents("float[A,B,C] x", condition + std::string("s = Shape (x) y = Compress (s, c)")) ==
        "{A, C}");
}
