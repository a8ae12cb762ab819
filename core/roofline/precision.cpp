// Names of precisions, as options and the document write them.
#include "roofline/device.hpp"

#include <array>

namespace trtreport {

namespace {

constexpr std::array<std::string_view, kPrecisionCount> kNames = {
    "fp32", "tf32", "fp16", "bf16", "fp8", "int8", "fp4", "int4", "model"};

}  // namespace

std::string_view name(Precision precision) { return kNames[static_cast<size_t>(precision)]; }

std::optional<Precision> precision_from_name(std::string_view name) {
  for (size_t index = 0; index < kNames.size(); ++index) {
    if (kNames[index] == name) return static_cast<Precision>(index);
  }
  return std::nullopt;
}

}  // namespace trtreport
