// The rows of memory: DRAM, the L2 cache with its curve, shared memory, and PCIe.
#pragma once

#include "measure/measure.hpp"

#include <functional>
#include <string>
#include <vector>

namespace trtprobe {

// Which rows are asked for, and what to tell while they are measured.
struct Wanted {
  std::function<bool(const std::string& row)> row;
  std::function<void(const std::string& row)> progress;
};

void measure_memory(Bench& bench, const Wanted& wanted, std::vector<Row>& rows,
                    std::vector<Curve>& curves);

void measure_pcie(Bench& bench, const Wanted& wanted, std::vector<Row>& rows);

}  // namespace trtprobe
