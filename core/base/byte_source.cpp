// Bytes in memory as a source: what tests, the browser's small files and the fuzzer read from.
#include "base/byte_source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace trtreport {
namespace {

bool has_parent_step(std::string_view path) {
  while (!path.empty()) {
    const size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace

std::string_view refusal_of(std::string_view location) {
  if (location.empty()) return "the model names no file";
  if (location.front() == '/') return "absolute paths are refused";
  if (has_parent_step(location)) return "paths with '..' are refused";
  if (location.find('\0') != std::string_view::npos) return "the path holds a zero byte";
  return {};
}

MemorySource::MemorySource(std::string name, std::span<const std::byte> bytes)
    : name_(std::move(name)), bytes_(bytes) {}

MemorySource::MemorySource(std::string name, std::vector<std::byte> bytes)
    : name_(std::move(name)), owned_(std::move(bytes)), bytes_(owned_) {}

size_t MemorySource::read(uint64_t offset, std::span<std::byte> out) {
  if (offset >= bytes_.size()) return 0;
  const std::span<const std::byte> rest = bytes_.subspan(static_cast<size_t>(offset));
  const size_t count = std::min(rest.size(), out.size());
  if (count > 0) std::memcpy(out.data(), rest.data(), count);
  return count;
}

}  // namespace trtreport
