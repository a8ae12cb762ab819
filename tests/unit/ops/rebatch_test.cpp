// Batches that exporters baked into constants, after --batch: scaled, flagged, or refused.
#include "catch.hpp"
#include "ops/inference.hpp"
#include "unit/graph/built.hpp"

using trtreport::test::analyse;
using trtreport::test::Built;

namespace {

Built batched(const std::string& text, int64_t size = 8) {
  trtreport::ops::Binding binding;
  binding.batch = size;
  return analyse("g (float[1, 197, 768] x) => (float[n] y) " + text, binding);
}

}  // namespace

TEST_CASE("rebatch: the first dimension", "[ops]") {
  const Built built = batched("<int64[2] t = {1, 151296}> { y = Reshape (x, t) }");
  CHECK(built.type("y") == "float32[8, 151296]");
  CHECK(built.message("baked_batch_rewritten") ==
        "Reshape 'Reshape_0': the constant shape [1, 151296] became [8, 151296]");
}

TEST_CASE("rebatch: constants that hold as they are stay", "[ops]") {
  CHECK(batched("<int64[3] t = {-1, 197, 768}> { y = Reshape (x, t) }")
            .count("baked_batch_rewritten") == 0);
  CHECK(batched("<int64[3] t = {0, 0, -1}> { y = Reshape (x, t) }").type("y") ==
        "float32[8, 197, 768]");
  const Built computed = batched("{ s = Shape (x) y = Reshape (x, s) }");
  CHECK(computed.type("y") == "float32[8, 197, 768]");
  CHECK(computed.count("baked_batch_rewritten") == 0);
}

TEST_CASE("rebatch: an open dimension does not swallow the batch", "[ops]") {
  CHECK(batched("<int64[3] t = {1, -1, 768}> { y = Reshape (x, t) }").type("y") ==
        "float32[8, 197, 768]");
}

TEST_CASE("rebatch: heads after the tokens", "[ops]") {
  // torch's attention: [tokens, batch, features] -> [tokens, batch * heads, features of a head] and
  // back
  const Built built = batched(
      "<int64[3] t = {197, 12, 64}, int64[4] u = {1, 12, 197, 64}, int64[2] v = {197, 768}, "
      "int64[3] w = {197, 1, 768}> {"
      " a = Transpose <perm = [1, 0, 2]> (x) b = Reshape (a, t) c = Transpose <perm = [1, 0, 2]> "
      "(b)"
      " d = Reshape (c, u) e = Transpose <perm = [2, 0, 1, 3]> (d) f = Reshape (e, v) h = Reshape "
      "(f, w)"
      " y = Transpose <perm = [1, 0, 2]> (h) }");
  CHECK(built.type("b") == "float32[197, 96, 64]");
  CHECK(built.type("d") == "float32[8, 12, 197, 64]");
  CHECK(built.type("f") == "float32[1576, 768]");
  CHECK(built.type("h") == "float32[197, 8, 768]");
  CHECK(built.type("y") == "float32[8, 197, 768]");
}

TEST_CASE("rebatch: windows hold the batch folded in", "[ops]") {
  trtreport::ops::Binding binding;
  binding.batch = 4;
  const Built built = analyse(
      "g (float[1, 14, 14, 8] x) => (float[n] y)"
      "<int64[6] t = {1, 2, 7, 2, 7, 8}, int64[3] u = {4, 49, 8}, int64[6] v = {1, 2, 2, 7, 7, 8}> "
      "{"
      " a = Reshape (x, t) b = Transpose <perm = [0, 1, 3, 2, 4, 5]> (a) c = Reshape (b, u) y = "
      "Reshape (c, v) }",
      binding);
  CHECK(built.type("a") == "float32[4, 2, 7, 2, 7, 8]");
  CHECK(built.type("c") == "float32[16, 49, 8]");
  CHECK(built.type("y") == "float32[4, 2, 2, 7, 7, 8]");
}

TEST_CASE("rebatch: a token that was expanded to the old batch", "[ops]") {
  const Built built = batched("<float[1, 1, 768] token> { y = Concat <axis = 1> (token, x) }");
  const Built joined = batched(
      "{ s = Constant <value_ints = [1, 1, 768]> () z = ConstantOfShape (s) y = Concat <axis = 1> "
      "(z, x) }");
  CHECK(joined.type("y") == "float32[8, 198, 768]");
  CHECK(joined.count("baked_batch_rewritten") == 1);
}

TEST_CASE("rebatch: Expand to the old batch, and operands of it", "[ops]") {
  trtreport::ops::Binding binding;
  binding.batch = 8;
  const Built built = analyse(
      "g (float[2, 4] x) => (float[n] y) <int64[3] t = {3, 2, 4}, float[2, 4] c = "
      "{1,2,3,4,5,6,7,8}> {"
      " a = Expand (x, t) y = Add (x, c) }",
      binding);
  CHECK(built.type("a") == "float32[3, 8, 4]");
  CHECK(built.type("y") == "float32[8, 4]");
  CHECK(built.count("baked_batch_rewritten") == 2);
}

TEST_CASE("rebatch: smaller batches", "[ops]") {
  trtreport::ops::Binding binding;
  binding.batch = 2;
  CHECK(analyse("g (float[8, 4] x) => (float[n] y) <int64[1] t = {32}> { y = Reshape (x, t) }",
                binding)
            .type("y") == "float32[8]");
}

TEST_CASE("rebatch: what no scaling makes right is refused", "[ops]") {
  trtreport::ops::Binding binding;
  binding.shapes["x"] = {1, 1, 7};
  CHECK(analyse("g (float[1, 2, 6] x) => (float[n] y) <int64[2] t = {3, 4}> { y = Reshape (x, t) }",
                binding)
            .error == "bad_reshape");
}

TEST_CASE("rebatch: without an override nothing is rewritten", "[ops]") {
  const Built built =
      analyse("g (float[2, 4] x) => (float[n] y) <int64[1] t = {4}> { y = Reshape (x, t) }");
  CHECK(built.error.empty());
  CHECK(built.count("baked_batch_rewritten") == 0);
  CHECK(built.count("bad_node") == 1);
}
