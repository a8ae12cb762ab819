// The calculator against the tables of the course that this project grew from. Where a slide
// misprints, the right figure is tested and the misprint named.
#include "cli/derive.hpp"

#include "catch.hpp"
#include "roofline/device.hpp"

using namespace trtreport;
using namespace trtreport::cli;

TEST_CASE("derive: the A100 by SMs, clock and rate", "[derive]") {
  struct Row {
    double rate, tera;
  };
  // FMA a clock and SM; 108 SMs at 1.41 GHz. CUDA cores FP64, FP32, FP16, INT8, then tensor cores
  // FP64, TF32, FP16 and BF16, INT8, INT4, in FLOP/s and OP/s dense.
  for (const Row& row : {Row{32, 9.7}, Row{64, 19.5}, Row{256, 78}, Row{256, 78}, Row{64, 19.5},
                         Row{512, 156}, Row{1024, 312}, Row{2048, 624}, Row{4096, 1248}}) {
    CAPTURE(row.rate);
    CHECK(gpu_peak(108, 1410, row.rate) / 1e12 == Approx(row.tera).epsilon(0.005));
  }
}

TEST_CASE("derive: a Haswell i7 by cores, clock and vector units", "[derive]") {
  CHECK(cpu_peak(8, 3000, 2, 256, 64) == Approx(0.384e12));
  CHECK(cpu_peak(8, 3000, 2, 256, 32) == Approx(0.768e12));
  // 16 and 32 FLOP a clock and core.
  CHECK(cpu_peak(1, 1, 2, 256, 64) / 1e6 == 16);
  CHECK(cpu_peak(1, 1, 2, 256, 32) / 1e6 == 32);
}

TEST_CASE("derive: bandwidths of DDR4, GDDR6 and HBM2", "[derive]") {
  CHECK(memory_bandwidth(1333, 2, 64, 6) == Approx(127.968e9));   // Xeon Gold 6000
  CHECK(memory_bandwidth(1333, 2, 64, 2) == Approx(42.656e9));    // Core i7-8700
  CHECK(memory_bandwidth(1750, 8, 384, 1) == Approx(672e9));      // Quadro RTX 6000
  CHECK(memory_bandwidth(877, 2, 4096, 1) == Approx(898.048e9));  // Tesla V100
}

TEST_CASE("derive: the course's devices and their ridges", "[derive]") {
  const auto ridge = [](double peak, double bandwidth) {
    DeriveNumbers given;
    given.peak = peak;
    given.bandwidth = bandwidth;
    return derivation_text(Action::DeriveRidge, given);
  };
  const auto ends = [](const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
  };
  // RTX 3080; the slide's unit of the ridge, TFLOPs/byte, should be FLOPs/byte.
  CHECK(ends(ridge(29.8e12, 760.32e9), "= 39.2 FLOP/byte\n"));
  CHECK(ends(ridge(119e12, 760.32e9), "= 157 FLOP/byte\n"));
  CHECK(ends(ridge(238e12, 760.32e9), "= 313 FLOP/byte\n"));
  // Jetson AGX Xavier on the slide's peaks; its 900 MHz would give 0.92 TFLOP/s, not 1.4, which is
  // that of 1377 MHz.
  CHECK(ends(ridge(1.4e12, 137e9), "= 10.2 FLOP/byte\n"));
  CHECK(ends(ridge(11.2e12, 137e9), "= 81.8 FLOP/byte\n"));
  CHECK(gpu_peak(8, 900, 64) == Approx(0.92e12).epsilon(0.01));
  CHECK(gpu_peak(8, 1377, 64) == Approx(1.4e12).epsilon(0.01));
  // 8704 cores, 68 SMs, at 1.71 GHz.
  CHECK(gpu_peak(68, 1710, 8704 / 68) == Approx(29.8e12).epsilon(0.005));
}

TEST_CASE("derive: the derivation is printed", "[derive]") {
  DeriveNumbers given;
  given.sms = 108;
  given.clock_mhz = 1410;
  given.rate = 1024;
  CHECK(derivation_text(Action::DeriveGpu, given) ==
        "peak = SMs x clock x FMA per clock and SM x 2\n"
        "     = 108 x 1410 MHz x 1024 x 2\n"
        "     = 312 TFLOP/s (311,869,440,000,000 FLOP/s)\n");
  given.transfers = 2;
  given.bus_bits = 64;
  given.channels = 6;
  given.clock_mhz = 1333;
  CHECK(derivation_text(Action::DeriveMemory, given) ==
        "bandwidth = clock x transfers per clock x bus / 8 x channels\n"
        "          = 1333 MHz x 2 x 64 bit / 8 x 6\n"
        "          = 128 GB/s (127,968,000,000 B/s)\n");
}
