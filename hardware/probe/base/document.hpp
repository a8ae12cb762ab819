// The device file that the probe writes: schema trtreport-device/1, described in
// hardware/devices/SCHEMA.md. Theory stands in its ordinary members, what was found in `measured`.
#pragma once

#include "base/result.hpp"

#include <string>

namespace trtprobe {

extern const char* const kVersion;

// Host name and serial number are in none of it, and of the UUID only a hash.
std::string device_document(const Findings& findings);

// "NVIDIA H100 80GB HBM3" -> "nvidia-h100-80gb-hbm3": a file name and alias.
std::string slug(const std::string& name);

}  // namespace trtprobe
