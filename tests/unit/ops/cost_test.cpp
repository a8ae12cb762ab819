// MACs and FLOPs of every cost rule, by hand.
#include "ops/cost.hpp"

#include "catch.hpp"
#include "ops/table.hpp"
#include "unit/roofline/analysed.hpp"

#include <utility>

using namespace trtreport;
using test::analysed_node;
using test::analysed_text;

namespace {

using Pair = std::pair<uint64_t, uint64_t>;

// (MACs, FLOPs) of the only node that runs.
Pair cost_of(std::string_view inputs, std::string_view node,
             std::string_view outputs = "float[n] y") {
  const auto model = analysed_node(inputs, node, outputs);
  REQUIRE(model.figures().nodes.size() == 1);
  const NodeFigures& figures = model.figures().nodes[0];
  REQUIRE(figures.macs.known());
  REQUIRE(figures.flops.known());
  return {figures.macs.value(), figures.flops.value()};
}

Pair macs(uint64_t count) { return {count, 2 * count}; }
Pair flops(uint64_t count) { return {0, count}; }

}  // namespace

TEST_CASE("count: exact or unknown", "[cost]") {
  using ops::Count;
  CHECK((Count(3) * 4 + 5).value() == 17);
  CHECK((Count(17) / 5).value() == 3);
  CHECK_FALSE((Count::unknown() + 1).known());
  CHECK_FALSE((Count(1) / 0).known());
  CHECK((Count(uint64_t{1} << 63) * 2).overflowed());
  CHECK((Count(uint64_t{1} << 63) + (uint64_t{1} << 63)).overflowed());
  CHECK((Count::overflow() + 1).overflowed());
  CHECK_FALSE(Count::overflow().known());
  CHECK(Count(UINT64_MAX).overflowed());
  CHECK(sizeof(Count) == 8);
}

TEST_CASE("cost: convolutions", "[cost]") {
  // output 64 x 112 x 112, filter 3 x 7 x 7
  CHECK(cost_of("float[1,3,224,224] x, float[64,3,7,7] w",
                "y = Conv <strides = [2,2], pads = [3,3,3,3]> (x, w)") == macs(118013952));
  // one dim: 2 x 8 x 8 outputs, filter 2 x 3
  CHECK(cost_of("float[2,4,10] x, float[8,2,3] w", "y = Conv <group = 2> (x, w)") == macs(768));
  // three dims: 5 x 8 x 8 x 8, filter 3 x 1 x 2 x 3; the bias is not counted
  CHECK(cost_of("float[1,3,8,9,10] x, float[5,3,1,2,3] w, float[5] b", "y = Conv (x, w, b)") ==
        macs(46080));
  CHECK(cost_of("uint8[1,1,3,3] x, uint8[1,1,2,2] w", "y = ConvInteger (x, w)", "int32[n] y") ==
        macs(16));
  CHECK(cost_of("uint8[1,3,8,8] x, float s, uint8 z, int8[4,3,3,3] w, float t, int8 u",
                "y = QLinearConv (x, s, z, w, t, u, s, z)", "uint8[n] y") == macs(4 * 36 * 27));
  CHECK(cost_of("float[1,8,8,3] x, float[4,3,3,3] w", "y = com.microsoft.NhwcConv (x, w)") ==
        macs(4 * 36 * 27));
}

TEST_CASE("cost: transposed convolution counts its input", "[cost]") {
  // 16 x 8 x 8 inputs, each with 4 x 2 x 2 weights
  CHECK(cost_of("float[1,16,8,8] x, float[16,4,2,2] w",
                "y = ConvTranspose <strides = [2,2]> (x, w)") == macs(16384));
  CHECK(cost_of("float[1,4,5] x, float[4,1,3] w", "y = ConvTranspose <group = 4> (x, w)") ==
        macs(60));
}

TEST_CASE("cost: deformable convolution samples", "[cost]") {
  // output 2 x 3 x 3, filter 4 x 2 x 2 = 288 MACs; samples 9 pixels x 4 positions x 4 channels, 8
  // each
  CHECK(cost_of("float[1,4,4,4] x, float[2,4,2,2] w, float[1,8,3,3] o",
                "y = DeformConv (x, w, o)") == Pair(288, 576 + 1152));
}

TEST_CASE("cost: depthwise convolutions are flagged", "[cost]") {
  const auto depthwise =
      analysed_node("float[1,8,4,4] x, float[8,1,3,3] w", "y = Conv <group = 8> (x, w)");
  CHECK((depthwise.figures().nodes[0].flags & kDepthwise) != 0);
  const auto grouped =
      analysed_node("float[1,8,4,4] x, float[8,2,3,3] w", "y = Conv <group = 4> (x, w)");
  CHECK((grouped.figures().nodes[0].flags & kDepthwise) == 0);
  const auto single = analysed_node("float[1,1,4,4] x, float[8,1,3,3] w", "y = Conv (x, w)");
  CHECK((single.figures().nodes[0].flags & kDepthwise) == 0);
}

TEST_CASE("cost: matrix products", "[cost]") {
  CHECK(cost_of("float[5] a, float[5] b", "y = MatMul (a, b)") == macs(5));
  CHECK(cost_of("float[5] a, float[5,3] b", "y = MatMul (a, b)") == macs(15));
  CHECK(cost_of("float[2,5] a, float[5] b", "y = MatMul (a, b)") == macs(10));
  // batch 4 x 3 by broadcasting, 2 x 6 results of 5
  CHECK(cost_of("float[4,1,2,5] a, float[3,5,6] b", "y = MatMul (a, b)") == macs(720));
  CHECK(cost_of("float[7,3] a, float[7,5] b, float[5] c", "y = Gemm <transA = 1> (a, b, c)") ==
        macs(105));
  CHECK(cost_of("float[3,7] a, float[5,7] b", "y = Gemm <transB = 1> (a, b)") == macs(105));
  CHECK(cost_of("uint8[3,7] a, int8[7,5] b", "y = MatMulInteger (a, b)", "int32[n] y") ==
        macs(105));
  CHECK(cost_of("float[2,7,3] a, float[2,7,5] b",
                "y = com.microsoft.FusedMatMul <transA = 1> (a, b)") == macs(210));
  CHECK(
      cost_of(
          "float[4,32] x, uint8[64,1,16] w, float[64] s",
          "y = com.microsoft.MatMulNBits <K = 32, N = 64, bits = 4, block_size = 32> (x, w, s)") ==
      macs(8192));
}

TEST_CASE("cost: einsum", "[cost]") {
  CHECK(cost_of("float[2,3,4] a, float[2,4,5] b",
                "y = Einsum <equation = \"bij,bjk->bik\"> (a, b)") == macs(120));
  CHECK(cost_of("float[2,3,4] a, float[4,5] b",
                "y = Einsum <equation = \"...j, jk -> ...k\"> (a, b)") == macs(120));
  CHECK(cost_of("float[3] a, float[4] b", "y = Einsum <equation = \"i,j->ij\"> (a, b)") ==
        macs(12));
  CHECK(cost_of("float[3,4] a, float[4,5] b", "y = Einsum <equation = \"ij,jk\"> (a, b)") ==
        macs(60));
  // (a b) first: 2 x 3 x 4 = 24 leaves ik; then 2 x 4 x 5 = 40
  CHECK(cost_of("float[2,3] a, float[3,4] b, float[4,5] c",
                "y = Einsum <equation = \"ij,jk,kl->il\"> (a, b, c)") == macs(64));
  // broadcasting in the ellipsis: 2 x 3 x 4 x 5
  CHECK(cost_of("float[1,3,4] a, float[2,4,5] b",
                "y = Einsum <equation = \"...ij,...jk->...ik\"> (a, b)") == macs(120));
  CHECK(cost_of("float[3,4] a", "y = Einsum <equation = \"ij->i\"> (a)") == flops(12));
  CHECK(cost_of("float[3,4] a", "y = Einsum <equation = \"ij->ji\"> (a)") == flops(0));
}

TEST_CASE("cost: recurrent layers", "[cost]") {
  // steps 5 x batch 2 x directions 2 x gates 4 x hidden 8 x (input 3 + hidden 8)
  CHECK(cost_of("float[5,2,3] x, float[2,32,3] w, float[2,32,8] r",
                "y = LSTM <hidden_size = 8, direction = \"bidirectional\"> (x, w, r)") ==
        macs(7040));
  CHECK(cost_of("float[5,2,3] x, float[1,24,3] w, float[1,24,8] r",
                "y = GRU <hidden_size = 8> (x, w, r)") == macs(2640));
  CHECK(cost_of("float[2,5,3] x, float[1,8,3] w, float[1,8,8] r",
                "y = RNN <hidden_size = 8, layout = 1> (x, w, r)") == macs(880));
}

TEST_CASE("cost: attention", "[cost]") {
  // 2 x 4 heads, 3 queries, 5 keys: 120 scores of 8 and 6; softmax 5 each
  CHECK(cost_of("float[2,4,3,8] q, float[2,4,5,8] k, float[2,4,5,6] v",
                "y = Attention (q, k, v)") == Pair(1680, 3360 + 600));
  // the same, heads packed; two key heads serve four query heads
  CHECK(cost_of("float[2,3,32] q, float[2,5,16] k, float[2,5,12] v",
                "y = Attention <q_num_heads = 4, kv_num_heads = 2> (q, k, v)") ==
        Pair(1680, 3360 + 600));
  // a cache of 7 keys more
  CHECK(cost_of("float[2,4,1,8] q, float[2,4,1,8] k, float[2,4,1,8] v, float[2,4,7,8] pk, "
                "float[2,4,7,8] pv",
                "y, nk, nv = Attention (q, k, v, , pk, pv)",
                "float[n] y, float[n] nk, float[n] nv") == Pair(1024, 2048 + 320));
  CHECK(cost_of("float[2,4,3,8] q, float[2,4,5,8] k, float[2,4,5,6] v",
                "y = ai.onnx.preview.FlexAttention (q, k, v)") == Pair(1680, 3360 + 600));
}

TEST_CASE("cost: contrib attention", "[cost]") {
  // projection 2 x 3 x 16 x 48 = 4608; scores 2 x 3 x 3 = 18 x (16 + 16) = 576; softmax 18 x 4
  // heads x 5
  CHECK(cost_of("float[2,3,16] x, float[16,48] w, float[48] b",
                "y = com.microsoft.Attention <num_heads = 4> (x, w, b)") ==
        Pair(5184, 10368 + 360));
  // 2 x 3 x 5 pairs x (16 + 16) = 960; softmax 30 x 4 x 5
  CHECK(cost_of("float[2,3,16] q, float[2,5,16] k, float[2,5,16] v",
                "y = com.microsoft.MultiHeadAttention <num_heads = 4> (q, k, v)") ==
        Pair(960, 1920 + 600));
  // one query, 7 + 1 keys, 4 query heads of 8: 8 x 64 = 512; softmax 8 x 4 x 5
  CHECK(cost_of("float[1,1,32] q, float[1,1,16] k, float[1,1,16] v, float[1,2,7,8] pk, "
                "float[1,2,7,8] pv, "
                "int32[1] s, int32 t",
                "y, nk, nv = com.microsoft.GroupQueryAttention <num_heads = 4, kv_num_heads = 2> "
                "(q, k, v, pk, pv, s, t)",
                "float[n] y, float[n] nk, float[n] nv") == Pair(512, 1024 + 160));
}

TEST_CASE("cost: per element", "[cost]") {
  CHECK(cost_of("float[2,3] x", "y = Relu (x)") == flops(6));
  CHECK(cost_of("float[2,1] a, float[3] b", "y = Add (a, b)") == flops(6));
  CHECK(cost_of("float[2,3] a, float[3] b, float[2,3] c", "y = Sum (a, b, c)") == flops(12));
  CHECK(cost_of("float[2,3] x", "y = Softmax (x)") == flops(30));
  CHECK(cost_of("float[2,3,4] x", "y = ReduceSum (x)") == flops(24));
  CHECK(cost_of("float[1,8,4,4] x", "y = GlobalAveragePool (x)") == flops(128));
  // 1 x 4 x 2 x 2 windows of 9
  CHECK(cost_of("float[1,4,4,4] x", "y = MaxPool <kernel_shape = [3,3]> (x)") == flops(144));
  CHECK(cost_of("float[1,4,2,2] x", "y = LRN <size = 5> (x)") == flops(16 * 13));
}

TEST_CASE("cost: sampling", "[cost]") {
  const char* const inputs = "float[1,2,4,4] x";
  const auto resized = [&](const char* mode) {
    const auto model = analysed_text("", std::string("g (") + inputs +
                                             ") => (float[n] y) <float[4] s = {1, 1, 2, 2}> { "
                                             "y = Resize <mode = \"" +
                                             mode + "\"> (x, , s) }");
    return model.node("y").flops.value();
  };
  CHECK(resized("nearest") == 128);
  CHECK(resized("linear") == 128 * 7);
  CHECK(resized("cubic") == 128 * 31);
  CHECK(cost_of("float[1,2,4,4] x, float[1,3,3,2] g",
                "y = GridSample <mode = \"linear\"> (x, g)") == flops(18 * 8));
  CHECK(
      cost_of("float[1,2,8,8] x, float[3,4] r, int64[3] b",
              "y = RoiAlign <output_height = 2, output_width = 2, sampling_ratio = 2> (x, r, b)") ==
      flops(24 * 4 * 8));
}

TEST_CASE("cost: transforms", "[cost]") {
  // 3 transforms of 8 points: 5 x 8 x 3 each
  CHECK(cost_of("float[3,8,1] x", "y = DFT (x)") == flops(360));
  CHECK(cost_of("float[3,8,1] x", "y = DFT <onesided = 1> (x)") == flops(360));
  CHECK(cost_of("float[4,3,3] x", "y = Det (x)") == flops(72));
}

TEST_CASE("cost: unknown operators have none", "[cost]") {
  const auto model = analysed_node("float[2,3] x", "y = Foo.Bar (x)", "float[2,3] y");
  const NodeFigures& node = model.figures().nodes[0];
  CHECK_FALSE(node.macs.known());
  CHECK_FALSE(node.flops.known());
  CHECK((node.flags & kUnmodelled) != 0);
  CHECK(node.bytes.inputs.value() == 24);
  CHECK(model.totals().macs.value() == 0);
  REQUIRE(model.totals().unmodelled_ops.size() == 1);
  CHECK(model.totals().unmodelled_ops[0].op == "Bar");
  CHECK(model.totals().modelled_nodes == 0);
}
