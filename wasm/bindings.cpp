// The C functions over one Session. This is where everything that might be thrown ends.
#include "wasm/bindings.hpp"

#include "wasm/answering.hpp"
#include "wasm/session.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <string>

#ifdef __EMSCRIPTEN__
#include <emscripten.h>

// clang-format off
EM_JS(uint32_t, trtreport_js_read, (uint32_t file, double offset, void* out, uint32_t length), {
  return Module["trtreportRead"](file >>> 0, offset, out >>> 0, length >>> 0);
});
EM_JS(int, trtreport_js_write, (const char* text, uint32_t length), {
  return Module["trtreportWrite"](text >>> 0, length >>> 0) ? 1 : 0;
});
// clang-format on
#endif

namespace {

using namespace trtreport;

constexpr uint64_t kMostOffset = uint64_t{1} << 53;
constexpr size_t kMostRead = size_t{1} << 30;

struct Functions {
#ifdef __EMSCRIPTEN__
  trtreport_read_function read = trtreport_js_read;
  trtreport_write_function write = trtreport_js_write;
#else
  trtreport_read_function read = nullptr;
  trtreport_write_function write = nullptr;
#endif
};

class CHost : public wasm::Host {
 public:
  Functions functions;

  size_t read(uint32_t file, uint64_t offset, std::span<std::byte> out) override {
    if (functions.read == nullptr || offset > kMostOffset) return 0;
    const size_t want = std::min(out.size(), kMostRead);
    const size_t got =
        functions.read(file, static_cast<double>(offset), out.data(), static_cast<uint32_t>(want));
    return std::min(got, want);
  }
  bool write(std::string_view text) override {
    if (functions.write == nullptr) return false;
    return functions.write(text.data(), static_cast<uint32_t>(text.size())) != 0;
  }
};

struct Instance {
  CHost host;
  std::unique_ptr<wasm::Session> session = wasm::make_session(host);
  std::string request, answer;
  bool lost = false;
};

Instance& instance() {
  static Instance all;
  return all;
}

constexpr std::string_view kNoMemory =
    R"({"error":{"code":"out_of_memory","message":"the memory does not suffice"}})";
constexpr std::string_view kLost =
    R"({"error":{"code":"lost","message":"an earlier fault has ended this instance"}})";

}  // namespace

// In WebAssembly the code between a fault and here does not tidy up (see core/CMakeLists.txt), so
// nothing of the instance is touched again: its host throws it away.
void wasm::answer_with(std::string (*call)(wasm::Session&, std::string_view)) {
  Instance& all = instance();
  if (all.lost) {
    all.answer = kLost;
    return;
  }
  try {
    all.answer = call(*all.session, std::string_view(all.request));
    all.request.clear();
  } catch (const std::bad_alloc&) {
    all.lost = true;
    all.answer = kNoMemory;
  } catch (const std::exception& fault) {
    all.lost = true;
    all.answer = wasm::error_text({"internal", fault.what()});
  } catch (...) {
    all.lost = true;
    all.answer = R"({"error":{"code":"internal","message":"an unknown fault"}})";
  }
}

extern "C" {

char* trtreport_request(uint32_t bytes) {
  std::string& request = instance().request;
  try {
    request.assign(bytes, '\0');
  } catch (...) {
    request.clear();
    return nullptr;
  }
  return request.data();
}

void trtreport_open(void) {
  wasm::answer_with(
      [](wasm::Session& session, std::string_view request) { return session.open(request); });
}

void trtreport_analyse(void) {
  wasm::answer_with(
      [](wasm::Session& session, std::string_view request) { return session.analyse(request); });
}

void trtreport_recompute(void) {
  wasm::answer_with(
      [](wasm::Session& session, std::string_view request) { return session.recompute(request); });
}

void trtreport_skeleton(void) {
  wasm::answer_with([](wasm::Session& session, std::string_view) { return session.skeleton(); });
}

void trtreport_devices(void) {
  wasm::answer_with(
      [](wasm::Session& session, std::string_view request) { return session.devices(request); });
}

void trtreport_library(void) {
  wasm::answer_with([](wasm::Session&, std::string_view request) {
    const auto error = set_device_library(request);
    return error ? wasm::error_text(*error) : std::string("{}");
  });
}

void trtreport_close(void) {
  wasm::answer_with([](wasm::Session& session, std::string_view) {
    session.close();
    return std::string("{}");
  });
}

const char* trtreport_answer(void) { return instance().answer.c_str(); }

uint32_t trtreport_answer_length(void) { return static_cast<uint32_t>(instance().answer.size()); }

void trtreport_set_host(trtreport_read_function read, trtreport_write_function write) {
  instance().host.functions = {read, write};
}

}  // extern "C"
