// Grids and boxes.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("sampling: grids", "[shape]") {
  CHECK(inferred("float[N,3,8,8] x, float[N,5,6,2] g", "y = GridSample (x, g)", 16) ==
        "float32[N, 3, 5, 6]");
  CHECK(inferred("float[N,3,8,8,8] x, float[N,4,5,6,3] g", "y = GridSample (x, g)", 20) ==
        "float32[N, 3, 4, 5, 6]");
  CHECK(inferred("float[2,2,3] t",
                 "z = Constant <value = int64[4] {2,3,5,6}> () y = AffineGrid (t, z)",
                 20) == "float32[2, 5, 6, 2]");
  CHECK(inferred("float[N,3,4] t, int64[5] z", "y = AffineGrid (t, z)", 20) ==
        "float32[N, ?, ?, ?, 3]");
}

TEST_CASE("sampling: how many boxes survive depends on the data", "[shape]") {
  CHECK(inferred("float[1,6,4] b, float[1,2,6] s", "y = NonMaxSuppression (b, s)") ==
        "int64[?, 3]");
}
