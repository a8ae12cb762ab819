// Which layers TensorRT quantizes to which format: one table, read by the planner, which offers no
// more, and by the writer of Q/DQ nodes, which writes no less.
//
// Sources: TensorRT's documentation of explicit quantization and its operators' types (INT4:
// weights of matrix products alone, in blocks along the contracted axis; one zero point, 0); its
// release notes up to 10.16 (no FP8 kernels for grouped convolutions, nor for windows of more than
// 32; FP8 by channel in matrix products from Hopper on, 10.6); the support matrix of TensorRT-RTX
// (no FP8 deconvolutions). NVFP4 and the MX formats need operators of TensorRT's own and are not
// offered.
#pragma once

#include "quantization/file_graph.hpp"
#include "quantization/job.hpp"
#include "quantization/plan.hpp"
#include "quantization/targets.hpp"

#include <climits>
#include <string_view>

namespace trtreport::quantization {

// A short code ("int4_operator") and the end of a sentence ("TensorRT takes INT4 weights of matrix
// products alone").
std::string_view code(Refusal refusal);
std::string_view reason(Refusal refusal);

// A node with its weight, as a file has them.
struct LayerSite {
  NodeId node = kNoNode;
  size_t place = 0;
  TensorId input = kNoTensor;       // its activation
  TensorId weight = kNoTensor;      // as the node reads it
  TensorId stored = kNoTensor;      // where its values lie: behind casts and transpositions
  size_t target = 0;                // index into Targets::weights
  size_t channel_axis = 0;          // of `weight`
  size_t stored_axis = 0;           // the same of `stored`
  bool is_product = false;          // of matrices; else a convolution
  Refusal refusal = Refusal::None;  // of every format
};
LayerSite site_of(const FileGraph& file, const WeightUse& use);

// Operators that TensorRT runs quantized.
bool is_quantizable(std::string_view op);
// Fp32, Fp16 and Bf16 are never refused.
Refusal refusal_of(const FileGraph& file, const LayerSite& site, LayerPrecision precision);
// The same for a way of storing the weight, which has to fit the precision as well.
// `capability` as Device::capability has it; a file is for any device that can take it: kAnyDevice.
inline constexpr int kAnyDevice = INT_MAX;
Refusal refusal_of(const FileGraph& file, const LayerSite& site, LayerPrecision precision,
                   const Scheme& scheme, int capability);
// Of values that no scale can be found for; none where they could not be read.
Refusal refusal_of(const WeightResult& result);

// float32, float16, bfloat16: what scales may be.
bool is_scale_type(DType dtype);

}  // namespace trtreport::quantization
