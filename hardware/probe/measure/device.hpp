// What CUDA and NVML say of a GPU.
#pragma once

#include "base/result.hpp"
#include "driver/nvml.hpp"

#include <string>

namespace trtprobe {

// Number of GPUs that CUDA sees; 0 with a reason where there is none or CUDA does not work.
int device_count(std::string& reason);

// Facts of one; does not start a context on it.
DeviceInfo device_info(int index);

std::string pci_bus_id(int index);

// Completes what only NVML knows.
void add_facts(DeviceInfo& device, const NvmlFacts& facts);

Surroundings surroundings(const NvmlFacts& facts);

// Why the GPU is taken to be busy; empty: it is not, or nobody can tell. Looks for a quarter
// second, and must look before the probe itself starts to use the GPU.
std::string busy(const Nvml& nvml);

}  // namespace trtprobe
