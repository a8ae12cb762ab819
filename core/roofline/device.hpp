// A device: peaks, bandwidth and memory, each with its source. Read from hardware/devices/*.json
// (embedded at build time) or a user's file of the same schema, "trtreport-device/1".
#pragma once

#include "base/diagnostics.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport {

// Arithmetic precisions of an engine, in the order in which reports list them.
enum class Precision : uint8_t { Fp32, Tf32, Fp16, Bf16, Fp8, Int8, Fp4, Int4, Model };
inline constexpr int kPrecisionCount = 9;
std::string_view name(Precision precision);  // "fp32", …, "model"
std::optional<Precision> precision_from_name(std::string_view name);

// Dense peaks of one precision in FLOP/s (integer operations counted alike); sparse ones apart.
// Missing: the unit lacks it.
struct Peak {
  std::optional<double> tensor;
  std::optional<double> tensor_sparse;
  std::optional<double> vector;
  std::string accumulate;  // of the tensor peak: "fp32", "fp16", "int32"; empty where not said
};

// How a figure came about, e.g. {"fp16 tensor", "132 SM x 1830 MHz x 2048 FMA x 2", 9.89e14}.
struct Derivation {
  std::string figure;
  std::string formula;
  double value = 0;
};

struct Device {
  std::string name;
  std::vector<std::string> aliases;
  std::string vendor;
  std::string kind;                // "gpu" or "cpu"
  std::string compute_capability;  // "8.6"; empty for CPUs
  std::string power_mode;          // that the figures are of, where one was asked for
  std::vector<std::string> power_modes;
  bool measured = false;  // peaks and bandwidth are the probe's, as far as it measured them
  std::map<Precision, Peak> peaks;
  Peak fp64;                             // of models as they are stored: no engine computes in it
  std::optional<double> dram_bandwidth;  // B/s
  std::optional<uint64_t> memory_bytes, l2_bytes;
  std::optional<double> power_w;
  std::optional<double> launch_seconds;  // per kernel; no datasheet states it
  // Accelerators beside the GPU, which no engine on the GPU uses: "engines", "int8", ….
  std::vector<std::pair<std::string, double>> dla;
  std::vector<Derivation> derivations;
  std::vector<std::pair<std::string, std::string>> sources, confidence, exceptions;

  // Major * 10 + minor of the compute capability; 0 where there is none.
  int capability() const;
};

enum class PeakSource : uint8_t {
  Preferred,
  Datasheet,
  Measured
};  // Preferred: measured where there is any

// The derivations' arithmetic, in base units (FLOP/s, B/s): a fused multiply-add is two operations.
double gpu_peak(double sms, double clock_mhz, double fma_per_clock_per_sm);
double cpu_peak(double cores, double clock_mhz, double fma_units, double simd_bits,
                double lane_bits);
double memory_bandwidth(double clock_mhz, double transfers_per_clock, double bus_bits,
                        double channels);

// Parses one device file (hardware/devices/SCHEMA.md). Derives what the file leaves to `structure`:
// GPU peak = SMs x clock x FMA per clock and SM x 2; CPU peak = cores x clock x FMA units x SIMD
// lanes x 2; bandwidth = memory clock x transfers x bus bits / 8 x channels. In a power mode the
// name has ":MODE" behind it. Errors name the field. Error codes: bad_device_file, no_such_source,
// no_such_mode.
tl::expected<Device, Error> parse_device(std::string_view json, std::string_view file,
                                         PeakSource source, std::string_view power_mode = {});

// The library's devices, sorted by name.
struct DeviceName {
  std::string name;
  std::vector<std::string> aliases, power_modes;
  bool measured = false;
};
std::vector<DeviceName> device_names();

// NAME[:MODE][@measured|@datasheet] of a device of the library, name and mode matched exactly or by
// alias (case-insensitively), never by substring. Error code unknown_device with the nearest names
// in the message; those of parse_device.
tl::expected<Device, Error> find_device(std::string_view name);

// WebAssembly has but the default device built in, for its size's sake: the page hands the others
// over, as [{"file":"name.json","content":"{…}"}]. Replaces what was handed over before. Error code
// bad_device_file; then nothing changes. Not to be called while another thread looks a device up.
std::optional<Error> set_device_library(std::string_view json);

inline constexpr std::string_view kDefaultDevice = "NVIDIA H100 SXM";

}  // namespace trtreport
