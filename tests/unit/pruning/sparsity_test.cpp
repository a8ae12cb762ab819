// Masks inside a weight, against figures worked out by hand.
#include "unit/pruning/pruned.hpp"

using namespace trtreport;
using namespace trtreport::pruning;

namespace {

const std::vector<float> kRows = {0.9f, 0.8f,  0.7f, 0.6f,  0.1f, 0.2f,  0.3f, 0.4f,
                                  0.1f, -0.5f, 0.5f, -0.1f, 2.0f, -1.5f, 1.0f, 0.5f};

WeightMatrix two_by_eight() {
  return {2, 8, 1, true};
}

MaskFigures measure(const WeightMatrix& matrix, const std::vector<float>& weights) {
  HeldValues values(weights);
  const auto figures = measure_masks(matrix, values, true);
  REQUIRE(figures.has_value());
  return *figures;
}

bool near(double a, double b) { return a > b - 1e-6 && a < b + 1e-6; }

}  // namespace

TEST_CASE("2:4 keeps 6.9 of 10.2, a permutation 8.0", "[pruning]") {
  const MaskFigures masks = measure(two_by_eight(), kRows);
  CHECK(near(masks.magnitude, 10.2));
  CHECK(near(masks.kept_24, 6.9 / 10.2));
  CHECK_FALSE(masks.already_24);
  CHECK(near(masks.kept_permuted.value(), 8.0 / 10.2));
  // The eight largest of all: 2 1.5 1 .9 .8 .7 .6 .5.
  CHECK(near(masks.element_kept[1], 8.0 / 10.2));
  // Blocks of 2x2: 2.3, 1.9, 3.8, 2.2; the two largest.
  CHECK(masks.blocks == 4);
  CHECK(near(masks.block_kept[1], 6.1 / 10.2));
}

TEST_CASE("a weight that is 2:4 already is recognised", "[pruning]") {
  std::vector<float> weights = kRows;
  for (size_t i = 0; i < weights.size(); i += 2) weights[i] = 0;
  const MaskFigures masks = measure(two_by_eight(), weights);
  CHECK(masks.already_24);
  CHECK(masks.zeros == 8);
  CHECK(masks.kept_24 == 1);
  CHECK_FALSE(masks.kept_permuted.has_value());
}

TEST_CASE("eligible and beneficial are two things", "[pruning]") {
  const test::Pruned model = test::pruned(test::model_text(
      "@weight a float32[64,3,3,3]\n@weight b float32[64,64,3,3]\n@weight c float32[256,64,3,3]\n"
      "@weight d float32[256,1,3,3]\n",
      "g (float[1,3,9,9] x) => (float[1,256,1,1] y) { p = Conv (x, a) q = Conv (p, b) "
      "r = Conv (q, c) y = Conv <group = 256> (r, d) }"));
  const std::vector<SparseLayer>& layers = model.pruning->sparse_layers();
  REQUIRE(layers.size() == 4);
  CHECK_FALSE(layers[0].eligible);
  CHECK(layers[1].eligible);
  CHECK_FALSE(layers[1].beneficial);
  CHECK(layers[2].beneficial);
  CHECK_FALSE(layers[3].eligible);
  CHECK(layers[2].masks.has_value());
  CHECK(layers[2].masks->kept_permuted >= layers[2].masks->kept_24);
}

TEST_CASE("gains of 2:4 in short layers are said to be doubtful", "[pruning]") {
  // On an H100 (989 TFLOP/s): 0.14 and 35 µs.
  const test::Pruned brief = test::pruned(
      test::model_text("@weight w float32[256,256]\n",
                       "g (float[1024,256] x) => (float[1024,256] y) { y = MatMul (x, w) }"));
  const std::vector<Sentence> said = sparse_limits(*brief.pruning);
  REQUIRE(said.size() == 1);
  CHECK(said[0].code == "short_sparse");
  for (const auto& [name, value] : said[0].args)
    CHECK(said[0].text.find(value) != std::string::npos);
  const test::Pruned longer = test::pruned(
      test::model_text("@weight w float32[2048,2048]\n",
                       "g (float[4096,2048] x) => (float[4096,2048] y) { y = MatMul (x, w) }"));
  CHECK(sparse_limits(*longer.pruning).empty());
  const test::Pruned narrow = test::pruned(
      test::model_text("@weight w float32[64,64]\n",
                       "g (float[1024,64] x) => (float[1024,64] y) { y = MatMul (x, w) }"));
  CHECK(sparse_limits(*narrow.pruning).empty());
}
