// Which channels hang together, by hand: one small network for each way of coupling.
#include "unit/pruning/pruned.hpp"

using namespace trtreport;
using pruning::Why;
using test::model_text;
using test::Pruned;
using test::pruned;

namespace {

std::string reason(const Pruned& model, std::string_view tensor, int axis) {
  return model.pruning->groups().reason(model.group(tensor, axis));
}

}  // namespace

// VGG: 4 channels of 3 x 3 become 36 columns, nine of each channel.
TEST_CASE("flatten into a fully connected layer", "[pruning]") {
  const Pruned model = pruned(
      model_text("@weight w float32[4,3,1,1]\n@weight f float32[10,36]\n",
                 "g (float[1,3,3,3] x) => (float[1,10] y) { c = Conv (x, w) f1 = Flatten (c) "
                 "y = Gemm <transB = 1> (f1, f) }"));
  CHECK(model.members(model.group("w", 0)) == "w@0 f@1*9");
  CHECK(model.group("w", 0).channels == 4);
  CHECK(model.pruning->per_channel()[model.group_of("w", 0)].params == 3u + 90u);
  CHECK(reason(model, "w", 1) == "it is a size of the model's input");
}

TEST_CASE("reshape with -1 flattens as Flatten does", "[pruning]") {
  const Pruned model = pruned(
      model_text("@weight w float32[4,3,1,1]\n@weight f float32[36,10]\n",
                 "g (float[1,3,3,3] x) => (float[1,10] y) <int64[2] s = {1, -1}> { c = Conv (x, w) "
                 "f1 = Reshape (c, s) y = MatMul (f1, f) }"));
  CHECK(model.members(model.group("w", 0)) == "w@0 f@0*9");
}

// DenseNet: what is joined keeps its own group, at its offset.
TEST_CASE("concatenation maps by offset", "[pruning]") {
  const Pruned model =
      pruned(model_text("@weight a float32[4,3,1,1]\n@weight b float32[6,4,1,1]\n"
                        "@weight c float32[8,10,1,1]\n@weight v float32[10]\n",
                        "g (float[1,3,5,5] x) => (float[1,8,5,5] y) { p = Conv (x, a) "
                        "q = Conv (p, b) j = Concat <axis = 1> (p, q) "
                        "n = BatchNormalization (j, v, v, v, v) y = Conv (n, c) }"));
  CHECK(model.members(model.group("a", 0)) == "a@0 b@1 v@0 v@0 v@0 v@0 c@1");
  CHECK(model.members(model.group("b", 0)) == "b@0 v@0+4 v@0+4 v@0+4 v@0+4 c@1+4");
  CHECK(model.group("b", 0).channels == 6);
  CHECK(model.pruning->untied() == 3);  // the vector that all four share
}

// ShuffleNet: two halves interleaved, so that a channel takes its neighbour in the other half
// along.
TEST_CASE("a channel shuffle", "[pruning]") {
  const Pruned model = pruned(
      model_text("@weight a float32[8,3,1,1]\n@weight b float32[5,8,1,1]\n",
                 "g (float[1,3,4,4] x) => (float[1,5,4,4] y) <int64[5] s = {1,2,4,4,4}, "
                 "int64[4] t = {1,8,4,4}> { c = Conv (x, a) r = Reshape (c, s) "
                 "p = Transpose <perm = [0,2,1,3,4]> (r) q = Reshape (p, t) y = Conv (q, b) }"));
  const pruning::ChannelGroup& group = model.group("a", 0);
  CHECK(group.channels == 4);
  CHECK(model.members(group) == "a@0*2 b@1*2");
  const auto slices = model.pruning->groups().slices(group.first + 1);
  REQUIRE(slices.size() == 4);
  CHECK(slices[0].index == 1);  // a: 1 and 5
  CHECK(slices[1].index == 5);
  CHECK(slices[2].index == 2);  // b: 2 and 3
  CHECK(slices[3].index == 3);
}

// MobileNetV2: expansion and depthwise convolution are one group, the narrow ends another.
TEST_CASE("an inverted residual with a depthwise convolution", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight s float32[4,3,1,1]\n@weight e float32[24,4,1,1]\n@weight d float32[24,1,3,3]\n"
      "@weight p float32[4,24,1,1]\n",
      "g (float[1,3,5,5] x) => (float[1,4,5,5] y) { i = Conv (x, s) h = Conv (i, e) "
      "k = Conv <group = 24, pads = [1,1,1,1]> (h, d) o = Conv (k, p) y = Add (i, o) }"));
  CHECK(model.members(model.group("e", 0)) == "e@0 d@0 p@1");
  CHECK(model.members(model.group("s", 0)) == "s@0 e@1 p@0");
  CHECK(model.group("s", 0).protection == pruning::Protection::Last);
}

TEST_CASE("a squeeze-and-excitation gate", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight a float32[8,3,1,1]\n@weight r float32[2,8,1,1]\n@weight u float32[8,2,1,1]\n"
      "@weight b float32[5,8,1,1]\n",
      "g (float[1,3,5,5] x) => (float[1,5,5,5] y) { c = Conv (x, a) m = GlobalAveragePool (c) "
      "s = Conv (m, r) t = Relu (s) v = Conv (t, u) w = Sigmoid (v) z = Mul (c, w) "
      "y = Conv (z, b) }"));
  CHECK(model.members(model.group("a", 0)) == "a@0 r@1 u@0 b@1");
  CHECK(model.members(model.group("r", 0)) == "r@0 u@1");
}

// C2f of YOLOv8: the second half goes through a bottleneck with a residual, and all parts are
// joined.
TEST_CASE("a split whose parts go different ways", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight a float32[8,3,1,1]\n@weight b float32[4,4,3,3]\n@weight c float32[6,12,1,1]\n",
      "g (float[1,3,5,5] x) => (float[1,6,5,5] y) <int64[2] n = {4, 4}> { i = Conv (x, a) "
      "l, r = Split <axis = 1> (i, n) k = Conv <pads = [1,1,1,1]> (r, b) m = Add (r, k) "
      "j = Concat <axis = 1> (l, r, m) y = Conv (j, c) }"));
  CHECK(model.members(model.group("a", 0)) == "a@0 c@1");
  CHECK(model.members(model.group("a", 0, 4)) == "a@0+4 b@0 b@1 c@1+4*2");
  CHECK(model.group("a", 0, 4).channels == 4);
}

TEST_CASE("a grouped convolution goes by groups", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight a float32[8,3,1,1]\n@weight b float32[8,2,3,3]\n@weight c float32[5,8,1,1]\n",
      "g (float[1,3,5,5] x) => (float[1,5,3,3] y) { i = Conv (x, a) j = Conv <group = 4> (i, b) "
      "y = Conv (j, c) }"));
  CHECK(model.members(model.group("a", 0)) == "a@0*2 b@0*2 c@1*2");
  CHECK(model.group("a", 0).channels == 4);
  CHECK(model.group("b", 1).frozen->why == Why::Grouped);
}

TEST_CASE("few wide groups go by position", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight a float32[8,3,1,1]\n@weight b float32[12,4,1,1]\n@weight c float32[5,12,1,1]\n",
      "g (float[1,3,5,5] x) => (float[1,5,5,5] y) { i = Conv (x, a) j = Conv <group = 2> (i, b) "
      "y = Conv (j, c) }"));
  CHECK(model.members(model.group("a", 0)) == "a@0*2 b@1");
  CHECK(model.members(model.group("b", 0)) == "b@0*2 c@1*2");
  CHECK(model.group("b", 0).channels == 6);
}

TEST_CASE("quantized weights take their scales along", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight w int8[8,3,1,1]\n@weight s float32[8]\n@weight b float32[5,8,1,1]\n",
      "g (float[1,3,5,5] x) => (float[1,5,5,5] y) { d = DequantizeLinear <axis = 0> (w, s) "
      "i = Conv (x, d) y = Conv (i, b) }"));
  CHECK(model.members(model.group("w", 0)) == "w@0 s@0 b@1");
}

TEST_CASE("tied matrices are tied", "[pruning]") {
  const Pruned model =
      pruned(model_text("@weight w float32[8,8]\n@weight a float32[3,8]\n@weight b float32[8,5]\n",
                        "g (float[1,3] x) => (float[1,5] y) { h = MatMul (x, a) i = MatMul (h, w) "
                        "j = MatMul (i, w) y = MatMul (j, b) }"));
  CHECK(model.members(model.group("w", 0)) == "a@1 w@0 w@1 b@0");
}

TEST_CASE("what cannot be cut says why", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight w float32[8,3]\n@weight e float32[20,6]\n@weight t float32[6,4]\n",
      "g (float[1,3] x, int64[2] i) => (float[1,8] y, float[2,4] z) { h = Gemm <transB = 1> (x, w) "
      "y = Softmax (h) r = Gather (e, i) z = MatMul (r, t) }"));
  CHECK(reason(model, "w", 0).find("Softmax") == 0);
  CHECK(reason(model, "w", 0).find("needs all of it") != std::string::npos);
  CHECK(reason(model, "e", 0).find("is addressed by index") != std::string::npos);
  CHECK(model.members(model.group("e", 1)) == "e@1 t@0");
  CHECK_FALSE(model.group("e", 1).frozen);
}

TEST_CASE("an operator without a rule freezes what it touches", "[pruning]") {
  const Pruned model = pruned(model_text(
      "@weight a float32[8,3,1,1]\n@weight b float32[5,8,1,1]\n",
      "g (float[1,3,5,5] x) => (float[1,5,5,5] y) { c = Conv (x, a) d = MaxUnpool (c, c) "
      "y = Conv (c, b) }"));
  CHECK(model.group("a", 0).frozen->why == Why::NoRule);
}

TEST_CASE("the order of the nodes does not matter", "[pruning]") {
  const std::string weights =
      "@weight a float32[4,3,1,1]\n@weight b float32[4,3,1,1]\n@weight c float32[4,4,1,1]\n";
  const std::string head = "g (float[1,3,5,5] x) => (float[1,4,5,5] y) { ";
  const Pruned one = pruned(model_text(
      weights, head + "p = Conv (x, a) q = Conv (x, b) s = Add (p, q) y = Conv (s, c) }"));
  const Pruned other = pruned(model_text(
      weights, head + "q = Conv (x, b) p = Conv (x, a) s = Add (q, p) y = Conv (s, c) }"));
  CHECK(one.group("a", 0).channels == other.group("a", 0).channels);
  CHECK(one.group("a", 0).members.size() == other.group("a", 0).members.size());
  CHECK(&one.group("a", 0) == &one.group("b", 0));
  CHECK(&other.group("a", 0) == &other.group("b", 0));
}
