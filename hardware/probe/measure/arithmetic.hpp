// The table of arithmetic probes, from probes.def, as work that the bench can time.
#pragma once

#include "base/result.hpp"
#include "measure/measure.hpp"

#include <string>
#include <vector>

namespace trtprobe {

// Names of all arithmetic rows, in the order of the table.
std::vector<std::string> arithmetic_rows();

// The rows of a name: one a method; one that says why where no method fits the chip.
std::vector<Row> measure_arithmetic(Bench& bench, const std::string& name);

// FP32 on the CUDA cores until the clock stands still. Its status says whether this build runs on
// the chip at all.
Row warm_up(Bench& bench, double seconds);

}  // namespace trtprobe
