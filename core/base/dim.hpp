// A symbolic 64-bit integer: a number, or a polynomial over the model's free sizes ("batch",
// "2*batch", floor(h/2)). Shapes and the integer values that make shapes are both written in it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport {

struct DimExpression;  // interned; owned by a DimTable
class DimTable;

// Value type, 16 bytes. Equal expressions are one object, so == is exact for the normal form (sums
// of products with integer coefficients over symbols, floor quotients, minima and maxima). A size
// that depends on data is a hidden symbol: equal to itself, printed as null, with its cause kept.
class Dim {
 public:
  constexpr Dim() = default;
  constexpr Dim(int64_t value) : value_(value) {}  // NOLINT: numbers are dims

  bool is_number() const { return expression_ == nullptr; }
  // Only where is_number().
  int64_t number() const { return value_; }
  bool is(int64_t value) const { return expression_ == nullptr && value_ == value; }
  const DimExpression* expression() const { return expression_; }

  // True when a hidden symbol takes part: the size is unknown before running.
  bool is_hidden() const;
  // Why it is hidden; empty where it is not.
  std::string_view cause() const;
  // "batch", "2*batch", "floor((height + 1)/2)"; digits for a number; empty where hidden.
  std::string text() const;

  friend bool operator==(const Dim& a, const Dim& b) {
    return a.expression_ == b.expression_ && a.value_ == b.value_;
  }

 private:
  friend struct DimOperations;
  constexpr Dim(const DimExpression* expression, int) : expression_(expression) {}
  const DimExpression* expression_ = nullptr;
  int64_t value_ = 0;  // 0 where there is an expression
};

// Exact on numbers; int64 overflow and expressions past the size limits give a hidden dim with that
// cause.
Dim operator+(const Dim& a, const Dim& b);
Dim operator-(const Dim& a, const Dim& b);
Dim operator*(const Dim& a, const Dim& b);
Dim floor_div(const Dim& a, const Dim& b);  // toward minus infinity; by 0: hidden
Dim ceil_div(const Dim& a, const Dim& b);
Dim truncated_div(const Dim& a,
                  const Dim& b);  // ONNX integer Div; the same as floor_div unless signs differ
Dim modulo(const Dim& a, const Dim& b);  // sign of the divisor (Mod with fmod = 0)
Dim min(const Dim& a, const Dim& b);
Dim max(const Dim& a, const Dim& b);
Dim product(std::span<const Dim> dims);  // 1 for none
// a / b where it divides without remainder as polynomials; empty where that is not certain.
std::optional<Dim> exact_div(const Dim& a, const Dim& b);

// What is certain for every value of the free symbols (each symbol is at least 0, a graph input's
// at least 1). Empty where neither is certain.
std::optional<bool> certainly_equal(const Dim& a, const Dim& b);
std::optional<bool> certainly_less(const Dim& a, const Dim& b);

using Dims = std::vector<Dim>;

// Owns symbols and expressions of one analysis. Dims of different tables must not be mixed.
class DimTable {
 public:
  DimTable();
  ~DimTable();
  DimTable(const DimTable&) = delete;
  DimTable& operator=(const DimTable&) = delete;

  // The symbol of that name, made on first use. At least `least` (0 or 1) in every comparison.
  Dim symbol(std::string_view name, int64_t least = 1);
  // A new unknown size; `cause` e.g. "NonZero '/nz': the number of non-zero elements depends on the
  // data".
  // `least` bounds it from below in comparisons: 0 for sizes, kNoLeast for values that may be
  // negative.
  Dim hidden(std::string_view cause, int64_t least = 0);
  static constexpr int64_t kNoLeast = INT64_MIN;

  // Numbers of symbols by name, e.g. {"batch", 1}; empty result where a symbol is missing or
  // hidden, or on overflow.
  struct Binding {
    std::string name;
    int64_t value;
  };
  static std::optional<int64_t> evaluate(const Dim& dim, std::span<const Binding> bindings);
  // Names of the (not hidden) symbols in it, sorted, each once.
  static std::vector<std::string> symbols_of(const Dim& dim);

 private:
  friend struct DimOperations;
  struct State;
  State* state_;
};

}  // namespace trtreport
