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

TEST_CASE("com.microsoft's Unique has no first positions", "[shape]") {
  CHECK(inferred("float[3] unused",
                 "x = Constant <value = float[3] {2,1,1}> () "
                 "y, i, n = com.microsoft.Unique (x)") == "float32[2] int64[3] int64[2]");
  CHECK(inferred("float[N] x", "y, i, n = com.microsoft.Unique (x)") ==
        "float32[?] int64[N] int64[?]");
}

TEST_CASE("texts, hashes and windows", "[shape]") {
  CHECK(inferred("string[N] x", "y = com.microsoft.Tokenizer (x)") == "string[N, ?]");
  CHECK(inferred("int32[N,3] x", "y = com.microsoft.MurmurHash3 (x)") == "uint32[N, 3]");
  CHECK(inferred("int32[N,3] x", "y = com.microsoft.MurmurHash3 <positive = 0> (x)") ==
        "int32[N, 3]");
  CHECK(inferred("int64[1,S] t, float[1,V] x",
                 "y = com.microsoft.NGramRepeatBlock <ngram_size = 2> (t, x)") == "float32[1, V]");
  CHECK(inferred("float[2,8,5] x",
                 "y = com.microsoft.UnfoldTensor <dim = 1, size = 3, step = 2> (x)") ==
        "float32[2, 3, 5, 3]");
  CHECK(inferred("int32[B,5,6] x, float[3,1,2,4] w",
                 "y = com.microsoft.WordConvEmbedding (x, w)") == "float32[B, 5, 3]");
  CHECK(inferred("float[1,4,5] x", "y = com.microsoft.DynamicTimeWarping (x)") == "int32[2, ?]");
}

TEST_CASE("a transposed convolution with pads as an input", "[shape]") {
  const char* inputs = "float[1,3,5,6] x, float[3,4,3,3] w, int64[4] r";
  CHECK(inferred(inputs,
                 "p = Constant <value_ints = [1,0,1,1]> () y = "
                 "com.microsoft.ConvTransposeWithDynamicPads <strides = [2,2]> (x, w, p)") ==
        "float32[1, 4, 9, 12]");
  CHECK(inferred(inputs,
                 "y = com.microsoft.ConvTransposeWithDynamicPads <strides = [2,2]> (x, w, r)") ==
        "float32[1, 4, ?, ?]");
}
