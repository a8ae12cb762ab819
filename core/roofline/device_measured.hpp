// What trtprobe measured, put in the place of the datasheet's figures. Which row stands for which
// figure: hardware/devices/SCHEMA.md.
#pragma once

#include "roofline/device.hpp"
#include "roofline/device_reader.hpp"

namespace trtreport {

// Checks the block "measured" as a whole; faults go to the reader.
void check_measured(DeviceReader& reader, const Json& measured);

// Replaces figures of `device`, which holds the datasheet's, and says of each one which row it is,
// or that it was not measured. False, and nothing touched, where no peak or no bandwidth was
// measured: half a measurement is none. `measured` has passed check_measured.
bool take_measured(const Json& measured, Device& device);

// The power mode in which it was measured; empty where the device has none.
std::string measured_power_mode(const Json& measured);

}  // namespace trtreport
