// A list whose items never move, so that others may point at them. std::deque does the same with
// four times the code an instance.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace trtreport {

// A power of two, so that finding an item is shifts.
constexpr size_t items_per_block(size_t item_bytes) {
  size_t items = 1;
  while (2 * items * item_bytes <= 1024) items *= 2;
  return items;
}

// Grows at its end only. Moving the list leaves the items where they are.
template <class T>
class StableList {
  template <class Item>
  class Iterator;

 public:
  using value_type = T;
  using iterator = Iterator<T>;
  using const_iterator = Iterator<const T>;

  StableList() = default;
  StableList(StableList&& other) noexcept
      : blocks_(std::move(other.blocks_)), size_(std::exchange(other.size_, 0)) {
    other.blocks_.clear();
  }
  StableList& operator=(StableList&& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~StableList() { clear(); }

  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (size_ == blocks_.size() * kPerBlock)
      blocks_.push_back(::operator new(kPerBlock * sizeof(T)));
    T* item = new (place(size_)) T(std::forward<Arguments>(arguments)...);
    ++size_;
    return *item;
  }
  void push_back(T item) { emplace_back(std::move(item)); }
  void clear() {
    if constexpr (!std::is_trivially_destructible_v<T>) {
      for (size_t index = 0; index < size_; ++index) place(index)->~T();
    }
    for (void* block : blocks_) ::operator delete(block);
    blocks_.clear();
    size_ = 0;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t index) { return *place(index); }
  const T& operator[](size_t index) const { return *place(index); }
  T& front() { return *place(0); }
  const T& front() const { return *place(0); }
  T& back() { return *place(size_ - 1); }
  const T& back() const { return *place(size_ - 1); }
  iterator begin() { return {blocks_.data(), 0}; }
  iterator end() { return {blocks_.data(), size_}; }
  const_iterator begin() const { return {blocks_.data(), 0}; }
  const_iterator end() const { return {blocks_.data(), size_}; }

 private:
  static constexpr size_t kPerBlock = items_per_block(sizeof(T));

  template <class Item>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = Item*;
    using reference = Item&;

    Iterator() = default;
    Iterator(void* const* blocks, size_t index) : blocks_(blocks), index_(index) {}
    Item& operator*() const {
      return static_cast<Item*>(blocks_[index_ / kPerBlock])[index_ % kPerBlock];
    }
    Item* operator->() const { return &**this; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++index_;
      return before;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    void* const* blocks_ = nullptr;
    size_t index_ = 0;
  };

  T* place(size_t index) const {
    return static_cast<T*>(blocks_[index / kPerBlock]) + index % kPerBlock;
  }

  std::vector<void*> blocks_;
  size_t size_ = 0;
};

}  // namespace trtreport
