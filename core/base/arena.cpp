// Arena blocks and the open-addressing string table.
#include "base/arena.hpp"

namespace trtreport {
namespace {

constexpr size_t kBlockSize = 64 * 1024;

uint64_t hash_text(std::string_view text) {  // FNV-1a, 64 bit
  uint64_t hash = 14695981039346656037ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash ^ (hash >> 32);
}

}  // namespace

void* Arena::allocate(size_t size, size_t alignment) {
  const size_t skip = (alignment - reinterpret_cast<uintptr_t>(next_) % alignment) % alignment;
  if (next_ != nullptr && skip <= left_ && size <= left_ - skip) {
    std::byte* result = next_ + skip;
    next_ = result + size;
    left_ -= skip + size;
    return result;
  }
  if (size > kBlockSize / 4) {  // a block of its own; the current one goes on
    blocks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[size]));
    return blocks_.back().get();
  }
  blocks_.push_back(std::unique_ptr<std::byte[]>(new std::byte[kBlockSize]));
  next_ = blocks_.back().get() + size;
  left_ = kBlockSize - size;
  return blocks_.back().get();
}

StringTable::StringTable() : strings_{std::string_view()}, slots_(1024, 0) {}

size_t StringTable::slot(std::string_view text, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t index = static_cast<size_t>(hash) & mask;
  while (slots_[index] != 0 && strings_[slots_[index] - 1] != text) index = (index + 1) & mask;
  return index;
}

void StringTable::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (uint32_t index = 1; index < strings_.size(); ++index) {
    slots_[slot(strings_[index], hash_text(strings_[index]))] = index + 1;
  }
}

StringId StringTable::intern(std::string_view text) {
  if (text.empty()) return StringId::Empty;
  const uint64_t hash = hash_text(text);
  const size_t index = slot(text, hash);
  if (slots_[index] != 0) return static_cast<StringId>(slots_[index] - 1);
  const std::span<const char> stored = arena_.copy(std::span<const char>(text.data(), text.size()));
  const uint32_t id = static_cast<uint32_t>(strings_.size());
  strings_.push_back({stored.data(), stored.size()});
  slots_[index] = id + 1;
  if (strings_.size() * 2 > slots_.size()) grow();
  return static_cast<StringId>(id);
}

StringId StringTable::find(std::string_view text) const {
  if (text.empty()) return StringId::Empty;
  const size_t index = slot(text, hash_text(text));
  return slots_[index] == 0 ? StringId::Empty : static_cast<StringId>(slots_[index] - 1);
}

}  // namespace trtreport
