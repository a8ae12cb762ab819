// Matrix products and Einsum, numpy's own rules as expectation.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("matmul: ranks and broadcasting", "[shape]") {
  const auto matmul = [](const char* inputs) { return inferred(inputs, "y = MatMul (a, b)"); };
  CHECK(matmul("float[2,3] a, float[3,4] b") == "float32[2, 4]");
  CHECK(matmul("float[3] a, float[3] b") == "float32[]");
  CHECK(matmul("float[3] a, float[3,4] b") == "float32[4]");
  CHECK(matmul("float[2,3] a, float[3] b") == "float32[2]");
  CHECK(matmul("float[3] a, float[5,3,4] b") == "float32[5, 4]");
  CHECK(matmul("float[5,2,3] a, float[3] b") == "float32[5, 2]");
  CHECK(matmul("float[7,1,2,3] a, float[5,3,4] b") == "float32[7, 5, 2, 4]");
  CHECK(matmul("float[B,S,768] a, float[768,H] b") == "float32[B, S, H]");
  CHECK(matmul("float16[B,12,S,64] a, float16[B,12,64,T] b") == "float16[B, 12, S, T]");
  CHECK(matmul("float a, float[3] b") == "float32");
  CHECK_FALSE(faults("float[2,3] a, float[4,5] b", "y = MatMul (a, b)").empty());
}

TEST_CASE("matmul: integer, quantized, fused, packed", "[shape]") {
  CHECK(inferred("uint8[2,3] a, int8[3,4] b", "y = MatMulInteger (a, b)") == "int32[2, 4]");
  CHECK(inferred("uint8[2,2,4] a, float s, uint8 z, int8[2,4,3] b, int8 v",
                 "y = QLinearMatMul (a, s, z, b, s, v, s, v)") == "int8[2, 2, 3]");
  CHECK(inferred("float[5,3,2] a, float[5,4,3] b",
                 "y = com.microsoft.FusedMatMul <transA = 1, transB = 1> (a, b)") ==
        "float32[5, 2, 4]");
  // (2, 5, 3) with its first axis behind the batch axes: (5, 2, 3).
  CHECK(inferred("float[2,5,3] a, float[5,3,4] b",
                 "y = com.microsoft.FusedMatMul <transBatchA = 1> (a, b)") == "float32[5, 2, 4]");
  CHECK(inferred("float[1,S,64] a, uint8[64,32] b, float s",
                 "y = com.microsoft.DynamicQuantizeMatMul (a, b, s)") == "float32[1, S, 32]");
  CHECK(inferred("float16[1,S,4096] a, uint8[11008,128,16] b, float16[1409024] s",
                 "y = com.microsoft.MatMulNBits <K = 4096, N = 11008, bits = 4, block_size = 32> "
                 "(a, b, s)") == "float16[1, S, 11008]");
  CHECK(inferred("float16[1,S,4096] a, uint8[8] b, float16[8] s",
                 "y = com.microsoft.MatMulNBits <K = 4096> (a, b, s)") == "float16");
}

TEST_CASE("gemm: transposes", "[shape]") {
  CHECK(inferred("float[N,2048] a, float[1000,2048] b, float[1000] c",
                 "y = Gemm <transB = 1> (a, b, c)") == "float32[N, 1000]");
  CHECK(inferred("float[3,2] a, float[3,4] b", "y = Gemm <transA = 1> (a, b)") == "float32[2, 4]");
  CHECK(inferred("float[3,2,1] a, float[3,4] b", "y = Gemm (a, b)") == "float32");
  CHECK(inferred("uint8[2,3] a, float s, uint8 z, uint8[3,4] b",
                 "y = com.microsoft.QGemm (a, s, z, b, s, z)") == "float32[2, 4]");
  CHECK(inferred("uint8[2,3] a, float s, uint8 z, uint8[3,4] b, int32[4] c",
                 "y = com.microsoft.QGemm (a, s, z, b, s, z, c, s, z)") == "uint8[2, 4]");
}

TEST_CASE("einsum", "[shape]") {
  const auto einsum = [](const char* equation, const char* inputs, const char* operands) {
    return inferred(inputs,
                    "y = Einsum <equation = \"" + std::string(equation) + "\"> (" + operands + ")");
  };
  CHECK(einsum("bhqd,bhkd->bhqk", "float[2,3,5,4] a, float[2,3,7,4] b", "a, b") ==
        "float32[2, 3, 5, 7]");
  CHECK(einsum("ij->ji", "float[2,3] a", "a") == "float32[3, 2]");
  CHECK(einsum(" ij , jk -> ik ", "float[2,3] a, float[3,4] b", "a, b") == "float32[2, 4]");
  CHECK(einsum("ii", "float[3,3] a", "a") == "float32[]");
  CHECK(einsum("ba", "float[2,3] a", "a") == "float32[3, 2]");
  CHECK(einsum("...ii->...i", "float[5,6,3,3] a", "a") == "float32[5, 6, 3]");
  CHECK(einsum("...ij,...jk", "float[5,1,2,3] a, float[7,3,4] b", "a, b") == "float32[5, 7, 2, 4]");
  CHECK(einsum("bij,bjk->bik", "float[B,2,3] a, float[1,3,4] b", "a, b") == "float32[B, 2, 4]");
  CHECK(einsum("i->", "float[3] a", "a") == "float32[]");
  CHECK(einsum("ij", "float[3] a", "a") == "float32");
  CHECK(einsum("i..j", "float[3] a", "a") == "float32");
  CHECK_FALSE(
      faults("float[2,3] a, float[4,5] b", "y = Einsum <equation = \"ij,jk->ik\"> (a, b)").empty());
}
