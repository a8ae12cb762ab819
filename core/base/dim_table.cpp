// Interning of symbols, atoms and sums.
#include "base/dim_table.hpp"

#include "base/sorting.hpp"

#include <algorithm>

namespace trtreport {
namespace {

bool earlier(const DimTerm& a,
             const DimTerm& b) {  // graded: more factors first, then by atom order
  if (a.factors.size() != b.factors.size()) return a.factors.size() > b.factors.size();
  return std::lexicographical_compare(
      a.factors.begin(), a.factors.end(), b.factors.begin(), b.factors.end(),
      [](const DimAtom* x, const DimAtom* y) { return x->id < y->id; });
}

std::string key_of(const std::vector<DimTerm>& terms) {
  std::string key;
  for (const DimTerm& term : terms) {
    key += std::to_string(term.coefficient);
    for (const DimAtom* factor : term.factors) key += '*' + std::to_string(factor->id);
    key += '+';
  }
  return key;
}

int depth(const Dim& dim);

int depth(const DimAtom& atom) {
  return atom.kind == DimAtom::Kind::Symbol ? 0 : 1 + std::max(depth(atom.a), depth(atom.b));
}

int depth(const Dim& dim) {
  int most = 0;
  if (dim.is_number()) return most;
  for (const DimTerm& term : dim.expression()->terms) {
    for (const DimAtom* factor : term.factors) most = std::max(most, depth(*factor));
  }
  return most;
}

// Sorted, equal products merged, zeros dropped; false on overflow.
bool normalize(std::vector<DimTerm>& terms) {
  if (terms.size() > 1) sort_items(terms, earlier);
  size_t kept = 0;
  for (size_t index = 0; index < terms.size(); ++index) {
    if (kept > 0 && terms[kept - 1].factors == terms[index].factors) {
      int64_t& sum = terms[kept - 1].coefficient;
      if (__builtin_add_overflow(sum, terms[index].coefficient, &sum)) return false;
      continue;
    }
    if (kept > 0 && terms[kept - 1].coefficient == 0) --kept;
    if (kept != index) terms[kept] = std::move(terms[index]);
    ++kept;
  }
  if (kept > 0 && terms[kept - 1].coefficient == 0) --kept;
  terms.resize(kept);
  return true;
}

bool too_large(const std::vector<DimTerm>& terms) {
  return terms.size() > kMostTerms ||
         std::any_of(terms.begin(), terms.end(),
                     [](const DimTerm& term) { return term.factors.size() > kMostFactors; });
}

}  // namespace

DimTable::DimTable() : state_(new State) {}
DimTable::~DimTable() { delete state_; }

Dim DimTable::symbol(std::string_view name, int64_t least) {
  auto [slot, is_new] = state_->symbols.try_emplace(std::string(name), nullptr);
  if (is_new) {
    DimAtom& atom = state_->atoms.emplace_back();
    atom.id = static_cast<uint32_t>(state_->atoms.size());
    atom.least = least;
    atom.name = std::string(name);
    slot->second = &atom;
  }
  return DimOperations::make(*this, {{1, {slot->second}}});
}

Dim DimTable::hidden(std::string_view cause, int64_t least) {
  DimAtom& atom = state_->atoms.emplace_back();
  atom.id = static_cast<uint32_t>(state_->atoms.size());
  atom.hidden = true;
  atom.least = least;
  atom.cause = *state_->causes.emplace(cause).first;
  return DimOperations::make(*this, {{1, {&atom}}});
}

Dim DimOperations::overflow() {
  static const DimExpression* const sentinel = [] {
    auto* expression = new DimExpression;  // lives as long as the program, like a constant
    expression->hidden = true;
    expression->cause = "a size passes 64 bits";
    return expression;
  }();
  return wrap(sentinel);
}

Dim DimOperations::make(DimTable& table, std::vector<DimTerm> terms) {
  if (!normalize(terms)) return overflow();
  if (terms.empty()) return Dim(0);
  if (terms.size() == 1 && terms[0].factors.empty()) return Dim(terms[0].coefficient);
  if (too_large(terms)) return table.hidden("the expression of the size is too long to follow");
  auto [slot, is_new] = table.state_->interned.try_emplace(key_of(terms), nullptr);
  if (!is_new) return wrap(slot->second);
  DimExpression& expression = table.state_->expressions.emplace_back();
  expression.table = &table;
  for (const DimTerm& term : terms) {
    for (const DimAtom* factor : term.factors) {
      if (!factor->hidden || expression.hidden) continue;
      expression.hidden = true;
      expression.cause = factor->cause;
    }
  }
  expression.terms = std::move(terms);
  slot->second = &expression;
  return wrap(&expression);
}

Dim DimOperations::atom(DimTable& table, DimAtom::Kind kind, const Dim& a, const Dim& b) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(kind)));
  for (const Dim* operand : {&a, &b}) key += '|' + key_of(terms_of(*operand));
  auto [slot, is_new] = table.state_->composed.try_emplace(std::move(key), nullptr);
  if (is_new) {
    DimAtom& made = table.state_->atoms.emplace_back();
    made.kind = kind;
    made.id = static_cast<uint32_t>(table.state_->atoms.size());
    made.a = a;
    made.b = b;
    made.hidden = a.is_hidden() || b.is_hidden();
    made.cause = a.is_hidden() ? a.cause() : b.cause();
    slot->second = &made;
  }
  if (depth(*slot->second) > kMostDepth) {
    return table.hidden("the expression of the size is nested too deeply to follow");
  }
  return make(table, {{1, {slot->second}}});
}

std::vector<DimTerm> DimOperations::terms_of(const Dim& dim) {
  if (!dim.is_number()) return dim.expression()->terms;
  if (dim.number() == 0) return {};
  return {{dim.number(), {}}};
}

DimTable* DimOperations::table_of(const Dim& a, const Dim& b) {
  if (!a.is_number() && a.expression()->table == nullptr) return nullptr;
  if (!b.is_number() && b.expression()->table == nullptr) return nullptr;
  return a.is_number() ? b.expression()->table : a.expression()->table;
}

}  // namespace trtreport
