// Arena blocks and the open-addressing string table.
#include "base/arena.hpp"

namespace trtreport {
namespace {

constexpr size_t kBlockSize = 64 * 1024;

// Eight bytes a step: names are 20 to 60 bytes long, and a large model has half a million of them.
uint32_t hash_text(std::string_view text) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15ull;  // 2^64 divided by the golden ratio
  uint64_t hash = text.size() * kOdd;
  const auto mix = [&hash](uint64_t word) {
    hash = (hash ^ word) * kOdd;
    hash ^= hash >> 32;
  };
  for (; text.size() >= sizeof(uint64_t); text.remove_prefix(sizeof(uint64_t))) {
    uint64_t word;
    std::memcpy(&word, text.data(), sizeof word);
    mix(word);
  }
  uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  mix(rest);
  return static_cast<uint32_t>(hash);
}

}  // namespace

void* Arena::allocate(size_t size, size_t alignment) {
  const size_t skip =
      (~reinterpret_cast<uintptr_t>(next_) + 1) & (alignment - 1);  // a power of two
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

StringTable::StringTable() : slots_(1024) { strings_.emplace_back(); }

size_t StringTable::slot(std::string_view text, uint32_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t index = hash & mask;
  while (slots_[index].id != 0 &&
         (slots_[index].hash != hash || strings_[slots_[index].id] != text)) {
    index = (index + 1) & mask;
  }
  return index;
}

void StringTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& entry : old) {
    if (entry.id == 0) continue;
    size_t index = entry.hash & mask;
    while (slots_[index].id != 0) index = (index + 1) & mask;
    slots_[index] = entry;
  }
}

StringId StringTable::intern(std::string_view text) {
  if (text.empty()) return StringId::Empty;
  const uint32_t hash = hash_text(text);
  const size_t index = slot(text, hash);
  if (slots_[index].id != 0) return static_cast<StringId>(slots_[index].id);
  const std::span<const char> stored = arena_.copy(std::span<const char>(text.data(), text.size()));
  const uint32_t id = static_cast<uint32_t>(strings_.size());
  strings_.push_back({stored.data(), stored.size()});
  slots_[index] = {hash, id};
  if (strings_.size() * 4 > slots_.size() * 3) grow();  // hashes are kept, so a probe is cheap
  return static_cast<StringId>(id);
}

StringId StringTable::find(std::string_view text) const {
  if (text.empty()) return StringId::Empty;
  return static_cast<StringId>(slots_[slot(text, hash_text(text))].id);
}

}  // namespace trtreport
