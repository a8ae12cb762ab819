// TensorRT's plugins with fixed output sizes.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("box suppression plugins", "[shape]") {
  const char* const inputs = "float[B,8400,4] b, float[B,8400,80] s";
  CHECK(inferred(inputs, "n, x, y, c = EfficientNMS_TRT <max_output_boxes = 100> (b, s)") ==
        "int32[B, 1] float32[B, 100, 4] float32[B, 100] int32[B, 100]");
  CHECK(inferred(inputs, "i = EfficientNMS_ONNX_TRT <max_output_boxes_per_class = 100> (b, s)") ==
        "int32[100*B, 3]");
  CHECK(inferred("float[B,8400,1,4] b, float[B,8400,80] s",
                 "n, x, y, c = BatchedNMSDynamic_TRT <keepTopK = 50> (b, s)") ==
        "int32[B, 1] float32[B, 50, 4] float32[B, 50] float32[B, 50]");
}

TEST_CASE("attention and quantization plugins", "[shape]") {
  CHECK(inferred("float[B,20000,8,32] v, int64[4,2] s, int64[4] i, float[B,300,8,4,4,2] l, "
                 "float[B,300,8,4,4] w",
                 "y = TRT.MultiscaleDeformableAttnPlugin_TRT (v, s, i, l, w)") ==
        "float32[B, 300, 8, 32]");
  CHECK(inferred("float[1,16,32,32] x, float[1,18,32,32] o, float[1,9,32,32] m, float[24,16,3,3] w",
                 "y = ModulatedDeformConv2d (x, o, m, w)") == "float32[1, 24, 32, 32]");
  CHECK(inferred("float[S,B,2304,1,1] x", "y = CustomQKVToContextPluginDynamic (x)") ==
        "float32[S, B, 768, 1, 1]");
  CHECK(inferred("float16[N,64] x, float s", "y = trt.TRT_FP8QuantizeLinear (x, s)") ==
        "float8_e4m3fn[N, 64]");
  CHECK(inferred("float16[N,64] x, float s", "y, z = trt.TRT_FP4DynamicQuantize (x, s)") ==
        "float4_e2m1fn[N, 64] float8_e4m3fn[N, 4]");
}
