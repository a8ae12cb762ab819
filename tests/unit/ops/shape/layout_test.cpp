// Transpose, Expand, Tile.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("transpose: default and given order", "[shape]") {
  CHECK(inferred("float[2,N,4] x", "y = Transpose (x)") == "float32[4, N, 2]");
  CHECK(inferred("float[2,N,4] x", "y = Transpose <perm = [1,0,2]> (x)") == "float32[N, 2, 4]");
  CHECK(inferred("float[2,3] x", "y = Transpose <perm = [0,0]> (x)") == "float32[?, ?]");
  CHECK(inferred("float[2,3] x", "y = Transpose <perm = [0]> (x)") == "float32[?, ?]");
  CHECK(contents("float[1] x",
                 "a = Constant <value = int64[2,3] {1,2,3,4,5,6}> () y = Transpose (a)") ==
        "{1, 4, 2, 5, 3, 6}");
}

TEST_CASE("expand: both ways, and to what only a run tells", "[shape]") {
  const auto expanded = [](const std::string& input, const std::string& target) {
    return inferred(input + " x",
                    "t = Constant <value_ints = [" + target + "]> () y = Expand (x, t)");
  };
  CHECK(expanded("float[3,1]", "2,1,6") == "float32[2, 3, 6]");
  CHECK(expanded("float[3,4]", "1") == "float32[3, 4]");
  CHECK(expanded("float[N,1]", "1,5") == "float32[N, 5]");
  CHECK(expanded("float[3,1]", "-1,5") == "float32[3, 5]");
  CHECK(inferred("float[7,1] x, int64[2] t", "y = Expand (x, t)") == "float32[7, ?]");
  CHECK(inferred("float[N,7,1] x, int64[2] t", "y = Expand (x, t)") == "float32[N, 7, ?]");
  CHECK(inferred("float[7,1] x, int64[K] t", "y = Expand (x, t)") == "float32");
  CHECK(inferred("float[B,S] x",
                 "s = Shape (x) one = Constant <value_float = 1.0> () y = Expand (one, s)") ==
        "float32[B, S]");
  CHECK(contents("float[1] x",
                 "a = Constant <value = int64[2,1] {1,2}> ()"
                 "t = Constant <value_ints = [2,3]> () y = Expand (a, t)") == "{1, 1, 1, 2, 2, 2}");
}

TEST_CASE("tile: repeats of both ages", "[shape]") {
  CHECK(inferred("float[2,N] x", "r = Constant <value_ints = [3,2]> () y = Tile (x, r)") ==
        "float32[6, 2*N]");
  CHECK(inferred("float[2,3] x",
                 "t = Constant <value = int64 {4}> () a = Constant <value = int64 {1}> ()"
                 "y = Tile (x, t, a)",
                 1) == "float32[2, 12]");
  CHECK(inferred("float[2,3] x, int64[2] r", "y = Tile (x, r)") == "float32[?, ?]");
  CHECK(inferred("float[2,3] x", "r = Constant <value_ints = [3]> () y = Tile (x, r)") ==
        "float32[?, ?]");
  CHECK(
      contents("float[N] x", "s = Shape (x) r = Constant <value_ints = [3]> () y = Tile (s, r)") ==
      "{N, N, N}");
}

TEST_CASE("Expand to a negative size is a fault", "[shape]") {
  const char* nodes = "t = Constant <value_ints = [-2, 3]> () y = Expand (x, t)";
  CHECK(inferred("float[1,3] x", nodes) == "float32[?, 3]");
  CHECK_FALSE(faults("float[1,3] x", nodes).empty());
  CHECK(inferred("float[4,3] x", "t = Constant <value_ints = [-1, 3]> () y = Expand (x, t)") ==
        "float32[4, 3]");
}
