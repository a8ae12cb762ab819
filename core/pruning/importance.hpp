// How much each channel matters, from the weights' values alone.
#pragma once

#include "base/byte_source.hpp"
#include "pruning/groups.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::pruning {

enum class Criterion : uint8_t { Uniform, L1, L2, BatchNorm, Random };
std::string_view name(Criterion criterion);  // "uniform", "l1", "l2", "bn", "random"
std::optional<Criterion> criterion_from_name(std::string_view name);

struct Importance {
  // By class; NaN where no weight tells. L1, L2: the mean over the channel's weights of the sum of
  // |w| or w^2 of its slice, divided by the group's mean, as Torch-Pruning's group magnitude does
  // (biases and running statistics left out). BatchNorm: the mean |gamma| of its normalizations, as
  // Network Slimming (Liu et al., ICCV 2017). Random: uniform in [0, 1). Uniform: empty.
  std::vector<double> of_class;
  // Weights whose values could not be read, for the first of which `cause` is said.
  uint64_t unread = 0;
  std::string cause;
};

// Reads every weight that takes part once, in chunks. `source`: the model file.
Importance measure_importance(const ChannelGroups& groups, Criterion criterion, ByteSource& source);

}  // namespace trtreport::pruning
