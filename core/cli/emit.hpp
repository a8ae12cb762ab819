// --emit-qdq: the model with its quantization written into it, and what to say about it.
#pragma once

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "precision_plan.hpp"
#include "quantization/qdq.hpp"

#include <string>
#include <vector>

namespace trtreport::cli {

// Writes the model that line.qdq names; the output is neither closed nor committed. The planner
// says what each layer becomes where line.plan asks for it; else every layer INT8. Errors:
// bad_place (external data would not be found from there), no_plan, those of quantize_model and of
// reading the weights; the message names both files.
tl::expected<quantization::QdqSummary, Error> emit_qdq(
    const CommandLine& line, const Graph& graph, ByteSource& source,
    const quantization::Quantization& quantization, PrecisionPlanner* planner, Output& output);

// One line each for standard error: what was written, what it means for TensorRT, what stayed.
std::vector<std::string> qdq_text(const quantization::QdqSummary& summary);

}  // namespace trtreport::cli
