// What the probe finds: rows and curves, and what is known of the device and its surroundings.
// Everything is in base units; unknown is empty, never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trtprobe {

enum class Status { kOk, kUnsupported, kSkipped, kSuspect, kError };

const char* to_string(Status status);

// One quantity by one method in one regime.
struct Row {
  std::string name;  // as in hardware/devices/SCHEMA.md
  std::string unit;  // FLOP/s, B/s or s
  std::string regime = "burst";
  std::string method;
  std::string configuration;
  Status status = Status::kSkipped;
  std::string reason;  // of every status but kOk
  std::optional<double> median;
  std::optional<double> spread;  // (p90 - p10) / median
  std::optional<double> minimum;
  std::optional<double> maximum;
  int samples = 0;
  std::optional<double> clock_mhz;  // of the SMs, during the samples
  std::optional<double> power_w;    // in bursts that of samples and pauses together
  std::optional<double> temperature_c;
  std::vector<std::string> throttle;
  std::optional<double> theory_at_clock;
  bool best = false;  // the row that the quantity's peak is read from
};

struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  // working set in B, rate in B/s
};

struct DeviceInfo {
  std::string name;
  std::string uuid;  // hashed before it is written
  int major = 0;
  int minor = 0;
  int sms = 0;
  std::optional<double> clock_mhz;  // boost
  std::optional<double> memory_clock_mhz;
  std::optional<double> bus_bits;
  std::optional<double> l2_bytes;
  std::optional<double> memory_bytes;
  std::optional<double> power_limit_w;
  std::optional<std::string> power_mode;
  std::optional<bool> ecc;
  std::optional<bool> mig;
  bool integrated = false;
  std::optional<int> pcie_generation;
  std::optional<int> pcie_lanes;

  int compute_capability() const { return major * 10 + minor; }
};

struct Surroundings {
  std::string date;  // UTC, YYYY-MM-DD
  std::optional<std::string> driver;
  std::string cuda_driver;
  std::string cuda_runtime;
  std::string os;
};

struct Findings {
  DeviceInfo device;
  Surroundings surroundings;
  std::string mode;  // quick, default or sustained
  std::vector<Row> rows;
  std::vector<Curve> curves;
};

// Marks, of the rows of each name that are ok and of the same regime, the one with the highest
// median (the lowest of rows in seconds).
void mark_best(std::vector<Row>& rows);

}  // namespace trtprobe
