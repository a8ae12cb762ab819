// Bits from nvml.h, "NvmlClocksEventReasons".
#include "base/throttle.hpp"

namespace trtprobe {
namespace {

constexpr const char* kNames[] = {
    nullptr,  // idle
    "application_clocks",
    "sw_power_cap",
    "hw_slowdown",
    "sync_boost",
    "sw_thermal_slowdown",
    "hw_thermal_slowdown",
    "hw_power_brake",
    "display_clocks",
};
constexpr unsigned kKnown = sizeof kNames / sizeof kNames[0];

}  // namespace

std::vector<std::string> throttle_names(std::uint64_t bits) {
  std::vector<std::string> names;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1U) == 0) continue;
    if (bit >= kKnown) {
      names.push_back("bit_" + std::to_string(bit));
    } else if (kNames[bit] != nullptr) {
      names.push_back(kNames[bit]);
    }
  }
  return names;
}

}  // namespace trtprobe
