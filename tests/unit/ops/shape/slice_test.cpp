// Slice: every sign of start, end and step on plain and symbolic sizes. Plain lengths are numpy's;
// a backward start before the first element is clamped to it, as the ONNX specification says.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::inferred;

namespace {

std::string sliced(const std::string& input, const std::string& start, const std::string& end,
                   const std::string& step = "1") {
  return inferred(input + " x",
                  "s = Constant <value_ints = [" + start + "]> () e = Constant <value_ints = [" +
                      end +
                      "]> () a = Constant <value_ints = [0]> () k = Constant <value_ints = [" +
                      step + "]> () y = Slice (x, s, e, a, k)");
}

const char* const kMost = "9223372036854775807";
const char* const kLeast = "-9223372036854775808";

}  // namespace

TEST_CASE("slice: plain sizes", "[shape]") {
  CHECK(sliced("float[10]", "2", "7") == "float32[5]");
  CHECK(sliced("float[10]", "-3", kMost) == "float32[3]");
  CHECK(sliced("float[10]", "7", "2") == "float32[0]");
  CHECK(sliced("float[10]", "-99", "99", "3") == "float32[4]");
  CHECK(sliced("float[10]", "-1", kLeast, "-1") == "float32[10]");
  CHECK(sliced("float[10]", "8", "2", "-2") == "float32[3]");
  CHECK(sliced("float[10]", "99", "-99", "-4") == "float32[3]");
  CHECK(sliced("float[10]", "-99", kLeast, "-1") == "float32[1]");
  CHECK(sliced("float[10]", "0", kMost, kMost) == "float32[1]");
  CHECK(sliced("float[0]", "-1", kLeast, "-1") == "float32[0]");
  CHECK(sliced("float[10]", "0", "5", "0") == "float32[?]");
}

TEST_CASE("slice: symbolic sizes", "[shape]") {
  CHECK(sliced("float[N]", "0", kMost) == "float32[N]");
  CHECK(sliced("float[N]", "1", kMost) == "float32[N - 1]");
  CHECK(sliced("float[N]", "0", "-1") == "float32[N - 1]");
  CHECK(sliced("float[N]", "0", "2147483647", "2") == "float32[floor((N + 1)/2)]");
  CHECK(sliced("float[N]", "-1", kLeast, "-1") == "float32[N]");
  CHECK(sliced("float[N]", "0", "1") == "float32[1]");
  CHECK(sliced("float[N]", "-1", kMost) == "float32[1]");
  CHECK(sliced("float[N]", "0", "8") == "float32[min(8, N)]");
  CHECK(inferred("float[512,64] x, int64[S] i",
                 "z = Constant <value_ints = [0]> () e = Shape (i) y = Slice (x, z, e, z)") ==
        "float32[min(512, S), 64]");
}

TEST_CASE("slice: what only a run tells leaves the other axes", "[shape]") {
  CHECK(inferred("float[4,5] x, int64[1] s",
                 "e = Constant <value_ints = [3]> () a = Constant <value_ints = [1]> ()"
                 "y = Slice (x, s, e, a)") == "float32[4, ?]");
  CHECK(inferred("float[4,5] x, int64[1] s, int64[1] e", "y = Slice (x, s, e)") == "float32[?, 5]");
  CHECK(inferred("float[4,5] x, int64[1] s, int64[1] a", "y = Slice (x, s, s, a)") ==
        "float32[?, ?]");
}

TEST_CASE("slice: attributes of version 1", "[shape]") {
  CHECK(inferred("float[4,5] x", "y = Slice <starts = [1,0], ends = [3,-1]> (x)", 9) ==
        "float32[2, 4]");
  CHECK(inferred("float[4,5] x", "y = Slice <starts = [1], ends = [1000], axes = [1]> (x)", 9) ==
        "float32[4, 4]");
}

TEST_CASE("slice: values", "[shape]") {
  CHECK(
      contents("float[N,3,H,W] x",
               "s = Shape (x) b = Constant <value_ints = [2]> () e = Constant <value_ints = [4]> ()"
               "y = Slice (s, b, e)") == "{H, W}");
  CHECK(contents(
            "float[N,3,H,W] x",
            "s = Shape (x) b = Constant <value_ints = [-1]> () e = Constant <value_ints = [-9]> ()"
            "a = Constant <value_ints = [0]> () y = Slice (s, b, e, a, b)") == "{W, H, 3, N}");
}
