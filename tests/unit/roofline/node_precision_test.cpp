// Nodes at precisions of their own: each is what it would be in a roofline of that precision.
#include "unit/roofline/analysed.hpp"

#include <array>
#include <vector>

using namespace trtreport;
using test::analysed_text;

namespace {

Device device() {
  Device result;
  result.name = "Round";
  result.kind = "gpu";
  result.compute_capability = "7.5";
  result.peaks[Precision::Fp32].vector = 1e12;
  result.peaks[Precision::Fp16].tensor = 10e12;
  result.peaks[Precision::Int8].tensor = 20e12;
  result.dram_bandwidth = 100e9;
  result.memory_bytes = 1'000'000;
  return result;
}

test::Analysed layers() {
  return analysed_text("@weight w float32[256,256]\n@weight v float32[256,256]\n",
                       "g (float[256,256] x) => (float[a,b] y) { m = MatMul (x, w) r = Relu (m) "
                       "n = MatMul (r, v) y = Relu (n) }");
}

Roofline mixed(const test::Analysed& model, Precision precision, std::vector<NodePrecision> nodes) {
  return evaluate_roofline(model.figures(), model.graph(), device(), precision, {}, nodes);
}

}  // namespace

TEST_CASE("node precision: a node takes the peaks and sizes of its own", "[roofline]") {
  const auto model = layers();
  const Roofline half = model.roofline(device(), Precision::Fp16);
  const Roofline bytes = model.roofline(device(), Precision::Int8);
  const Roofline both = mixed(model, Precision::Fp16, {{2, Precision::Int8}});
  double sum = 0;
  for (size_t id = 0; id < 4; ++id) {
    const Roofline& expected = id == 2 ? bytes : half;
    CHECK(both.node_seconds[id] == expected.node_seconds[id]);
    CHECK(both.node_bytes[id] == expected.node_bytes[id]);
    CHECK(both.node_intensity[id] == expected.node_intensity[id]);
    CHECK(both.node_bound[id] == expected.node_bound[id]);
    sum += expected.node_seconds[id];
  }
  CHECK(both.node_bytes[2] == 3 * 65536);
  CHECK(*both.seconds == sum);
  CHECK(both.weight_bytes == half.weight_bytes);
  CHECK(both.peak_activation_bytes == half.peak_activation_bytes);
  CHECK(both.precision == Precision::Fp16);
}

TEST_CASE("node precision: all nodes at one are that one's roofline", "[roofline]") {
  const auto model = layers();
  for (const Precision precision : {Precision::Fp32, Precision::Int8, Precision::Model}) {
    std::vector<NodePrecision> all;
    for (uint32_t id = 0; id < 4; ++id) all.push_back({id, precision});
    const Roofline alone = model.roofline(device(), precision);
    const Roofline own = mixed(model, Precision::Fp16, all);
    CHECK(own.node_seconds == alone.node_seconds);
    CHECK(own.node_bound == alone.node_bound);
    CHECK(*own.seconds == *alone.seconds);
    CHECK(*own.traffic_bytes == *alone.traffic_bytes);
  }
}

TEST_CASE("node precision: nothing gets below the floor", "[roofline]") {
  const auto model = layers();
  constexpr std::array kAll = {Precision::Fp32, Precision::Fp16, Precision::Int8, Precision::Int4,
                               Precision::Model};
  for (const Precision global : kAll) {
    for (const Precision first : kAll) {
      for (const Precision last : kAll) {
        const Roofline roofline = mixed(model, global, {{0, first}, {3, last}});
        CHECK(*roofline.seconds_floor <= *roofline.seconds);
      }
    }
  }
}

TEST_CASE("node precision: strangers are passed over, the last of several wins", "[roofline]") {
  const auto model = layers();
  const Roofline half = model.roofline(device(), Precision::Fp16);
  CHECK(mixed(model, Precision::Fp16, {{4, Precision::Int8}, {UINT32_MAX, Precision::Int8}})
            .node_seconds == half.node_seconds);
  CHECK(mixed(model, Precision::Fp16, {{2, Precision::Int8}, {2, Precision::Fp16}}).node_seconds ==
        half.node_seconds);
}
