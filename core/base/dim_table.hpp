// Makes and interns expressions: the only place where terms become a Dim. Private to base/.
#pragma once

#include "base/dim_expression.hpp"
#include "base/stable_list.hpp"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace trtreport {

struct DimTable::State {
  StableList<DimAtom> atoms;
  StableList<DimExpression> expressions;
  std::unordered_set<std::string> causes;  // many hidden sizes share one
  std::unordered_map<std::string, const DimAtom*> symbols;
  std::unordered_map<std::string, const DimExpression*>
      interned;  // by a key of coefficients and atom ids
  std::unordered_map<std::string, const DimAtom*>
      composed;  // quotients, minima, maxima by operands
};

struct DimOperations {
  static Dim wrap(const DimExpression* expression) { return Dim(expression, 0); }
  static Dim overflow();
  // Sorts, merges and drops terms, and interns the sum.
  static Dim make(DimTable& table, std::vector<DimTerm> terms);
  static Dim atom(DimTable& table, DimAtom::Kind kind, const Dim& a, const Dim& b);
  static std::vector<DimTerm> terms_of(const Dim& dim);
  // The table of whichever operand has one; null where none does or one is the overflow sentinel.
  static DimTable* table_of(const Dim& a, const Dim& b);
};

}  // namespace trtreport
