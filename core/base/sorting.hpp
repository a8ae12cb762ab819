// Sorting for lists that are not worth an instance of std::sort each, which takes six kilobytes of
// WebAssembly: the algorithm is compiled once and compares by position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace trtreport {

using LessAt = bool (*)(const void* context, uint32_t a, uint32_t b);

// The positions 0 to count - 1 in ascending order, equal ones as they were. `less_at` compares what
// lies at two positions.
std::vector<uint32_t> sorted_positions(size_t count, LessAt less_at, const void* context);

template <class Less>
std::vector<uint32_t> sorted_positions(size_t count, const Less& less_at) {
  return sorted_positions(
      count,
      [](const void* context, uint32_t a, uint32_t b) {
        return (*static_cast<const Less*>(context))(a, b);
      },
      &less_at);
}

// Sorts stably by `less`, or by the items' own order.
template <class T, class Less>
void sort_items(std::vector<T>& items, const Less& less) {
  const std::vector<uint32_t> order = sorted_positions(
      items.size(), [&](uint32_t a, uint32_t b) { return less(items[a], items[b]); });
  std::vector<T> sorted;
  sorted.reserve(items.size());
  for (const uint32_t position : order) sorted.push_back(std::move(items[position]));
  items = std::move(sorted);
}

template <class T>
void sort_items(std::vector<T>& items) {
  sort_items(items, [](const T& a, const T& b) { return a < b; });
}

}  // namespace trtreport
