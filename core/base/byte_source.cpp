// Bytes in memory as a source: what tests, the browser's small files and the fuzzer read from.
#include "base/byte_source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace trtreport {

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
