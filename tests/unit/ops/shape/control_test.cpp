// If, Loop, Scan and SequenceMap: what their bodies make, and how often they run.
#include "catch.hpp"
#include "ops/inference.hpp"
#include "unit/graph/built.hpp"

using trtreport::test::analyse;
using trtreport::test::Built;

namespace {

std::string branches(const std::string& condition) {
  return "g (float[2, N] x, bool c) => (float[m] y) <bool yes = {1}> { y = If (" + condition +
         ") <"
         "then_branch = t () => (float[m] p) { p = Transpose (x) },"
         "else_branch = e () => (float[m] p) { two = Constant <value_ints = [0, 1]> () p = Squeeze "
         "(x, two) }> }";
}

std::string loop(const std::string& trips, const std::string& condition, const std::string& body) {
  return "g (float[2, 3] x, int64 n, bool c) => (float[m] y, float[k] z) <int64 four = {4}, int64 "
         "many = {1000},"
         " int64 none = {0}, int64 forever = {9223372036854775807}, bool yes = {1}, bool no = {0}> "
         "{"
         " y, z = Loop (" +
         trips + ", " + condition +
         ", x) <body = b (int64 i, bool go, float[h, w] v) =>"
         " (bool again, float[h, w] out, float[h] scanned) {" +
         body + " }> }";
}

const char* const kKeeps =
    "again = Identity (go) out = Relu (v) scanned = ReduceSum <keepdims = 0> (v)";
const char* const kGrows = "again = Identity (go) out = Concat <axis = 0> (v, x) scanned = Neg (x)";

}  // namespace

TEST_CASE("if: a constant condition takes one branch, without the other's faults", "[shape]") {
  const Built built = analyse(branches("yes"));
  CHECK(built.type("y") == "float32[N, 2]");
  CHECK(built.count("bad_node") == 0);
  CHECK(built.runs[1].taken);
  CHECK_FALSE(built.runs[2].taken);
  CHECK(built.runs[2].certain);
}

TEST_CASE("if: an unknown condition leaves what both branches agree on", "[shape]") {
  const Built built = analyse(
      "g (float[2, 3] x, bool c) => (float[m] y, int64[1] z) { y, z = If (c) <"
      "then_branch = t () => (float[m] p, int64[1] q) { p = Concat <axis = 0> (x, x) q = Constant "
      "<value_ints = [5]> () },"
      "else_branch = e () => (float[m] p, int64[1] q) { p = Identity (x) q = Constant <value_ints "
      "= [5]> () }> }");
  CHECK(built.type("y") == "float32[?, 3]");
  CHECK(built.value("z") == "[5]");
  CHECK_FALSE(built.runs[1].certain);
  CHECK(built.runs[1].taken);
  CHECK(built.tensor("y")->type.shape[0].cause() == "If 'If_0': the branches give different sizes");
}

TEST_CASE("loop: a known trip count is run", "[shape]") {
  const Built keeps = analyse(loop("four", "omitted", kKeeps));
  CHECK(keeps.type("y") == "float32[2, 3]");
  CHECK(keeps.runs[1].times == 4u);
  const Built grows = analyse(loop("four", "yes", kGrows));
  CHECK(grows.type("y") == "float32[10, 3]");
  CHECK(grows.type("z") == "float32[4, 2, 3]");
}

TEST_CASE("loop: a large trip count is followed where every iteration adds the same", "[shape]") {
  const Built built = analyse(loop("many", "omitted", kGrows));
  CHECK(built.type("y") == "float32[2002, 3]");
  CHECK(built.type("z") == "float32[1000, 2, 3]");
  CHECK(built.runs[1].times == 1000u);
}

TEST_CASE("loop: a fault inside is said once", "[shape]") {
  const Built built = analyse(loop("four", "omitted",
                                   "again = Identity (go) out = Relu (v) two = Constant "
                                   "<value_ints = [0, 1]> () scanned = Squeeze (x, two)"));
  CHECK(built.count("bad_node") == 1);
}

TEST_CASE("loop: no iteration", "[shape]") {
  const Built built = analyse(loop("none", "omitted", kGrows));
  CHECK(built.type("y") == "float32[2, 3]");
  CHECK(built.type("z") == "float32[0, 2, 3]");
  CHECK(built.runs[1].times == 0u);
  CHECK(analyse(loop("many", "no", kGrows)).type("y") == "float32[2, 3]");
}

TEST_CASE("loop: an unknown trip count", "[shape]") {
  const Built keeps = analyse(loop("n", "omitted", kKeeps));
  CHECK(keeps.type("y") == "float32[2, 3]");
  CHECK_FALSE(keeps.runs[1].times.has_value());
  const Built grows = analyse(loop("n", "omitted", kGrows));
  CHECK(grows.type("y") == "float32[?, 3]");
  CHECK(grows.type("z") == "float32[?, 2, 3]");
  CHECK(analyse(loop("four", "c", kGrows)).type("y") == "float32[?, 3]");
}

TEST_CASE("loop: a condition computed from the counter ends it", "[shape]") {
  const Built built = analyse(loop("omitted", "yes",
                                   "two = Constant <value_int = 2> () again = Less (i, two) out = "
                                   "Concat <axis = 1> (v, x) scanned = Neg (x)"));
  CHECK(built.type("y") == "float32[2, 12]");
  CHECK(built.runs[1].times == 3u);
  CHECK_FALSE(analyse(loop("omitted", "omitted", kKeeps)).runs[1].times.has_value());
}

TEST_CASE("loop: the largest trip count means a while loop", "[shape]") {
  const Built built = analyse(loop("forever", "yes",
                                   "two = Constant <value_int = 2> () again = Less (i, two) out = "
                                   "Concat <axis = 1> (v, x) scanned = Neg (x)"));
  CHECK(built.type("y") == "float32[2, 12]");
  CHECK(built.runs[1].times == 3u);
  const Built endless = analyse(loop("forever", "yes", kKeeps));
  CHECK(endless.type("y") == "float32[2, 3]");
  CHECK_FALSE(endless.runs[1].times.has_value());
}

TEST_CASE("loop: a symbolic trip count", "[shape]") {
  const Built built = analyse(
      "g (float[T, 3] x) => (float[m] y, float[k] z) { s = Shape (x) zero = Constant <value_int = "
      "0> ()"
      " t = Gather (s, zero) y, z = Loop (t, omitted, x) <body = b (int64 i, bool go, float[h, w] "
      "v) =>"
      " (bool again, float[h, w] out, float[w] row) { again = Identity (go) out = Concat <axis = "
      "1> (v, x)"
      " row = Gather (x, i) }> }");
  CHECK(built.type("y") == "float32[T, 3*T + 3]");
  CHECK(built.type("z") == "float32[T, 3]");
}

TEST_CASE("loop: nested ones without end stop within the budget", "[shape]") {
  std::string body = "again = Identity (go) out = Concat <axis = 0> (v, v)";
  for (int level = 0; level < 60; ++level) {
    body = "again = Identity (go) out = Loop (omitted, go, v) <body = b" + std::to_string(level) +
           " (int64 i, bool go, float[h] v) => (bool again, float[h] out) {" + body + "}>";
  }
  const Built built = analyse(
      "g (float[4] x) => (float[m] y) { y = Loop (omitted, omitted, x) <body = b"
      " (int64 i, bool go, float[h] v) => (bool again, float[h] out) {" +
      body + "}> }");
  CHECK(built.error.empty());
  CHECK(built.type("y").find("[4]") == std::string::npos);
}

TEST_CASE("scan: slices, states and axes", "[shape]") {
  const char* const text =
      "g (float[5] s, float[7, 5] a, float[5, 7] b) => (float[5] t, float[7, 5] y, float[5, 7] z) {"
      " t, y, z = Scan <num_scan_inputs = 2, scan_input_axes = [0, 1], scan_output_axes = [0, -1],"
      "  body = f (float[5] s0, float[5] p, float[5] q) => (float[5] s1, float[5] u, float[5] v)"
      "  { s1 = Add (s0, p) u = Add (p, q) v = Neg (q) }> (s, a, b) }";
  const Built built = analyse(text);
  CHECK(built.type("t") == "float32[5]");
  CHECK(built.type("y") == "float32[7, 5]");
  CHECK(built.type("z") == "float32[5, 7]");
  CHECK(built.runs[1].times == 7u);
}

TEST_CASE("scan: opset 8 has a batch", "[shape]") {
  const Built built = analyse(
      "g (float[3, 2] s, float[3, 4, 2] x) => (float[3, 2] t, float[3, 4, 2] y) {"
      " t, y = Scan <num_scan_inputs = 1, body = f (float[2] s0, float[2] p) => (float[2] s1, "
      "float[2] u)"
      "  { s1 = Add (s0, p) u = Identity (s1) }> (omitted, s, x) }",
      {}, 8);
  CHECK(built.type("t") == "float32[3, 2]");
  CHECK(built.type("y") == "float32[3, 4, 2]");
  CHECK(built.runs[1].times == 12u);
}
