// A host in memory for tests of the bindings: files by id, the document collected, reads counted.
#pragma once

#include "wasm/bindings.hpp"

#include <cstring>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace trtreport::wasm_test {

struct MemoryHost {
  std::map<uint32_t, std::string> files;
  std::string written;
  bool takes = true;
  uint64_t reads = 0;
};

inline MemoryHost& host() {
  static MemoryHost one;
  return one;
}

inline uint32_t read_file(uint32_t file, double offset, void* out, uint32_t length) {
  ++host().reads;
  const std::string& bytes = host().files[file];
  const size_t at = static_cast<size_t>(offset);
  if (at >= bytes.size()) return 0;
  const size_t count = std::min<size_t>(length, bytes.size() - at);
  std::memcpy(out, bytes.data() + at, count);
  return static_cast<uint32_t>(count);
}

inline int write_text(const char* text, uint32_t length) {
  if (host().takes) host().written.append(text, length);
  return host().takes ? 1 : 0;
}

// A fresh host, which the bindings use from now on.
inline void reset_host() {
  host() = {};
  trtreport_set_host(read_file, write_text);
  trtreport_close();
}

inline nlohmann::json call(void (*function)(), const std::string& request = {}) {
  std::memcpy(trtreport_request(static_cast<uint32_t>(request.size())), request.data(),
              request.size());
  function();
  return nlohmann::json::parse(std::string_view(trtreport_answer(), trtreport_answer_length()));
}

inline nlohmann::json call(void (*function)(), const nlohmann::json& request) {
  return call(function, request.dump());
}

// Registers `bytes` as file `id` and answers how an open request names it.
inline nlohmann::json add_file(uint32_t id, const std::string& name, const std::string& bytes) {
  host().files[id] = bytes;
  return {{"id", id}, {"name", name}, {"size", bytes.size()}};
}

inline nlohmann::json open_model(const std::string& name, const std::string& bytes) {
  return call(trtreport_open, nlohmann::json{{"model", add_file(1, name, bytes)}});
}

// The document that analyse writes under `options`; the error where there is none.
inline std::string document(const nlohmann::json& options = nlohmann::json::object()) {
  host().written.clear();
  const nlohmann::json answer = call(trtreport_analyse, options);
  return answer.contains("error") ? answer.dump() : host().written;
}

}  // namespace trtreport::wasm_test
