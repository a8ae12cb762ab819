// Attributes, not the members of cudaDeviceProp that CUDA 13 removed.
#include "measure/device.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <thread>

#include <cuda_runtime.h>
#include <sys/utsname.h>

namespace trtprobe {
namespace {

std::optional<double> attribute(cudaDeviceAttr which, int index, double unit) {
  int value = 0;
  if (cudaDeviceGetAttribute(&value, which, index) != cudaSuccess || value <= 0) {
    static_cast<void>(cudaGetLastError());
    return std::nullopt;
  }
  return value * unit;
}

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

// Jetson's power mode, if its tool left a note of it ("pmode:0000").
std::optional<std::string> jetson_power_mode() {
  std::ifstream file("/var/lib/nvpmodel/status");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

std::string uuid_text(const cudaUUID_t& uuid) {
  std::string text;
  for (const char byte : uuid.bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(byte));
    text += digits;
  }
  return text;
}

}  // namespace

int device_count(std::string& reason) {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    reason = cudaGetErrorString(error);
    return 0;
  }
  if (count == 0) reason = "CUDA sees none";
  return count;
}

DeviceInfo device_info(int index) {
  DeviceInfo device;
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, index) == cudaSuccess) {
    device.name = properties.name;
    device.uuid = uuid_text(properties.uuid);
    device.major = properties.major;
    device.minor = properties.minor;
    device.sms = properties.multiProcessorCount;
    device.memory_bytes = static_cast<double>(properties.totalGlobalMem);
    if (properties.l2CacheSize > 0) device.l2_bytes = properties.l2CacheSize;
    device.integrated = properties.integrated != 0;
    if (!device.integrated) device.ecc = properties.ECCEnabled != 0;
  }
  device.clock_mhz = attribute(cudaDevAttrClockRate, index, 1e-3);
  if (device.integrated) {
    device.power_mode = jetson_power_mode();
  } else {
    device.memory_clock_mhz = attribute(cudaDevAttrMemoryClockRate, index, 1e-3);
    device.bus_bits = attribute(cudaDevAttrGlobalMemoryBusWidth, index, 1);
  }
  return device;
}

std::string pci_bus_id(int index) {
  char id[32] = "";
  if (cudaDeviceGetPCIBusId(id, sizeof id, index) != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
  }
  return id;
}

void add_facts(DeviceInfo& device, const NvmlFacts& facts) {
  if (!device.integrated && !device.memory_clock_mhz) {
    device.memory_clock_mhz = facts.memory_clock_mhz;
  }
  device.power_limit_w = facts.power_limit_w;
  if (facts.ecc) device.ecc = facts.ecc;
  device.mig = facts.mig;
  device.pcie_generation = facts.pcie_generation;
  device.pcie_lanes = facts.pcie_lanes;
}

Surroundings surroundings(const NvmlFacts& facts) {
  Surroundings around;
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  char date[16] = "";
  if (gmtime_r(&now, &utc) != nullptr) std::strftime(date, sizeof date, "%Y-%m-%d", &utc);
  around.date = date;
  around.driver = facts.driver;
  int version = 0;
  if (cudaDriverGetVersion(&version) == cudaSuccess) around.cuda_driver = version_text(version);
  if (cudaRuntimeGetVersion(&version) == cudaSuccess) around.cuda_runtime = version_text(version);
  utsname system{};
  if (uname(&system) == 0) {
    around.os = std::string(system.sysname) + " " + system.release + " " + system.machine;
  }
  return around;
}

std::string busy(const Nvml& nvml) {
  constexpr unsigned kIdlePercent = 10;
  unsigned most = 0;
  unsigned processes = 0;
  for (int i = 0; i < 5; ++i) {
    const NvmlUse use = nvml.use();
    if (!use.utilization && !use.processes) return "";
    most = std::max(most, use.utilization.value_or(0));
    processes = std::max(processes, use.processes.value_or(0));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  if (most >= kIdlePercent) return "in use " + std::to_string(most) + " % of the time";
  if (processes > 0) return std::to_string(processes) + " other process(es) compute on it";
  return "";
}

}  // namespace trtprobe
