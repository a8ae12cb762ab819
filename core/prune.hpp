// The facade of pruning: which channels hang together, and what is left of the model, its memory
// and its time when some of them go. A library of its own, so that a build can do without it.
#pragma once

#include "pruning/groups.hpp"
#include "pruning/importance.hpp"
#include "pruning/select.hpp"
#include "pruning/sliced_graph.hpp"
#include "pruning/sparsity.hpp"
#include "roofline/padding.hpp"
#include "trtreport.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trtreport {

struct PruneOptions {
  std::vector<double> ratios = {0.25, 0.5, 0.75};
  pruning::Criterion criterion = pruning::Criterion::L2;
  pruning::Selection selection;  // its ratio is of no account
  // Shares of single groups, named by their number or one of their weights; they make a scenario of
  // their own, in which every other group stays whole.
  std::vector<std::pair<std::string, double>> of_groups;
};

// Times of one device at one precision.
struct PrunedTime {
  size_t device = 0;  // of the analysis' options
  Precision precision = Precision::Fp16;
  std::optional<double> seconds;
  // With the channels of every contraction padded to what its tensor cores take.
  std::optional<double> seconds_padded;
  // With 2:4 weights in the layers that gain by them, metadata included; empty where the device has
  // no sparse tensor cores at this precision.
  std::optional<double> seconds_24;
};

// What a cut leaves, inferred again from the smaller weights.
struct PrunedFigures {
  uint64_t params = 0, weight_bytes = 0;
  Count macs, flops;
  std::optional<double> intensity;
  std::optional<uint64_t> peak_activation_bytes;
  std::vector<PrunedTime> times;          // in the order of Analysis::rooflines
  std::optional<double> importance_kept;  // share of the importance of all channels
};

// A contraction that a cut leaves with fewer than kThin output channels, or that is bound by memory
// where it was by arithmetic: on the first roofline.
struct ThinLayer {
  uint32_t node = 0;  // index into Figures::nodes
  uint64_t channels = 0, kept = 0;
  double before = 0, after = 0;  // FLOP a byte; NaN where unknown
  char bound_before = '?', bound_after = '?';
};
inline constexpr uint64_t kThin = 64;

struct PruneScenario {
  std::string name;
  double ratio = 0;
  PrunedFigures figures;
  std::vector<uint32_t> kept;  // channels by group
  std::vector<bool> cut;       // by class
  std::vector<ThinLayer> thin;
};

// One step of pruning, 2:4 and quantization on top of each other.
struct CombinedStep {
  std::string_view name;  // unpruned, pruned, sparse24, int8, fp8
  Precision precision = Precision::Fp16;
  bool sparse24 = false;
  Count flops;  // with the zeros of 2:4 layers, as sparse peaks count
  std::optional<double> traffic_bytes, seconds;
};
struct CombinedSteps {
  size_t device = 0, scenario = 0;
  std::vector<CombinedStep> steps;
};

// What one group alone gives when half of it goes.
struct GroupHalf {
  uint32_t kept = 0;
  PrunedFigures figures;  // of what is left, with padded times alone
  std::optional<double> importance_lost;
};

// Seconds that 2:4 saves in one layer, by device and precision; in the order of
// Analysis::rooflines.
struct SparseGain {
  std::vector<std::optional<double>> seconds_saved;
};

class Pruning {
 public:
  // Reads the model a second time: the analysis that a document is written from stays as it is.
  // Errors are those of Analysis::run, and bad_prune_group for a name in `of_groups` that is none.
  static tl::expected<std::unique_ptr<Pruning>, Error> run(ByteSource& source, ExternalFiles* files,
                                                           Options options, PruneOptions prune);

  // The criterion is Uniform where another one was asked for and a weight that it needs could not
  // be read: importance() says why.
  const PruneOptions& options() const { return prune_; }
  const Analysis& analysis() const { return *analysis_; }
  const pruning::ChannelGroups& groups() const { return *groups_; }
  const pruning::Importance& importance() const { return importance_; }
  // Vectors that layers share in the file and that a cut stores for each of them.
  uint64_t untied() const { return untied_; }
  const PrunedFigures& unpruned() const { return unpruned_; }
  const std::vector<PruneScenario>& scenarios() const { return scenarios_; }
  const std::vector<pruning::SparseLayer>& sparse_layers() const { return sparse_layers_; }
  const std::vector<SparseGain>& sparse_gains() const { return sparse_gains_; }
  // Parameters and MACs that go with one channel of each group; unknown for frozen ones, and in
  // graphs too large to try every group.
  struct PerChannel {
    std::optional<uint64_t> params;
    Count macs;
    std::optional<GroupHalf> half;
  };
  const std::vector<PerChannel>& per_channel() const { return per_channel_; }
  // Elements of weights that some cut could remove, and all of them.
  uint64_t prunable_elements() const { return prunable_elements_; }
  uint64_t weight_elements() const { return weight_elements_; }

  // Each scenario on each device; of the widest of fp16, bf16, tf32 and fp32 that the device has
  // first, then of int8 and fp8 where it has them.
  const std::vector<CombinedSteps>& combined() const { return combined_; }

  // The figures with these classes cut. `times`: also those of every roofline.
  PrunedFigures what_if(const std::vector<bool>& cut, bool times = true) {
    return cut_figures(cut, times ? Times::All : Times::None);
  }
  // What else has to change in the model for a cut.
  std::vector<pruning::SizeChange> size_changes(const std::vector<bool>& cut) const;

 private:
  enum class Times : uint8_t { None, Padded, All };

  Pruning() = default;
  PrunedFigures cut_figures(const std::vector<bool>& cut, Times times);
  void fall_back();
  void freeze_contradictions();
  void try_groups();
  void count_prunable();
  std::optional<Error> make_scenarios();
  tl::expected<std::vector<uint32_t>, Error> kept_of_named() const;
  void add_scenario(std::string name, double ratio, std::vector<bool> cut);
  std::optional<double> importance_kept(const std::vector<bool>& cut) const;
  PrunedFigures figures(Times times) const;
  void measure_sparse_gains();
  // prune_steps.cpp; what is asked for is of the graph as it stands.
  void note_layers();
  std::vector<ThinLayer> thin_layers() const;
  void add_dense_steps(std::string_view name, std::vector<CombinedSteps>& all) const;
  void add_pruned_steps(std::vector<CombinedSteps>& all) const;

  PruneOptions prune_;
  std::unique_ptr<pruning::SlicedGraph> sliced_;  // in use by analysis_, so that it goes last
  std::unique_ptr<Analysis> analysis_;
  std::unique_ptr<pruning::ChannelGroups> groups_;
  pruning::Importance importance_;
  uint64_t untied_ = 0, prunable_elements_ = 0, weight_elements_ = 0;
  PrunedFigures unpruned_;
  std::vector<PruneScenario> scenarios_;
  std::vector<PerChannel> per_channel_;
  std::vector<CombinedSteps> unpruned_steps_, combined_;
  std::vector<ThinLayer> layers_;  // contractions before the cut, on the first roofline
  std::vector<pruning::SparseLayer> sparse_layers_;
  std::vector<SparseGain> sparse_gains_;
};

struct Sparse24 {
  std::vector<double> node_seconds;  // with 2:4 or, where it does not pay, without
  double saved_bytes = 0;            // of weights, less the places of those that stay
};
// Empty where the device has no sparse peak. `layers` of the graph that the figures are of. Weights
// are compressed when the engine is built; picking the activations that meet them runs at the rate
// of the sparse peak, and layers too small to make up for it count as dense.
std::optional<Sparse24> seconds_with_24(const Analysis& analysis, const Analysis::RooflineKey& key,
                                        std::span<const pruning::SparseLayer> layers);

// What the times of 2:4 do not know, of the first roofline on which a layer gains by it. Code:
// short_sparse.
std::vector<Sentence> sparse_limits(const Pruning& pruning);

}  // namespace trtreport
