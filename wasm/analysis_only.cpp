// The module that the page draws its first report with holds nothing that reads weight values.
#include "wasm/session.hpp"

namespace trtreport::wasm {

std::unique_ptr<Session> make_session(Host& host) { return std::make_unique<Session>(host); }

}  // namespace trtreport::wasm
