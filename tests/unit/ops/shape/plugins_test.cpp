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
