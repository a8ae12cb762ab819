// The few command-line options that a golden case may name, as the facades' options.
#pragma once

#include "prune.hpp"
#include "quantization/plan.hpp"
#include "quantization/scheme.hpp"
#include "trtreport.hpp"

#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::golden {

// --device NAME, --precision P, --sparse, --no-tf32, --batch N, --dim NAME=N, --shape INPUT=1x3x4,
// --convention C.
tl::expected<Options, std::string> parse_options(const std::vector<std::string>& words);

// --prune RATIO, --prune-criterion NAME, --round-to N, --prune-protect both|none: taken out of the
// words. Empty where --prune is not among them.
std::optional<PruneOptions> take_prune_options(std::vector<std::string>& words);

// --quantize FORMATS, as the command line's --formats: taken out of the words. Empty where it is
// not among them.
std::vector<quantization::Scheme> take_schemes(std::vector<std::string>& words);

// --plan LIST: likewise; sensitivity and a plan are written only with it.
std::optional<quantization::PlanRequest> take_plan(std::vector<std::string>& words);

}  // namespace trtreport::golden
