// Arithmetic on single elements of known values: what an operator does to one number, symbolic or
// plain. Results are rounded or wrapped to the element type, so that Floor and Ceil decide as they
// do when the model runs.
#pragma once

#include "base/dtype.hpp"
#include "ops/values.hpp"

#include <string_view>

namespace trtreport::ops {

// Unknown where the result is not certain before running.
using Unary = Element (*)(const Element& x, DType dtype);
using Binary = Element (*)(const Element& a, const Element& b, DType dtype);

// The function of an operator, by ONNX name; null where values of that operator are not followed.
// `dtype` of the calls is that of the operands, except for Pow, where it is the base's.
Unary unary_of(std::string_view op);
// Beside ONNX names: "FMod" (Mod with fmod = 1), "ShiftLeft" and "ShiftRight".
Binary binary_of(std::string_view op);
// Comparisons and logical operators: 0, 1 or unknown.
Binary predicate_of(std::string_view op);

// A bool as an element, and an element as a bool (other than 0); both pass on what is not known.
Element truth(std::optional<bool> known);
std::optional<bool> truth_of(const Element& x);

// `x` converted as Cast does, truncating; unknown where the target cannot hold it.
Element cast_element(const Element& x, DType from, DType to);

// The nearest value that the floating type holds (float8 and float4 kinds: unchanged).
double rounded(double x, DType dtype);

// floor or ceil of x*y or x/y, where x and y are symbolic integers or plain reals with an exact
// small fraction.
enum class Toward : uint8_t { Down, Up, Zero };
Element rounded_product(const Element& x, const Element& y, bool divide, Toward toward);

}  // namespace trtreport::ops
