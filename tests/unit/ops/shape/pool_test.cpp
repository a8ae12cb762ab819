// Pools. Sizes by hand; the ceil mode cases are PyTorch's known ones (a last window must start
// inside the input).
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("pool: windows and indices", "[shape]") {
  CHECK(inferred("float[1,64,112,112] x",
                 "y, i = MaxPool <kernel_shape = [3,3], strides = [2,2], pads = [1,1,1,1]> (x)") ==
        "float32[1, 64, 56, 56] int64[1, 64, 56, 56]");
  CHECK(inferred("float[1,3,32] x", "y = AveragePool <kernel_shape = [2]> (x)") ==
        "float32[1, 3, 31]");
  CHECK(inferred("float[1,1,4,4] x", "y = MaxPool <kernel_shape = [2,2], dilations = [2,2]> (x)") ==
        "float32[1, 1, 2, 2]");
  CHECK(
      inferred("float[1,3,H,W] x",
               "y = LpPool <kernel_shape = [2,2], strides = [2,2], auto_pad = \"SAME_UPPER\"> (x)",
               11) == "float32[1, 3, floor((H + 1)/2), floor((W + 1)/2)]");
}

TEST_CASE("pool: ceil mode counts a last window only where it starts inside", "[shape]") {
  const char* const attributes = "kernel_shape = [3,3], strides = [2,2], ceil_mode = 1";
  const auto pooled = [&](const char* input) {
    return inferred(input, "y = MaxPool <" + std::string(attributes) + "> (x)");
  };
  CHECK(pooled("float[1,1,4,4] x") == "float32[1, 1, 2, 2]");
  CHECK(pooled("float[1,1,5,6] x") == "float32[1, 1, 2, 3]");
  // ceil((2 - 1)/2) + 1 = 2, but the second window would start at 2, past the input.
  CHECK(inferred("float[1,1,2,2] x",
                 "y = AveragePool <kernel_shape = [1,1], strides = [2,2], ceil_mode = 1> (x)") ==
        "float32[1, 1, 1, 1]");
  // 3 + 2 - 2 = 3, ceil(3/3) + 1 = 2: starts at 3 - 1 = 2 < 3, inside.
  CHECK(inferred(
            "float[1,1,3] x",
            "y = MaxPool <kernel_shape = [2], strides = [3], pads = [1,1], ceil_mode = 1> (x)") ==
        "float32[1, 1, 2]");
  // 2 + 2 - 2 = 2, ceil(2/3) + 1 = 2: starts at 3 - 1 = 2, outside.
  CHECK(inferred(
            "float[1,1,2] x",
            "y = MaxPool <kernel_shape = [2], strides = [3], pads = [1,1], ceil_mode = 1> (x)") ==
        "float32[1, 1, 1]");
  CHECK(pooled("float[1,1,H,7] x") == "float32[1, 1, floor(H/2), 3]");
}

TEST_CASE("pool: faults", "[shape]") {
  CHECK(inferred("float[1,1,2] x", "y = MaxPool <kernel_shape = [5]> (x)") == "float32[1, 1, ?]");
  CHECK(inferred("float[1,1,2] x", "y = MaxPool <kernel_shape = [0]> (x)") == "float32");
  CHECK(inferred("float[1,1,2] x", "y = MaxPool (x)") == "float32");
  CHECK_FALSE(faults("float[1,1,2] x", "y = MaxPool (x)").empty());
  CHECK(inferred("float[1,1,2] x", "y = MaxPool <kernel_shape = [2,2]> (x)") == "float32");
}

TEST_CASE("pool: global, channels last, quantized", "[shape]") {
  CHECK(inferred("float[N,512,7,7] x", "y = GlobalAveragePool (x)") == "float32[N, 512, 1, 1]");
  CHECK(inferred("uint8[1,7,7,8] x", "y = com.microsoft.NhwcMaxPool <kernel_shape = [7,7]> (x)") ==
        "uint8[1, 1, 1, 8]");
  CHECK(
      inferred("uint8[1,7,7,8] x, float s, uint8 z",
               "y = com.microsoft.QLinearGlobalAveragePool <channels_last = 1> (x, s, z, s, z)") ==
      "uint8[1, 1, 1, 8]");
  CHECK(inferred("uint8[1,8,7,7] x, float s, uint8 z",
                 "y = com.microsoft.QLinearAveragePool <kernel_shape = [2,2]> (x, s, z, s, z)") ==
        "uint8[1, 8, 6, 6]");
}

TEST_CASE("pool: regions", "[shape]") {
  CHECK(inferred("float[1,16,10,10] x, float[3,4] r, int64[3] b",
                 "y = RoiAlign <output_height = 5, output_width = 7> (x, r, b)") ==
        "float32[3, 16, 5, 7]");
  CHECK(inferred("float[1,16,10,10] x, float[R,5] r",
                 "y = MaxRoiPool <pooled_shape = [2,3]> (x, r)") == "float32[R, 16, 2, 3]");
}

TEST_CASE("pool: unpooling", "[shape]") {
  const char* const inputs = "float[1,1,2,2] x, int64[1,1,2,2] i";
  CHECK(inferred(inputs, "y = MaxUnpool <kernel_shape = [2,2], strides = [2,2]> (x, i)") ==
        "float32[1, 1, 4, 4]");
  CHECK(inferred(inputs,
                 "s = Constant <value = int64[4] {1,1,5,5}> ()"
                 "y = MaxUnpool <kernel_shape = [2,2], strides = [2,2]> (x, i, s)") ==
        "float32[1, 1, 5, 5]");
}
