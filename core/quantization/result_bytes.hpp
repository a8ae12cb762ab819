// A weight's result as bytes, for carrying it from the instance that found it to the one that
// writes the document. Both are the same program on the same machine: nothing is stored.
#pragma once

#include "quantization/job.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trtreport::quantization {

std::string result_to_bytes(const WeightResult& result);
// Empty where these are no bytes of it.
std::optional<WeightResult> result_from_bytes(std::string_view bytes);

}  // namespace trtreport::quantization
