// Operators of com.microsoft.nchwc, which ONNX Runtime saves in optimized models.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("channels into blocks and out of them", "[shape]") {
  CHECK(inferred("float[B,32,8,6] x", "y = com.microsoft.nchwc.ReorderInput (x)") ==
        "float32[B, 32, 8, 6]");
  CHECK(inferred("float[B,8,6,32] x",
                 "y = com.microsoft.nchwc.ReorderInput <channels_last = 1> (x)") ==
        "float32[B, 32, 8, 6]");
  CHECK(inferred("float[B,20,8,6] x", "y = com.microsoft.nchwc.ReorderInput (x)") ==
        "float32[B, ?, 8, 6]");
  CHECK(
      inferred("float[B,32,8,6] x", "y = com.microsoft.nchwc.ReorderOutput <channels = 24> (x)") ==
      "float32[B, 24, 8, 6]");
  CHECK(inferred("float[B,32,8,6] x",
                 "y = com.microsoft.nchwc.ReorderOutput <channels = 24, channels_last = 1> (x)") ==
        "float32[B, 8, 6, 24]");
  CHECK_FALSE(faults("float[B,32,8,6] x", "y = com.microsoft.nchwc.ReorderOutput (x)").empty());
}

TEST_CASE("a convolution's weight tells the padding of its data", "[shape]") {
  const char* inputs = "float[B,20,8,6] x, float[40,24,3,3] w, float[24,1,3,3] d";
  CHECK(inferred(inputs,
                 "b = com.microsoft.nchwc.ReorderInput (x) "
                 "c = com.microsoft.nchwc.Conv <pads = [1,1,1,1]> (b, w) "
                 "y = Identity (b)") == "float32[B, 24, 8, 6]");
  CHECK(inferred(inputs,
                 "b = com.microsoft.nchwc.ReorderInput (x) "
                 "c = com.microsoft.nchwc.Conv <group = 24, strides = [2,2]> (b, d) "
                 "y = Identity (b)") == "float32[B, 24, 8, 6]");
}

TEST_CASE("convolutions and pools of blocked images", "[shape]") {
  CHECK(inferred("float[B,3,8,6] x, float[32,3,3,3] w",
                 "y = com.microsoft.nchwc.Conv <pads = [1,1,1,1], strides = [2,2]> (x, w)") ==
        "float32[B, 32, 4, 3]");
  CHECK(inferred("float[B,32,7,6] x",
                 "y = com.microsoft.nchwc.MaxPool <kernel_shape = [2,2], strides = [2,2], "
                 "ceil_mode = 1> (x)") == "float32[B, 32, 4, 3]");
  CHECK(inferred("float[B,32,7,6] x", "y = com.microsoft.nchwc.GlobalAveragePool (x)") ==
        "float32[B, 32, 1, 1]");
  CHECK(
      inferred("float[B,32,7,6] x", "y = com.microsoft.nchwc.Upsample <scales = [1,1,2,3]> (x)") ==
      "float32[B, 32, 14, 18]");
  CHECK_FALSE(
      faults("float[B,32,7,6] x", "y = com.microsoft.nchwc.Upsample <scales = [2,3]> (x)").empty());
}
