// Operators that hold whole layers: recurrent ones, packed weights, attention in one node.
#include "unit/pruning/pruned.hpp"

using namespace trtreport;
using test::Pruned;

namespace {

constexpr std::string_view kBoth = "opset_import: [\"\" : 17, \"com.microsoft\" : 1]";

Pruned pruned(std::string_view directives, std::string_view graph,
              std::string_view opsets = kBoth) {
  auto model = models::parse_text_model(std::string(directives) + "<ir_version: 8, " +
                                        std::string(opsets) + ">\n" + std::string(graph));
  if (!model) FAIL(model.error());
  return test::pruned(std::move(model->bytes), test::uniform({0.5}));
}

std::string reason(const Pruned& model, std::string_view tensor, int axis) {
  return model.pruning->groups().reason(model.group(tensor, axis));
}

}  // namespace

// Two directions of four gates: a unit owns eight rows, two columns and its places in the state.
TEST_CASE("a hidden unit of an LSTM", "[pruning]") {
  const Pruned model = pruned(
      "@weight w float32[2,24,5]\n@weight r float32[2,24,6]\n@weight b float32[2,48]\n"
      "@weight h float32[2,1,6]\n@weight f float32[12,3]\n@weight p float32[4,5]\n",
      "g (float[7,1,4] i) => (float[7,1,3] y) <int64[3] s = {0, 0, -1}> { x = MatMul (i, p) "
      "l, m, n = LSTM <hidden_size = 6, direction = \"bidirectional\"> (x, w, r, b, , h, h) "
      "t = Transpose <perm = [0,2,1,3]> (l) u = Reshape (t, s) y = MatMul (u, f) }");
  const pruning::ChannelGroup& units = model.group("r", 2);
  CHECK(units.channels == 6);
  CHECK_FALSE(units.frozen);
  CHECK(model.group("w", 1).first == units.first);
  CHECK(model.group("f", 0).first == units.first);
  // w: 2 x 4 x 5; r: 2 x (24 + 4 x 6 - 4); b: 2 x 8; h: 2; f: 2 x 3
  CHECK(model.pruning->per_channel()[model.group_of("r", 2)].params == 40u + 88u + 16u + 2u + 6u);
  CHECK_FALSE(model.group("w", 2).frozen);
  CHECK(model.members(model.group("w", 2)) == "p@1 w@2");
  for (const pruning::ChannelGroup& group : model.groups()) CHECK(group.channels > 2);
}

TEST_CASE("gated recurrent units go too", "[pruning]") {
  for (const char* op : {"GRU", "RNN"}) {
    const int gates = op[0] == 'G' ? 3 : 1;
    const std::string rows = std::to_string(gates * 6);
    const Pruned model =
        pruned("@weight w float32[1," + rows + ",5]\n@weight r float32[1," + rows + ",6]\n",
               "g (float[7,1,5] x) => (float[7,1,1,6] y) { y, n = " + std::string(op) +
                   " <hidden_size = 6> (x, w, r) }");
    CHECK(model.group("r", 2).channels == 6);
    CHECK(model.group("r", 2).protection == pruning::Protection::Last);
    CHECK(model.pruning->scenarios()[0].kept[model.group_of("r", 2)] == 6);
  }
}

TEST_CASE("packed weights go by rows and by whole blocks", "[pruning]") {
  const Pruned model = pruned(
      "@weight a float32[5,64]\n@weight q uint8[32,4,8]\n@weight s float32[32,4]\n"
      "@weight z float32[32,3]\n",
      "g (float[1,5] x) => (float[1,3] y) { c = MatMul (x, a) "
      "d = com.microsoft.MatMulNBits <K = 64, N = 32, bits = 4, block_size = 16> (c, q, s) "
      "y = MatMul (d, z) }");
  CHECK(model.members(model.group("q", 0)) == "q@0 s@0 z@0");
  CHECK(model.group("q", 0).channels == 32);
  CHECK(model.members(model.group("q", 1)) == "a@1*16 q@1 s@1");
  CHECK(model.group("q", 1).channels == 4);
  CHECK_FALSE(model.group("q", 1).frozen);
}

TEST_CASE("scales in one row hold the inputs of packed weights", "[pruning]") {
  const Pruned model = pruned(
      "@weight a float32[5,64]\n@weight q uint8[32,4,8]\n@weight s float32[128]\n"
      "@weight z float32[32,3]\n",
      "g (float[1,5] x) => (float[1,3] y) { c = MatMul (x, a) "
      "d = com.microsoft.MatMulNBits <K = 64, N = 32, bits = 4, block_size = 16> (c, q, s) "
      "y = MatMul (d, z) }");
  CHECK(model.members(model.group("q", 0)) == "q@0 s@0*4 z@0");
  CHECK(reason(model, "a", 1) == "MatMulNBits 'MatMulNBits_1' splits it at fixed places");
}

// Four heads of three channels: queries, keys and values of a head lie at three places.
TEST_CASE("heads of an attention with its projections", "[pruning]") {
  const Pruned model =
      pruned("@weight w float32[6,36]\n@weight b float32[36]\n@weight o float32[12,5]\n",
             "g (float[1,7,6] x) => (float[1,7,5] y) { "
             "c = com.microsoft.Attention <num_heads = 4> (x, w, b) y = MatMul (c, o) }");
  CHECK(model.members(model.group("w", 1)) == "w@1*9 b@0*9 o@0*3");
  CHECK(model.group("w", 1).channels == 4);
  CHECK(model.pruning->per_channel()[model.group_of("w", 1)].params == 54u + 9u + 15u);
  CHECK(model.pruning->scenarios()[0].figures.macs.known());
}

TEST_CASE("sizes of queries and values may be given", "[pruning]") {
  const Pruned model =
      pruned("@weight w float32[6,24]\n@weight b float32[24]\n@weight o float32[8,5]\n",
             "g (float[1,7,6] x) => (float[1,7,5] y) { c = com.microsoft.Attention <num_heads = 4, "
             "qkv_hidden_sizes = [8, 8, 8]> (x, w, b) y = MatMul (c, o) }");
  CHECK(model.members(model.group("w", 1)) == "w@1*6 b@0*6 o@0*2");
  const PruneScenario& half = model.pruning->scenarios()[0];
  CHECK(half.kept[model.group_of("w", 1)] == 2);
  size_t sizes = 0;
  for (const pruning::SizeChange& change : model.pruning->size_changes(half.cut))
    sizes += change.attribute == "qkv_hidden_sizes" && change.after.number() == 4 ? 1 : 0;
  CHECK(sizes == 3);
}

TEST_CASE("heads of an attention on projected operands", "[pruning]") {
  const Pruned model = pruned(
      "@weight q float32[6,12]\n@weight k float32[6,12]\n@weight v float32[6,8]\n"
      "@weight b float32[32]\n@weight o float32[8,5]\n",
      "g (float[1,7,6] x) => (float[1,7,5] y) { q1 = MatMul (x, q) k1 = MatMul (x, k) "
      "v1 = MatMul (x, v) c = com.microsoft.MultiHeadAttention <num_heads = 4> (q1, k1, v1, b) "
      "y = MatMul (c, o) }");
  const pruning::ChannelGroup& heads = model.group("q", 1);
  CHECK(model.members(heads) == "q@1*3 k@1*3 v@1*2 b@0*8 o@0*2");
  CHECK(heads.channels == 4);
  CHECK_FALSE(heads.frozen);
}

// Two queries' heads share one of keys and values, and go with it.
TEST_CASE("shared heads of keys and values", "[pruning]") {
  const Pruned model = pruned(
      "@weight q float32[6,16]\n@weight k float32[6,8]\n@weight v float32[6,8]\n"
      "@weight o float32[16,5]\n",
      "g (float[1,7,6] x, int32[1] n, int32 t) => (float[1,7,5] y) { q1 = MatMul (x, q) "
      "k1 = MatMul (x, k) v1 = MatMul (x, v) c, pk, pv = com.microsoft.GroupQueryAttention "
      "<num_heads = 4, kv_num_heads = 2> (q1, k1, v1, , , n, t) y = MatMul (c, o) }");
  const pruning::ChannelGroup& heads = model.group("k", 1);
  CHECK(model.members(heads) == "q@1*8 k@1*4 v@1*4 o@0*8");
  CHECK(heads.channels == 2);
  CHECK_FALSE(heads.frozen);
}

TEST_CASE("a cache that the model is given holds its heads", "[pruning]") {
  const Pruned model = pruned(
      "@weight q float32[6,16]\n@weight k float32[6,8]\n@weight v float32[6,8]\n"
      "@weight o float32[16,5]\n",
      "g (float[1,1,6] x, float[1,2,9,4] a, float[1,2,9,4] b, int32[1] n, int32 t) => "
      "(float[1,1,5] y, float[1,2,9,4] pk, float[1,2,9,4] pv) { q1 = MatMul (x, q) "
      "k1 = MatMul (x, k) v1 = MatMul (x, v) c, pk, pv = com.microsoft.GroupQueryAttention "
      "<num_heads = 4, kv_num_heads = 2> (q1, k1, v1, a, b, n, t) y = MatMul (c, o) }");
  CHECK(reason(model, "k", 1) == "it is a size of the model's input");
}

TEST_CASE("ONNX's own attention in both layouts", "[pruning]") {
  const std::string weights =
      "@weight q float32[6,12]\n@weight k float32[6,6]\n@weight v float32[6,6]\n"
      "@weight o float32[12,5]\n";
  const std::string projections = "q1 = MatMul (x, q) k1 = MatMul (x, k) v1 = MatMul (x, v) ";
  const Pruned flat = pruned(weights,
                             "g (float[1,7,6] x) => (float[1,7,5] y) { " + projections +
                                 "c = Attention <q_num_heads = 4, kv_num_heads = 2> (q1, k1, v1) "
                                 "y = MatMul (c, o) }",
                             "opset_import: [\"\" : 23]");
  CHECK(flat.members(flat.group("k", 1)) == "q@1*6 k@1*3 v@1*3 o@0*6");
  CHECK_FALSE(flat.group("k", 1).frozen);
  const Pruned apart = pruned(
      weights,
      "g (float[1,7,6] x) => (float[1,7,5] y) <int64[4] s = {0,0,-1,3}, int64[3] t = {0,0,-1}> { " +
          projections +
          "q2 = Reshape (q1, s) k2 = Reshape (k1, s) v2 = Reshape (v1, s) "
          "q3 = Transpose <perm = [0,2,1,3]> (q2) k3 = Transpose <perm = [0,2,1,3]> (k2) "
          "v3 = Transpose <perm = [0,2,1,3]> (v2) c = Attention (q3, k3, v3) "
          "d = Transpose <perm = [0,2,1,3]> (c) e = Reshape (d, t) y = MatMul (e, o) }",
      "opset_import: [\"\" : 23]");
  CHECK(apart.members(apart.group("k", 1)) == "q@1*6 k@1*3 v@1*3 o@0*6");
  CHECK_FALSE(apart.group("k", 1).frozen);
}
