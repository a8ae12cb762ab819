// The memory timeline, by hand. Tensors of float[16] take 64 bytes.
#include "unit/roofline/analysed.hpp"

using namespace trtreport;
using test::analysed_text;

namespace {

std::vector<uint64_t> live(const MemoryTimeline& timeline) {
  std::vector<uint64_t> result;
  for (const std::optional<uint64_t>& bytes : timeline.live)
    result.push_back(bytes.value_or(UINT64_MAX));
  return result;
}

using Bytes = std::vector<uint64_t>;

}  // namespace

TEST_CASE("memory: a chain holds two tensors", "[memory]") {
  const auto model = analysed_text(
      "", "g (float[16] x) => (float[16] y) { a = Relu (x) b = Relu (a) y = Relu (b) }");
  const MemoryFigures& memory = model.figures().memory;
  CHECK(live(memory.shared) == Bytes{128, 128, 128});
  CHECK(*memory.shared.peak_bytes == 128);
  CHECK(*memory.shared.peak_node == 0);
}

TEST_CASE("memory: a residual connection holds three", "[memory]") {
  const auto model = analysed_text(
      "",
      "g (float[16] x) => (float[16] y) { a = Relu (x) b = Relu (a) c = Relu (b) y = Add (a, c) }");
  const MemoryFigures& memory = model.figures().memory;
  // x a | a b | a b c | a c y
  CHECK(live(memory.shared) == Bytes{128, 128, 192, 192});
  CHECK(*memory.shared.peak_node == 2);
  REQUIRE(memory.peak_tensors.size() == 3);
  CHECK(memory.peak_tensors[0].second == 64);
}

TEST_CASE("memory: views share storage, or get a buffer each", "[memory]") {
  const auto model =
      analysed_text("",
                    "g (float[16] x) => (float[16] y) <int64[2] s = {4, 4}, int64[1] f = {16}> "
                    "{ a = Relu (x) b = Reshape (a, s) c = Reshape (b, f) y = Relu (c) }");
  CHECK(live(model.figures().memory.shared) == Bytes{128, 64, 64, 128});
  CHECK(live(model.figures().memory.separate) == Bytes{128, 128, 128, 128});
}

TEST_CASE("memory: inputs from the start, outputs to the end", "[memory]") {
  const auto model = analysed_text("",
                                   "g (float[16] x, float[32] late) => (float[16] early, float[32] "
                                   "y) { early = Relu (x) y = Relu (late) }");
  // x late early | late early y
  CHECK(live(model.figures().memory.shared) == Bytes{64 + 128 + 64, 128 + 64 + 128});
}

TEST_CASE("memory: weights, constants and what is folded are no activations", "[memory]") {
  const auto model = analysed_text(
      "@weight w float32[16]\n@weight v int8[16]\n",
      "g (float[16] x) => (float[16] y) <float s = {0.5}> {\n"
      "n = Neg (w)\n d = DequantizeLinear (v, s)\n a = Add (x, n)\n y = Add (a, d) }");
  CHECK(live(model.figures().memory.shared) == Bytes{64, 64, 128, 128});
}

TEST_CASE("memory: what nobody uses lives while its node runs", "[memory]") {
  const auto model = analysed_text(
      "", "g (float[16] x) => (float[16] y) { a, b = Split <num_outputs = 2> (x) y = Relu (x) }");
  CHECK(live(model.figures().memory.shared) == Bytes{128, 128});
}

TEST_CASE("memory: a loop keeps what its body reads from outside", "[memory]") {
  const auto model = analysed_text(
      "",
      "g (float[16] x, float[16] outer) => (float[16] y) <int64 trips = {3}, bool always = {1}> {\n"
      "kept = Relu (outer)\n"
      "last = Loop (trips, always, x) < body = step (int64 i, bool c, float[16] state) => (bool d, "
      "float[16] next) "
      "{ d = Identity (c) sum = Add (state, kept) next = Relu (sum) } >\n"
      "y = Relu (last) }");
  const MemoryFigures& memory = model.figures().memory;
  REQUIRE(memory.shared.live.size() == 6);
  CHECK(*memory.shared.live[0] == 192);
  // the loop: x, kept, and in its body the state, the counter (8 bytes) and the condition (1)
  CHECK(*memory.shared.live[1] == 3 * 64 + 8 + 1);
  // sum: state, kept, sum and the condition; next: kept, sum, next and the condition
  CHECK(*memory.shared.live[3] == 3 * 64 + 1);
  CHECK(*memory.shared.live[4] == 3 * 64 + 1);
  // the loop's result is next
  CHECK(*memory.shared.live[5] == 128);
}

TEST_CASE("memory: a branch ends with its result", "[memory]") {
  const auto model =
      analysed_text("",
                    "g (float[16] x, bool c) => (float[16] y) { r = If (c) <\n"
                    "then_branch = a () => (float[16] p) { t = Relu (x) p = Relu (t) },\n"
                    "else_branch = b () => (float[16] q) { q = Relu (x) } >\n y = Relu (r) }");
  const MemoryFigures& memory = model.figures().memory;
  REQUIRE(memory.shared.live.size() == 4);
  // if: x c | t: x t | p: t p | y: p, which is the result, and y
  CHECK(live(memory.shared) == Bytes{65, 128, 128, 128});
}

TEST_CASE("memory: a buffer between Q and DQ is stored quantized at a roofline", "[memory]") {
  const auto model =
      analysed_text("",
                    "g (float[1024] x) => (float[1024] y) <float s = {0.5}, int8 z = {0}> {\n"
                    "a = Relu (x)\n q = QuantizeLinear (a, s, z)\n d = DequantizeLinear (q, s, "
                    "z)\n y = Relu (d) }");
  // as stored: x a | a q | q d | d y
  CHECK(live(model.figures().memory.shared) == Bytes{8192, 5120, 5120, 8192});
  uint64_t bytes = 0;
  for (const Lifetime& buffer : model.figures().memory.buffers) {
    const std::string_view name = model.graph().text(model.graph().tensors[buffer.tensor].name);
    if (name == "a") bytes = buffer.bytes;
    CHECK(name != "q");
    CHECK(name != "d");
  }
  CHECK(bytes == 1024);
}

TEST_CASE("memory: sizes that depend on data are left out", "[memory]") {
  const auto model = analysed_text("", "g (float[16] x) => (int64[a,b] y) { y = NonZero (x) }");
  CHECK(live(model.figures().memory.shared) == Bytes{64});
}

TEST_CASE("memory: a graph in which nothing runs has no timeline", "[memory]") {
  const auto model = analysed_text("", "g (float[16] x) => (float[16] x) { }");
  CHECK(model.figures().nodes.empty());
  CHECK(model.figures().memory.shared.live.empty());
  CHECK(!model.figures().memory.shared.peak_bytes);
}
