// The tables of the course that this project grew from, in its own convention: one FLOP a
// multiply-accumulate, bytes of weights and output only, float32, no bias. Numbers are facts; where
// a slide misprints, the figures are the right ones.
#include "unit/roofline/analysed.hpp"

#include <string>
#include <vector>

using namespace trtreport;
using test::analysed_node;
using test::analysed_text;

namespace {

struct ConvRow {
  int output, kernel, channels_in, channels_out, group;
  uint64_t macs, bytes;
  double intensity;
};

// A convolution that keeps its size, so that output x output is also the input's.
void check_conv(const ConvRow& row) {
  const std::string side = std::to_string(row.output), kernel = std::to_string(row.kernel);
  const std::string pad = std::to_string(row.kernel / 2);
  const auto model = analysed_text(
      "@weight w float32[" + std::to_string(row.channels_out) + "," +
          std::to_string(row.channels_in / row.group) + "," + kernel + "," + kernel + "]\n",
      "g (float[1," + std::to_string(row.channels_in) + "," + side + "," + side +
          "] x) => (float[a,b,c,d] y) { y = Conv <group = " + std::to_string(row.group) +
          ", pads = [" + pad + "," + pad + "," + pad + "," + pad + "]> (x, w) }");
  const NodeFigures& node = model.node("y");
  CAPTURE(row.output, row.kernel, row.channels_in, row.group);
  CHECK(node.macs.value() == row.macs);
  CHECK(node.course_flops.value() == row.macs);
  CHECK(node.course_bytes.value() == row.bytes);
  CHECK(static_cast<double>(node.course_flops.value()) /
            static_cast<double>(node.course_bytes.value()) ==
        Approx(row.intensity).epsilon(1e-9));
}

}  // namespace

TEST_CASE("course: convolutions by kernel size", "[course]") {
  for (const ConvRow& row :
       std::vector<ConvRow>{{56, 1, 256, 256, 1, 205520896, 3473408, 59.16981132075472},
                            {56, 3, 256, 256, 1, 1849688064, 5570560, 332.0470588235294},
                            {56, 5, 256, 256, 1, 5138022400, 9764864, 526.1744966442953},
                            {56, 7, 256, 256, 1, 10070523904, 16056320, 627.2},
                            {56, 9, 256, 256, 1, 16647192576, 24444928, 681.0080428954424},
                            {56, 11, 256, 256, 1, 24868028416, 34930688, 711.9249530956848}}) {
    check_conv(row);
  }
}

TEST_CASE("course: convolutions by output size", "[course]") {
  for (const ConvRow& row :
       std::vector<ConvRow>{{7, 3, 256, 256, 1, 28901376, 2409472, 11.994900127496813},
                            {14, 3, 256, 256, 1, 115605504, 2560000, 45.1584},
                            {28, 3, 256, 256, 1, 462422016, 3162112, 146.23834196891193},
                            {56, 3, 256, 256, 1, 1849688064, 5570560, 332.0470588235294},
                            {112, 3, 256, 256, 1, 7398752256, 15204352, 486.62068965517244},
                            {224, 3, 256, 256, 1, 29595009024, 53739520, 550.7121951219513}}) {
    check_conv(row);
  }
}

TEST_CASE("course: convolutions by channels", "[course]") {
  for (const ConvRow& row :
       std::vector<ConvRow>{{56, 3, 16, 16, 1, 7225344, 209920, 34.41951219512195},
                            {56, 3, 32, 32, 1, 28901376, 438272, 65.94392523364486},
                            {56, 3, 64, 64, 1, 115605504, 950272, 121.65517241379311},
                            {56, 3, 128, 128, 1, 462422016, 2195456, 210.62686567164178},
                            {56, 3, 256, 256, 1, 1849688064, 5570560, 332.0470588235294},
                            {56, 3, 512, 512, 1, 7398752256, 15859712, 466.5123966942149}}) {
    check_conv(row);
  }
}

TEST_CASE("course: convolutions by groups", "[course]") {
  for (const ConvRow& row :
       std::vector<ConvRow>{{56, 3, 32, 32, 32, 903168, 402560, 2.243561208267091},
                            {56, 3, 32, 32, 16, 1806336, 403712, 4.47431832593532},
                            {56, 3, 32, 32, 8, 3612672, 406016, 8.897856242118538},
                            {56, 3, 32, 32, 4, 7225344, 410624, 17.596009975062344},
                            {56, 3, 32, 32, 2, 14450688, 419840, 34.41951219512195},
                            {56, 3, 32, 32, 1, 28901376, 438272, 65.94392523364486}}) {
    check_conv(row);
  }
}

TEST_CASE("course: what reshapes cost", "[course]") {
  // Six layers of 112 x 112 x 32, of which some are reshapes.
  const auto chain = [](int reshapes) {
    std::string nodes, directives;
    std::string last = "x";
    for (int layer = 0; layer < 6; ++layer) {
      const std::string output = layer == 5 ? "y" : "t" + std::to_string(layer);
      if (layer < 6 - reshapes) {
        const std::string weight = "w" + std::to_string(layer);
        directives += "@weight " + weight + " float32[32,32,3,3]\n";
        nodes += output + " = Conv <pads = [1,1,1,1]> (" + last + ", " + weight + ")\n";
      } else {
        nodes += output + " = Reshape (" + last + ", same)\n";
      }
      last = output;
    }
    return analysed_text(directives,
                         "g (float[1,32,112,112] x) => (float[a,b,c,d] y) "
                         "<int64[4] same = {1, 32, 112, 112}> {\n" +
                             nodes + "}");
  };
  const auto intensity = [](const test::Analysed& model) {
    return static_cast<double>(model.totals().course_flops.value()) /
           static_cast<double>(model.totals().course_bytes.value());
  };
  const auto none = chain(0);
  CHECK(none.node("y").course_bytes.value() == 1642496);
  CHECK(intensity(none) == Approx(70.3840399));
  const auto half = chain(3);
  CHECK(half.node("y").course_bytes.value() == 1605632);
  CHECK(half.node("y").bytes.outputs.value() == 0);
  CHECK(intensity(half) == Approx(35.59142497));
  CHECK(intensity(chain(5)) == Approx(11.95425667));
}

TEST_CASE("course: fully connected layers", "[course]") {
  struct Row {
    int in, out;
    uint64_t macs, bytes;
    double intensity;
  };
  for (const Row& row : {Row{25088, 4096, 102760448, 411058176, 0.249990035},
                         Row{4096, 4096, 16777216, 67125248, 0.24993898},
                         Row{4096, 1000, 4096000, 16388000, 0.24993898}}) {
    const std::string in = std::to_string(row.in), out = std::to_string(row.out);
    // A weight of this size is not made for the test: it lies in a file that is not there.
    const auto model = analysed_text(
        "@external w float32[" + out + "," + in + "] at absent.bin 0\n",
        "g (float[1," + in + "] x) => (float[a,b] y) { y = Gemm <transB = 1> (x, w) }");
    const NodeFigures& node = model.node("y");
    CHECK(node.course_flops.value() == row.macs);
    CHECK(node.course_bytes.value() == row.bytes);
    CHECK(static_cast<double>(row.macs) / static_cast<double>(row.bytes) == Approx(row.intensity));
  }
}

TEST_CASE("course: access volume", "[course]") {
  // 5 x 5 x 3 by two 3 x 3 x 3 kernels: (54 + 18) x 4 bytes
  const auto model =
      analysed_text("@weight w float32[2,3,3,3]\n",
                    "g (float[1,3,5,5] x) => (float[a,b,c,d] y) { y = Conv (x, w) }");
  CHECK(model.totals().course_bytes.value() == 288);
}

TEST_CASE("course: peaks of processors", "[course]") {
  CHECK(cpu_peak(8, 3000, 2, 256, 64) == Approx(0.384e12));
  CHECK(cpu_peak(8, 3000, 2, 256, 32) == Approx(0.768e12));
}

TEST_CASE("course: peaks of an A100", "[course]") {
  struct Row {
    double fma, tera;
  };
  // FP64, FP32, FP16 and INT8 on CUDA cores; FP64, TF32, FP16, INT8 and INT4 on tensor cores
  for (const Row& row : {Row{32, 9.7}, Row{64, 19.5}, Row{256, 78}, Row{256, 78}, Row{64, 19.5},
                         Row{512, 156}, Row{1024, 312}, Row{2048, 624}, Row{4096, 1248}}) {
    CHECK(gpu_peak(108, 1410, row.fma) / 1e12 == Approx(row.tera).epsilon(0.005));
  }
  const auto device = find_device("A100 SXM 80GB");
  REQUIRE(device.has_value());
  const auto& peaks = device->peaks;
  CHECK(*peaks.at(Precision::Fp32).vector == 19.5e12);
  CHECK(*peaks.at(Precision::Fp16).vector == 78e12);
  CHECK(*peaks.at(Precision::Int8).vector == 78e12);
  CHECK(*peaks.at(Precision::Tf32).tensor == 156e12);
  CHECK(*peaks.at(Precision::Fp16).tensor == 312e12);
  CHECK(*peaks.at(Precision::Bf16).tensor == 312e12);
  CHECK(*peaks.at(Precision::Int8).tensor == 624e12);
  CHECK(*peaks.at(Precision::Int4).tensor == 1248e12);
  for (const Precision precision :
       {Precision::Tf32, Precision::Fp16, Precision::Bf16, Precision::Int8, Precision::Int4}) {
    CHECK(*peaks.at(precision).tensor_sparse == 2 * *peaks.at(precision).tensor);
  }
}

TEST_CASE("course: bandwidths", "[course]") {
  CHECK(memory_bandwidth(2666, 1, 64, 6) == Approx(127.968e9));
  CHECK(memory_bandwidth(2666, 1, 64, 2) == Approx(42.656e9));
  CHECK(memory_bandwidth(1750, 8, 384, 1) == Approx(672e9));
  CHECK(memory_bandwidth(877, 2, 4096, 1) == Approx(898.048e9));
}

TEST_CASE("course: ridge points on its own peaks and bandwidths", "[course]") {
  // peaks in T(FL)OP/s, bandwidth in GB/s, ridge in FLOP/B
  struct Row {
    double peak, bandwidth, ridge, tolerance;
  };
  for (const Row& row :
       {Row{29.8, 760.32, 39.2, 0.05}, Row{119, 760.32, 156.5, 0.05}, Row{238, 760.32, 313.0, 0.05},
        Row{1.4, 137, 10.2, 0.05}, Row{11.2, 137, 81.8, 0.05}, Row{22.4, 137, 163.5, 0.05}}) {
    const std::string file =
        R"({"schema": "trtreport-device/1", "name": "d", "kind": "gpu", "peaks": {"fp16": {"tensor": )" +
        std::to_string(row.peak * 1e12) + R"(}}, "bandwidth": {"dram": )" +
        std::to_string(row.bandwidth * 1e9) + "}}";
    const auto device = parse_device(file, "d.json", PeakSource::Preferred);
    REQUIRE(device.has_value());
    const auto model = analysed_node("float[1] x", "y = Relu (x)", "float[1] y");
    const Roofline roofline = model.roofline(*device, Precision::Fp16);
    CHECK(*roofline.ridge == Approx(row.ridge).margin(row.tolerance));
  }
}

TEST_CASE("course: intensity of whole models", "[course]") {
  // GFLOPs x 1000 / MB of weights and outputs, as the table has it.
  struct Row {
    double weights, outputs, gflops, intensity;
  };
  for (const Row& row :
       {Row{528, 58, 16, 27.30375427}, Row{548, 63, 20, 32.73322422}, Row{45, 23, 2, 29.41176471},
        Row{83, 35, 4, 33.89830508}, Row{98, 193, 4, 13.74570447}, Row{170, 155, 8, 24.61538462},
        Row{31, 126, 3, 19.10828025}, Row{110, 235, 8, 23.1884058}}) {
    CHECK(row.gflops * 1000 / (row.weights + row.outputs) == Approx(row.intensity));
  }
}
