// `trtreport device derive`: the formulas of peaks as a calculator that shows its work.
#pragma once

#include "cli/options.hpp"

#include <string>

namespace trtreport::cli {

// Formula, numbers and result, one line each. `action` is one of Action::Derive…
std::string derivation_text(Action action, const DeriveNumbers& numbers);

}  // namespace trtreport::cli
