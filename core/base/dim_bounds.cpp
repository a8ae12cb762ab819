// Interval arithmetic over dim expressions: what is certain of a size whatever its symbols are.
#include "base/dim_expression.hpp"

#include <algorithm>

namespace trtreport {
namespace {

using End = std::optional<int64_t>;

End add(End a, End b) {
  int64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return std::nullopt;
  return sum;
}

End multiply(End a, int64_t b) {
  int64_t result = 0;
  if (!a || __builtin_mul_overflow(*a, b, &result)) return std::nullopt;
  return result;
}

int64_t floor_quotient(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

DimBounds scale(DimBounds range, int64_t factor) {
  if (factor >= 0) return {multiply(range.low, factor), multiply(range.high, factor)};
  return {multiply(range.high, factor), multiply(range.low, factor)};
}

// Only products of ranges that are nowhere negative are followed; all sizes are of that kind.
DimBounds multiply(DimBounds a, DimBounds b) {
  if (!a.low || !b.low || *a.low < 0 || *b.low < 0) return {};
  const End high = a.high && b.high ? multiply(a.high, *b.high) : std::nullopt;
  return {multiply(a.low, *b.low).value_or(0), high};
}

End both(End a, End b, bool smaller) {
  if (!a || !b) return std::nullopt;
  return smaller ? std::min(*a, *b) : std::max(*a, *b);
}

End either(End a, End b, bool smaller) {
  if (!a) return b;
  if (!b) return a;
  return smaller ? std::min(*a, *b) : std::max(*a, *b);
}

DimBounds bounds_of(const DimAtom& atom) {
  switch (atom.kind) {
    case DimAtom::Kind::Symbol:
      return {atom.least, std::nullopt};
    case DimAtom::Kind::FloorDiv: {
      const DimBounds a = bounds(atom.a);
      if (!atom.b.is_number()) {
        const DimBounds b = bounds(atom.b);
        const bool positive = a.low && *a.low >= 0 && b.low && *b.low >= 0;
        return positive ? DimBounds{0, a.high} : DimBounds{};
      }
      const int64_t divisor = atom.b.number();
      if (divisor <= 0) return {};
      DimBounds result;
      if (a.low) result.low = floor_quotient(*a.low, divisor);
      if (a.high) result.high = floor_quotient(*a.high, divisor);
      return result;
    }
    case DimAtom::Kind::Min: {
      const DimBounds a = bounds(atom.a), b = bounds(atom.b);
      return {both(a.low, b.low, true), either(a.high, b.high, true)};
    }
    case DimAtom::Kind::Max: {
      const DimBounds a = bounds(atom.a), b = bounds(atom.b);
      return {either(a.low, b.low, false), both(a.high, b.high, false)};
    }
  }
  return {};
}

}  // namespace

DimBounds bounds(const Dim& dim) {
  if (dim.is_number()) return {dim.number(), dim.number()};
  const DimExpression& expression = *dim.expression();
  if (expression.table == nullptr) return {};
  DimBounds sum{0, 0};
  for (const DimTerm& term : expression.terms) {
    DimBounds range{1, 1};
    for (const DimAtom* factor : term.factors) {
      range = term.factors.size() == 1 ? bounds_of(*factor) : multiply(range, bounds_of(*factor));
    }
    range = scale(range, term.coefficient);
    sum = {add(sum.low, range.low), add(sum.high, range.high)};
  }
  return sum;
}

std::optional<bool> certainly_equal(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  const DimBounds range = bounds(a - b);
  if (range.low && range.high && *range.low == 0 && *range.high == 0) return true;
  if ((range.low && *range.low > 0) || (range.high && *range.high < 0)) return false;
  return std::nullopt;
}

std::optional<bool> certainly_less(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) return a.number() < b.number();
  const DimBounds range = bounds(a - b);
  if (range.high && *range.high < 0) return true;
  if (range.low && *range.low >= 0) return false;
  return std::nullopt;
}

}  // namespace trtreport
