// Quantized types by version, and elementwise operators on quantized tensors.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("quantization: which type results", "[shape]") {
  CHECK(inferred("float[N,3] x, float s, int8 z", "y = QuantizeLinear (x, s, z)") == "int8[N, 3]");
  CHECK(inferred("float[N,3] x, float s", "y = QuantizeLinear (x, s)") == "uint8[N, 3]");
  CHECK(inferred("float[N,3] x, float s", "y = QuantizeLinear <output_dtype = 22> (x, s)", 21) ==
        "int4[N, 3]");
  CHECK(inferred("int8[N,3] x, float s", "y = DequantizeLinear (x, s)") == "float32[N, 3]");
  CHECK(inferred("int8[N,3] x, float16 s", "y = DequantizeLinear (x, s)", 19) == "float16[N, 3]");
  CHECK(inferred("int8[N,3] x, float16 s", "y = DequantizeLinear <output_dtype = 1> (x, s)", 23) ==
        "float32[N, 3]");
  CHECK(inferred("float[N,3] x", "y, s, z = DynamicQuantizeLinear (x)") ==
        "uint8[N, 3] float32[] uint8[]");
}

TEST_CASE("quantization: elementwise", "[shape]") {
  CHECK(inferred("uint8[N,3,1] a, float s, uint8 z, uint8[1,4] b",
                 "y = com.microsoft.QLinearAdd (a, s, z, b, s, z, s, z)") == "uint8[N, 3, 4]");
  CHECK(inferred("float s, uint8 z, uint8[N,3,4] a, uint8[N,5,4] b",
                 "y = com.microsoft.QLinearConcat <axis = 1> (s, z, a, s, z, b, s, z)") ==
        "uint8[N, 8, 4]");
  CHECK(inferred("bool[N,1] c, int8[N,3] a, float s, int8 z, int8[3] b",
                 "y = com.microsoft.QLinearWhere (c, a, s, z, b, s, z, s, z)") == "int8[N, 3]");
}
