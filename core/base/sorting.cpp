// Merge sort from the bottom up; runs of eight are sorted by insertion first.
#include "base/sorting.hpp"

#include <algorithm>

namespace trtreport {
namespace {

constexpr size_t kRun = 8;

}  // namespace

std::vector<uint32_t> sorted_positions(size_t count, LessAt less_at, const void* context) {
  std::vector<uint32_t> from(count), to(count);
  for (size_t index = 0; index < count; ++index) {
    const uint32_t position = static_cast<uint32_t>(index);
    size_t place = index;
    for (; place % kRun != 0 && less_at(context, position, from[place - 1]); --place)
      from[place] = from[place - 1];
    from[place] = position;
  }
  for (size_t width = kRun; width < count; width *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * width) {
      const size_t middle = std::min(begin + width, count), end = std::min(middle + width, count);
      size_t left = begin, right = middle;
      for (size_t place = begin; place < end; ++place) {
        const bool take_right =
            left == middle || (right < end && less_at(context, from[right], from[left]));
        to[place] = from[take_right ? right++ : left++];
      }
    }
    from.swap(to);
  }
  return from;
}

}  // namespace trtreport
