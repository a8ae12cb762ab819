// `trtreport serve`: the page on this machine, and a place that device files are uploaded to. What
// it takes and answers: hardware/devices/SCHEMA.md.
#pragma once

#include "cli/options.hpp"

#include <string_view>

namespace trtreport::cli {

// Until a signal ends it; gives the exit status.
int run_server(const ServeOptions& options);

// Whether only this machine reaches the address.
bool is_loopback(std::string_view address);

// Takes the same time for every wrong token.
bool same_token(std::string_view given, std::string_view wanted);

}  // namespace trtreport::cli
