// The roofline of one device at one precision: per node what bounds it and for how long, and the
// whole model's floor. Model: Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009.
#pragma once

#include "roofline/analysis.hpp"
#include "roofline/device.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trtreport {

struct RooflineOptions {
  bool sparse = false;  // 2:4 sparse tensor peaks where the device has them
  bool tf32 = true;     // fp32 on compute capability >= 8.0 runs as tf32
};

struct Fallback {
  std::string code;  // "no_precision": the device has no unit for it
  std::string text;  // "NVIDIA A100 SXM 80GB has no FP8 units: evaluated in FP16"
};

struct Group {  // sums by class or operator
  std::string key;
  uint64_t nodes = 0;
  double seconds = 0;
  Count macs, flops;
  double bytes = 0;
};

struct Sentence {
  std::string code;  // stable; with args it can be said in another language
  std::string text;
  std::vector<std::pair<std::string, std::string>> args;
};

struct Roofline {
  std::string device;
  bool measured = false;
  Precision precision = Precision::Fp16;
  Precision evaluated_as = Precision::Fp16;
  std::optional<Fallback> fallback;
  std::optional<double> peak_tensor, peak_vector, bandwidth, ridge;
  std::string accumulate;
  double launch_seconds = 0;
  std::optional<double> seconds, seconds_floor;  // unknown while a symbol is unbound
  uint64_t weight_bytes = 0;                     // at this precision
  std::optional<uint64_t> peak_activation_bytes, memory_bytes;
  std::optional<bool> fits_memory;
  std::optional<double> traffic_bytes, intensity;
  double compute_seconds = 0, memory_seconds = 0, launch_bound_seconds = 0;  // by what bounds
  std::vector<Group> by_class, by_op;                                        // most seconds first
  std::vector<uint32_t> hottest;  // up to ten indices into Figures::nodes
  std::vector<Sentence> verdict;
  // By listed node; NaN where unknown.
  std::vector<double> node_seconds, node_bytes, node_intensity;
  std::string node_bound;  // c, m, l, n; '?' where unknown
};

// A node that is evaluated at a precision of its own.
struct NodePrecision {
  uint32_t node = 0;  // index into Figures::nodes; others are passed over, the last of several wins
  Precision precision = Precision::Fp16;
};

// The verdict's sentences; called by evaluate_roofline when all else is filled.
std::vector<Sentence> write_verdict(const Figures& figures, const Graph& graph,
                                    const Roofline& roofline);

// Evaluates the graph at `precision` (Model: every tensor as stored): float32 weights and
// activations re-sized to it (int4, fp4: weights only; activations and arithmetic fp16), integers,
// bools and already quantized tensors kept. Contractions use the tensor peak, everything else and
// depthwise convolution the vector peak; contractions between Q/DQ pairs, and of integer operators,
// that of their own type. Where the device has no unit for the precision, the next wider one that
// it has is taken and named: fp8 and int8: fp16; tf32, bf16 and fp16: fp32 (bf16: tf32 first).
//
// seconds = sum over nodes of max(FLOPs / peak, bytes / bandwidth) + launch x runs.
// seconds_floor = max(FLOPs / peak, (weights that are read + graph inputs and outputs) /
// bandwidth), where the peak is the tensor peak of each node's precision. Tables that are only
// looked up count the rows read.
//
// Each of `nodes` has the peaks of its own precision and moves its weights and activations at that
// one's sizes; converting a tensor between two nodes is not charged. Their times and the sums of
// times follow; the floor moves every byte at the narrowest precision of all; memory (weight_bytes,
// peak_activation_bytes, fits_memory), peaks shown and fallback are of `precision`.
Roofline evaluate_roofline(const Figures& figures, const Graph& graph, const Device& device,
                           Precision precision, const RooflineOptions& options,
                           std::span<const NodePrecision> nodes = {});

// The precisions that the device has any peak for, in report order (Model not among them; tf32 only
// where fp32 is not, since fp32 is evaluated as tf32 unless that is switched off).
std::vector<Precision> supported_precisions(const Device& device, const RooflineOptions& options);

}  // namespace trtreport
