// Bump allocation and string interning: a graph of 200,000 nodes is a few large blocks instead of a
// million small ones.
#pragma once

#include "base/stable_list.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace trtreport {

// Owns memory that is freed all at once. Only for trivially destructible types; pointers stay valid
// for its lifetime.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  void* allocate(size_t size, size_t alignment);

  template <class T>
  std::span<T> make(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    for (size_t index = 0; index < count; ++index) new (first + index) T();
    return {first, count};
  }

  template <class T>
  std::span<const T> copy(std::span<const T> source) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (source.empty()) return {};
    T* first = static_cast<T*>(allocate(source.size_bytes(), alignof(T)));
    std::memcpy(static_cast<void*>(first), source.data(), source.size_bytes());
    return {first, source.size()};
  }

  template <class T>
  std::span<const T> copy(const std::vector<T>& source) {
    return copy(std::span<const T>(source));
  }

 private:
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* next_ = nullptr;
  size_t left_ = 0;
};

// A string of a StringTable. Id 0 is the empty string.
enum class StringId : uint32_t { Empty = 0 };

// Interns strings: equal text, equal id. Views stay valid for the table's lifetime.
class StringTable {
 public:
  StringTable();
  StringTable(StringTable&&) = default;
  StringTable& operator=(StringTable&&) = default;

  StringId intern(std::string_view text);
  // The id of `text` if it was ever interned, else Empty (also for empty text).
  StringId find(std::string_view text) const;
  std::string_view view(StringId id) const { return strings_[static_cast<uint32_t>(id)]; }
  size_t size() const { return strings_.size(); }

 private:
  // Open addressing. The hash beside the id decides nearly every comparison without touching the
  // text, and lets the table grow without reading any.
  struct Slot {
    uint32_t hash = 0;
    uint32_t id = 0;  // 0: free, as the empty string is never stored
  };
  void grow();
  size_t slot(std::string_view text, uint32_t hash) const;

  Arena arena_;
  StableList<std::string_view> strings_;
  std::vector<Slot> slots_;
};

}  // namespace trtreport
