// The arithmetic is the device files' own (roofline/device.hpp); here it is only written out.
#include "cli/derive.hpp"

#include "base/quantity.hpp"
#include "roofline/device.hpp"

#include <fmt/format.h>

namespace trtreport::cli {
namespace {

std::string lines(std::string_view name, std::string_view formula, const std::string& numbers,
                  double value, std::string_view unit) {
  const std::string margin(name.size(), ' ');
  return fmt::format("{} = {}\n{} = {}\n{} = {} ({} {})\n", name, formula, margin, numbers, margin,
                     quantity(value, unit), grouped(value), unit);
}

std::string gpu_text(const DeriveNumbers& given) {
  return lines("peak", "SMs x clock x FMA per clock and SM x 2",
               fmt::format("{} x {} MHz x {} x 2", given.sms, given.clock_mhz, given.rate),
               gpu_peak(given.sms, given.clock_mhz, given.rate), "FLOP/s");
}

std::string cpu_text(const DeriveNumbers& given) {
  std::string text;
  for (const auto& [name, bits] : {std::pair("fp32 peak", 32.0), std::pair("fp64 peak", 64.0)}) {
    text +=
        lines(name, "cores x clock x FMA units x lanes x 2",
              fmt::format("{} x {} MHz x {} x {} bit / {} bit x 2", given.cores, given.clock_mhz,
                          given.units, given.simd_bits, bits),
              cpu_peak(given.cores, given.clock_mhz, given.units, given.simd_bits, bits), "FLOP/s");
  }
  return text;
}

std::string memory_text(const DeriveNumbers& given) {
  return lines("bandwidth", "clock x transfers per clock x bus / 8 x channels",
               fmt::format("{} MHz x {} x {} bit / 8 x {}", given.clock_mhz, given.transfers,
                           given.bus_bits, given.channels),
               memory_bandwidth(given.clock_mhz, given.transfers, given.bus_bits, given.channels),
               "B/s");
}

std::string ridge_text(const DeriveNumbers& given) {
  const double ridge = given.peak / given.bandwidth;
  return fmt::format("ridge = peak / bandwidth\n      = {} / {}\n      = {} FLOP/byte\n",
                     quantity(given.peak, "FLOP/s"), quantity(given.bandwidth, "B/s"),
                     plain(ridge));
}

}  // namespace

std::string derivation_text(Action action, const DeriveNumbers& numbers) {
  switch (action) {
    case Action::DeriveGpu:
      return gpu_text(numbers);
    case Action::DeriveCpu:
      return cpu_text(numbers);
    case Action::DeriveMemory:
      return memory_text(numbers);
    default:
      return ridge_text(numbers);
  }
}

}  // namespace trtreport::cli
