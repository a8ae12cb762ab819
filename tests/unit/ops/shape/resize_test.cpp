// Resize and Upsample in every version's form. Products are float32 and cut off, as in runtimes.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::faults;
using trtreport::test::inferred;

namespace {

const std::string kScales = "s = Constant <value = float[4] {1.0, 1.0, 2.0, 0.6}> () ";

}  // namespace

TEST_CASE("resize: scales", "[shape]") {
  CHECK(inferred("float[1,3,10,10] x", kScales + "y = Resize (x, s)", 10) ==
        "float32[1, 3, 20, 6]");
  CHECK(inferred("float[1,3,10,10] x, float[0] r", kScales + "y = Resize (x, r, s)", 11) ==
        "float32[1, 3, 20, 6]");
  // 0.7 is stored as 0.69999998807…; in float32 its product with 10 is 7 all the same.
  CHECK(inferred("float[10] x", "s = Constant <value = float[1] {0.7}> () y = Resize (x, , s)") ==
        "float32[7]");
  CHECK(inferred("float[1,3,H,W] x",
                 "s = Constant <value = float[4] {1.0, 1.0, 2.0, 0.5}> () y = Resize (x, , s)") ==
        "float32[1, 3, 2*H, floor(W/2)]");
  CHECK(inferred("float[N,3,H,8] x",
                 "s = Constant <value = float[4] {1.0, 1.0, 0.3, 1.5}> () y = Resize (x, , s)") ==
        "float32[N, 3, ?, 12]");
  CHECK(inferred("float[1,3,4,4] x",
                 "s = Constant <value = float[2] {3.0, 2.0}> () "
                 "y = Resize <axes = [3,2]> (x, , s)",
                 18) == "float32[1, 3, 8, 12]");
}

TEST_CASE("resize: sizes", "[shape]") {
  CHECK(
      inferred("float[N,3,4,4] x",
               "e = Constant <value = float[0] {}> () z = Constant <value = int64[4] {1,3,7,9}> () "
               "y = Resize (x, e, e, z)",
               11) == "float32[1, 3, 7, 9]");
  CHECK(inferred("float[N,3,H,W] x",
                 "z = Constant <value = int64[2] {7,9}> () y = Resize <axes = [-2,-1]> (x, , , z)",
                 19) == "float32[N, 3, 7, 9]");
  CHECK(inferred("float[N,3,4,4] x, int64[4] z", "y = Resize (x, , , z)") == "float32[?, ?, ?, ?]");
  CHECK(inferred("float[N,3,4,4] x, int64[2] z", "y = Resize <axes = [2,3]> (x, , , z)", 18) ==
        "float32[N, 3, ?, ?]");
}

TEST_CASE("resize: aspect ratio", "[shape]") {
  const auto keep = [](const char* input, const char* policy) {
    return inferred(input,
                    std::string("z = Constant <value = int64[2] {7,8}> () "
                                "y = Resize <axes = [2,3], keep_aspect_ratio_policy = \"") +
                        policy + "\"> (x, , , z)",
                    18);
  };
  CHECK(keep("float[1,1,2,2] x", "not_larger") == "float32[1, 1, 7, 7]");
  CHECK(keep("float[1,1,2,2] x", "not_smaller") == "float32[1, 1, 8, 8]");
  CHECK(keep("float[1,1,2,4] x", "not_larger") == "float32[1, 1, 4, 8]");
  CHECK(keep("float[1,1,H,4] x", "not_larger") == "float32[1, 1, ?, ?]");
}

TEST_CASE("resize: faults", "[shape]") {
  CHECK(inferred("float[1,3,4,4] x", "y = Resize (x)") == "float32");
  CHECK_FALSE(faults("float[1,3,4,4] x", "y = Resize (x)").empty());
  CHECK(inferred("float[4] x", kScales + "y = Resize (x, , s)") == "float32");
  CHECK(inferred("float[4] x", "s = Constant <value = float[1] {-1.0}> () y = Resize (x, , s)") ==
        "float32[?]");
  CHECK(inferred("float[4] x", "s = Constant <value = float[1] {1e38}> () y = Resize (x, , s)") ==
        "float32[?]");
}

TEST_CASE("upsample: three forms", "[shape]") {
  CHECK(inferred("float[1,3,4,5] x", "y = Upsample <height_scale = 2.0, width_scale = 3.0> (x)",
                 1) == "float32[1, 3, 8, 15]");
  CHECK(inferred("float[1,3,4,5] x", "y = Upsample <scales = [1.0, 1.0, 2.0, 3.0]> (x)", 7) ==
        "float32[1, 3, 8, 15]");
  CHECK(inferred("float[1,3,10,10] x", kScales + "y = Upsample (x, s)", 9) ==
        "float32[1, 3, 20, 6]");
}
