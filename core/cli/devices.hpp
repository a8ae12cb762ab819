// Devices by name or file, and the `device` command.
#pragma once

#include "cli/options.hpp"
#include "roofline/device.hpp"

#include <string>

#include <tl/expected.hpp>

namespace trtreport::cli {

// NAME or FILE, each with an optional @measured or @datasheet. A file is what has a slash in it,
// ends in .json, or is there while no device has the name. `content` becomes a file's text; it
// stays empty for a device by name.
tl::expected<Device, Error> load_device(const std::string& argument,
                                        std::string* content = nullptr);

// `trtreport device …`; prints to standard output and gives the exit status.
int run_device_command(const CommandLine& line);

}  // namespace trtreport::cli
