// Pad, blocks between channels and space, crops, columns, determinants, text, optimizer steps.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::inferred;

TEST_CASE("pad: pads of every age", "[shape]") {
  CHECK(inferred("float[2,N] x", "y = Pad <paddings = [0,1,0,2]> (x)", 1) == "float32[2, N + 3]");
  CHECK(inferred("float[2,N] x", "y = Pad <pads = [0,1,0,2]> (x)", 2) == "float32[2, N + 3]");
  CHECK(inferred("float[2,5] x", "p = Constant <value_ints = [0,-1,0,-2]> () y = Pad (x, p)") ==
        "float32[2, 2]");
  CHECK(inferred("float[2,5] x",
                 "p = Constant <value_ints = [3,4]> () a = Constant <value_ints = [-1]> ()"
                 "y = Pad (x, p, , a)",
                 18) == "float32[2, 12]");
  CHECK(inferred("float[2,5] x, int64[4] p", "y = Pad (x, p)") == "float32[?, ?]");
  CHECK(inferred("float[2,5] x", "p = Constant <value_ints = [1]> () y = Pad (x, p)") ==
        "float32[?, ?]");
  CHECK(inferred("float[2] x", "p = Constant <value_ints = [-3,0]> () y = Pad (x, p)") ==
        "float32[?]");
}

TEST_CASE("pad: values", "[shape]") {
  const auto padded = [](const std::string& mode) {
    return contents("float[A,B,C] x",
                    "s = Shape (x) p = Constant <value_ints = [2,2]> ()"
                    "y = Pad <mode = \"" +
                        mode + "\"> (s, p)",
                    19);
  };
  CHECK(padded("constant") == "{0, 0, A, B, C, 0, 0}");
  CHECK(padded("edge") == "{A, A, A, B, C, C, C}");
  CHECK(padded("reflect") == "{C, B, A, B, C, B, A}");
  CHECK(padded("wrap") == "{B, C, A, B, C, A, B}");
}

TEST_CASE("blocks: channels to space and back", "[shape]") {
  CHECK(inferred("float[N,8,H,W] x", "y = DepthToSpace <blocksize = 2> (x)") ==
        "float32[N, 2, 2*H, 2*W]");
  CHECK(inferred("float[N,3,4,W] x", "y = SpaceToDepth <blocksize = 2> (x)") ==
        "float32[N, 12, 2, floor(W/2)]");
  CHECK(inferred("float[1,8,2,2] x", "y = DepthToSpace <blocksize = 0> (x)") == "float32");
  CHECK(inferred("float[1,7,2,2] x", "y = DepthToSpace <blocksize = 2> (x)") ==
        "float32[1, ?, 4, 4]");
  CHECK(inferred("float[8,2,2] x", "y = DepthToSpace <blocksize = 2> (x)") == "float32");
}

TEST_CASE("crop and pad about the centre", "[shape]") {
  CHECK(inferred("float[N,20,8,3] x",
                 "t = Constant <value_ints = [10,9]> ()"
                 "y = CenterCropPad <axes = [1,2]> (x, t)",
                 18) == "float32[N, 10, 9, 3]");
  CHECK(inferred("float[N,20] x, int64[1] t", "y = CenterCropPad <axes = [-1]> (x, t)", 18) ==
        "float32[N, ?]");
}

TEST_CASE("columns to image, determinant", "[shape]") {
  CHECK(inferred("float[N,10,12] x",
                 "i = Constant <value_ints = [5,5]> () b = Constant <value_ints = [1,5]> ()"
                 "y = Col2Im (x, i, b)",
                 18) == "float32[N, 2, 5, 5]");
  CHECK(inferred("float[1,10,12] x, int64[2] i",
                 "b = Constant <value_ints = [1,5]> () y = Col2Im (x, i, b)",
                 18) == "float32[1, 2, ?, ?]");
  CHECK(inferred("float[N,4,4] x", "y = Det (x)") == "float32[N]");
  CHECK(inferred("float[4] x", "y = Det (x)") == "float32");
}

TEST_CASE("text", "[shape]") {
  CHECK(inferred("string[3,1] a, string[2] b", "y = StringConcat (a, b)", 20) == "string[3, 2]");
  CHECK(inferred("string[N] a", "y, n = StringSplit (a)", 20) == "string[N, ?] int64[N]");
  CHECK(inferred("string[N] a", "y = StringNormalizer (a)") == "string[N]");
  CHECK(inferred("string[N] a", "y = StringNormalizer <stopwords = [\"the\"]> (a)") == "string[?]");
  CHECK(inferred("int64[N,6] a",
                 "y = TfIdfVectorizer <mode = \"TF\", min_gram_length = 1,"
                 "max_gram_length = 1, max_skip_count = 0, ngram_counts = [0],"
                 "ngram_indexes = [0,3,1], pool_int64s = [5,6,7]> (a)") == "float32[N, 4]");
}

TEST_CASE("like the first input", "[shape]") {
  CHECK(inferred("float16[2,N] x", "y = Softmax (x)") == "float16[2, N]");
  CHECK(inferred("float16[2,N] x, float[N] s", "y = RMSNormalization (x, s)", 23) ==
        "float32[2, N]");
  CHECK(inferred("float[2,3] a, float[2,3] b", "y = SwiGLU (a, b)", 28) == "float32[2, 3]");
}
