// What operators do to single numbers, symbolic or plain.
#include "ops/arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace trtreport::ops {

namespace {

using Pair = std::pair<Dim, Dim>;

// Rounds to `bits` of mantissa (the implicit one included), to nearest even.
double round_mantissa(double x, int bits) {
  if (x == 0 || !std::isfinite(x)) return x;
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, bits)), exponent - bits);
}

// Integers wrap at their width, as two's complement hardware does.
Element wrapped(const Dim& dim, DType dtype) {
  const uint32_t width = bits(dtype);
  if (!dim.is_number() || !is_integer(dtype) || width == 0 || width >= 64) return Element::of(dim);
  const auto mask = (uint64_t{1} << width) - 1;
  uint64_t low = static_cast<uint64_t>(dim.number()) & mask;
  const bool negative = is_signed_integer(dtype) && (low >> (width - 1)) != 0;
  if (negative) low |= ~mask;
  return Element::of(Dim(static_cast<int64_t>(low)));
}

Element real(double x, DType dtype) { return Element::of_real(rounded(x, dtype)); }

bool plain_floats(const Element& a, const Element& b, DType dtype) {
  return a.is_number() && b.is_number() &&
         (is_float(dtype) || a.kind == Element::Kind::Real || b.kind == Element::Kind::Real);
}

std::optional<Pair> integers(const Element& a, const Element& b) {
  const std::optional<Dim> x = a.integer();
  const std::optional<Dim> y = b.integer();
  if (!x || !y) return std::nullopt;
  return Pair{*x, *y};
}

std::optional<std::pair<int64_t, int64_t>> numbers(const Element& a, const Element& b) {
  const std::optional<Pair> pair = integers(a, b);
  if (!pair || !pair->first.is_number() || !pair->second.is_number()) return std::nullopt;
  return std::pair{pair->first.number(), pair->second.number()};
}

Element add(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) return real(a.number() + b.number(), dtype);
  const auto pair = integers(a, b);
  return pair ? wrapped(pair->first + pair->second, dtype) : Element::unknown();
}

Element subtract(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) return real(a.number() - b.number(), dtype);
  const auto pair = integers(a, b);
  return pair ? wrapped(pair->first - pair->second, dtype) : Element::unknown();
}

Element multiply(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) return real(a.number() * b.number(), dtype);
  const auto pair = integers(a, b);
  return pair ? wrapped(pair->first * pair->second, dtype) : Element::unknown();
}

Element divide(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) return real(a.number() / b.number(), dtype);
  const auto pair = integers(a, b);
  if (!pair || pair->second.is(0)) return Element::unknown();
  if (!is_float(dtype)) return wrapped(truncated_div(pair->first, pair->second), dtype);
  const std::optional<Dim> quotient = exact_div(pair->first, pair->second);
  return quotient ? Element::of(*quotient) : Element::unknown();
}

Element modulo_floor(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) {
    const double x = a.number();
    const double y = b.number();
    const double rest = std::fmod(x, y);
    return real(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest, dtype);
  }
  const auto pair = integers(a, b);
  if (!pair || pair->second.is(0)) return Element::unknown();
  return Element::of(modulo(pair->first, pair->second));
}

Element modulo_truncated(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) return real(std::fmod(a.number(), b.number()), dtype);
  const auto pair = integers(a, b);
  if (!pair || pair->second.is(0)) return Element::unknown();
  const Dim& x = pair->first;
  return Element::of(x - truncated_div(x, pair->second) * pair->second);
}

Element power(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) {
    const double result = std::pow(a.number(), b.number());
    return is_float(dtype) ? real(result, dtype)
                           : cast_element(Element::of_real(result), DType::Float64, dtype);
  }
  const auto pair = integers(a, b);
  if (!pair || !pair->second.is_number()) return Element::unknown();
  const int64_t exponent = pair->second.number();
  // 62 doublings are all that int64 holds; 0 and 1 stay what they are.
  if (exponent < 0) return pair->first.is(1) ? Element::of(1) : Element::unknown();
  if (pair->first.is(0) || pair->first.is(1)) {
    return Element::of(exponent == 0 ? Dim(1) : pair->first);
  }
  if (exponent > 62) return Element::unknown();
  Dim result = 1;
  for (int64_t i = 0; i < exponent; ++i) result = result * pair->first;
  return wrapped(result, dtype);
}

Element smaller(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) return real(std::fmin(a.number(), b.number()), dtype);
  const auto pair = integers(a, b);
  return pair ? Element::of(min(pair->first, pair->second)) : Element::unknown();
}

Element larger(const Element& a, const Element& b, DType dtype) {
  if (plain_floats(a, b, dtype)) return real(std::fmax(a.number(), b.number()), dtype);
  const auto pair = integers(a, b);
  return pair ? Element::of(max(pair->first, pair->second)) : Element::unknown();
}

Element bit_and(const Element& a, const Element& b, DType) {
  const auto pair = numbers(a, b);
  return pair ? Element::of(Dim(pair->first & pair->second)) : Element::unknown();
}

Element bit_or(const Element& a, const Element& b, DType) {
  const auto pair = numbers(a, b);
  return pair ? Element::of(Dim(pair->first | pair->second)) : Element::unknown();
}

Element bit_xor(const Element& a, const Element& b, DType) {
  const auto pair = numbers(a, b);
  return pair ? Element::of(Dim(pair->first ^ pair->second)) : Element::unknown();
}

Element shift_left(const Element& a, const Element& b, DType dtype) {
  const auto pair = numbers(a, b);
  if (!pair || pair->second < 0) return Element::unknown();
  const uint64_t bits_in = static_cast<uint64_t>(pair->first);
  const uint64_t moved = pair->second > 63 ? 0 : bits_in << pair->second;
  return wrapped(Dim(static_cast<int64_t>(moved)), dtype);
}

Element shift_right(const Element& a, const Element& b, DType) {
  const auto pair = numbers(a, b);
  if (!pair || pair->second < 0 || pair->first < 0) return Element::unknown();
  return Element::of(Dim(pair->second > 63 ? 0 : pair->first >> pair->second));
}

template <double (*function)(double)>
Element by_function(const Element& x, DType dtype) {
  return x.is_number() ? real(function(x.number()), dtype) : Element::unknown();
}

double reciprocal_of(double x) { return 1 / x; }
double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double exp_of(double x) { return std::exp(x); }
double log_of(double x) { return std::log(x); }
double sqrt_of(double x) { return std::sqrt(x); }
double erf_of(double x) { return std::erf(x); }
double tanh_of(double x) { return std::tanh(x); }
double sin_of(double x) { return std::sin(x); }
double cos_of(double x) { return std::cos(x); }

template <double (*function)(double)>
Element by_rounding(const Element& x, DType dtype) {
  return x.kind == Element::Kind::Real ? real(function(x.real), dtype) : x;
}

double floor_of(double x) { return std::floor(x); }
double ceil_of(double x) { return std::ceil(x); }
double nearest_even(double x) { return std::nearbyint(x); }

Element negative(const Element& x, DType dtype) {
  if (!x.known()) return x;
  if (x.kind == Element::Kind::Real) return real(-x.real, dtype);
  return wrapped(Dim(0) - x.dim, dtype);
}

Element magnitude(const Element& x, DType dtype) {
  if (!x.known()) return x;
  if (x.kind == Element::Kind::Real) return real(std::fabs(x.real), dtype);
  const std::optional<bool> below = certainly_less(x.dim, Dim(0));
  if (!below) return Element::of(max(x.dim, Dim(0) - x.dim));
  return *below ? wrapped(Dim(0) - x.dim, dtype) : x;
}

Element sign(const Element& x, DType) {
  if (x.kind == Element::Kind::Real) {
    return std::isnan(x.real) ? x : Element::of_real(x.real > 0 ? 1 : x.real < 0 ? -1 : 0);
  }
  if (!x.known()) return x;
  if (certainly_less(Dim(0), x.dim) == true) return Element::of(1);
  if (certainly_less(x.dim, Dim(0)) == true) return Element::of(-1);
  return x.dim.is(0) ? x : Element::unknown();
}

Element positive_part(const Element& x, DType dtype) {
  if (x.kind == Element::Kind::Real) return real(std::fmax(x.real, 0), dtype);
  return x.known() ? Element::of(max(x.dim, Dim(0))) : x;
}

Element logical_not(const Element& x, DType) {
  const std::optional<bool> is_true = truth_of(x);
  return is_true ? truth(!*is_true) : Element::unknown();
}

Element bit_not(const Element& x, DType dtype) {
  const std::optional<Dim> number = x.integer();
  if (!number || !number->is_number()) return Element::unknown();
  return wrapped(Dim(~number->number()), dtype);
}

// x = first/second with small integers; empty where there are none.
std::optional<std::pair<int64_t, int64_t>> fraction(double x) {
  constexpr double kMost = 65536;
  if (!(std::fabs(x) <= kMost)) return std::nullopt;
  for (int64_t denominator = 1; denominator <= 65536; denominator *= 2) {
    const double scaled = x * static_cast<double>(denominator);
    if (std::trunc(scaled) == scaled) return std::pair{static_cast<int64_t>(scaled), denominator};
  }
  return std::nullopt;
}

// An element as numerator over a positive plain denominator.
std::optional<std::pair<Dim, int64_t>> ratio(const Element& x) {
  if (!x.known()) return std::nullopt;
  if (x.kind == Element::Kind::Integer) return std::pair{x.dim, int64_t{1}};
  const auto parts = fraction(x.real);
  if (!parts) return std::nullopt;
  return std::pair{Dim(parts->first), parts->second};
}

template <typename Function>
struct Row {
  std::string_view name;
  Function function;
};

template <typename Function, size_t count>
Function look_up(const Row<Function> (&rows)[count], std::string_view name) {
  const auto* found = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const auto& row) { return row.name == name; });
  return found == std::end(rows) ? nullptr : found->function;
}

constexpr Row<Unary> kUnary[] = {
    {"Abs", magnitude},
    {"BitwiseNot", bit_not},
    {"Ceil", by_rounding<ceil_of>},
    {"Cos", by_function<cos_of>},
    {"Erf", by_function<erf_of>},
    {"Exp", by_function<exp_of>},
    {"Floor", by_rounding<floor_of>},
    {"Log", by_function<log_of>},
    {"Neg", negative},
    {"Not", logical_not},
    {"Reciprocal", by_function<reciprocal_of>},
    {"Relu", positive_part},
    {"Round", by_rounding<nearest_even>},
    {"Sigmoid", by_function<sigmoid_of>},
    {"Sign", sign},
    {"Sin", by_function<sin_of>},
    {"Sqrt", by_function<sqrt_of>},
    {"Tanh", by_function<tanh_of>},
};

constexpr Row<Binary> kBinary[] = {
    {"Add", add},
    {"BitwiseAnd", bit_and},
    {"BitwiseOr", bit_or},
    {"BitwiseXor", bit_xor},
    {"Div", divide},
    {"FMod", modulo_truncated},
    {"Max", larger},
    {"Min", smaller},
    {"Mod", modulo_floor},
    {"Mul", multiply},
    {"Pow", power},
    {"ShiftLeft", shift_left},
    {"ShiftRight", shift_right},
    {"Sub", subtract},
    {"Sum", add},
};

}  // namespace

Unary unary_of(std::string_view op) { return look_up(kUnary, op); }
Binary binary_of(std::string_view op) { return look_up(kBinary, op); }

double rounded(double x, DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return static_cast<double>(static_cast<float>(x));
    case DType::Float16: {
      const double nearest = round_mantissa(static_cast<double>(static_cast<float>(x)), 11);
      return std::fabs(nearest) > 65504 ? std::copysign(std::numeric_limits<double>::infinity(), x)
                                        : nearest;
    }
    case DType::BFloat16:
      return round_mantissa(static_cast<double>(static_cast<float>(x)), 8);
    default:
      return x;
  }
}

Element cast_element(const Element& x, DType from, DType to) {
  if (!x.known()) return x;
  if (to == DType::Bool) return truth(truth_of(x));
  if (is_float(to)) {
    return x.is_number() && (x.kind == Element::Kind::Real || !is_float(from))
               ? real(x.number(), to)
               : x;
  }
  if (!is_integer(to)) return Element::unknown();
  if (x.kind == Element::Kind::Integer) return wrapped(x.dim, to);
  const std::optional<Dim> whole = Element::of_real(std::trunc(x.real)).integer();
  return whole ? wrapped(*whole, to) : Element::unknown();
}

Element rounded_product(const Element& x, const Element& y, bool divide, Toward toward) {
  const auto a = ratio(x);
  const auto b = ratio(y);
  if (!a || !b) return Element::unknown();
  const Dim over = divide ? Dim(a->second) * b->first : Dim(a->second) * Dim(b->second);
  const Dim under = divide ? a->first * Dim(b->second) : a->first * b->first;
  if (certainly_less(Dim(0), over) != true) return Element::unknown();
  switch (toward) {
    case Toward::Down:
      return Element::of(floor_div(under, over));
    case Toward::Up:
      return Element::of(ceil_div(under, over));
    case Toward::Zero:
      return Element::of(truncated_div(under, over));
  }
  return Element::unknown();
}

}  // namespace trtreport::ops
