// The few functions of NVML that the probe needs, declared here: their binary interface is fixed.
#include "driver/nvml.hpp"

#include "driver/library.hpp"

#include <vector>

namespace trtprobe {
namespace {

constexpr int kSuccess = 0;
constexpr int kInsufficientSize = 7;
constexpr int kTemperatureGpu = 0;
constexpr int kClockMemory = 2;
constexpr unsigned kPowerInstant = 186;  // a field: power without the averaging over a second
constexpr unsigned kValueUnsignedInt = 1;

struct FieldValue {
  unsigned field;
  unsigned scope;
  long long timestamp;
  long long latency;
  unsigned type;
  int status;
  union {
    double number;
    unsigned whole;
    unsigned long long wide;
  } value;
};

struct Utilization {
  unsigned gpu;
  unsigned memory;
};

struct ProcessInfo {
  unsigned pid;
  unsigned long long memory;
  unsigned gpu_instance;
  unsigned compute_instance;
};

using Handle = void*;
using GetUnsigned = int(Handle, unsigned*);

}  // namespace

struct Nvml::Functions {
  Library library{"libnvidia-ml.so.1", "libnvidia-ml.so"};
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*by_bus_id)(const char*, Handle*) = nullptr;
  int (*driver_version)(char*, unsigned) = nullptr;
  GetUnsigned* power = nullptr;
  GetUnsigned* power_limit = nullptr;
  int (*temperature)(Handle, int, unsigned*) = nullptr;
  int (*throttle)(Handle, unsigned long long*) = nullptr;
  int (*max_clock)(Handle, int, unsigned*) = nullptr;
  int (*ecc)(Handle, unsigned*, unsigned*) = nullptr;
  int (*mig)(Handle, unsigned*, unsigned*) = nullptr;
  GetUnsigned* pcie_generation = nullptr;
  GetUnsigned* pcie_lanes = nullptr;
  int (*utilization)(Handle, Utilization*) = nullptr;
  int (*processes)(Handle, unsigned*, ProcessInfo*) = nullptr;
  int (*fields)(Handle, int, FieldValue*) = nullptr;

  Functions() {
    library.find(init, "nvmlInit_v2");
    library.find(shutdown, "nvmlShutdown");
    library.find(by_bus_id, "nvmlDeviceGetHandleByPciBusId_v2");
    library.find(driver_version, "nvmlSystemGetDriverVersion");
    library.find(power, "nvmlDeviceGetPowerUsage");
    library.find(power_limit, "nvmlDeviceGetEnforcedPowerLimit");
    library.find(temperature, "nvmlDeviceGetTemperature");
    library.find(throttle, "nvmlDeviceGetCurrentClocksEventReasons");
    if (throttle == nullptr) library.find(throttle, "nvmlDeviceGetCurrentClocksThrottleReasons");
    library.find(max_clock, "nvmlDeviceGetMaxClockInfo");
    library.find(ecc, "nvmlDeviceGetEccMode");
    library.find(mig, "nvmlDeviceGetMigMode");
    library.find(pcie_generation, "nvmlDeviceGetMaxPcieLinkGeneration");
    library.find(pcie_lanes, "nvmlDeviceGetMaxPcieLinkWidth");
    library.find(utilization, "nvmlDeviceGetUtilizationRates");
    library.find(processes, "nvmlDeviceGetComputeRunningProcesses_v3");
    library.find(fields, "nvmlDeviceGetFieldValues");
  }
};

Nvml::Nvml(const std::string& pci_bus_id) : functions_(std::make_unique<Functions>()) {
  const Functions& f = *functions_;
  if (!f.library) {
    missing_ = "libnvidia-ml.so.1 is not there";
  } else if (f.init == nullptr || f.by_bus_id == nullptr || f.init() != kSuccess) {
    missing_ = "NVML does not start";
  } else if (f.by_bus_id(pci_bus_id.c_str(), &device_) != kSuccess) {
    device_ = nullptr;
    missing_ = "NVML does not show this device";
  }
}

Nvml::~Nvml() {
  if (device_ != nullptr && functions_->shutdown != nullptr) functions_->shutdown();
}

namespace {

std::optional<double> get(GetUnsigned* function, Handle device, double unit) {
  unsigned value = 0;
  if (function == nullptr || function(device, &value) != kSuccess) return std::nullopt;
  return value * unit;
}

std::optional<bool> get_mode(int (*function)(Handle, unsigned*, unsigned*), Handle device) {
  unsigned current = 0;
  unsigned pending = 0;
  if (function == nullptr || function(device, &current, &pending) != kSuccess) return std::nullopt;
  return current != 0;
}

std::optional<int> whole(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

}  // namespace

NvmlFacts Nvml::facts() const {
  NvmlFacts facts;
  if (device_ == nullptr) return facts;
  const Functions& f = *functions_;
  char version[96] = "";
  if (f.driver_version != nullptr && f.driver_version(version, sizeof version) == kSuccess) {
    facts.driver = version;
  }
  unsigned clock = 0;
  if (f.max_clock != nullptr && f.max_clock(device_, kClockMemory, &clock) == kSuccess) {
    facts.memory_clock_mhz = clock;
  }
  facts.power_limit_w = get(f.power_limit, device_, 1e-3);
  facts.ecc = get_mode(f.ecc, device_);
  facts.mig = get_mode(f.mig, device_);
  facts.pcie_generation = whole(get(f.pcie_generation, device_, 1));
  facts.pcie_lanes = whole(get(f.pcie_lanes, device_, 1));
  return facts;
}

NvmlReading Nvml::reading() const {
  NvmlReading reading;
  if (device_ == nullptr) return reading;
  const Functions& f = *functions_;
  FieldValue instant{};
  instant.field = kPowerInstant;
  const bool read = f.fields != nullptr && f.fields(device_, 1, &instant) == kSuccess &&
                    instant.status == kSuccess && instant.type == kValueUnsignedInt;
  reading.power_w =
      read ? std::optional<double>(instant.value.whole * 1e-3) : get(f.power, device_, 1e-3);
  unsigned degrees = 0;
  if (f.temperature != nullptr && f.temperature(device_, kTemperatureGpu, &degrees) == kSuccess) {
    reading.temperature_c = degrees;
  }
  unsigned long long bits = 0;
  if (f.throttle != nullptr && f.throttle(device_, &bits) == kSuccess) reading.throttle = bits;
  return reading;
}

NvmlUse Nvml::use() const {
  NvmlUse use;
  if (device_ == nullptr) return use;
  const Functions& f = *functions_;
  Utilization utilization{};
  if (f.utilization != nullptr && f.utilization(device_, &utilization) == kSuccess) {
    use.utilization = utilization.gpu;
  }
  unsigned count = 0;
  if (f.processes != nullptr) {
    const int status = f.processes(device_, &count, nullptr);
    if (status == kSuccess || status == kInsufficientSize) use.processes = count;
  }
  return use;
}

}  // namespace trtprobe
