// Weight values, read and quantized on every core: the threads that the core itself does without.
#pragma once

#include "cli/progress.hpp"
#include "quantization/quantization.hpp"

namespace trtreport::cli {

// Threads worth having on this machine; at most 16, which bounds what weights keep in memory.
unsigned worker_threads();

// Runs the jobs of all weights. The result does not depend on `threads`.
void quantize_weights(quantization::Quantization& quantization, unsigned threads,
                      Progress* progress);

}  // namespace trtreport::cli
