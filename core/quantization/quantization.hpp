// Everything quantization finds of a model: the frame that the command line and the page's workers
// fill, and what the report writes.
#pragma once

#include "quantization/activations.hpp"
#include "quantization/cache.hpp"
#include "quantization/job.hpp"
#include "quantization/lints.hpp"
#include "quantization/scales.hpp"
#include "quantization/targets.hpp"

#include <memory>
#include <vector>

namespace trtreport::quantization {

// Largest over median magnitude of the channels that are not dead: what one scale for all costs the
// small ones, as depthwise convolutions show. 1 for a single channel.
double channel_spread(std::span<const float> channel_largest);

// Why a tensor's values could not be read, for who says it in other words: cause_code, tensor,
// dtype, elements, and location where a data file should hold them.
Lint::Args unread_args(const Graph& graph, TensorId tensor, const Error& error);

class Quantization {
 public:
  // Finds the weights and judges what is quantized already; no weight is read yet. Both must
  // outlive it. An Inference may run in between: only names, wiring and stored data are used.
  Quantization(const Graph& graph, ByteSource& source, std::vector<Scheme> schemes);

  const Graph& graph() const { return graph_; }
  const std::vector<Scheme>& schemes() const { return schemes_; }
  const Targets& targets() const { return targets_; }
  const std::vector<QuantizeNode>& quantize_nodes() const { return quantize_nodes_; }
  // Of the wiring, then of each kept weight in order.
  std::vector<Lint> lints() const;

  uint64_t elements(size_t weight) const;
  // Bytes of all weights that jobs would read.
  uint64_t weight_bytes() const;
  uint64_t weight_bytes(size_t weight) const;

  // The work on targets().weights[weight].
  std::unique_ptr<WeightJob> job(size_t weight) const;
  // Takes what a finished job found; in any order.
  void keep(size_t weight, WeightJob& job);
  void keep(size_t weight, WeightResult result);
  // Null where no job of it was kept.
  const WeightResult* result(size_t weight) const;
  // Scales by channel of the weight as it is stored, before BatchNormalization is folded in: what
  // QuantizeLinear takes. One by tensor; empty where the scheme was not tried, has blocks or is not
  // symmetric. Rounding a channel with them and then multiplying it by its factor gives what the
  // folded one gives. They read what is kept here.
  ChannelScales stored_scales(size_t weight, const Scheme& scheme) const;

  struct Activation {
    TensorId tensor = kNoTensor;
    ActivationResult result;
  };
  // Samples of a tensor by its name; what the model does not have becomes a finding.
  bool has_tensor(std::string_view name) const { return find_tensor(name) != kNoTensor; }
  void add_activation(std::string_view name, std::span<const float> values, uint64_t batch);
  const std::vector<Activation>& activations() const { return activations_; }

  // Calibration caches: the first is audited, a second one compared with it.
  void add_cache(CalibrationCache cache);
  const std::vector<CalibrationCache>& caches() const { return caches_; }
  // The first cache's scale of a tensor; 0 where it has none.
  float cached_scale(TensorId tensor) const;

  // One scale of an activation for INT8 or FP8 E4M3.
  struct ActivationScale {
    float scale = 1;
    std::optional<double> nsr;  // of the samples under it; none where only the cache has it
    std::string calibrator;     // "cache", or which
  };
  // The calibration cache's (INT8), else of the samples' calibrators the one of least error; none
  // where the tensor has neither, or only zeros.
  std::optional<ActivationScale> activation_scale(TensorId tensor, Format format) const;

 private:
  TensorId find_tensor(std::string_view name) const;
  // Values of one batch of a tensor, where the model says how many: its first dim may be another.
  uint64_t sample_size(TensorId tensor) const;  // 0: unknown
  void judge(size_t weight, const WeightResult& result, std::vector<Lint>& lints) const;

  const Graph& graph_;
  ByteSource& source_;
  std::vector<Scheme> schemes_;
  Targets targets_;
  std::vector<QuantizeNode> quantize_nodes_;
  std::vector<Lint> lints_;
  std::vector<std::unique_ptr<WeightResult>> results_;
  std::vector<Activation> activations_;
  std::vector<CalibrationCache> caches_;
};

}  // namespace trtreport::quantization
