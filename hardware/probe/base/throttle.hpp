// Why the driver holds the clock down, by name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trtprobe {

// Names of NVML's bits of clock event reasons ("sw_power_cap"); being idle is no reason worth a
// mention and is left out, an unknown bit is named by its number.
std::vector<std::string> throttle_names(std::uint64_t bits);

}  // namespace trtprobe
