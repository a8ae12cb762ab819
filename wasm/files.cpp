// See files.hpp.
#include "wasm/files.hpp"

#include <algorithm>
#include <cstring>

namespace trtreport::wasm {
namespace {

constexpr uint64_t kBlockBytes = 16 * 1024;
constexpr size_t kMostBlocks = 16;

std::string_view without_dot(std::string_view path) {
  while (path.substr(0, 2) == "./") path.remove_prefix(2);
  return path;
}

}  // namespace

std::string base_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

HostSource::HostSource(Host& host, const HostFile& file)
    : host_(host), id_(file.id), name_(base_name(file.name)), size_(file.size) {}

size_t HostSource::read(uint64_t offset, std::span<std::byte> out) {
  if (offset >= size_ || out.empty()) return 0;
  const size_t want = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - offset));
  if (want > kBlockBytes / 2) return std::min(want, host_.read(id_, offset, out.first(want)));
  const Block& found = block_at(offset);
  if (!found.holds(offset)) return 0;
  const size_t begin = static_cast<size_t>(offset - found.begin);
  const size_t count = std::min(want, found.bytes.size() - begin);
  std::memcpy(out.data(), found.bytes.data() + begin, count);
  return count;
}

// Blocks begin where something was asked for, so that what follows a jump takes one call.
const HostSource::Block& HostSource::block_at(uint64_t offset) {
  Block* oldest = nullptr;
  for (Block& each : blocks_) {
    if (each.holds(offset)) {
      each.used = ++uses_;
      return each;
    }
    if (oldest == nullptr || each.used < oldest->used) oldest = &each;
  }
  if (blocks_.size() < kMostBlocks) oldest = &blocks_.emplace_back();
  oldest->begin = offset;
  oldest->bytes.resize(static_cast<size_t>(std::min(kBlockBytes, size_ - offset)));
  oldest->bytes.resize(std::min(host_.read(id_, offset, oldest->bytes), oldest->bytes.size()));
  oldest->used = ++uses_;
  return *oldest;
}

const HostFile* HostFiles::find(std::string_view location) const {
  const HostFile* same_base = nullptr;
  size_t bases = 0;
  const std::string base = base_name(location);
  for (const HostFile& file : files_) {
    if (without_dot(file.name) == without_dot(location)) return &file;
    if (base_name(file.name) != base) continue;
    same_base = &file;
    ++bases;
  }
  return bases == 1 ? same_base : nullptr;
}

tl::expected<std::shared_ptr<ByteSource>, Error> HostFiles::open(std::string_view location) {
  if (const std::string_view cause = refusal_of(location); !cause.empty()) {
    return tl::unexpected(Error{"external_data_refused", std::string(cause)});
  }
  const HostFile* file = find(location);
  if (file == nullptr) {
    return tl::unexpected(Error{"external_data_missing", std::string(kNoSuchExternalFile)});
  }
  return std::make_shared<HostSource>(host_, *file);
}

}  // namespace trtreport::wasm
