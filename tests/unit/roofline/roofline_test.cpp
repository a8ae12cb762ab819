// Rooflines by hand, on a device of round numbers: 100 GB/s, tensor 10 (fp16) and 20 (int8)
// TFLOP/s, vector 1 TFLOP/s.
#include "unit/roofline/analysed.hpp"

#include <cmath>

using namespace trtreport;
using test::analysed_text;

namespace {

Device device(std::string_view capability = "7.5") {
  Device result;
  result.name = "Round";
  result.kind = "gpu";
  result.compute_capability = capability;
  result.peaks[Precision::Fp32].vector = 1e12;
  result.peaks[Precision::Fp16].tensor = 10e12;
  result.peaks[Precision::Fp16].tensor_sparse = 20e12;
  result.peaks[Precision::Fp16].accumulate = "fp32";
  result.peaks[Precision::Int8].tensor = 20e12;
  result.dram_bandwidth = 100e9;
  result.memory_bytes = 1'000'000;
  return result;
}

// 256 x 256 by 256 x 256 (33,554,432 FLOPs on 3 x 65,536 elements), then Relu.
test::Analysed product() {
  return analysed_text("@weight w float32[256,256]\n",
                       "g (float[256,256] x) => (float[a,b] y) { m = MatMul (x, w) y = Relu (m) }");
}

constexpr double kElements = 65536;

bool says(const Roofline& roofline, std::string_view code) {
  for (const Sentence& sentence : roofline.verdict) {
    if (sentence.code == code) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("roofline: the larger of arithmetic and memory bounds a node", "[roofline]") {
  const auto model = product();
  const Roofline half = model.roofline(device(), Precision::Fp16);
  // 3.36 µs of arithmetic against 3.93 µs of memory; then 2.62 µs for Relu
  CHECK(half.node_seconds[0] == Approx(3 * kElements * 2 / 100e9));
  CHECK(half.node_bound == "mm");
  CHECK(half.node_bytes[0] == 3 * kElements * 2);
  CHECK(half.node_intensity[0] == Approx(33554432 / (3 * kElements * 2)));
  CHECK(*half.seconds == Approx(5 * kElements * 2 / 100e9));
  CHECK(*half.ridge == 100);
  CHECK(half.accumulate == "fp32");
  CHECK(half.weight_bytes == 131072);
  CHECK(*half.peak_activation_bytes == 2 * 131072);
  CHECK(*half.fits_memory);
  CHECK(half.evaluated_as == Precision::Fp16);
  CHECK_FALSE(half.fallback.has_value());

  const Roofline single = model.roofline(device(), Precision::Fp32);
  // No tensor unit: 33.6 µs of arithmetic on the vector units.
  CHECK(single.node_seconds[0] == Approx(33554432 / 1e12));
  CHECK(single.node_bound == "cm");
  CHECK_FALSE(single.peak_tensor.has_value());
  CHECK(*single.ridge == 10);
  CHECK(single.compute_seconds == Approx(33554432 / 1e12));
}

TEST_CASE("roofline: the floor has no launches and moves only ends and weights", "[roofline]") {
  const auto model = product();
  const Roofline half = model.roofline(device(), Precision::Fp16);
  CHECK(*half.seconds_floor == Approx(3 * kElements * 2 / 100e9));
  Device fast = device();
  fast.dram_bandwidth = 1e15;
  const Roofline bound = model.roofline(fast, Precision::Fp16);
  CHECK(*bound.seconds_floor == Approx((33554432 + kElements) / 10e12));
}

TEST_CASE("roofline: the floor reads only the rows of a table", "[roofline]") {
  const auto model = analysed_text("@weight t float32[1000,64]\n",
                                   "g (int64[4] ids) => (float[a,b] y) { y = Gather (t, ids) }");
  const Roofline half = model.roofline(device(), Precision::Fp16);
  CHECK(*half.seconds_floor == Approx((4 * 64 * 2 + 4 * 8 + 4 * 64 * 2) / 100e9));
  CHECK(half.weight_bytes == 128000);
}

TEST_CASE("roofline: fp32 runs as tf32 from compute capability 8.0 on", "[roofline]") {
  const auto model = product();
  Device ampere = device("8.0");
  ampere.peaks[Precision::Tf32].tensor = 5e12;
  const Roofline tf32 = model.roofline(ampere, Precision::Fp32);
  CHECK(tf32.evaluated_as == Precision::Tf32);
  CHECK(*tf32.peak_tensor == 5e12);
  CHECK(tf32.node_bytes[0] == 3 * kElements * 4);
  RooflineOptions strict;
  strict.tf32 = false;
  CHECK(model.roofline(ampere, Precision::Fp32, strict).evaluated_as == Precision::Fp32);
  Device turing = device("7.5");
  turing.peaks[Precision::Tf32].tensor = 5e12;
  CHECK(model.roofline(turing, Precision::Fp32).evaluated_as == Precision::Fp32);
  CHECK(supported_precisions(ampere, {}) ==
        std::vector<Precision>{Precision::Fp32, Precision::Fp16, Precision::Int8});
}

TEST_CASE("roofline: sparse peaks on asking", "[roofline]") {
  RooflineOptions sparse;
  sparse.sparse = true;
  const auto model = product();
  CHECK(*model.roofline(device(), Precision::Fp16, sparse).peak_tensor == 20e12);
  CHECK(*model.roofline(device(), Precision::Int8, sparse).peak_tensor == 20e12);
}

TEST_CASE("roofline: int4 and fp4 shrink weights only", "[roofline]") {
  const auto model = product();
  for (const Precision precision : {Precision::Int4, Precision::Fp4}) {
    const Roofline roofline = model.roofline(device(), precision);
    CHECK(roofline.node_bytes[0] == kElements * 0.5 + 2 * kElements * 2);
    CHECK(*roofline.peak_tensor == 10e12);
    CHECK(roofline.weight_bytes == 32768);
    CHECK(*roofline.peak_activation_bytes == 2 * 131072);
    CHECK(roofline.evaluated_as == precision);
    CHECK_FALSE(roofline.fallback.has_value());
  }
}

TEST_CASE("roofline: a missing precision falls back to the next wider one, by name", "[roofline]") {
  const auto model = product();
  const Roofline fp8 = model.roofline(device(), Precision::Fp8);
  CHECK(fp8.evaluated_as == Precision::Fp16);
  REQUIRE(fp8.fallback.has_value());
  CHECK(fp8.fallback->code == "no_precision");
  CHECK(fp8.fallback->text == "Round has no FP8 units: evaluated in FP16");
  CHECK(fp8.node_bytes[0] == 3 * kElements * 2);
  CHECK(says(fp8, "fallback"));
  CHECK(model.roofline(device(), Precision::Bf16).evaluated_as == Precision::Fp32);
  CHECK(model.roofline(device(), Precision::Int8).evaluated_as == Precision::Int8);
}

TEST_CASE("roofline: depthwise convolution runs on vector units", "[roofline]") {
  const auto model = analysed_text(
      "@weight w float32[64,1,3,3]\n",
      "g (float[1,64,32,32] x) => (float[a,b,c,d] y) { y = Conv <group = 64> (x, w) }");
  Device fast = device();
  fast.dram_bandwidth = 1e15;
  const double flops = 2.0 * 64 * 30 * 30 * 9;
  CHECK(model.roofline(fast, Precision::Fp16).node_seconds[0] == Approx(flops / 1e12));
}

TEST_CASE("roofline: a time that passes in short kernels is said to be too low", "[roofline]") {
  const auto model = product();
  // 3.93 and 2.62 µs; at twice the bandwidth 1.97 and 1.31
  CHECK_FALSE(says(model.roofline(device(), Precision::Fp16), "short_kernels"));
  Device fast = device();
  fast.dram_bandwidth = 200e9;
  fast.peaks[Precision::Fp16].tensor = 40e12;
  CHECK(says(model.roofline(fast, Precision::Fp16), "short_kernels"));
}

TEST_CASE("roofline: launches are added, but not for what runs no kernel", "[roofline]") {
  const auto model = analysed_text("@weight w float32[16]\n",
                                   "g (float[16] x) => (float[a,b] y) <int64[2] s = {4, 4}> { n = "
                                   "Neg (w) a = Add (x, n) y = Reshape (a, s) }");
  Device measured = device();
  measured.measured = true;
  measured.launch_seconds = 5e-6;
  const Roofline roofline = model.roofline(measured, Precision::Fp16);
  CHECK(roofline.node_bound == "nln");
  CHECK(roofline.node_seconds[0] == 0);
  CHECK(roofline.node_seconds[1] == Approx(5e-6 + 96 / 100e9));
  CHECK(roofline.launch_bound_seconds == *roofline.seconds);
}

TEST_CASE("roofline: Q/DQ pairs cost nothing and set type and precision", "[roofline]") {
  const auto model = analysed_text(
      "@weight w int8[64,64,1,1]\n",
      "g (float[1,64,32,32] x) => (float[a,b,c,d] y) <float s = {0.1}, int8 z = {0}> {\n"
      "q = QuantizeLinear (x, s, z)\n d = DequantizeLinear (q, s, z)\n wd = DequantizeLinear (w, "
      "s, z)\n"
      "c = Conv (d, wd)\n cq = QuantizeLinear (c, s, z)\n cd = DequantizeLinear (cq, s, z)\n y = "
      "Relu (cd) }");
  Device fast = device();
  fast.dram_bandwidth = 1e15;
  const Roofline half = model.roofline(fast, Precision::Fp16);
  const size_t conv = model.index_of("c");
  CHECK(half.node_bound[model.index_of("q")] == 'n');
  CHECK(half.node_bound[model.index_of("wd")] == 'n');
  // Reads and writes int8; each DQ brings a scale of 4 bytes and a zero point of 1.
  CHECK(half.node_bytes[conv] == 65536 + 4096 + 65536 + 2 * 5);
  CHECK(half.node_seconds[conv] == Approx(2.0 * 65536 * 64 / 20e12));
  CHECK(half.node_bytes[model.index_of("y")] == 65536 + 5 + 2 * 65536);
  CHECK(half.weight_bytes == 4096 + 2 + 1);
}

TEST_CASE("roofline: as stored, every tensor keeps its type", "[roofline]") {
  const auto model = product();
  const Roofline own = model.roofline(device(), Precision::Model);
  CHECK(own.node_bytes[0] == 3 * kElements * 4);
  CHECK(own.node_seconds[0] == Approx(33554432 / 1e12));
  CHECK(own.weight_bytes == 262144);
  CHECK(*own.peak_vector == 1e12);
}

TEST_CASE("roofline: doubles take the double peak as stored, and are floats to an engine",
          "[roofline]") {
  const auto model =
      analysed_text("@weight w double[256,256]\n",
                    "g (double[256,256] x) => (double[a,b] y) { m = MatMul (x, w) y = Relu (m) }");
  Device fast = device();
  fast.dram_bandwidth = 100e12;
  fast.fp64.tensor = 0.25e12;
  fast.fp64.vector = 0.125e12;
  fast.fp64.accumulate = "fp64";
  const Roofline own = model.roofline(fast, Precision::Model);
  CHECK(own.node_bytes[0] == 3 * kElements * 8);
  CHECK(own.node_seconds[0] == Approx(33554432 / 0.25e12));
  CHECK(own.node_seconds[1] == Approx(kElements / 0.125e12));
  CHECK(*own.peak_tensor == 0.25e12);
  CHECK(*own.ridge == Approx(0.25e12 / 100e12));
  // An engine takes them for float32, and on to what it computes in.
  CHECK(model.roofline(fast, Precision::Fp32).node_seconds[0] == Approx(33554432 / 1e12));
  CHECK(model.roofline(fast, Precision::Fp32).node_bytes[0] == 3 * kElements * 4);
  // Without tensor cores for it, the vector units; without either there is no time.
  fast.fp64.tensor.reset();
  CHECK(model.roofline(fast, Precision::Model).node_seconds[0] == Approx(33554432 / 0.125e12));
  fast.fp64.vector.reset();
  CHECK_FALSE(model.roofline(fast, Precision::Model).seconds.has_value());
}

TEST_CASE("roofline: what does not fit is said", "[roofline]") {
  const auto model = product();
  Device small = device();
  small.memory_bytes = 3 * 131072 - 1;
  const Roofline roofline = model.roofline(small, Precision::Fp16);
  CHECK_FALSE(*roofline.fits_memory);
  CHECK(says(roofline, "exceeds_memory"));
  small.memory_bytes = 3 * 131072;
  CHECK(*model.roofline(small, Precision::Fp16).fits_memory);
  small.memory_bytes.reset();
  CHECK_FALSE(model.roofline(small, Precision::Fp16).fits_memory.has_value());
}

TEST_CASE("roofline: sums by class and operator, hottest first", "[roofline]") {
  const Roofline roofline = product().roofline(device(), Precision::Fp32);
  REQUIRE(roofline.by_op.size() == 2);
  CHECK(roofline.by_op[0].key == "MatMul");
  CHECK(roofline.by_op[0].macs.value() == 16777216);
  CHECK(roofline.by_op[1].key == "Relu");
  CHECK(roofline.by_class[0].key == "contraction");
  CHECK(roofline.by_op[0].seconds + roofline.by_op[1].seconds == Approx(*roofline.seconds));
  CHECK(roofline.hottest == std::vector<uint32_t>{0, 1});
}

TEST_CASE("roofline: an unbound symbol asks to be bound instead of a verdict", "[roofline]") {
  const auto model =
      analysed_text("@weight w float32[8,8]\n",
                    "g (float[batch, length, 8] x) => (float[a,b,c] y) { y = MatMul (x, w) }");
  const Roofline roofline = model.roofline(device(), Precision::Fp16);
  CHECK_FALSE(roofline.seconds.has_value());
  CHECK_FALSE(roofline.seconds_floor.has_value());
  CHECK(std::isnan(roofline.node_seconds[0]));
  CHECK(roofline.node_bound == "?");
  REQUIRE(roofline.verdict.size() == 1);
  CHECK(roofline.verdict[0].code == "unbound_symbol");
  CHECK(roofline.verdict[0].text.find("--dim length=N") != std::string::npos);
}

TEST_CASE("roofline: the verdict says time, bound, hottest, memory", "[roofline]") {
  const Roofline roofline = product().roofline(device(), Precision::Fp16);
  REQUIRE(roofline.verdict.size() == 4);
  CHECK(roofline.verdict[0].text ==
        "On Round in FP16 the model takes 6.55 µs (152,588 runs/s), predicted from datasheet peaks "
        "with one kernel per "
        "operator; no engine can take less than 3.93 µs.");
  CHECK(roofline.verdict[1].text ==
        "100 % of that is bound by memory: 1 of 1 contraction lies below the ridge of 100 FLOP/B.");
  CHECK(roofline.verdict[2].code == "hottest");
  CHECK(roofline.verdict[3].text ==
        "Weights take 131 kB, activations at their peak 262 kB, which fits the device's 1.00 MB.");
}

TEST_CASE("roofline: sizes that depend on data leave a floor of the rest", "[roofline]") {
  const auto model = analysed_text(
      "",
      "g (float[16] x) => (float[a] y) "
      "{ i = NonZero (x) s = Shape (i) f = ConstantOfShape (s) t = Add (f, f) y = Relu (x) }");
  const Roofline half = model.roofline(device(), Precision::Fp16);
  REQUIRE(half.seconds.has_value());
  REQUIRE(half.seconds_floor.has_value());
  CHECK(*half.seconds_floor == Approx(2 * 16 * 2 / 100e9));
}
