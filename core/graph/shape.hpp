// Types of tensors and the small values that make shapes. Both are symbolic: see base/dim.hpp.
#pragma once

#include "base/dim.hpp"
#include "base/dtype.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace trtreport {

// An immutable view of dims that a Graph owns (interned: equal shapes share storage), or unknown
// rank.
class Shape {
 public:
  constexpr Shape() = default;  // rank unknown
  static Shape unknown() { return {}; }

  bool known() const {
    return rank_ >= 0;
  }  // the rank is known; single dims may still be symbolic or hidden
  int rank() const { return rank_; }  // -1 where unknown
  const Dim& operator[](int axis) const { return dims_[axis]; }
  std::span<const Dim> dims() const { return {dims_, rank_ < 0 ? 0u : static_cast<size_t>(rank_)}; }
  Dims copy() const { return Dims(dims().begin(), dims().end()); }
  // Every dim is a number.
  bool is_static() const;
  // Product of the dims (1 for a scalar). Only where known().
  Dim elements() const { return product(dims()); }

  // Interned storage: identity is equality.
  friend bool operator==(const Shape& a, const Shape& b) {
    return a.rank_ == b.rank_ && (a.dims_ == b.dims_ || a.rank_ <= 0);
  }

 private:
  friend class Graph;
  constexpr Shape(const Dim* dims, int rank) : dims_(dims), rank_(rank) {}
  const Dim* dims_ = nullptr;
  int rank_ = -1;
};

// For Sequence and Optional kinds, dtype and shape are those of the tensors inside.
struct Type {
  TypeKind kind = TypeKind::Unknown;
  DType dtype = DType::Undefined;
  Shape shape;
};

// The contents of a small tensor, known before running. Integers and bools are Dims (bool: 0 or 1),
// so that shape arithmetic stays symbolic; floats are doubles (values of narrower types are exact
// in double), or Dims where they came from integers by Cast and stayed integral. A sequence holds
// the types and values of its elements.
struct Value {
  std::vector<Dim> dims;       // used when `reals` is empty
  std::vector<double> reals;   // floating tensors of plain numbers
  std::vector<Type> sequence;  // types of the elements, for Sequence kinds
  bool is_sequence = false;

  bool is_real() const { return !reals.empty(); }
  size_t size() const { return reals.empty() ? dims.size() : reals.size(); }
};

// Larger tensors carry no value: a hostile model must not make the analysis work.
inline constexpr uint64_t kMostValueElements = 16384;

}  // namespace trtreport
