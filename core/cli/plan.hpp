// A plan of precisions as text.
#pragma once

#include "precision_plan.hpp"

#include <string>

namespace trtreport::cli {

// A few lines for the terminal: the plan within the request's budget, what it is to be compared
// with, how to go on, and trtexec's flags.
std::string plan_text(PrecisionPlanner& planner, const quantization::Quantization& quantization);

}  // namespace trtreport::cli
