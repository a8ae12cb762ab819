// What a 2:4 mask keeps: by hand, against the masks of pruning, and whoever takes which chunk.
#include "quantization/kept24.hpp"

#include "catch.hpp"
#include "opened.hpp"
#include "pruning/masks.hpp"
#include "quantization/job.hpp"
#include "quantization/targets.hpp"
#include "sample.hpp"

using namespace trtreport;
using namespace trtreport::quantization;
using test::Opened;

TEST_CASE("2:4: the two largest of four by hand", "[quantization][kept24]") {
  Kept24 dense;
  add_run(std::vector<float>{3, -1, 2, -4, 0, 0, 5, 0}, 1, dense);
  CHECK(dense.all == 15);
  CHECK(dense.kept == 12);
  CHECK(*dense.share() == Approx(0.8));
  // Kernels of two positions: 3, 2, 0, 5 and -1, -4, 0, 0 are the fours.
  Kept24 apart;
  add_run(std::vector<float>{3, -1, 2, -4, 0, 0, 5, 0}, 2, apart);
  CHECK(apart.all == 15);
  CHECK(apart.kept == 13);
  // What no four holds stays.
  add_run(std::vector<float>{1, 1, 1, 1, 7}, 1, dense);
  CHECK(dense.all == 26);
  CHECK(dense.kept == 21);
  CHECK(!Kept24().share());
  dense.forget();
  dense.add(apart);
  CHECK(!dense.share());
}

TEST_CASE("2:4: sums hold past float's range", "[quantization][kept24]") {
  Kept24 sums;
  add_run(std::vector<float>(64, 3e38f), 1, sums);
  CHECK(*sums.share() == Approx(0.5));
  CHECK(sums.all == Approx(64 * 3e38));
}

TEST_CASE("2:4: the shares are those of pruning's masks", "[quantization][kept24]") {
  for (const size_t positions : {1u, 9u, 25u, 300u}) {
    const size_t rows = 6, columns = 44;
    const std::vector<float> weights = test::irwin_hall(positions, rows * columns * positions);
    pruning::HeldValues values(weights);
    const auto masks = pruning::measure_masks({rows, columns, positions, true}, values, false);
    REQUIRE(masks);
    Kept24 sums;
    for (size_t row = 0; row < rows; ++row) {
      add_run(std::span(weights).subspan(row * columns * positions, columns * positions), positions,
              sums);
    }
    CHECK(*sums.share() == Approx(masks->kept_24).epsilon(1e-6));
  }
}

TEST_CASE("2:4: of matrices and convolutions whose channels are whole fours",
          "[quantization][kept24]") {
  Opened opened(R"(
@weight conv float32[8,4,3,3]
@weight depthwise float32[8,1,3,3]
@weight three float32[4,6,1,1]
@weight matrix float32[4,5]
@weight odd float32[5,2]
@weight stack float32[2,4,4]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 4, 8, 8] x, float[1, 6, 8, 8] s, float[2, 4] v, float[2, 3, 4] b)
    => (float[1, 8, 4, 4] y, float[1, 4, 8, 8] t, float[2, 2] w, float[2, 3, 4] z)
{
  c = Conv (x, conv)
  y = Conv <group = 8> (c, depthwise)
  t = Conv (s, three)
  p = MatMul (v, matrix)
  w = MatMul (p, odd)
  z = MatMul (b, stack)
}
)");
  const Quantization found = opened.quantize();
  const Targets& targets = found.targets();
  REQUIRE(targets.weights.size() == 6);
  std::vector<uint64_t> apart;
  for (const WeightTarget& target : targets.weights)
    apart.push_back(reduced_apart(opened.analysis->graph(), target));
  CHECK(apart == std::vector<uint64_t>{9, 0, 0, 1, 0, 0});
  CHECK(*found.result(0)->kept24.share() > 0.5);
  CHECK(!found.result(1)->kept24.share());
}
