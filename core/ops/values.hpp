// Small tensors known before running: reading their elements, moving them about, storing them as an
// output's value. Every rule that makes shapes out of values stands on these few functions.
#pragma once

#include "ops/infer.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trtreport::ops {

// One element: a symbolic integer (bools are 0 and 1), a plain real, or nothing known.
struct Element {
  enum class Kind : uint8_t { Unknown, Integer, Real };

  Kind kind = Kind::Unknown;
  Dim dim;          // Integer
  double real = 0;  // Real

  static Element unknown() { return {}; }
  static Element of(const Dim& dim) { return {Kind::Integer, dim, 0}; }
  static Element of_real(double real) { return {Kind::Real, {}, real}; }

  bool known() const { return kind != Kind::Unknown; }
  // A plain number, not an expression.
  bool is_number() const {
    return kind == Kind::Real || (kind == Kind::Integer && dim.is_number());
  }
  // Only where is_number().
  double number() const { return kind == Kind::Real ? real : static_cast<double>(dim.number()); }
  // The same as an integer; empty where it is a fraction, not finite, or unknown.
  std::optional<Dim> integer() const;
};

using Elements = std::vector<Element>;
using Extents = std::vector<int64_t>;  // a shape of plain numbers, small enough to carry a value

// Empty where a dim is no number, or where there are more than kMostValueElements.
std::optional<Extents> small_extents(std::span<const Dim> dims);
std::optional<Extents> small_extents(const Shape& shape);  // empty where the rank is unknown, too
// The number of elements; `extents` must come from small_extents or be as small.
uint64_t volume(const Extents& extents);
// Row-major, in elements.
Extents strides_of(const Extents& extents);

// An input whose contents and extents are known.
struct Operand {
  const Value* value = nullptr;
  Extents extents;

  uint64_t size() const { return value->size(); }
  Element at(uint64_t index) const;
  // Plain integers; empty where an element is none.
  std::optional<std::vector<int64_t>> integers() const;
};

Element element_of(const Value& value, uint64_t index);
std::optional<Operand> operand(InferContext& context, int index);
// False where the input surely carries no value. Costs nothing, while asking for a value may read
// the file: rules of several inputs ask this of all before they ask for one.
bool may_have_value(InferContext& context, int index);
// Each of the first `count` inputs may.
bool may_have_values(InferContext& context, int count);

// Stores elements as the value of an output whose type is set. Unknown elements become hidden
// sizes; too many of them, and the value is dropped.
void store(InferContext& context, int output, const Elements& elements);
// Stores `source` rearranged: element i of the output is element from[i].
void store_picked(InferContext& context, int output, const Value& source,
                  std::span<const uint32_t> from);
// Stores the input's value unchanged, for outputs that hold the same elements in the same order.
void store_same(InferContext& context, int output, int input);

// Visits every index of `extents`, last axis fastest. The visitor takes a const Extents&.
template <typename Visit>
void for_each_index(const Extents& extents, Visit visit) {
  const uint64_t count = volume(extents);
  Extents index(extents.size(), 0);
  for (uint64_t done = 0; done < count; ++done) {
    visit(static_cast<const Extents&>(index));
    for (size_t axis = extents.size(); axis-- > 0;) {
      if (++index[axis] < extents[axis]) break;
      index[axis] = 0;
    }
  }
}

// Position of `index` in a tensor of these strides.
uint64_t offset_of(const Extents& index, const Extents& strides);

// For each element of `to`, the element of `from` that numpy broadcasting puts there; empty where
// `from` does not broadcast to `to`.
std::optional<std::vector<uint32_t>> broadcast_map(const Extents& from, const Extents& to);

}  // namespace trtreport::ops
