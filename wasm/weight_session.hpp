// A session that looks at weight values too: quantization, pruning, thresholds by hand; and the
// pull request's text. A module of its own, since the page draws its first report without any of
// it.
#pragma once

#include "precision_plan.hpp"
#include "prune.hpp"
#include "quantization/quantization.hpp"
#include "report/document_pruning.hpp"
#include "report/quantization.hpp"
#include "wasm/session.hpp"
#include "wasm/weight_request.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::wasm {

class WeightSession : public Session {
 public:
  using Session::Session;

  // {"formats":"default"}, as --formats takes them: finds the weights, reads none. Answer:
  // {"weights":[bytes of each],"bytes"}. The document has the section "quantization" from now on.
  std::string quantize(std::string_view request);
  // {"weight":7}: reads and judges one, which may take a while. What was found is kept, and
  // answered for another instance of the same model that keeps it: {"result":{"pointer","length"}}.
  std::string quantize_weight(std::string_view request);
  // The number of a weight as text, a space, then the bytes of such a result.
  std::string keep_weight(std::string_view request);

  // {"request":"fastest,keep-first-last","noise":[{"node":12,"choices":[{"precision":"int8",
  //  "weight_nsr":1e-4,"activation_nsr":null,"weight_bytes":100}]}]}, both may be left out: judges
  // layers and plans their precisions, after the weights were looked at or, where only their
  // figures are at hand, with the noise that a document has ("sensitivity"). The section has the
  // plan from now on. Answer: {}. Error codes: not_quantized, bad_plan.
  std::string plan(std::string_view request);
  // {"choice":"0110…"}, by layer: {"choice","node_precision","reformats","totals"} as the plan of a
  // document. Error codes: not_planned, and the planner's obstacles.
  std::string plan_of(std::string_view request);

  // {"ratios":[0.5],"criterion":"l2","global":false,"round_to":1,"protect_first":true,
  //  "protect_last":true,"groups":{"NAME":0.5}}: every member may be left out. Reads the weights.
  // The document has the section "pruning" from now on. Answer: {}.
  std::string prune(std::string_view request);
  // What is left after a cut of single groups: {"groups":[{"id":3,"ratio":0.5},{"id":4,"kept":10},
  // {"id":5,"cut":[0,2]}],"times":true}; others stay whole. Answer: the document's figures, with
  // "importance_kept" and "kept" as its scenarios have them. Error codes: not_pruned,
  // bad_prune_group.
  std::string prune_what_if(std::string_view request);
  // The same cut as a plan for a training script (trtreport-prune/1), written to the host. Answer:
  // {"bytes"}.
  std::string prune_mask(std::string_view request);

  // {"name":"quantization"|"pruning"}: writes the section to the host as one JSON value. Answer:
  // {"bytes"}; of names that nothing was found for, error code no_section.
  std::string section(std::string_view request);
  // {"template":"…"}: writes the summary in Markdown to the host. Answer: {"bytes"}.
  std::string markdown(std::string_view request);
  // {"histogram":{"edges":[0,1],"counts":[…]},"zeros":0,"power":3.5,"format":"int8","amax":[0.5],
  // "curve":true}, the sum of squares where it is known: figures of each threshold,
  // {"at":[{"amax","scale","sqnr_db","clipped_share","divergence"}]}, and along all of them,
  // {"curve":{"sqnr_db":[…],"clipped_share":[…],"divergence":[…]}} by bin. No model has to be open.
  std::string threshold(std::string_view request);

 protected:
  std::vector<const DocumentSection*> sections() const override;
  void forget() override;
  void changed() override;

 private:
  std::string keep(size_t weight, quantization::WeightResult result);
  void make_planner();
  // With what was found of weights and channels so far.
  Summary summary();

  std::unique_ptr<quantization::Quantization> quantization_;
  std::unique_ptr<PlanningRequest> planning_;
  std::unique_ptr<PrecisionPlanner> planner_;
  std::unique_ptr<QuantizationSection> quantization_section_;
  quantization::WeightJob::Scratch scratch_;
  std::unique_ptr<Pruning> pruning_;
  std::unique_ptr<PruningSection> pruning_section_;
  std::string result_;
};

}  // namespace trtreport::wasm
