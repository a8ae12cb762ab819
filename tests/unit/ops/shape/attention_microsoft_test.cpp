// com.microsoft's attention operators in every layout that optimizers write.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("merged projection", "[shape]") {
  const char* const inputs = "float[B,S,768] x, float[768,2304] w, float[2304] b";
  CHECK(inferred(inputs, "y = com.microsoft.Attention <num_heads = 12> (x, w, b)") ==
        "float32[B, S, 768]");
  CHECK(inferred(inputs, "y, p = com.microsoft.Attention <num_heads = 12> (x, w, b)") ==
        "float32[B, S, 768] float32[2, B, 12, S, 64]");
  CHECK(inferred("float[B,S,768] x, float[768,2304] w, float[2304] b, float[2,B,12,P,64] p",
                 "y, n = com.microsoft.Attention <num_heads = 12> (x, w, b, , p)") ==
        "float32[B, S, 768] float32[2, B, 12, S + P, 64]");
  CHECK(inferred("float[B,S,768] x, float[768,1792] w",
                 "y = com.microsoft.Attention <num_heads = 12, qkv_hidden_sizes = [768,768,256]> "
                 "(x, w)") == "float32[B, S, 256]");
  CHECK(inferred("uint8[B,S,768] x, uint8[768,2304] w, float[2304] b, float s, float t",
                 "y = com.microsoft.QAttention <num_heads = 12> (x, w, b, s, t)") ==
        "float32[B, S, 768]");
}

TEST_CASE("multi-head attention", "[shape]") {
  CHECK(inferred("float[B,S,768] q, float[B,T,768] k, float[B,T,384] v",
                 "y, c, d = com.microsoft.MultiHeadAttention <num_heads = 12> (q, k, v)") ==
        "float32[B, S, 384] float32[B, 12, T, 64] float32[B, 12, T, 32]");
  CHECK(inferred("float[B,S,768] q, float[B,12,T,64] k, float[B,12,T,64] v",
                 "y = com.microsoft.MultiHeadAttention <num_heads = 12> (q, k, v)") ==
        "float32[B, S, 768]");
  CHECK(inferred("float16[B,S,8,3,40] q",
                 "y = com.microsoft.MultiHeadAttention <num_heads = 8> (q)") ==
        "float16[B, S, 320]");
  CHECK(inferred("float16[B,S,320] q, float16[B,77,8,2,40] k",
                 "y = com.microsoft.MultiHeadAttention <num_heads = 8> (q, k)") ==
        "float16[B, S, 320]");
  CHECK(inferred("float[B,S,64] q, float[B,S,64] k, float[B,S,64] v, float[B,4,P,16] a, "
                 "float[B,4,P,16] b",
                 "y, c, d = com.microsoft.MultiHeadAttention <num_heads = 4> "
                 "(q, k, v, , , , a, b)") ==
        "float32[B, S, 64] float32[B, 4, S + P, 16] float32[B, 4, S + P, 16]");
  CHECK(inferred("float[B,1,64] q, float[B,1,64] k, float[B,1,64] v, float[B,4,99,16] a, "
                 "float[B,4,99,16] b",
                 "y, c, d = com.microsoft.DecoderMaskedMultiHeadAttention <num_heads = 4, "
                 "past_present_share_buffer = 1> (q, k, v, , , a, b)") ==
        "float32[B, 1, 64] float32[B, 4, 99, 16] float32[B, 4, 99, 16]");
}

TEST_CASE("group-query attention", "[shape]") {
  const char* const attributes = "num_heads = 32, kv_num_heads = 8";
  const auto attend = [&](const char* inputs, const char* operands) {
    return inferred(inputs, std::string("t = Constant <value = int32 {40}> () "
                                        "y, k, v = com.microsoft.GroupQueryAttention <") +
                                attributes + "> (" + operands + ")");
  };
  CHECK(
      attend("float16[B,S,4096] q, float16[B,S,1024] a, float16[B,S,1024] b, float16[B,8,P,128] c, "
             "float16[B,8,P,128] d, int32[B] l",
             "q, a, b, c, d, l, t") ==
      "float16[B, S, 4096] float16[B, 8, max(40, P), 128] float16[B, 8, max(40, P), 128]");
  CHECK(attend("float16[B,S,6144] q, float16[B,8,16,128] c, float16[B,8,16,128] d, int32[B] l",
               "q, , , c, d, l, t") ==
        "float16[B, S, 4096] float16[B, 8, 40, 128] float16[B, 8, 40, 128]");
  CHECK(attend("float16[B,S,6144] q, int32[B] l, int32 n", "q, , , , , l, n") ==
        "float16[B, S, 4096] float16[B, 8, S, 128] float16[B, 8, S, 128]");
  CHECK(attend("float16[B,S,6144] q, float16[B,8,16,128] c, float16[B,8,16,128] d, int32[B] l, "
               "int32 n",
               "q, , , c, d, l, n") ==
        "float16[B, S, 4096] float16[B, 8, ?, 128] float16[B, 8, ?, 128]");
}

TEST_CASE("packed tokens and position biases", "[shape]") {
  CHECK(inferred("float16[T,64] x, float16[64,192] w, float16[192] b",
                 "y = com.microsoft.PackedAttention <num_heads = 4> (x, w, b)") ==
        "float16[T, 64]");
  CHECK(
      inferred("float[B,S,64] x, int32[B] l", "y, o, c, m = com.microsoft.RemovePadding (x, l)") ==
      "float32[?, 64] int32[B, S] int32[B + 1] int32[1]");
  CHECK(inferred("float[T,64] x, int32[B,S] o", "y = com.microsoft.RestorePadding (x, o)") ==
        "float32[B, S, 64]");
  CHECK(inferred("float[B,S,64] x, float[64] b",
                 "y = com.microsoft.GatedRelativePositionBias <num_heads = 4> (x, b)") ==
        "float32[B, 4, S, S]");
}
