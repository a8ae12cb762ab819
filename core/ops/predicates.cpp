// Comparisons and logic on single elements: answered only where every value of the symbols gives
// the same answer.
#include "ops/arithmetic.hpp"

#include <cmath>

namespace trtreport::ops {

namespace {

std::optional<bool> opposite(std::optional<bool> known) {
  if (!known) return std::nullopt;
  return !*known;
}

bool is_nan(const Element& x) { return x.kind == Element::Kind::Real && std::isnan(x.real); }

std::optional<bool> less_than(const Element& a, const Element& b) {
  if (!a.known() || !b.known()) return std::nullopt;
  if (a.is_number() && b.is_number()) {
    if (a.kind == b.kind && a.kind == Element::Kind::Integer) {
      return a.dim.number() < b.dim.number();
    }
    return a.number() < b.number();
  }
  // A fraction lies between two integers: n < 2.5 is n < 3, and 2.5 < n is 2 < n.
  const auto bounded = [](const Element& x, double whole) -> std::optional<Dim> {
    return x.kind == Element::Kind::Real ? Element::of_real(whole).integer() : x.dim;
  };
  const std::optional<Dim> x = bounded(a, std::floor(a.real));
  const std::optional<Dim> y = bounded(b, std::ceil(b.real));
  if (!x || !y) return std::nullopt;
  return certainly_less(*x, *y);
}

std::optional<bool> equal_to(const Element& a, const Element& b) {
  if (!a.known() || !b.known()) return std::nullopt;
  if (a.is_number() && b.is_number() && a.kind != b.kind) return a.number() == b.number();
  if (a.kind == Element::Kind::Real && b.kind == Element::Kind::Real) return a.real == b.real;
  const std::optional<Dim> x = a.integer();
  const std::optional<Dim> y = b.integer();
  if (!x || !y) return false;  // a fraction against an integer
  return certainly_equal(*x, *y);
}

Element equal(const Element& a, const Element& b, DType) { return truth(equal_to(a, b)); }

Element less(const Element& a, const Element& b, DType) { return truth(less_than(a, b)); }

Element greater(const Element& a, const Element& b, DType) { return truth(less_than(b, a)); }

Element at_most(const Element& a, const Element& b, DType) {
  return truth(is_nan(a) || is_nan(b) ? false : opposite(less_than(b, a)));
}

Element at_least(const Element& a, const Element& b, DType dtype) { return at_most(b, a, dtype); }

Element logical_and(const Element& a, const Element& b, DType) {
  const auto x = truth_of(a);
  const auto y = truth_of(b);
  if ((x && !*x) || (y && !*y)) return truth(false);
  return x && y ? truth(true) : Element::unknown();
}

Element logical_or(const Element& a, const Element& b, DType) {
  const auto x = truth_of(a);
  const auto y = truth_of(b);
  if ((x && *x) || (y && *y)) return truth(true);
  return x && y ? truth(false) : Element::unknown();
}

Element logical_xor(const Element& a, const Element& b, DType) {
  const auto x = truth_of(a);
  const auto y = truth_of(b);
  return x && y ? truth(*x != *y) : Element::unknown();
}

struct Row {
  std::string_view name;
  Binary function;
};

constexpr Row kPredicates[] = {
    {"And", logical_and},         {"Equal", equal},     {"Greater", greater},
    {"GreaterOrEqual", at_least}, {"Less", less},       {"LessOrEqual", at_most},
    {"Or", logical_or},           {"Xor", logical_xor},
};

}  // namespace

Element truth(std::optional<bool> known) {
  return known ? Element::of(Dim(*known ? 1 : 0)) : Element::unknown();
}

std::optional<bool> truth_of(const Element& x) {
  if (!x.known()) return std::nullopt;
  if (x.is_number()) return x.number() != 0;
  return opposite(certainly_equal(x.dim, Dim(0)));
}

Binary predicate_of(std::string_view op) {
  for (const Row& row : kPredicates) {
    if (row.name == op) return row.function;
  }
  return nullptr;
}

}  // namespace trtreport::ops
