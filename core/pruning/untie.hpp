// Exporters store equal vectors once: all zero biases of a network may be one initializer. That is
// no tie between the layers, since a smaller model simply stores it twice.
#pragma once

#include "graph/graph.hpp"
#include "ops/inference.hpp"

#include <cstdint>

namespace trtreport::pruning {

// Gives every node that uses a shared stored vector (at most one axis longer than 1) its own copy,
// under the same name, also where an Identity stands between. Cannot be undone. Matrices stay
// shared: those ties are meant.
class Untie : public ops::GraphEdit {
 public:
  void apply(Graph& graph) override;
  void undo(Graph&) override {}
  std::span<const ops::OperandSize> operand_sizes() const override { return {}; }
  uint64_t copies() const { return copies_; }

 private:
  uint64_t copies_ = 0;
};

}  // namespace trtreport::pruning
