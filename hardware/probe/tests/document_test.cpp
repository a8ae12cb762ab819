// Theory against the figures that vendors print, the device file, and the table on the terminal.
#include "base/document.hpp"

#include "base/table.hpp"
#include "base/theory.hpp"
#include "catch.hpp"

using namespace trtprobe;

namespace {

DeviceInfo chip(const char* name, int major, int minor, int sms, double clock_mhz) {
  DeviceInfo device;
  device.name = name;
  device.major = major;
  device.minor = minor;
  device.sms = sms;
  device.clock_mhz = clock_mhz;
  return device;
}

double tera(const char* row, const DeviceInfo& device, double clock_mhz) {
  return theory(row, device, clock_mhz).value_or(0) / 1e12;
}

}  // namespace

TEST_CASE("theory meets the datasheets", "[theory]") {
  const DeviceInfo h100 = chip("NVIDIA H100 80GB HBM3", 9, 0, 132, 1980);
  CHECK(tera("vector_fp32", h100, 1980) == Approx(66.9).epsilon(0.005));
  CHECK(tera("vector_fp64", h100, 1980) == Approx(33.5).epsilon(0.005));
  CHECK(tera("tensor_fp64", h100, 1980) == Approx(66.9).epsilon(0.005));
  CHECK(tera("tensor_bf16", h100, 1830) == Approx(989.4).epsilon(0.005));
  CHECK(tera("tensor_bf16_sparse", h100, 1830) == Approx(1979).epsilon(0.005));
  CHECK(tera("tensor_fp8_e4m3_f32", h100, 1830) == Approx(1979).epsilon(0.005));
  CHECK(tera("tensor_int8", h100, 1830) == Approx(1979).epsilon(0.005));
  CHECK(tera("tensor_tf32", h100, 1830) == Approx(494.7).epsilon(0.005));
  const DeviceInfo a100 = chip("NVIDIA A100-SXM4-80GB", 8, 0, 108, 1410);
  CHECK(tera("tensor_fp16_f32", a100, 1410) == Approx(312).epsilon(0.005));
  CHECK(tera("tensor_int4", a100, 1410) == Approx(1248).epsilon(0.005));
  CHECK(tera("tensor_fp64", a100, 1410) == Approx(19.5).epsilon(0.005));
  const DeviceInfo rtx4090 = chip("NVIDIA GeForce RTX 4090", 8, 9, 128, 2520);
  CHECK(tera("tensor_fp16_f32", rtx4090, 2520) == Approx(165.2).epsilon(0.005));
  CHECK(tera("tensor_fp16_f16", rtx4090, 2520) == Approx(330.3).epsilon(0.005));
  CHECK(tera("tensor_tf32", rtx4090, 2520) == Approx(82.6).epsilon(0.005));
  CHECK(tera("tensor_fp8_e4m3_f32", rtx4090, 2520) == Approx(330.3).epsilon(0.005));
  CHECK(tera("tensor_int8", rtx4090, 2520) == Approx(660.6).epsilon(0.005));
  const DeviceInfo a10 = chip("NVIDIA A10", 8, 6, 72, 1695);
  CHECK(tera("tensor_fp16_f32", a10, 1695) == Approx(125).epsilon(0.005));
  const DeviceInfo t4 = chip("Tesla T4", 7, 5, 40, 1590);
  CHECK(tera("tensor_fp16_f32", t4, 1590) == Approx(65).epsilon(0.005));
  CHECK(tera("tensor_int8", t4, 1590) == Approx(130).epsilon(0.005));
  const DeviceInfo rtx5090 = chip("NVIDIA GeForce RTX 5090", 12, 0, 170, 2407);
  CHECK(tera("tensor_nvf4", rtx5090, 2407) == Approx(1676).epsilon(0.005));
  CHECK(tera("tensor_fp16_f32", rtx5090, 2407) == Approx(209.5).epsilon(0.005));
}

TEST_CASE("absent is told from unknown", "[theory]") {
  const DeviceInfo h100 = chip("NVIDIA H100 PCIe", 9, 0, 114, 1755);
  CHECK(has_unit("tensor_int4", h100) == false);
  CHECK(has_unit("tensor_bf16_sparse", h100) == true);
  CHECK(has_unit("tensor_nvf4", h100) == false);
  const DeviceInfo t4 = chip("Tesla T4", 7, 5, 40, 1590);
  CHECK(has_unit("tensor_bf16", t4) == false);
  CHECK(has_unit("tensor_fp16_f32_sparse", t4) == false);
  const DeviceInfo future = chip("NVIDIA X", 15, 0, 200, 2000);
  CHECK_FALSE(has_unit("tensor_bf16", future).has_value());
  CHECK_FALSE(theory("tensor_bf16", future, 2000).has_value());
}

TEST_CASE("theory of memory", "[theory]") {
  DeviceInfo h200 = chip("NVIDIA H200", 9, 0, 132, 1980);
  CHECK_FALSE(theory("dram_read", h200, 1980).has_value());
  h200.memory_clock_mhz = 3201;
  h200.bus_bits = 6144;
  h200.pcie_generation = 5;
  h200.pcie_lanes = 16;
  CHECK(*theory("dram_copy", h200, 0) == Approx(4.917e12).epsilon(0.001));
  CHECK(*theory("pcie_h2d", h200, 0) == Approx(63.0e9).epsilon(0.001));
  CHECK(*theory("shared_read", h200, 1980) == Approx(33.45e12).epsilon(0.001));
  h200.mig = true;
  CHECK_FALSE(theory("dram_read", h200, 0).has_value());
  h200.mig = false;
  h200.integrated = true;
  CHECK_FALSE(theory("dram_read", h200, 0).has_value());
}

TEST_CASE("the device file", "[document]") {
  Findings findings;
  findings.device = chip("NVIDIA H200", 9, 0, 132, 1980);
  findings.device.uuid = "0123456789abcdef";
  findings.device.memory_bytes = 150754820096.0;
  findings.surroundings.date = "2026-11-21";
  findings.surroundings.os = "Linux 6.1 x86_64";
  findings.mode = "quick";
  Row row;
  row.name = "tensor_bf16";
  row.unit = "FLOP/s";
  row.method = "wgmma.m64n256k16";
  row.status = Status::kOk;
  row.median = 9.1e14;
  row.spread = 0.004;
  row.samples = 8;
  row.clock_mhz = 1755;
  row.theory_at_clock = 9.49e14;
  row.throttle = {"sw_power_cap"};
  row.best = true;
  Row absent;
  absent.name = "tensor_int4";
  absent.unit = "FLOP/s";
  absent.status = Status::kUnsupported;
  absent.reason = "compute capability 9.0 has no such unit";
  findings.rows = {row, absent};
  findings.curves = {{"l2", {{1048576, 5.1e12}}}};
  const std::string text = device_document(findings);
  const auto holds = [&text](const char* part) { return text.find(part) != std::string::npos; };
  CHECK(holds("\"schema\": \"trtreport-device/1\""));
  CHECK(holds("\"name\": \"NVIDIA H200\""));
  CHECK(holds("\"aliases\": [\"nvidia-h200\"]"));
  CHECK(holds("\"compute_capability\": \"9.0\""));
  CHECK(holds("\"bf16\": 2048"));
  CHECK(holds("\"memory_bytes\": 150754820096"));
  CHECK(
      holds("{\"name\": \"tensor_bf16\", \"unit\": \"FLOP/s\", \"regime\": \"burst\", \"median\": "
            "9.1e+14, \"spread\": 0.004,"));
  CHECK(holds("\"throttle\": [\"sw_power_cap\"], \"method\": \"wgmma.m64n256k16\""));
  CHECK(holds(
      "\"status\": \"unsupported\", \"reason\": \"compute capability 9.0 has no such unit\""));
  CHECK(holds("[1048576, 5100000000000]"));
  CHECK(holds("\"max\": null, \"samples\": null,"));
  CHECK(holds("\"driver\": null"));
  CHECK_FALSE(holds(findings.device.uuid.c_str()));
  CHECK(holds("\"uuid_hash\": \"9f9f5111f7b27a78\""));
}

TEST_CASE("file names", "[document]") {
  CHECK(slug("NVIDIA H100 80GB HBM3") == "nvidia-h100-80gb-hbm3");
  CHECK(slug("../x  (Y)") == "x-y");
  CHECK(slug("") == "device");
}

TEST_CASE("figures with units", "[table]") {
  CHECK(with_unit(9.124e14, "FLOP/s") == "912.4 TFLOP/s");
  CHECK(with_unit(1.9e15, "FLOP/s") == "1.90 PFLOP/s");
  CHECK(with_unit(4.41e12, "B/s") == "4.41 TB/s");
  CHECK(with_unit(2.31e-6, "s") == "2.31 us");
  CHECK(with_unit(12, "B/s") == "12 B/s");
}

TEST_CASE("the table names what has no figure", "[table]") {
  Findings findings;
  Row row;
  row.name = "tensor_int4";
  row.unit = "FLOP/s";
  row.status = Status::kUnsupported;
  row.reason = "no such unit";
  findings.rows = {row};
  CHECK(result_table(findings).find("unsupported: no such unit") != std::string::npos);
}
