// What launching a kernel that does nothing costs: alone and waited for, one behind the other, and
// as nodes of a graph, which is how an engine of TensorRT may run.
#pragma once

#include "measure/memory.hpp"

#include <vector>

namespace trtprobe {

void measure_launches(Bench& bench, const Wanted& wanted, std::vector<Row>& rows);

}  // namespace trtprobe
