// The document's "pruning" section, and the plan that a training script follows.
#pragma once

#include "prune.hpp"
#include "report/document.hpp"
#include "report/summary.hpp"

namespace trtreport {

class PruningSection : public DocumentSection {
 public:
  explicit PruningSection(const Pruning& pruning) : pruning_(pruning) {}
  std::string_view name() const override { return "pruning"; }
  // The names are those of its own graph, which holds copies of shared vectors.
  void write(const DocumentNames&, JsonWriter& json) const override;

 private:
  const Pruning& pruning_;
};

// What each scenario leaves.
void add_pruning(const Pruning& pruning, Summary& summary);

// The members of what DOCUMENT.md calls figures, and "importance_kept": a what-if's answer.
void write_pruned_figures(const Pruning& pruning, const PrunedFigures& figures, JsonWriter& json);

// Schema "trtreport-prune/1": which indices of which axes of which tensors go, and which numbers of
// the model change with them. False where the sink refused.
bool write_prune_plan(const Pruning& pruning, const PruneScenario& scenario, Sink& sink);

}  // namespace trtreport
