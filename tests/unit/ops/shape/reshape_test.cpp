// Views: Reshape, Flatten, Squeeze, Unsqueeze.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::faults;
using trtreport::test::inferred;

namespace {

std::string reshaped(const std::string& input, const std::string& target,
                     const std::string& attributes = "", int opset = 17) {
  return inferred(
      input + " x",
      "t = Constant <value_ints = [" + target + "]> () y = Reshape " + attributes + " (x, t)",
      opset);
}

}  // namespace

TEST_CASE("reshape: -1, 0 and allowzero", "[shape]") {
  CHECK(reshaped("float[2,3,4]", "4,-1") == "float32[4, 6]");
  CHECK(reshaped("float[2,3,4]", "0,-1") == "float32[2, 12]");
  CHECK(reshaped("float[2,3,4]", "0,0,-1,1") == "float32[2, 3, 4, 1]");
  CHECK(reshaped("float[0,3]", "0,0", "<allowzero = 1>", 14) == "float32[0, 0]");
  CHECK(reshaped("float[0,3]", "3,0", "<allowzero = 1>", 14) == "float32[3, 0]");
  CHECK(inferred("float[2,3] x", "y = Reshape <shape = [3,-1]> (x)", 1) == "float32[3, 2]");
}

TEST_CASE("reshape: symbols divide", "[shape]") {
  CHECK(reshaped("float[N,3,4]", "-1,6") == "float32[2*N, 6]");
  CHECK(reshaped("float[N,S,768]", "0,0,12,64") == "float32[N, S, 12, 64]");
  CHECK(reshaped("float[N,S,12,64]", "0,-1,768") == "float32[N, S, 768]");
  CHECK(reshaped("float[N,3,H,W]", "0,3,-1") == "float32[N, 3, H*W]");
  CHECK(reshaped("float[N]", "2,-1") == "float32[2, floor(N/2)]");
  CHECK(inferred("float[N,16,64] x",
                 "s = Shape <end = 1> (x) c = Constant <value_ints = [4,4,64]> ()"
                 "t = Concat <axis = 0> (s, c) y = Reshape (x, t)") == "float32[N, 4, 4, 64]");
}

TEST_CASE("reshape: what only a run tells", "[shape]") {
  CHECK(inferred("float[2,3] x, int64[3] t", "y = Reshape (x, t)") == "float32[?, ?, ?]");
  CHECK(inferred("float[2,3] x, int64[1] t", "y = Reshape (x, t)") == "float32[6]");
  CHECK(inferred("float[2,3] x, int64[K] t", "y = Reshape (x, t)") == "float32");
  // One unknown size among known ones follows from the number of elements.
  CHECK(inferred("float[6,4] x, int64[5] d",
                 "n = NonZero (d) s = Shape <start = 1> (n) c = Constant <value_ints = [8]> ()"
                 "t = Concat <axis = 0> (s, c) y = Reshape (x, t)") == "float32[3, 8]");
  // An unknown size that is in the input as well cancels.
  CHECK(inferred("float[5] d",
                 "n = NonZero (d) one = Constant <value_ints = [6,1]> () m = Tile (n, one)"
                 "t = Constant <value_ints = [2,3,-1]> () y = Reshape (m, t)") == "int64[2, 3, ?]");
}

TEST_CASE("reshape: faults", "[shape]") {
  CHECK(reshaped("float[2,3]", "-1,-1") == "float32");
  CHECK(reshaped("float[2,3]", "0,0,0") == "float32");
  CHECK(reshaped("float[2,3]", "4,-1") == "float32[4, ?]");
  CHECK(reshaped("float[2,3]", "-9223372036854775808") == "float32");
  CHECK_FALSE(
      faults("float[2,3] x", "t = Constant <value_ints = [4,-1]> () y = Reshape (x, t)").empty());
}

TEST_CASE("flatten: every axis", "[shape]") {
  const auto flattened = [](const std::string& axis) {
    return inferred("float[2,N,4] x", "y = Flatten <axis = " + axis + "> (x)");
  };
  CHECK(flattened("0") == "float32[1, 8*N]");
  CHECK(flattened("1") == "float32[2, 4*N]");
  CHECK(flattened("3") == "float32[8*N, 1]");
  CHECK(flattened("-1") == "float32[2*N, 4]");
  CHECK(flattened("4") == "float32[?, ?]");
}

TEST_CASE("squeeze: axes of every age", "[shape]") {
  CHECK(inferred("float[1,3,1] x", "y = Squeeze (x)") == "float32[3]");
  CHECK(inferred("float[1,3,1] x", "y = Squeeze <axes = [0]> (x)", 11) == "float32[3, 1]");
  CHECK(inferred("float[1,3,1] x", "a = Constant <value_ints = [-1]> () y = Squeeze (x, a)") ==
        "float32[1, 3]");
  // Whether a free size is 1 nobody knows before running.
  CHECK(inferred("float[N,1] x", "y = Squeeze (x)") == "float32");
  CHECK(inferred("float[1,3,1] x, int64[2] a", "y = Squeeze (x, a)") == "float32[?]");
  CHECK(inferred("float[1,3] x", "a = Constant <value_ints = [1]> () y = Squeeze (x, a)") ==
        "float32");
  CHECK(inferred("float[1,3] x", "a = Constant <value_ints = [7]> () y = Squeeze (x, a)") ==
        "float32");
}

TEST_CASE("unsqueeze: axes of every age", "[shape]") {
  CHECK(inferred("float[3,4] x", "y = Unsqueeze <axes = [0,3]> (x)", 11) == "float32[1, 3, 4, 1]");
  CHECK(inferred("float[3,4] x", "a = Constant <value_ints = [-1,0]> () y = Unsqueeze (x, a)") ==
        "float32[1, 3, 4, 1]");
  CHECK(inferred("float[3,4] x", "a = Constant <value_ints = [0,0]> () y = Unsqueeze (x, a)") ==
        "float32");
  CHECK(inferred("float[3] x, int64[1] a", "y = Unsqueeze (x, a)") == "float32[?, ?]");
  CHECK(inferred("float[3,4] x",
                 "a = Constant <value_int = 1> () y = com.microsoft.ExpandDims (x, a)") ==
        "float32[3, 1, 4]");
  CHECK(contents("float[N,4] x",
                 "s = Size (x) a = Constant <value_ints = [0]> () y = Unsqueeze (s, a)") ==
        "{4*N}");
}
