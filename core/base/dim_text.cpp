// Dims as text and as numbers: printing the normal form, evaluating it under bindings, naming its
// symbols.
#include "base/dim_table.hpp"

#include <algorithm>
#include <set>

namespace trtreport {
namespace {

bool is_sum(const Dim& dim) { return !dim.is_number() && dim.expression()->terms.size() > 1; }

bool is_product(const Dim& dim) {
  if (dim.is_number()) return false;
  const DimTerm& term = dim.expression()->terms.front();
  return term.factors.size() > 1 || term.coefficient != 1;
}

std::string enclosed(const Dim& dim, bool enclose) {
  return enclose ? "(" + dim.text() + ")" : dim.text();
}

std::string text_of(const DimAtom& atom) {
  switch (atom.kind) {
    case DimAtom::Kind::Symbol:
      return atom.name;
    case DimAtom::Kind::FloorDiv:
      return "floor(" + enclosed(atom.a, is_sum(atom.a)) + "/" +
             enclosed(atom.b, is_sum(atom.b) || is_product(atom.b)) + ")";
    case DimAtom::Kind::Min:
      return "min(" + atom.a.text() + ", " + atom.b.text() + ")";
    case DimAtom::Kind::Max:
      return "max(" + atom.a.text() + ", " + atom.b.text() + ")";
  }
  return {};
}

std::string magnitude(const DimTerm& term) {
  const std::string digits = std::to_string(term.coefficient);
  std::string text = digits[0] == '-' ? digits.substr(1) : digits;
  if (term.factors.empty()) return text;
  if (text == "1") text.clear();
  for (const DimAtom* factor : term.factors) text += (text.empty() ? "" : "*") + text_of(*factor);
  return text;
}

using Bindings = std::span<const DimTable::Binding>;

std::optional<int64_t> evaluate_atom(const DimAtom& atom, Bindings bindings) {
  if (atom.kind == DimAtom::Kind::Symbol) {
    if (atom.hidden) return std::nullopt;
    const auto found =
        std::find_if(bindings.begin(), bindings.end(),
                     [&](const DimTable::Binding& b) { return b.name == atom.name; });
    return found == bindings.end() ? std::nullopt : std::optional<int64_t>(found->value);
  }
  const std::optional<int64_t> a = DimTable::evaluate(atom.a, bindings);
  const std::optional<int64_t> b = DimTable::evaluate(atom.b, bindings);
  if (!a || !b) return std::nullopt;
  if (atom.kind == DimAtom::Kind::Min) return std::min(*a, *b);
  if (atom.kind == DimAtom::Kind::Max) return std::max(*a, *b);
  const Dim quotient = floor_div(Dim(*a), Dim(*b));
  return quotient.is_number() ? std::optional<int64_t>(quotient.number()) : std::nullopt;
}

void collect(const Dim& dim, std::set<std::string>& names) {
  if (dim.is_number()) return;
  for (const DimTerm& term : dim.expression()->terms) {
    for (const DimAtom* factor : term.factors) {
      if (factor->kind == DimAtom::Kind::Symbol) {
        if (!factor->hidden) names.insert(factor->name);
        continue;
      }
      collect(factor->a, names);
      collect(factor->b, names);
    }
  }
}

}  // namespace

std::string Dim::text() const {
  if (is_number()) return std::to_string(number());
  if (is_hidden()) return {};
  std::string text;
  for (const DimTerm& term : expression_->terms) {
    const bool negative = term.coefficient < 0;
    if (text.empty()) {
      text = negative ? "-" : "";
    } else {
      text += negative ? " - " : " + ";
    }
    text += magnitude(term);
  }
  return text;
}

std::optional<int64_t> DimTable::evaluate(const Dim& dim, std::span<const Binding> bindings) {
  if (dim.is_number()) return dim.number();
  if (dim.is_hidden()) return std::nullopt;
  int64_t sum = 0;
  for (const DimTerm& term : dim.expression()->terms) {
    int64_t product = term.coefficient;
    for (const DimAtom* factor : term.factors) {
      const std::optional<int64_t> value = evaluate_atom(*factor, bindings);
      if (!value || __builtin_mul_overflow(product, *value, &product)) return std::nullopt;
    }
    if (__builtin_add_overflow(sum, product, &sum)) return std::nullopt;
  }
  return sum;
}

std::vector<std::string> DimTable::symbols_of(const Dim& dim) {
  std::set<std::string> names;
  collect(dim, names);
  return {names.begin(), names.end()};
}

}  // namespace trtreport
