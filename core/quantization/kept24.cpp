// Convolutions hold their fours in rows already; matrices are turned.
#include "quantization/kept24.hpp"

#include "quantization/kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

// Fours that lie side by side are turned into rows first.
void add_dense(std::span<const float> run, Kept24& sums) {
  std::array<float, 4 * kRun> rows;
  while (!run.empty()) {
    const size_t count = std::min(kRun, run.size() / 4);
    vector_kernels().turn(run.data(), count, 4, rows.data(), count);
    vector_kernels().fours(std::span(rows).first(4 * count), count, sums.all, sums.kept);
    run = run.subspan(count * 4);
  }
}

}  // namespace

void Kept24::add(const Kept24& part) {
  all += part.all;
  kept += part.kept;
}

std::optional<double> Kept24::share() const {
  if (!(all > 0)) return std::nullopt;
  return kept / all;
}

void Kept24::forget() { all = std::numeric_limits<double>::quiet_NaN(); }

void add_run(std::span<const float> run, size_t apart, Kept24& sums) {
  const size_t whole = run.size() / (4 * apart) * (4 * apart);
  const std::span<const float> fours = run.first(whole);
  if (apart == 1) {
    add_dense(fours, sums);
  } else {
    vector_kernels().fours(fours, apart, sums.all, sums.kept);
  }
  for (const float value : run.subspan(whole)) {
    const double size = static_cast<double>(std::fabs(value));
    sums.all += size;
    sums.kept += size;
  }
}

}  // namespace trtreport::quantization
