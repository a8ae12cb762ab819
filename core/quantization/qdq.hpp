// A model with its quantization written into it: QuantizeLinear, DequantizeLinear and Cast nodes
// where TensorRT's rules want them, weights left in their file.
#pragma once

#include "onnx/rewrite/rewrite.hpp"
#include "quantization/plan.hpp"
#include "quantization/quantization.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::quantization {

// How one weight is to be stored, and so what the layers that read it compute in.
struct QdqWeight {
  LayerPrecision precision = LayerPrecision::Int8;
  Scheme scheme = {Format::Int8, Granularity::Channel, 0, true, Calibrator::Max};
};

struct QdqRequest {
  std::map<NodeId, QdqWeight> layers;  // those to be quantized
  // Fp16 or Bf16: layers of float32 that are not quantized are cast to it. Fp32: they stay.
  LayerPrecision base = LayerPrecision::Fp32;
  // What INT4 codes and their scales are written to where the model would pass `most_bytes`: a name
  // relative to the model, as ONNX has external data. Empty: they stay in the model.
  std::string data_file;
  uint64_t most_bytes = 2'000'000'000;
};

// Every layer INT8, its weight by channel with max, nothing cast: what is done where no plan is
// made.
QdqRequest request_everything(const Targets& targets);
// What a plan chose for its layers.
QdqRequest request_plan(std::span<const PlanLayer> layers, const Plan& plan, LayerPrecision base);

// A layer that keeps its precision though the request names it.
struct QdqLeftOut {
  std::string node;
  std::string reason;  // "its weight is zero throughout"
};

struct QdqSummary {
  uint64_t int8 = 0, fp8 = 0, int4 = 0;  // layers
  uint64_t weights_only = 0;             // of int8 and fp8: their input has no calibrated range
  uint64_t cast = 0;                     // nodes in the base precision
  uint64_t activations = 0;              // tensors with a Q/DQ pair
  uint64_t residuals = 0;                // sums behind a layer whose other branch is quantized
  int64_t opset_before = 0, opset = 0, ir_version = 0;
  std::vector<QdqLeftOut> left_out;
};

struct QdqModel {
  onnx::Pieces pieces;  // to be written while graph, source and quantization are there
  onnx::Pieces data;    // of the request's data_file; mostly empty
  QdqSummary summary;
};

// Places the nodes and finds the scales; each weight of the request is read once for its ranges,
// those in INT4 blocks twice more while the pieces are written; not those whose scales
// `quantization` knows (FP8 convolutions before a normalization are: they take one scale of the
// weight as it is stored). Activations have the scales that it knows. Types must have been
// inferred.
//
// Rules (TensorRT's documentation of explicit quantization; ModelOpt's and pytorch-quantization's
// placement): layers take their weight by channel with zero point 0 and their input by tensor;
// nothing lies between a layer, its normalization and activation; of an Add behind a layer the
// other branch is quantized, so that the sum is part of the layer; what is concatenated or only
// moved shares one scale; average pooling behind a quantized layer takes its input quantized.
//
// Error codes: nothing_to_quantize (with the first reason), those of rewrite_model.
tl::expected<QdqModel, Error> quantize_model(const Graph& graph, ByteSource& source,
                                             const Quantization& quantization,
                                             const QdqRequest& request);

}  // namespace trtreport::quantization
