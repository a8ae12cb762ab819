// What the parts of the Q/DQ writer share: the graph as the file has it, and the edit that grows.
#pragma once

#include "quantization/file_graph.hpp"
#include "quantization/layer_rules.hpp"
#include "quantization/qdq.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trtreport::quantization {

// A layer that is to be quantized.
struct QdqLayer : LayerSite {
  QdqWeight how;
  bool activations = false;  // its input is quantized too
};

// The layers of the request that can be what it says; the others say why.
std::vector<QdqLayer> find_layers(const FileGraph& file, const Targets& targets,
                                  const QdqRequest& request, std::vector<QdqLeftOut>& left_out);

// An activation that gets a pair.
struct QdqActivation {
  TensorId tensor = kNoTensor;
  LayerPrecision precision = LayerPrecision::Int8;
  float scale = 1;
  uint64_t residuals = 0;       // of the readers: sums that it is a branch of
  std::vector<NodeId> readers;  // who reads it dequantized
};
// Marks the layers whose input is among them.
std::vector<QdqActivation> find_activations(const FileGraph& file, const Quantization& quantization,
                                            std::vector<QdqLayer>& layers);

// The edit with the names and shared constants that it needs.
class QdqEdit {
 public:
  explicit QdqEdit(onnx::FreshNames& names) : names_(names) {}

  onnx::ModelEdit& edit() { return edit_; }
  onnx::NodeEdit& at(size_t place) { return edit_.nodes[place]; }
  std::string fresh(std::string_view wish) { return names_.take(wish); }
  void need_opset(int64_t version);
  std::string add(onnx::TensorDraft tensor);  // its name, made fresh
  // Scales of a type (float32, float16, bfloat16); dims {} or {n}.
  std::string scales(const std::string& wish, const ChannelScales& values, bool scalar,
                     DType dtype);
  // Zeros of the quantized type, shared; 0: a scalar.
  std::string zero_point(LayerPrecision precision, uint64_t count);
  // QuantizeLinear and DequantizeLinear of `tensor` before the node at `place`; the result's name.
  std::string add_pair(size_t place, const std::string& tensor, const std::string& scale,
                       const std::string& zero_point, std::optional<size_t> axis);

 private:
  onnx::FreshNames& names_;
  onnx::ModelEdit edit_;
  std::map<std::pair<LayerPrecision, uint64_t>, std::string> zero_points_;
};

// Scales, codes and pairs of the layers' weights. Layers whose weight turns out unfit are taken
// out of the list and say why.
void place_weights(const FileGraph& file, ByteSource& source, const Quantization& quantization,
                   LayerPrecision base, QdqEdit& edit, std::vector<QdqLayer>& layers,
                   std::vector<QdqLeftOut>& left_out);

void place_activations(const FileGraph& file, const std::vector<QdqActivation>& activations,
                       QdqEdit& edit);

// Casts around layers that stay in float32 today and are to compute in `base`; how many nodes do.
uint64_t place_casts(const FileGraph& file, const Targets& targets, const QdqRequest& request,
                     const std::vector<QdqLayer>& layers, QdqEdit& edit);

DType dtype_of(LayerPrecision precision);
// A number as raw_data of a scale type.
void append_scale(std::string& out, float value, DType dtype);
// The value that such a type makes of a scale: above 0.
float rounded_scale(float value, DType dtype);

}  // namespace trtreport::quantization
