// The normal form behind Dim: a sum of terms, each an integer times a product of atoms. Private to
// base/.
#pragma once

#include "base/dim.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport {

struct DimAtom {
  enum class Kind : uint8_t { Symbol, FloorDiv, Min, Max };
  Kind kind = Kind::Symbol;
  bool hidden = false;     // a hidden symbol, or made from one
  uint32_t id = 0;         // order of creation: the order of factors and terms
  int64_t least = 0;       // Symbol: its smallest value
  std::string name;        // Symbol
  std::string_view cause;  // hidden Symbol; otherwise that of the first hidden operand
  Dim a, b;                // operands of the other kinds
};

struct DimTerm {
  int64_t coefficient = 0;
  std::vector<const DimAtom*> factors;  // by id, repeated for powers; empty for the constant term
};

struct DimExpression {
  std::vector<DimTerm>
      terms;  // graded order, the constant last; never empty, never a constant alone
  DimTable* table = nullptr;  // null for the overflow sentinel
  bool hidden = false;
  std::string_view cause;  // of the first hidden factor
};

// Sizes past which an expression becomes a hidden dim: a hostile model must not grow them.
inline constexpr size_t kMostTerms = 24;
inline constexpr size_t kMostFactors = 10;
inline constexpr int kMostDepth = 12;  // atoms within atoms

// Closed interval that holds for every value of the symbols; a missing end is unbounded.
struct DimBounds {
  std::optional<int64_t> low, high;
};
DimBounds bounds(const Dim& dim);

}  // namespace trtreport
