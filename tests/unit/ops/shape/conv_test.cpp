// Convolutions. Sizes by hand from the specification's formulas; those of larger layers are
// ResNet's and MobileNet's.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("conv: explicit padding, stride and dilation", "[shape]") {
  CHECK(inferred("float[1,3,224,224] x, float[64,3,7,7] w",
                 "y = Conv <strides = [2,2], pads = [3,3,3,3]> (x, w)") ==
        "float32[1, 64, 112, 112]");
  CHECK(inferred("float[2,4,10] x, float[8,2,3] w", "y = Conv <group = 2> (x, w)") ==
        "float32[2, 8, 8]");
  // extent 2*(3 - 1) + 1 = 5: 10 + 1 + 0 - 5 = 6, /3 = 2, + 1
  CHECK(inferred("float16[1,1,10] x, float16[1,1,3] w",
                 "y = Conv <dilations = [2], strides = [3], pads = [1,0]> (x, w)") ==
        "float16[1, 1, 3]");
  CHECK(inferred("float[1,3,8,9,10] x, float[5,3,1,2,3] w", "y = Conv (x, w)") ==
        "float32[1, 5, 8, 8, 8]");
}

TEST_CASE("conv: auto_pad", "[shape]") {
  const char* const inputs = "float[1,1,7,7] x, float[1,1,3,3] w";
  CHECK(inferred(inputs, "y = Conv <auto_pad = \"SAME_UPPER\", strides = [2,3]> (x, w)") ==
        "float32[1, 1, 4, 3]");
  CHECK(inferred(inputs, "y = Conv <auto_pad = \"SAME_LOWER\", dilations = [2,2]> (x, w)") ==
        "float32[1, 1, 7, 7]");
  CHECK(inferred(inputs, "y = Conv <auto_pad = \"VALID\", pads = [1,1,1,1]> (x, w)") ==
        "float32[1, 1, 5, 5]");
}

TEST_CASE("conv: symbols survive", "[shape]") {
  CHECK(inferred("float[N,3,H,W] x, float[8,3,3,3] w",
                 "y = Conv <pads = [1,1,1,1], strides = [2,1]> (x, w)") ==
        "float32[N, 8, floor((H + 1)/2), W]");
}

TEST_CASE("conv: what one operand alone tells", "[shape]") {
  CHECK(inferred("float[8,3,5,5] w", "x = Foo.Bar (w) y = Conv (x, w)") == "float32[?, 8, ?, ?]");
  CHECK(inferred("float[2,3,8,8] x", "w = Foo.Bar (x) y = Conv <kernel_shape = [3,3]> (x, w)") ==
        "float32[2, ?, 6, 6]");
}

TEST_CASE("conv: faults leave the size unknown", "[shape]") {
  const char* const small = "float[1,1,2] x, float[1,1,5] w";
  CHECK(inferred(small, "y = Conv (x, w)") == "float32[1, 1, ?]");
  CHECK_FALSE(faults(small, "y = Conv (x, w)").empty());
  CHECK(inferred(small, "y = Conv <strides = [0]> (x, w)") == "float32[1, 1, ?]");
  CHECK(inferred(small, "y = Conv <strides = [1,1]> (x, w)") == "float32[1, 1, ?]");
  CHECK(inferred(small, "y = Conv <dilations = [-1]> (x, w)") == "float32[1, 1, ?]");
  CHECK(inferred(small, "y = Conv <auto_pad = \"WRONG\"> (x, w)") == "float32[1, 1, ?]");
  CHECK(inferred("float[1,3] x, float[1,1,5] w", "y = Conv (x, w)") == "float32");
  CHECK(inferred("float[1,3,4] x, float[5] w", "y = Conv (x, w)") == "float32");
  CHECK_FALSE(faults("float[1,4,9] x, float[1,3,5] w", "y = Conv (x, w)").empty());
  CHECK(inferred("float[1,1,9] x, float[1,1,3] w",
                 "y = Conv <dilations = [9223372036854775807]> (x, w)") == "float32[1, 1, ?]");
}

TEST_CASE("conv: integer, quantized and deformable", "[shape]") {
  CHECK(inferred("uint8[1,1,3,3] x, uint8[1,1,2,2] w", "y = ConvInteger (x, w)") ==
        "int32[1, 1, 2, 2]");
  CHECK(inferred("uint8[1,3,8,8] x, float[1] s, uint8[1] z, int8[4,3,3,3] w, int8[1] v, int8[1] o",
                 "y = QLinearConv <pads = [1,1,1,1]> (x, s, z, w, s, v, s, o)") ==
        "int8[1, 4, 8, 8]");
  CHECK(inferred("uint8[1,8,8,3] x, float[1] s, uint8[1] z, int8[4,3,3,3] w, int8[1] v",
                 "y = com.microsoft.QLinearConv <channels_last = 1> (x, s, z, w, s, v, s, z)") ==
        "uint8[1, 6, 6, 4]");
  CHECK(inferred("float[1,1,3,3] x, float[1,1,2,2] w, float[1,8,2,2] o", "y = DeformConv (x, w, o)",
                 19) == "float32[1, 1, 2, 2]");
}

TEST_CASE("conv: channels last, either layout of the weight", "[shape]") {
  CHECK(inferred("float16[1,8,8,16] x, float16[32,3,3,16] w",
                 "y = com.microsoft.NhwcConv <pads = [1,1,1,1]> (x, w)") == "float16[1, 8, 8, 32]");
  CHECK(inferred("float16[1,8,8,16] x, float16[32,16,3,3] w",
                 "y = com.microsoft.NhwcFusedConv (x, w)") == "float16[1, 6, 6, 32]");
}

TEST_CASE("conv_transpose: pads, output_padding, output_shape, SAME", "[shape]") {
  // 2*(3 - 1) + 3 = 7
  const char* const inputs = "float[1,4,3,3] x, float[4,2,3,3] w";
  CHECK(inferred(inputs, "y = ConvTranspose <strides = [2,2]> (x, w)") == "float32[1, 2, 7, 7]");
  CHECK(inferred(inputs,
                 "y = ConvTranspose <strides = [2,2], pads = [1,1,1,1], output_padding = "
                 "[1,0]> (x, w)") == "float32[1, 2, 6, 5]");
  CHECK(inferred(inputs, "y = ConvTranspose <strides = [3,2], output_shape = [10,8]> (x, w)") ==
        "float32[1, 2, 10, 8]");
  CHECK(inferred(inputs, "y = ConvTranspose <strides = [3,2], output_shape = [1,2,10,8]> (x, w)") ==
        "float32[1, 2, 10, 8]");
  CHECK(inferred(
            inputs,
            "y = ConvTranspose <strides = [2,2], auto_pad = \"SAME_UPPER\", group = 2> (x, w)") ==
        "float32[1, 4, 6, 6]");
  // A window of 1 under a stride of 3 reaches 3*(3 - 1) + 1 = 7, not 9.
  CHECK(inferred("float[1,4,3] x, float[4,2,1] w",
                 "y = ConvTranspose <strides = [3], auto_pad = \"SAME_LOWER\"> (x, w)") ==
        "float32[1, 2, 7]");
  CHECK(inferred("float[N,4,L] x, float[4,2,4] w",
                 "y = ConvTranspose <strides = [2], pads = [1,1]> (x, w)") == "float32[N, 2, 2*L]");
  CHECK(inferred(inputs, "y = ConvTranspose <output_padding = [1]> (x, w)") ==
        "float32[1, 2, ?, ?]");
}

TEST_CASE("causal convolution with a state", "[shape]") {
  CHECK(inferred("float[2,4,8] x, float[4,1,4] w", "y, s = CausalConvWithState (x, w)", 27) ==
        "float32[2, 4, 8] float32[2, 4, 3]");
  CHECK(inferred("float[2,4,1] x, float[4,1,4] w, float[2,4,3] p",
                 "y, s = CausalConvWithState (x, w, , p)",
                 27) == "float32[2, 4, 1] float32[2, 4, 3]");
}
