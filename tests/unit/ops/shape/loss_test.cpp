// Training losses.
#include "catch.hpp"
#include "inferred.hpp"

using trtreport::test::inferred;

TEST_CASE("losses: reduced or one a label", "[shape]") {
  const char* const inputs = "float[N,5,6,7] x, int64[N,6,7] t";
  CHECK(inferred(inputs, "y = NegativeLogLikelihoodLoss (x, t)") == "float32[]");
  CHECK(inferred(inputs, "y = NegativeLogLikelihoodLoss <reduction = \"none\"> (x, t)") ==
        "float32[N, 6, 7]");
  CHECK(inferred(inputs, "y, p = SoftmaxCrossEntropyLoss <reduction = \"sum\"> (x, t)") ==
        "float32[] float32[N, 5, 6, 7]");
  CHECK(inferred(inputs, "y, p = SoftmaxCrossEntropyLoss <reduction = \"none\"> (x, t)") ==
        "float32[N, 6, 7] float32[N, 5, 6, 7]");
}
