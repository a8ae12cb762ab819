// Casts and the operators that hand their input on.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("cast: types of every age", "[shape]") {
  CHECK(inferred("float[N,3] x", "y = Cast <to = 7> (x)") == "int64[N, 3]");
  CHECK(inferred("float[N,3] x", "y = Cast <to = \"FLOAT16\"> (x)", 5) == "float16[N, 3]");
  CHECK(inferred("float[N,3] x", "y = Cast <to = \"BOOL\"> (x)", 1) == "bool[N, 3]");
  CHECK(inferred("float[N,3] x, uint8[1] t", "y = CastLike (x, t)") == "uint8[N, 3]");
  CHECK(inferred("float[2] x", "y = BitCast <to = 6> (x)", 26) == "int32[2]");
  CHECK_FALSE(faults("float[2] x", "y = Cast <to = 99> (x)").empty());
}

TEST_CASE("cast: values are truncated, rounded and wrapped", "[shape]") {
  const auto cast = [](const std::string& constant, const std::string& to) {
    return contents("float[1] x",
                    "a = Constant <" + constant + "> () y = Cast <to = " + to + "> (a)");
  };
  CHECK(cast("value_floats = [2.9, -2.9]", "7") == "{2, -2}");
  CHECK(cast("value_floats = [0.0, 0.5]", "9") == "{0, 1}");
  CHECK(cast("value_ints = [300, -1]", "2") == "{44, 255}");
  CHECK(cast("value_ints = [128]", "3") == "{-128}");
  CHECK(cast("value_ints = [2049]", "10") == "{2048}");  // float16 holds 11 bits
  CHECK(cast("value_ints = [257]", "16") == "{256}");    // bfloat16 holds 8
  CHECK(cast("value_floats = [1e30]", "7") == "{?}");
  CHECK(cast("value_ints = [1]", "8") == "-");  // strings are not followed
}

TEST_CASE("identity: any kind of value passes", "[shape]") {
  CHECK(inferred("float[2,3] x", "s = SequenceConstruct (x, x) y = Identity (s)") ==
        "sequence float32[2, 3]");
  CHECK(contents("float[N] x", "s = Shape (x) y = Identity (s)") == "{N}");
}

TEST_CASE("dropout: the mask's type depends on the version", "[shape]") {
  CHECK(inferred("float[2] x", "y, m = Dropout (x)", 9) == "float32[2] float32[2]");
  CHECK(inferred("float[2] x", "y, m = Dropout (x)", 10) == "float32[2] bool[2]");
  CHECK(inferred("float16[2] x, float r, bool t", "y, m = Dropout (x, r, t)", 13) ==
        "float16[2] bool[2]");
}

TEST_CASE("random: types from attributes or inputs", "[shape]") {
  CHECK(inferred("float16[2] x", "y = RandomNormalLike (x)") == "float16[2]");
  CHECK(inferred("float16[2] x", "y = RandomUniformLike <dtype = 1> (x)") == "float32[2]");
  CHECK(inferred("float[2] x", "y = Bernoulli <dtype = 9> (x)") == "bool[2]");
  CHECK(inferred("float[1] x", "y = RandomNormal <shape = [2,3]> ()") == "float32[2, 3]");
  CHECK(inferred("float[1] x", "y = RandomUniform <shape = [2,-3]> ()") == "float32");
  CHECK(inferred("float[B,5] x", "y = Multinomial <sample_size = 7> (x)") == "int32[B, 7]");
}
