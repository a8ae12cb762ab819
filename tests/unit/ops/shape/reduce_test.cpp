// Reductions, running sums, triangles, and the operators that search.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("reduce: axes of every age", "[shape]") {
  CHECK(inferred("float[N,3,4] x", "y = ReduceMean <axes = [-1], keepdims = 0> (x)", 13) ==
        "float32[N, 3]");
  CHECK(inferred("float[N,3,4] x", "y = ReduceMean <axes = [1,2]> (x)", 13) == "float32[N, 1, 1]");
  CHECK(inferred("float[N,3,4] x", "a = Constant <value_ints = [0]> () y = ReduceSum (x, a)", 13) ==
        "float32[1, 3, 4]");
  CHECK(inferred("float[N,3,4] x", "y = ReduceMax (x)") == "float32[1, 1, 1]");
  CHECK(inferred("float[N,3,4] x", "y = ReduceMax <keepdims = 0> (x)") == "float32[]");
  CHECK(inferred("float[N,3] x", "y = ReduceSum <noop_with_empty_axes = 1> (x)") ==
        "float32[N, 3]");
  CHECK(inferred("float[N,3] x, int64[0] a", "y = ReduceSum (x, a)") == "float32[1, 1]");
  CHECK(inferred("float[2,3,1] x, int64[1] a", "y = ReduceMax (x, a)", 18) == "float32[?, ?, 1]");
  CHECK(inferred("float[2,3,1] x, int64[1] a", "y = ReduceMax <keepdims = 0> (x, a)", 18) ==
        "float32[?, ?]");
  CHECK(inferred("float[2,3] x, int64[K] a", "y = ReduceMax <keepdims = 0> (x, a)", 18) ==
        "float32");
  CHECK(inferred("float[2,3] x", "y = ReduceMax <axes = [5]> (x)") == "float32");
  CHECK(
      inferred("uint8[2,3] x, float s, uint8 z",
               "y = com.microsoft.QLinearReduceMean <axes = [1], keepdims = 0> (x, s, z, s, z)") ==
      "uint8[2]");
}

TEST_CASE("reduce: values", "[shape]") {
  CHECK(contents("float[N,3,H] x", "s = Shape (x) y = ReduceProd <keepdims = 0> (s)") == "{3*N*H}");
  CHECK(contents("float[N,3,H] x", "s = Shape (x) y = ReduceSum (s)") == "{N + H + 3}");
  const auto reduced = [](const std::string& op) {
    return contents("float[1] x",
                    "a = Constant <value = int64[2,3] {1,-2,3,4,5,6}> () y = " + op + " (a)");
  };
  CHECK(reduced("ReduceMax <axes = [1], keepdims = 0>") == "{3, 6}");
  CHECK(reduced("ReduceMin <axes = [0], keepdims = 0>") == "{1, -2, 3}");
  CHECK(reduced("ReduceL1 <keepdims = 0>") == "{21}");
  CHECK(reduced("ReduceSumSquare <keepdims = 0>") == "{91}");
  CHECK(reduced("ArgMax <axis = 1, keepdims = 0>") == "{2, 2}");
  CHECK(reduced("ArgMin <axis = 0>") == "{0, 0, 0}");
  CHECK(contents("float[1] x", "a = Constant <value_floats = [3.0, 4.0]> () y = ReduceL2 (a)") ==
        "{5}");
  CHECK(contents("float[1] x", "a = Constant <value_floats = [1.0, 2.0]> () y = ReduceMean (a)") ==
        "{1.5}");
}

TEST_CASE("running sums", "[shape]") {
  const auto summed = [](const std::string& attributes) {
    return contents("float[N,3,H] x", "s = Shape (x) a = Constant <value_int = 0> () y = CumSum " +
                                          attributes + " (s, a)");
  };
  CHECK(summed("") == "{N, N + 3, N + H + 3}");
  CHECK(summed("<exclusive = 1>") == "{0, N, N + 3}");
  CHECK(summed("<reverse = 1>") == "{N + H + 3, H + 3, H}");
}

TEST_CASE("triangles", "[shape]") {
  const std::string square = "a = Constant <value = int64[2,3] {1,2,3,4,5,6}> ()";
  CHECK(contents("float[1] x", square + "y = Trilu (a)") == "{1, 2, 3, 0, 5, 6}");
  CHECK(contents("float[1] x",
                 square + "k = Constant <value_int = -1> () y = Trilu <upper = 0> (a, k)") ==
        "{0, 0, 0, 4, 0, 0}");
}

TEST_CASE("arg reductions and top k: shapes", "[shape]") {
  CHECK(inferred("float[N,3,4] x", "y = ArgMax <axis = -1, keepdims = 0> (x)") == "int64[N, 3]");
  CHECK(inferred("float[N,3,4] x", "y = ArgMin (x)") == "int64[1, 3, 4]");
  CHECK(inferred("float[N,9] x", "v, i = TopK <k = 5> (x)", 1) == "float32[N, 5] int64[N, 5]");
  CHECK(inferred("float[N,9] x",
                 "k = Constant <value_ints = [5]> () v, i = TopK <axis = 1> (x, k)") ==
        "float32[N, 5] int64[N, 5]");
  CHECK(inferred("float[N,9] x, int64[1] k", "v, i = TopK (x, k)") == "float32[N, ?] int64[N, ?]");
  CHECK(inferred("float[N,9] x", "s = Shape <end = 1> (x) v, i = TopK (x, s)") ==
        "float32[N, N] int64[N, N]");
  CHECK_FALSE(
      faults("float[3] x", "k = Constant <value_ints = [5]> () v, i = TopK (x, k)").empty());
  CHECK(contents("float[1] x",
                 "a = Constant <value_ints = [4,9,9,1]> () k = Constant <value_ints = [2]> ()"
                 "v, i = TopK (a, k)") == "{9, 9} {1, 2}");
}

TEST_CASE("non-zero: the number of elements is known where the values are", "[shape]") {
  CHECK(inferred("float[N,3] x", "y = NonZero (x)") == "int64[2, ?]");
  CHECK(inferred("float[N,3] x", "s = Shape (x) y = NonZero (s)") == "int64[1, 2]");
  CHECK(contents("float[1] x", "a = Constant <value = int64[2,2] {0,5,7,0}> () y = NonZero (a)") ==
        "{0, 1, 1, 0}");
}

TEST_CASE("unique: shapes and values", "[shape]") {
  CHECK(inferred("float[2,3] x", "y, i, r, c = Unique (x)") ==
        "float32[?] int64[?] int64[6] int64[?]");
  CHECK(inferred("float[2,3] x", "y, i, r, c = Unique <axis = 1> (x)") ==
        "float32[2, ?] int64[?] int64[3] int64[?]");
  CHECK(
      contents("float[1] x", "a = Constant <value_ints = [3,1,3,2]> () y, i, r, c = Unique (a)") ==
      "{1, 2, 3} {1, 3, 0} {2, 0, 2, 1} {1, 1, 2}");
  CHECK(contents("float[1] x",
                 "a = Constant <value_ints = [3,1,3,2]> () y, i, r, c = Unique <sorted = 0> (a)") ==
        "{3, 1, 2} {0, 1, 3} {0, 1, 0, 2} {2, 1, 1}");
}
