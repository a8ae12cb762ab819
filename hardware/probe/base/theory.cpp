// The table of rates. -1: not known, 0: no such unit.
#include "base/theory.hpp"

namespace trtprobe {
namespace {

struct Rates {
  int compute_capability;
  double fp64, fp32, fp16, bf16, int32, dp4a;  // CUDA cores; dp4a counts its four products
  // Tensor cores, dense: sums in FP64, FP32 (professional and consumer), FP16, INT32.
  double t_fp64, t_tf32, t_fp16_f32, t_fp16_f16, t_int8, t_int4, t_fp8_f32, t_fp8_f16, t_fp4,
      t_nvf4;
  double consumer;  // share of the rate that consumer products have with sums in FP32
};

// clang-format off
constexpr Rates kRates[] = {
    // cc fp64 fp32 fp16 bf16  i32 dp4a | fp64 tf32 f16/32 f16/16   i8   i4 f8/32 f8/16  fp4  nvf4 consumer
    {53,    4,  128,  256,    0,   -1,    0,       0,    0,      0,      0,    0,    0,     0,     0,    0,     0,   1},
    {60,   32,   64,  128,    0,   -1,    0,       0,    0,      0,      0,    0,    0,     0,     0,    0,     0,   1},
    {61,    4,  128,    2,    0,   -1,  512,       0,    0,      0,      0,    0,    0,     0,     0,    0,     0,   1},
    {62,    4,  128,  256,    0,   -1,   -1,       0,    0,      0,      0,    0,    0,     0,     0,    0,     0,   1},
    {70,   32,   64,  128,    0,   64,  256,       0,    0,    512,    512,    0,    0,     0,     0,    0,     0,   1},
    {72,   -1,   64,  128,    0,   64,  256,       0,    0,    512,    512, 1024,    0,     0,     0,    0,     0,   1},
    {75,    2,   64,  128,    0,   64,  256,       0,    0,    512,    512, 1024, 2048,     0,     0,    0,     0, 0.5},
    {80,   32,   64,  256,  128,   64,  256,      64,  512,   1024,   1024, 2048, 4096,     0,     0,    0,     0,   1},
    {86,    2,  128,   -1,   -1,   64,  256,      -1,  256,    512,    512, 1024, 2048,     0,     0,    0,     0, 0.5},
    {87,    2,  128,  256,   -1,   64,  256,      -1,  512,   1024,   1024, 2048,   -1,     0,     0,    0,     0,   1},
    {89,    2,  128,  128,  128,   64,  256,      -1,  256,    512,    512, 1024, 2048,  1024,  1024,    0,     0, 0.5},
    {90,   64,  128,  256,  256,   64,  256,     128, 1024,   2048,   2048, 4096,    0,  4096,  4096,    0,     0,   1},
    {100,   64,  128,  128,   -1,   -1,   -1,      -1, 2048,   4096,   4096, 8192,    0,  8192,  8192,   -1, 16384,   1},
    {103,   -1,  128,  128,   -1,   -1,   -1,      -1, 2048,   4096,   4096,   -1,    0,  8192,  8192,   -1,    -1,   1},
    {110,   -1,  128,   -1,   -1,   -1,   -1,      -1, 2048,   4096,   4096,   -1,    0,  8192,  8192,   -1, 16384,   1},
    {120,    2,  128,  128,   -1,   64,   -1,      -1,  256,    512,    512, 1024,    0,  1024,  1024, 1024,  2048, 0.5},
    {121,    2,  128,  128,   -1,   64,   -1,      -1,  256,    512,    512, 1024,    0,  1024,  1024, 1024,  2048, 0.5},
};
// clang-format on

struct Column {
  const char* row;
  double Rates::*rate;
  bool halved_for_consumers;
};

constexpr Column kColumns[] = {
    {"vector_fp64", &Rates::fp64, false},
    {"vector_fp32", &Rates::fp32, false},
    {"vector_fp16", &Rates::fp16, false},
    {"vector_bf16", &Rates::bf16, false},
    {"vector_int32", &Rates::int32, false},
    {"vector_dp4a", &Rates::dp4a, false},
    {"tensor_fp64", &Rates::t_fp64, false},
    {"tensor_tf32", &Rates::t_tf32, true},
    {"tensor_fp16_f32", &Rates::t_fp16_f32, true},
    {"tensor_fp16_f16", &Rates::t_fp16_f16, false},
    {"tensor_bf16", &Rates::t_fp16_f32, true},
    {"tensor_int8", &Rates::t_int8, false},
    {"tensor_int4", &Rates::t_int4, false},
    {"tensor_fp8_e4m3_f32", &Rates::t_fp8_f32, true},
    {"tensor_fp8_e4m3_f16", &Rates::t_fp8_f16, false},
    {"tensor_fp8_e5m2_f32", &Rates::t_fp8_f32, true},
    {"tensor_fp4_f32", &Rates::t_fp4, true},
    {"tensor_mxf4", &Rates::t_nvf4, false},
    {"tensor_nvf4", &Rates::t_nvf4, false},
};

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (text.size() < suffix.size() || text.substr(text.size() - suffix.size()) != suffix)
    return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Two transfers a clock over the whole bus. The boards with memory of their CPU report a clock that
// is not their memory's, and an instance of a partitioned GPU has a share that nobody states.
std::optional<double> dram_rate(const DeviceInfo& device) {
  if (device.integrated || device.mig.value_or(false)) return std::nullopt;
  if (!device.memory_clock_mhz || !device.bus_bits) return std::nullopt;
  return *device.memory_clock_mhz * 1e6 * 2 * *device.bus_bits / 8;
}

// Gigabits a second and lane, less the code's share: 8b/10b up to generation 2, 128b/130b from 3
// on, none from 6 on (242 of 256 bytes carry data).
std::optional<double> pcie_rate(const DeviceInfo& device) {
  constexpr double kBits[] = {0,
                              2.5e9 * 0.8,
                              5e9 * 0.8,
                              8e9 * 128 / 130,
                              16e9 * 128 / 130,
                              32e9 * 128 / 130,
                              64e9 * 242 / 256};
  if (!device.pcie_generation || !device.pcie_lanes) return std::nullopt;
  const int generation = *device.pcie_generation;
  if (generation < 1 || generation > 6) return std::nullopt;
  return kBits[generation] / 8 * *device.pcie_lanes;
}

}  // namespace

std::optional<double> fma_per_clock_per_sm(std::string_view row, int compute_capability,
                                           bool consumer) {
  const bool sparse = take_suffix(row, "_sparse");
  for (const Column& column : kColumns) {
    if (row != column.row) continue;
    for (const Rates& rates : kRates) {
      if (rates.compute_capability != compute_capability) continue;
      if (sparse && compute_capability < 80) return 0;
      double rate = rates.*column.rate;
      // BF16 came to the tensor cores with 8.0.
      if (row == "tensor_bf16" && compute_capability < 80) rate = 0;
      if (rate < 0) return std::nullopt;
      if (column.halved_for_consumers && consumer) rate *= rates.consumer;
      return sparse ? rate * 2 : rate;
    }
  }
  return std::nullopt;
}

bool is_consumer(std::string_view device_name) {
  return device_name.find("GeForce") != std::string_view::npos ||
         device_name.find("TITAN") != std::string_view::npos;
}

std::optional<double> theory(std::string_view row, const DeviceInfo& device, double clock_mhz) {
  if (starts_with(row, "dram_")) return dram_rate(device);
  if (starts_with(row, "pcie_")) return pcie_rate(device);
  if (row == "shared_read") {
    if (device.compute_capability() < 70) return std::nullopt;
    return device.sms * clock_mhz * 1e6 * 128;
  }
  const std::optional<double> fma =
      fma_per_clock_per_sm(row, device.compute_capability(), is_consumer(device.name));
  if (!fma || *fma == 0) return std::nullopt;
  return device.sms * clock_mhz * 1e6 * *fma * 2;
}

std::optional<bool> has_unit(std::string_view row, const DeviceInfo& device) {
  const std::optional<double> fma =
      fma_per_clock_per_sm(row, device.compute_capability(), is_consumer(device.name));
  if (!fma) return std::nullopt;
  return *fma > 0;
}

}  // namespace trtprobe
