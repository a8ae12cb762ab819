// --emit-qdq: the model with its quantization written into it, and what to say about it.
#pragma once

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "precision_plan.hpp"
#include "quantization/qdq.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trtreport::cli {

struct EmittedModel {
  quantization::QdqSummary summary;
  std::unique_ptr<Output> data;  // of INT4 weights that the model is too small for; mostly null
};

// Writes the model that line.qdq names; outputs are neither closed nor committed. The planner says
// what each layer becomes where line.plan asks for it; else every layer INT8. Errors: bad_place
// (external data would not be found from there, or would be replaced), no_plan, output_unwritable,
// those of quantize_model and of reading the weights; the message names the files.
tl::expected<EmittedModel, Error> emit_qdq(const CommandLine& line, const Graph& graph,
                                           ByteSource& source,
                                           const quantization::Quantization& quantization,
                                           PrecisionPlanner* planner, Output& output);

// One line each for standard error: what was written, what it means for TensorRT, what stayed.
std::vector<std::string> qdq_text(const quantization::QdqSummary& summary);

}  // namespace trtreport::cli
