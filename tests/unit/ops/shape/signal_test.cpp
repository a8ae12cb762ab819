// Fourier transforms, windows, images.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("dft: axis, length and one side", "[shape]") {
  CHECK(inferred("float[1,10,4,1] x", "y = DFT (x)") == "float32[1, 10, 4, 2]");
  CHECK(inferred("float[1,10,4,1] x", "y = DFT <onesided = 1> (x)") == "float32[1, 6, 4, 2]");
  CHECK(inferred("float[1,10,4,1] x", "y = DFT <onesided = 1, axis = 2> (x)") ==
        "float32[1, 10, 3, 2]");
  CHECK(inferred("float[1,10,4,1] x",
                 "n = Constant <value = int64 {16}> () a = Constant <value = int64 {1}> () "
                 "y = DFT <onesided = 1> (x, n, a)",
                 20) == "float32[1, 9, 4, 2]");
  CHECK(inferred("float[1,10,4,1] x", "y = DFT (x)", 20) == "float32[1, 10, 4, 2]");
  CHECK(inferred("float[1,6,2] x", "y = DFT <onesided = 1, inverse = 1> (x)", 20) ==
        "float32[1, 10, 1]");
  CHECK(inferred("float[1,L,1] x", "y = DFT <onesided = 1> (x)", 20) ==
        "float32[1, floor(L/2) + 1, 2]");
}

TEST_CASE("stft: frames and bins", "[shape]") {
  // (128 - 16)/8 + 1 = 15 frames of 16/2 + 1 = 9 bins
  const std::string step = "t = Constant <value = int64 {8}> () ";
  CHECK(inferred("float[1,128,1] x, float[16] w", step + "y = STFT (x, t, w)") ==
        "float32[1, 15, 9, 2]");
  CHECK(inferred("float[B,128,1] x", step + "n = Constant <value = int64 {16}> () "
                                            "y = STFT <onesided = 0> (x, t, , n)") ==
        "float32[B, 15, 16, 2]");
  CHECK(inferred("float[1,128,1] x, float[16] w",
                 "t = Constant <value = int64 {0}> () y = STFT (x, t, w)") == "float32");
}

TEST_CASE("windows, mel matrix, images", "[shape]") {
  const std::string size = "n = Constant <value = int64 {10}> () ";
  CHECK(inferred("float a", size + "y = HannWindow (n)") == "float32[10]");
  CHECK(inferred("float a", size + "y = HammingWindow <output_datatype = 11> (n)") ==
        "float64[10]");
  CHECK(inferred("int64 n", "y = BlackmanWindow (n)") == "float32[?]");
  CHECK(inferred("int64 r, float l, float u", size + "d = Constant <value = int64 {16}> () "
                                                     "y = MelWeightMatrix (n, d, r, l, u)") ==
        "float32[9, 10]");
  CHECK(inferred("uint8[L] x", "y = ImageDecoder <pixel_format = \"Grayscale\"> (x)", 20) ==
        "uint8[?, ?, 1]");
}
