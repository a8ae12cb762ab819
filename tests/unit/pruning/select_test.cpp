// How many go, and which.
#include "unit/pruning/pruned.hpp"

using namespace trtreport;
using namespace trtreport::pruning;
using test::model_text;

TEST_CASE("kept channels are rounded down to a multiple, never to none", "[pruning]") {
  CHECK(kept_channels(64, 0.5, 1) == 32);
  CHECK(kept_channels(64, 0.3, 1) == 44);  // int(64 x 0.7)
  CHECK(kept_channels(64, 0.3, 8) == 40);
  CHECK(kept_channels(10, 0.9, 1) == 1);  // not 0 by 1 - 0.9 in binary
  CHECK(kept_channels(10, 0.99, 1) == 1);
  CHECK(kept_channels(24, 0.9, 8) == 8);
  CHECK(kept_channels(3, 0.9, 8) == 3);
}

TEST_CASE("the next useful cut reaches a multiple", "[pruning]") {
  CHECK(next_useful_cut(64, 1, 8) == 8);
  CHECK(next_useful_cut(58, 1, 8) == 2);
  CHECK(next_useful_cut(58, 1, 64) == 0);
  CHECK(next_useful_cut(12, 64, 32) == 1);  // heads of 64
}

TEST_CASE("Network Slimming's threshold keeps what exceeds it", "[pruning]") {
  // gamma = .9 .01 .5 .03 .7 .02 .4 .05 .6 .3 and p = .4: threshold .3, five stay.
  std::string text =
      "g (float[1,3,5,5] x) => (float[1,4,5,5] y) <float[10] v = {0.9, 0.01, 0.5, 0.03, 0.7, 0.02, "
      "0.4, 0.05, 0.6, 0.3}, float[10] z = {0,0,0,0,0,0,0,0,0,0}> { c = Conv (x, a) "
      "n = BatchNormalization (c, v, z, z, z) y = Conv (n, b) }";
  PruneOptions options = test::uniform({0.4});
  options.criterion = Criterion::BatchNorm;
  const test::Pruned model = test::pruned(
      model_text("@weight a float32[10,3,1,1]\n@weight b float32[4,10,1,1]\n", text), options);
  const size_t index = model.group_of("a", 0);
  const PruneScenario& scenario = model.pruning->scenarios()[0];
  CHECK(scenario.kept[index] == 5);
  const ClassId first = model.groups()[index].first;
  const bool expected[] = {false, true, false, true, false, true, false, true, false, true};
  for (uint32_t k = 0; k < 10; ++k) CHECK(scenario.cut[first + k] == expected[k]);
}

TEST_CASE("the least important channels go", "[pruning]") {
  // Rows of a by L1: 1, 6, 3, 2; columns of b: 1 each.
  const std::string bytes =
      model_text("",
                 "g (float[1,2] x) => (float[1,1] y) <float[4,2] a = {0.5,-0.5, 3,3, -2,1, 1,1}, "
                 "float[1,4] b = {1,1,1,1}> { h = Gemm <transB = 1> (x, a) "
                 "y = Gemm <transB = 1> (h, b) }");
  PruneOptions options = test::uniform({0.5});
  options.criterion = Criterion::L1;
  const test::Pruned model = test::pruned(bytes, options);
  const size_t index = model.group_of("a", 0);
  const ClassId first = model.groups()[index].first;
  const std::vector<double>& importance = model.pruning->importance().of_class;
  // Means over the two weights: 1, 3.5, 2, 1.5; their mean is 2.
  CHECK(importance[first] == 0.5);
  CHECK(importance[first + 1] == 1.75);
  CHECK(importance[first + 2] == 1.0);
  CHECK(importance[first + 3] == 0.75);
  const PruneScenario& scenario = model.pruning->scenarios()[0];
  CHECK(scenario.cut[first]);
  CHECK_FALSE(scenario.cut[first + 1]);
  CHECK_FALSE(scenario.cut[first + 2]);
  CHECK(scenario.cut[first + 3]);
  CHECK(*scenario.figures.importance_kept == 2.75 / 4);
}

TEST_CASE("groups are named by a weight or their number", "[pruning]") {
  const std::string bytes =
      model_text("@weight a float32[8,3]\n@weight b float32[6,8]\n@weight c float32[4,6]\n",
                 "g (float[1,3] x) => (float[1,4] y) { h = Gemm <transB = 1> (x, a) "
                 "i = Gemm <transB = 1> (h, b) y = Gemm <transB = 1> (i, c) }");
  PruneOptions options = test::uniform();
  options.of_groups = {{"b", 0.5}};
  const test::Pruned model = test::pruned(bytes, options);
  const PruneScenario& scenario = model.pruning->scenarios()[0];
  CHECK(scenario.kept[model.group_of("b", 0)] == 3);
  CHECK(scenario.kept[model.group_of("a", 0)] == 8);

  options.of_groups = {{"nothing", 0.5}};
  MemorySource source("m", std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
  const auto refused = Pruning::run(source, nullptr, {}, options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "bad_prune_group");
}
