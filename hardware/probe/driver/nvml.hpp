// NVML, which comes with the driver, by dlopen: clocks, power, temperature and what holds them
// down. Whatever is missing - the library, a permission, a reading - is empty, never an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace trtprobe {

struct NvmlReading {
  std::optional<double> power_w;
  std::optional<double> temperature_c;
  std::uint64_t throttle = 0;  // NVML's bits
};

struct NvmlFacts {
  std::optional<std::string> driver;
  std::optional<double> memory_clock_mhz;
  std::optional<double> power_limit_w;
  std::optional<bool> ecc;
  std::optional<bool> mig;
  std::optional<int> pcie_generation;
  std::optional<int> pcie_lanes;
};

// Whether others use the GPU: in per cent of the last moments, and by processes that compute.
struct NvmlUse {
  std::optional<unsigned> utilization;
  std::optional<unsigned> processes;
};

class Nvml {
 public:
  // The device at this PCI bus id ("0000:17:00.0"): NVML does not know of CUDA_VISIBLE_DEVICES.
  explicit Nvml(const std::string& pci_bus_id);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  // Why there are no readings; empty where there are.
  const std::string& missing() const { return missing_; }

  NvmlFacts facts() const;
  NvmlReading reading() const;
  NvmlUse use() const;

 private:
  struct Functions;
  std::unique_ptr<Functions> functions_;
  void* device_ = nullptr;
  std::string missing_;
};

}  // namespace trtprobe
