// Normalizations with statistics as further outputs.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("batch normalization: outputs by version", "[shape]") {
  const char* const inputs = "float[2,3,4] x, float[3] s, float[3] b, float[3] m, float[3] v";
  CHECK(inferred(inputs, "y = BatchNormalization (x, s, b, m, v)") == "float32[2, 3, 4]");
  CHECK(inferred(inputs, "y, a, c = BatchNormalization <training_mode = 1> (x, s, b, m, v)") ==
        "float32[2, 3, 4] float32[3] float32[3]");
  CHECK(inferred(inputs, "y, a, c, d, e = BatchNormalization (x, s, b, m, v)", 9) ==
        "float32[2, 3, 4] float32[3] float32[3] float32[3] float32[3]");
  CHECK(inferred("float16[2,3,4] x, float16[3] s, float16[3] b, float[3] m, float[3] v",
                 "y, a, c = BatchNormalization <training_mode = 1> (x, s, b, m, v)") ==
        "float16[2, 3, 4] float32[3] float32[3]");
}

TEST_CASE("layer normalization: mean and deviation", "[shape]") {
  const char* const inputs = "float16[B,S,768] x, float16[768] s";
  CHECK(inferred(inputs, "y, m, d = LayerNormalization (x, s)") ==
        "float16[B, S, 768] float32[B, S, 1] float32[B, S, 1]");
  CHECK(inferred(inputs, "y, m = LayerNormalization <axis = 1> (x, s)") ==
        "float16[B, S, 768] float32[B, 1, 1]");
  CHECK(inferred(inputs, "y, m = LayerNormalization <axis = 5> (x, s)") ==
        "float16[B, S, 768] float32");
  CHECK(inferred("float[B,S,64] x, float16[64] s", "y = RMSNormalization (x, s)", 23) ==
        "float16[B, S, 64]");
  CHECK(
      inferred("float16[B,S,64] x, float16[64] s", "y, d = SimplifiedLayerNormalization (x, s)") ==
      "float16[B, S, 64] float32[B, S, 1]");
}

TEST_CASE("skip and embedding normalization", "[shape]") {
  CHECK(inferred("float16[B,S,64] x, float16[B,S,64] k, float16[64] g",
                 "y, m, d, s = com.microsoft.SkipLayerNormalization (x, k, g)") ==
        "float16[B, S, 64] float32[B, S, 1] float32[B, S, 1] float16[B, S, 64]");
  CHECK(inferred("int32[B,S] i, int32[B,S] g, float[30522,768] w, float[512,768] p",
                 "y, m = com.microsoft.EmbedLayerNormalization (i, g, w, p)") ==
        "float32[B, S, 768] int32[B]");
  CHECK(inferred("float16[B,S,128] x, float16[128] b", "y = com.microsoft.BiasSplitGelu (x, b)") ==
        "float16[B, S, 64]");
}
