// ONNX's attention operators.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("attention: four dimensions", "[shape]") {
  CHECK(inferred("float[2,9,4,8] q, float[2,3,6,8] k, float[2,3,6,10] v", "y = Attention (q, k, v)",
                 23) == "float32[2, 9, 4, 10]");
  CHECK(inferred("float[B,3,S,8] q, float[B,3,S,8] k, float[B,3,S,10] v, float[B,3,P,8] a, "
                 "float[B,3,P,10] b",
                 "y, c, d, s = Attention (q, k, v, , a, b)", 24) ==
        "float32[B, 3, S, 10] float32[B, 3, S + P, 8] float32[B, 3, S + P, 10] "
        "float32[B, 3, S, S + P]");
}

TEST_CASE("attention: three dimensions", "[shape]") {
  CHECK(inferred("float[2,4,32] q, float[2,6,8] k, float[2,6,6] v",
                 "y, c, d, s = Attention <q_num_heads = 4, kv_num_heads = 1> (q, k, v)", 25) ==
        "float32[2, 4, 24] float32[2, 1, 6, 8] float32[2, 1, 6, 6] float32[2, 4, 4, 6]");
  CHECK(inferred("float[2,4,32] q, float[2,6,8] k, float[2,6,6] v", "y = Attention (q, k, v)",
                 23) == "float32[2, 4, ?]");
}

TEST_CASE("linear and flexible attention", "[shape]") {
  CHECK(inferred("float[2,4,64] q, float[2,4,32] k, float[2,4,48] v",
                 "y, s = LinearAttention <q_num_heads = 8, kv_num_heads = 4> (q, k, v)",
                 27) == "float32[2, 4, 96] float32[2, 4, 8, 12]");
  CHECK(inferred("float16[2,4,8,16] q, float16[2,4,6,16] k, float16[2,4,6,12] v",
                 "y = ai.onnx.preview.FlexAttention (q, k, v)") == "float16[2, 4, 8, 12]");
}
