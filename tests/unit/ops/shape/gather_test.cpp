// Picking and writing by index.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::contents;
using trtreport::test::faults;
using trtreport::test::inferred;

TEST_CASE("gather: shapes", "[shape]") {
  CHECK(inferred("float[1000,64] x, int64[B,S] i", "y = Gather (x, i)") == "float32[B, S, 64]");
  CHECK(inferred("float[3,4,5] x, int64 i", "y = Gather <axis = -2> (x, i)") == "float32[3, 5]");
  CHECK(inferred("float[3,4] x, int64[3,N] i", "y = GatherElements <axis = 1> (x, i)") ==
        "float32[3, N]");
  CHECK(inferred("float[3,4,5] x, int64[7,2] i", "y = GatherND (x, i)") == "float32[7, 5]");
  CHECK(inferred("float[B,4,5] x, int64[B,7,1] i", "y = GatherND <batch_dims = 1> (x, i)") ==
        "float32[B, 7, 5]");
  CHECK(inferred("float[3] x, int64[7,2] i", "y = GatherND (x, i)") == "float32");
  CHECK(inferred("float[3] x, int64[7,K] i", "y = GatherND (x, i)") == "float32");
}

TEST_CASE("gather: values", "[shape]") {
  const auto of_shape = [](const std::string& rest) {
    return contents("float[N,3,H,W] x", "s = Shape (x)" + rest);
  };
  CHECK(of_shape("i = Constant <value_int = 2> () y = Gather (s, i)") == "{H}");
  CHECK(of_shape("i = Constant <value_ints = [-1,0]> () y = Gather (s, i)") == "{W, N}");
  CHECK(of_shape("i = Constant <value_ints = [9]> () y = Gather (s, i)") == "{?}");
  CHECK(of_shape("i = Constant <value_ints = [3,3]> () y = GatherElements (s, i)") == "{W, W}");
  CHECK(of_shape("i = Constant <value = int64[2,1] {2,-4}> () y = GatherND (s, i)") == "{H, N}");
  CHECK(
      contents(
          "float[1] x",
          "a = Constant <value = int64[2,3] {1,2,3,4,5,6}> () i = Constant <value_ints = [2,0]> ()"
          "y = Gather <axis = 1> (a, i)") == "{3, 1, 6, 4}");
  CHECK(contents("float[1] x",
                 "a = Constant <value = int64[2,2] {1,2,3,4}> () i = Constant <value = int64[2,1] "
                 "{1,0}> ()"
                 "y = GatherND <batch_dims = 1> (a, i)") == "{2, 3}");
  CHECK_FALSE(faults("float[1] x",
                     "a = Constant <value_ints = [1]> () i = Constant <value_ints = [4]> ()"
                     "y = Gather (a, i)")
                  .empty());
}

TEST_CASE("scatter: shapes and values", "[shape]") {
  CHECK(inferred("float[N,4] x, int64[1,4] i, float[1,4] u", "y = ScatterElements (x, i, u)") ==
        "float32[N, 4]");
  const std::string of_shape =
      "s = Shape (x) i = Constant <value_ints = [1,-1]> ()"
      "u = Constant <value_ints = [7,8]> ()";
  CHECK(contents("float[N,3,H] x", of_shape + "y = ScatterElements (s, i, u)") == "{N, 7, 8}");
  CHECK(contents("float[N,3,H] x",
                 of_shape + "y = ScatterElements <reduction = \"add\"> (s, i, u)") ==
        "{N, 10, H + 8}");
  CHECK(contents("float[N,3,H] x",
                 "s = Shape (x) i = Constant <value = int64[1,1] {2}> ()"
                 "u = Constant <value_ints = [7]> () y = ScatterND (s, i, u)") == "{N, 3, 7}");
  CHECK(contents("float[N,3,H] x",
                 "s = Shape (x) i = Constant <value = int64[1,1] {5}> ()"
                 "u = Constant <value_ints = [7]> () y = ScatterND (s, i, u)") == "-");
}
