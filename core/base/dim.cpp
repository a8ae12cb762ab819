// Arithmetic of symbolic dims: polynomials with integer coefficients, floor quotients, minima and
// maxima.
#include "base/dim.hpp"

#include "base/dim_table.hpp"

#include <algorithm>
#include <limits>

namespace trtreport {
namespace {

using Terms = std::vector<DimTerm>;

int64_t floor_quotient(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

std::optional<DimTerm> multiply(const DimTerm& a, const DimTerm& b) {
  DimTerm result;
  if (__builtin_mul_overflow(a.coefficient, b.coefficient, &result.coefficient))
    return std::nullopt;
  std::merge(a.factors.begin(), a.factors.end(), b.factors.begin(), b.factors.end(),
             std::back_inserter(result.factors),
             [](const DimAtom* x, const DimAtom* y) { return x->id < y->id; });
  return result;
}

std::optional<Terms> multiply(const Terms& a, const Terms& b) {
  Terms result;
  result.reserve(a.size() * b.size());
  for (const DimTerm& x : a) {
    for (const DimTerm& y : b) {
      std::optional<DimTerm> product = multiply(x, y);
      if (!product) return std::nullopt;
      result.push_back(std::move(*product));
    }
  }
  return result;
}

// a / b as monomials.
std::optional<DimTerm> divide(const DimTerm& a, const DimTerm& b) {
  if (b.coefficient == 0 || a.coefficient % b.coefficient != 0) return std::nullopt;
  const auto by_id = [](const DimAtom* x, const DimAtom* y) { return x->id < y->id; };
  if (!std::includes(a.factors.begin(), a.factors.end(), b.factors.begin(), b.factors.end(),
                     by_id)) {
    return std::nullopt;
  }
  DimTerm result{a.coefficient / b.coefficient, {}};
  std::set_difference(a.factors.begin(), a.factors.end(), b.factors.begin(), b.factors.end(),
                      std::back_inserter(result.factors), by_id);
  return result;
}

// floor((floor(x/p) + c)/q) = floor((x + cp)/(pq)): keeps chains of strided layers short.
std::optional<Dim> merge_quotients(const Dim& numerator, int64_t divisor) {
  if (numerator.is_number()) return std::nullopt;
  const Terms& terms = numerator.expression()->terms;
  if (terms.size() > 2 || terms[0].coefficient != 1 || terms[0].factors.size() != 1)
    return std::nullopt;
  const DimAtom& atom = *terms[0].factors[0];
  if (atom.kind != DimAtom::Kind::FloorDiv || !atom.b.is_number() || atom.b.number() <= 0) {
    return std::nullopt;
  }
  if (terms.size() == 2 && !terms[1].factors.empty()) return std::nullopt;
  const int64_t constant = terms.size() == 2 ? terms[1].coefficient : 0;
  int64_t both = 0, shift = 0;
  if (__builtin_mul_overflow(atom.b.number(), divisor, &both)) return std::nullopt;
  if (__builtin_mul_overflow(constant, atom.b.number(), &shift)) return std::nullopt;
  return floor_div(atom.a + Dim(shift), Dim(both));
}

Dim divide_by_number(DimTable& table, const Dim& a, int64_t divisor) {
  Terms whole, rest;
  for (const DimTerm& term : a.expression()->terms) {
    const int64_t quotient = floor_quotient(term.coefficient, divisor);
    const bool divides = term.coefficient % divisor == 0;
    if (divides || term.factors.empty()) whole.push_back({quotient, term.factors});
    if (!divides) {
      rest.push_back(
          {term.factors.empty() ? term.coefficient - quotient * divisor : term.coefficient,
           term.factors});
    }
  }
  const Dim remainder = DimOperations::make(table, std::move(rest));
  const Dim quotient = DimOperations::make(table, std::move(whole));
  if (remainder.is_number()) return quotient;  // 0 <= remainder < divisor
  if (std::optional<Dim> merged = merge_quotients(remainder, divisor)) return quotient + *merged;
  return quotient + DimOperations::atom(table, DimAtom::Kind::FloorDiv, remainder, Dim(divisor));
}

Dim extreme(DimAtom::Kind kind, const Dim& a, const Dim& b) {
  const bool smallest = kind == DimAtom::Kind::Min;
  if (a == b) return a;
  if (const std::optional<bool> less = certainly_less(a, b)) {
    if (*less) return smallest ? a : b;
    return smallest ? b : a;
  }
  if (const std::optional<bool> more = certainly_less(b, a)) {
    if (*more) return smallest ? b : a;
    return smallest ? a : b;
  }
  DimTable* table = DimOperations::table_of(a, b);
  if (table == nullptr) return DimOperations::overflow();
  // The number first, so that min(a, b) and min(b, a) are one.
  const bool swap = !a.is_number() && (b.is_number() || b.text() < a.text());
  return swap ? DimOperations::atom(*table, kind, b, a) : DimOperations::atom(*table, kind, a, b);
}

}  // namespace

bool Dim::is_hidden() const { return expression_ != nullptr && expression_->hidden; }

std::string_view Dim::cause() const {
  return expression_ == nullptr ? std::string_view() : std::string_view(expression_->cause);
}

Dim operator+(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) {
    int64_t sum = 0;
    if (__builtin_add_overflow(a.number(), b.number(), &sum)) return DimOperations::overflow();
    return Dim(sum);
  }
  DimTable* table = DimOperations::table_of(a, b);
  if (table == nullptr) return DimOperations::overflow();
  Terms terms = DimOperations::terms_of(a);
  for (DimTerm& term : DimOperations::terms_of(b)) terms.push_back(std::move(term));
  return DimOperations::make(*table, std::move(terms));
}

Dim operator-(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) {
    int64_t difference = 0;
    if (__builtin_sub_overflow(a.number(), b.number(), &difference))
      return DimOperations::overflow();
    return Dim(difference);
  }
  return a + b * Dim(-1);
}

Dim operator*(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) {
    int64_t result = 0;
    if (__builtin_mul_overflow(a.number(), b.number(), &result)) return DimOperations::overflow();
    return Dim(result);
  }
  if (a.is(1)) return b;
  if (b.is(1)) return a;
  DimTable* table = DimOperations::table_of(a, b);
  if (table == nullptr) return DimOperations::overflow();
  std::optional<Terms> terms = multiply(DimOperations::terms_of(a), DimOperations::terms_of(b));
  return terms ? DimOperations::make(*table, std::move(*terms)) : DimOperations::overflow();
}

Dim floor_div(const Dim& a, const Dim& b) {
  if (b.is(1)) return a;
  if (a.is_number() && b.is_number()) {
    const bool overflows = b.number() == -1 && a.number() == std::numeric_limits<int64_t>::min();
    if (b.number() == 0 || overflows) return DimOperations::overflow();
    return Dim(floor_quotient(a.number(), b.number()));
  }
  if (std::optional<Dim> exact = exact_div(a, b)) return *exact;
  DimTable* table = DimOperations::table_of(a, b);
  if (table == nullptr) return DimOperations::overflow();
  if (b.is(0)) return table->hidden("a size is divided by zero");
  if (!b.is_number()) return DimOperations::atom(*table, DimAtom::Kind::FloorDiv, a, b);
  if (b.number() > 0) return divide_by_number(*table, a, b.number());
  if (b.number() == std::numeric_limits<int64_t>::min()) return DimOperations::overflow();
  return floor_div(a * Dim(-1), Dim(-b.number()));
}

Dim ceil_div(const Dim& a, const Dim& b) {
  // One normal form with the sizes of pools and strided slices, which round up this way.
  const bool shifts = !a.is_number() && b.is_number() && b.number() > 0;
  if (shifts) return floor_div(a + Dim(b.number() - 1), b);
  return Dim(0) - floor_div(Dim(0) - a, b);
}

Dim truncated_div(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number() && b.number() != 0 && b.number() != -1) {
    return Dim(a.number() / b.number());
  }
  const bool negative = certainly_less(a, Dim(0)).value_or(false);
  return negative ? Dim(0) - floor_div(Dim(0) - a, b) : floor_div(a, b);
}

Dim modulo(const Dim& a, const Dim& b) { return a - b * floor_div(a, b); }

Dim min(const Dim& a, const Dim& b) { return extreme(DimAtom::Kind::Min, a, b); }

Dim max(const Dim& a, const Dim& b) { return extreme(DimAtom::Kind::Max, a, b); }

Dim product(std::span<const Dim> dims) {
  Dim result(1);
  for (const Dim& dim : dims) {
    if (dim.is(0)) return Dim(0);
  }
  for (const Dim& dim : dims) result = result * dim;
  return result;
}

std::optional<Dim> exact_div(const Dim& a, const Dim& b) {
  if (b.is(0)) return std::nullopt;
  if (a.is(0)) return Dim(0);
  if (b.is(1)) return a;
  if (a == b) return Dim(1);
  if (a.is_number() && b.is_number()) {
    if (b.number() == -1) return Dim(0) - a;
    if (a.number() % b.number() != 0) return std::nullopt;
    return Dim(a.number() / b.number());
  }
  DimTable* table = DimOperations::table_of(a, b);
  if (table == nullptr) return std::nullopt;
  const Terms divisor = DimOperations::terms_of(b);
  Dim rest = a, quotient(0);
  for (size_t step = 0; step < kMostTerms && !rest.is(0); ++step) {
    const Terms left = DimOperations::terms_of(rest);
    if (left.empty()) return std::nullopt;
    std::optional<DimTerm> lead = divide(left.front(), divisor.front());
    if (!lead) return std::nullopt;
    const Dim part = DimOperations::make(*table, {std::move(*lead)});
    quotient = quotient + part;
    rest = rest - part * b;
  }
  return rest.is(0) ? std::optional<Dim>(quotient) : std::nullopt;
}

}  // namespace trtreport
