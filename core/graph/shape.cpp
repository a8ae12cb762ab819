// What a shape can tell about itself.
#include "graph/shape.hpp"

#include <algorithm>

namespace trtreport {

bool Shape::is_static() const {
  if (!known()) return false;
  const std::span<const Dim> all = dims();
  return std::all_of(all.begin(), all.end(), [](const Dim& dim) { return dim.is_number(); });
}

}  // namespace trtreport
