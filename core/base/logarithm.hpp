// The one transcendental function of the figures. libm's logarithms differ by a last bit between
// platforms, and a figure must not.
#pragma once

namespace trtreport {

// Natural logarithm, made of additions, multiplications and one division; within 2 units in the
// last place. Minus infinity for 0, NaN below, infinity for infinity.
double natural_log(double x);

// 10 log10(ratio): decibels of a ratio of powers.
double decibels(double ratio);

}  // namespace trtreport
