// Figures of nodes and models: bytes, classes, parameters, loops, branches, symbols.
#include "unit/roofline/analysed.hpp"

using namespace trtreport;
using test::analysed_node;
using test::analysed_text;

namespace {

Options bound(std::map<std::string, int64_t> dims) {
  Options options;
  options.binding.dims = std::move(dims);
  return options;
}

bool has(const NodeFigures& node, NodeFlag flag) { return (node.flags & flag) != 0; }

bool has_diagnostic(const test::Analysed& model, std::string_view code) {
  for (const Diagnostic& item : model.analysis->diagnostics().items()) {
    if (item.code == code) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("bytes: each tensor at its own type, read once", "[figures]") {
  const auto model = analysed_text("@weight w float16[4,8]\n",
                                   "g (float16[2,4] x, bool[2,8] c) => (float16[a,b] y) "
                                   "{ m = MatMul (x, w) y = Where (c, m, m) }");
  const NodeFigures& product = model.node("m");
  CHECK(product.bytes.weights.value() == 64);
  CHECK(product.bytes.inputs.value() == 16);
  CHECK(product.bytes.outputs.value() == 32);
  CHECK(product.precision == DType::Float16);
  const NodeFigures& select = model.node("y");
  CHECK(select.bytes.inputs.value() == 16 + 32);
  CHECK(select.bytes.outputs.value() == 32);
  CHECK(model.totals().traffic_bytes.value() == 112 + 80);
  CHECK(model.totals().read_bytes.value() == 64);
  CHECK(model.totals().write_bytes.value() == 64);
}

TEST_CASE("bytes: views move nothing, cuts and look-ups what they write", "[figures]") {
  const auto model = analysed_text(
      "@weight table float32[1000,8]\n",
      "g (int64[2,3] ids, float[4,8] x) => (float[a,b] r, float[c,d,e] rows, float[f,g] s, "
      "float[h,i] p, float[j,k] q) "
      "<int64[2] flat = {8, 4}, int64[1] one = {1}, int64[1] three = {3}, int64[1] zero = {0}> {\n"
      "r = Reshape (x, flat)\n rows = Gather (table, ids)\n s = Slice (x, one, three, zero)\n"
      "p, q = Split <num_outputs = 2> (x) }");
  CHECK(model.node("r").bytes.inputs.value() == 0);
  CHECK(model.node("r").bytes.outputs.value() == 0);
  CHECK(model.node("r").course_bytes.value() == 128);
  CHECK(model.node("rows").bytes.weights.value() == 6 * 8 * 4);
  CHECK(model.node("rows").bytes.inputs.value() == 6 * 8);
  CHECK(model.node("rows").bytes.outputs.value() == 6 * 8 * 4);
  CHECK(model.node("s").bytes.inputs.value() == 2 * 8 * 4);
  CHECK(model.node("p").bytes.inputs.value() == 128);
  CHECK(model.node("p").bytes.outputs.value() == 128);
}

TEST_CASE("classes: what is folded costs nothing and keeps its MACs", "[figures]") {
  const auto model = analysed_text(
      "@weight a float32[4,4]\n@weight b float32[4,4]\n",
      "g (float[2,4] x) => (float[c,d] y, float[e,f] z) <int64[1] last = {-1}> {\n"
      "w = MatMul (a, b)\n y = MatMul (x, w)\n"
      "s = Shape (x)\n n = Gather (s, last)\n f = ConstantOfShape (s)\n z = Add (x, f) }");
  const NodeFigures& folded = model.node("w");
  CHECK(folded.op_class == OpClass::Constant);
  CHECK(has(folded, kFoldable));
  CHECK(folded.macs.value() == 64);
  CHECK(folded.flops.value() == 0);
  CHECK(folded.bytes.weights.value() == 0);
  CHECK(model.node("s").op_class == OpClass::Shape);
  CHECK(model.node("n").op_class == OpClass::Shape);
  CHECK(model.node("f").op_class == OpClass::Shape);
  CHECK(model.node("f").bytes.outputs.value() == 0);
  CHECK(model.totals().macs.value() == 64 + 32);
  CHECK(model.totals().foldable_macs.value() == 64);
  CHECK(model.totals().flops.value() == 64 + 8);
  // The product of two weights is read as a weight.
  CHECK(model.node("y").bytes.weights.value() == 64);
  CHECK(model.node("y").bytes.inputs.value() == 32);
}

TEST_CASE("classes: random numbers and dequantization are not folded", "[figures]") {
  const auto model = analysed_text("@weight w int8[4,4]\n",
                                   "g (float[2,4] x) => (float[a,b] y) <float s = {0.1}> {\n"
                                   "r = RandomNormal <shape = [2,4]> ()\n t = Add (x, r)\n d = "
                                   "DequantizeLinear (w, s)\n y = MatMul (t, d) }");
  CHECK(model.node("r").op_class == OpClass::Elementwise);
  CHECK_FALSE(has(model.node("r"), kFoldable));
  CHECK(model.node("d").op_class == OpClass::Quantize);
  CHECK_FALSE(has(model.node("d"), kFoldable));
  CHECK(model.node("y").bytes.weights.value() == 64);
  CHECK(model.node("y").precision == DType::Float32);
}

TEST_CASE("parameters: once, without statistics, shapes, indices and scales", "[figures]") {
  const auto model = analysed_text(
      "@weight w float32[8,3,3,3]\n@weight g float32[8]\n@weight b float32[8]\n@weight m "
      "float32[8]\n"
      "@weight v float32[8]\n@weight q int8[8,8,1,1]\n",
      "g (float[1,3,8,8] x) => (float[c,d] y, float[e,f,h,i] z) "
      "<int64[2] flat = {1, 288}, float s = {0.1}, int64 first = {0}> {\n"
      "t = Conv (x, w)\n n = BatchNormalization (t, g, b, m, v)\n again = BatchNormalization (n, "
      "g, b, m, v)\n"
      "dq = DequantizeLinear (q, s)\n z = Conv (again, dq)\n y = Reshape (again, flat) }");
  CHECK(model.node("t").params == 216);
  CHECK(model.node("n").params == 16);
  CHECK(model.node("again").params == 0);
  CHECK(model.node("dq").params == 64);
  CHECK(model.node("y").params == 0);
  CHECK(model.totals().params == 296);
  // 216 + 4 x 8 floats, 64 bytes, a scale, two shapes' and an index' integers
  CHECK(model.totals().weight_bytes == 248 * 4 + 64 + 4 + 16 + 8);
}

TEST_CASE("parameters: packed weights count what they stand for", "[figures]") {
  const auto model =
      analysed_text("@weight packed uint8[64,1,16]\n@weight scales float32[64]\n",
                    "g (float[1,32] x) => (float[a,b] y) { y = com.microsoft.MatMulNBits "
                    "<K = 32, N = 64, bits = 4, block_size = 32> (x, packed, scales) }");
  CHECK(model.totals().params == 2048);
  CHECK(model.totals().weight_bytes == 1024 + 256);
}

TEST_CASE("loops: times the trip count, else one iteration and a flag", "[figures]") {
  const char* const body =
      "last = Loop (trips, always, x) < body = step (int64 i, bool c, float[4,4] state) => (bool "
      "d, float[4,4] next) "
      "{ d = Identity (c) next = MatMul (state, w) } > }";
  const auto known = analysed_text(
      "@weight w float32[4,4]\n",
      std::string(
          "g (float[4,4] x) => (float[4,4] last) <int64 trips = {5}, bool always = {1}> { ") +
          body);
  CHECK(known.node("last").op_class == OpClass::Control);
  CHECK(known.totals().macs.value() == 5 * 64);
  CHECK(known.totals().params == 16);
  const auto open = analysed_text(
      "@weight w float32[4,4]\n",
      std::string("g (float[4,4] x, int64 trips) => (float[4,4] last) <bool always = {1}> { ") +
          body);
  CHECK(open.totals().macs.value() == 64);
  bool flagged = false;
  for (const NodeFigures& node : open.figures().nodes)
    flagged = flagged || has(node, kPerIteration);
  CHECK(flagged);
  CHECK(has_diagnostic(open, "loop_per_iteration"));
  REQUIRE(open.figures().nodes.size() == 3);
  CHECK(open.figures().nodes[0].op_class == OpClass::Control);
}

TEST_CASE("if: the costlier branch is listed and flagged", "[figures]") {
  const auto model = analysed_text(
      "@weight w float32[4,8]\n@weight v float32[4,8]\n",
      "g (float[2,4] x, bool condition) => (float[2,8] y) { y = If (condition) <\n"
      "then_branch = light () => (float[2,8] a) { a = Add (v2, v2) v2 = MatMul (x, v) },\n"
      "else_branch = heavy () => (float[2,8] b) { m = MatMul (x, w) n = Relu (m) b = Softmax (n) } "
      "> }");
  CHECK(model.figures().nodes.size() == 4);
  CHECK(has(model.node("b"), kBranch));
  CHECK_FALSE(has(model.node("y"), kBranch));
  CHECK(model.totals().macs.value() == 64);
  CHECK(model.totals().params == 64);
  CHECK(has_diagnostic(model, "if_costlier_branch"));
}

TEST_CASE("if: a constant condition leaves the other branch out", "[figures]") {
  const auto model = analysed_text(
      "@weight w float32[4,8]\n",
      "g (float[2,4] x) => (float[a,b] y) <bool condition = {0}> { y = If (condition) <\n"
      "then_branch = heavy () => (float[2,8] c) { c = MatMul (x, w) },\n"
      "else_branch = light () => (float[2,4] d) { d = Relu (x) } > }");
  CHECK(model.figures().nodes.size() == 2);
  CHECK_FALSE(has(model.node("d"), kBranch));
  CHECK(model.totals().macs.value() == 0);
}

TEST_CASE("symbols: the batch is taken as 1, any other must be bound", "[figures]") {
  const char* const graph =
      "g (float[batch, length, 8] x) => (float[a,b,c] y) { y = MatMul (x, w) }";
  const auto open = analysed_text("@weight w float32[8,8]\n", graph);
  CHECK_FALSE(open.totals().macs.known());
  CHECK_FALSE(open.totals().traffic_bytes.known());
  CHECK_FALSE(open.figures().memory.shared.peak_bytes.has_value());
  CHECK(has(open.node("y"), kUnbound));
  REQUIRE(open.totals().unbound.size() == 1);
  CHECK(open.totals().unbound[0].symbol == "length");
  CHECK(open.totals().unbound[0].option == "--dim length=N");
  CHECK(open.totals().unbound[0].inputs == std::vector<std::string>{"x"});
  CHECK(open.totals().params == 64);
  const auto half = analysed_text("@weight w float32[8,8]\n", graph, bound({{"length", 5}}));
  CHECK(half.totals().macs.value() == 320);
  CHECK(has(half.node("y"), kAssumed));
  REQUIRE(half.totals().assumed.size() == 1);
  CHECK(half.totals().assumed[0] == std::pair<std::string, int64_t>("batch", 1));
  CHECK(half.totals().unbound.empty());
  const auto full =
      analysed_text("@weight w float32[8,8]\n", graph, bound({{"length", 5}, {"batch", 2}}));
  CHECK(full.totals().macs.value() == 640);
  CHECK_FALSE(has(full.node("y"), kAssumed));
}

TEST_CASE("data-dependent sizes are left out of the totals", "[figures]") {
  const auto model = analysed_text("",
                                   "g (float[2,4] x) => (int64[a,b] y, float[2,4] z) { z = Relu "
                                   "(x) i = NonZero (x) y = Add (i, i) }");
  CHECK(has(model.node("y"), kDataDependent));
  CHECK_FALSE(model.node("y").flops.known());
  CHECK(model.totals().data_dependent_nodes == 2);
  CHECK(model.totals().flops.known());
  CHECK(model.totals().traffic_bytes.known());
}

TEST_CASE("counts past 64 bits are unknown and said so", "[figures]") {
  const auto model = analysed_node("float[4000000000,4000000000] a, float[4000000000,4000000000] b",
                                   "y = MatMul (a, b)");
  CHECK(model.node("y").macs.overflowed());
  CHECK(has(model.node("y"), kOverflow));
  CHECK(model.totals().macs.overflowed());
  CHECK(has_diagnostic(model, "count_overflow"));
}

TEST_CASE("precision: quantized only between pairs on both operands", "[figures]") {
  const auto model = analysed_text(
      "@weight w int8[8,8,1,1]\n",
      "g (float[1,8,4,4] x) => (float[a,b,c,d] y) <float s = {0.1}> {\n"
      "q = QuantizeLinear (x, s)\n xq = DequantizeLinear (q, s)\n wd = DequantizeLinear (w, s)\n"
      "h = Conv (xq, wd)\n y = Conv (h, wd) }");
  CHECK(model.node("h").precision == DType::UInt8);
  CHECK(model.node("y").precision == DType::Float32);
}
