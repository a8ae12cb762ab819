// Further com.microsoft operators.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("rows stored in blocks of four bits", "[shape]") {
  CHECK(inferred("uint8[32000,2048] d, int64[B,S] i, float16[32000,128] s",
                 "y = com.microsoft.GatherBlockQuantized <gather_axis = 0, bits = 4> (d, i, s)") ==
        "float16[B, S, 4096]");
  CHECK(inferred("uint8[32000,2048] d, int64[B,S] i, float16[32000,128] s",
                 "y = com.microsoft.GatherBlockQuantized <gather_axis = 0, bits = 8> (d, i, s)") ==
        "float16[B, S, 2048]");
}

TEST_CASE("signals, regions and distances", "[shape]") {
  CHECK(inferred("float[B,3,16] x", "y = com.microsoft.Rfft (x)") == "float32[B, 3, 9, 2]");
  CHECK(inferred("float[B,3,9,2] x", "y = com.microsoft.Irfft (x)") == "float32[B, 3, 16]");
  CHECK(inferred("float[N,3,8,8] x, float[R,4] r, int32[R] b",
                 "z = Constant <value = int32[2] {5,6}> () "
                 "y = com.microsoft.CropAndResize (x, r, b, z)") == "float32[R, 3, 5, 6]");
  CHECK(inferred("float[M,4] a, float[N,4] b", "y = com.microsoft.CDist (a, b)") ==
        "float32[M, N]");
}
