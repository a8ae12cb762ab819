// What every exported function goes through: its request, its answer, and where exceptions end.
#pragma once

#include "wasm/session.hpp"

#include <string>
#include <string_view>

namespace trtreport::wasm {

void answer_with(std::string (*call)(Session&, std::string_view));

}  // namespace trtreport::wasm
