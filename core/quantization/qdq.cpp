// Puts the parts together: layers, their weights, activations, casts, and the rewritten model.
#include "quantization/qdq.hpp"

#include "onnx/rewrite/wire.hpp"
#include "quantization/qdq_parts.hpp"

#include <algorithm>

namespace trtreport::quantization {
namespace {

DType code_type(LayerPrecision precision) {
  return precision == LayerPrecision::Fp8 ? DType::Float8E4M3FN : DType::Int8;
}

// Lists of more numbers are made while they are written.
constexpr uint64_t kMostWrittenOut = uint64_t{1} << 16;

class ScaleList : public onnx::Content {
 public:
  ScaleList(const ChannelScales& scales, DType dtype) : scales_(scales), dtype_(dtype) {}
  uint64_t size() const override { return storage_bytes(dtype_, scales_.size()); }
  tl::expected<void, Error> write(onnx::ModelSink& sink) const override {
    std::string bytes;
    for (size_t i = 0; i < scales_.size();) {
      bytes.clear();
      for (const size_t end = std::min<size_t>(scales_.size(), i + kMostWrittenOut); i < end; ++i)
        append_scale(bytes, scales_[i], dtype_);
      if (!sink.write(bytes)) break;
    }
    return {};
  }

 private:
  ChannelScales scales_;
  DType dtype_;
};

class Zeros : public onnx::Content {
 public:
  explicit Zeros(uint64_t count) : count_(count) {}
  uint64_t size() const override { return count_; }
  tl::expected<void, Error> write(onnx::ModelSink& sink) const override {
    const std::string bytes(static_cast<size_t>(kMostWrittenOut), '\0');
    for (uint64_t left = count_; left > 0;) {
      const uint64_t count = std::min(left, kMostWrittenOut);
      if (!sink.write(std::string_view(bytes).substr(0, static_cast<size_t>(count)))) break;
      left -= count;
    }
    return {};
  }

 private:
  uint64_t count_;
};

class GraphFacts : public onnx::TensorFacts {
 public:
  GraphFacts(const Graph& graph, ByteSource& source) : graph_(graph), source_(source) {
    for (TensorId id = 0; id < graph.tensors.size(); ++id) {
      if (graph.tensors[id].body == kMainBody) by_name_.emplace(graph.tensors[id].name, id);
    }
  }
  DType dtype(std::string_view tensor) const override {
    const TensorId id = find(tensor);
    if (id == kNoTensor) return DType::Undefined;
    const Tensor& found = graph_.tensors[id];
    if (found.type.dtype != DType::Undefined || found.data == nullptr) return found.type.dtype;
    return found.data->dtype;
  }
  int rank(std::string_view tensor) const override {
    const TensorId id = find(tensor);
    return id == kNoTensor ? -1 : graph_.tensors[id].type.shape.rank();
  }
  bool is_read(std::string_view tensor) const override {
    const TensorId id = find(tensor);
    return id == kNoTensor || graph_.tensors[id].uses > 0 || graph_.tensors[id].is_output;
  }
  std::vector<double> numbers(std::string_view tensor) const override {
    const TensorId id = find(tensor);
    if (id == kNoTensor || graph_.tensors[id].data == nullptr) return {};
    constexpr uint64_t kMost = 1024;
    auto read = onnx::read_elements(graph_.model(), source_, *graph_.tensors[id].data, kMost);
    return read ? std::move(read->floats) : std::vector<double>();
  }

 private:
  TensorId find(std::string_view tensor) const {
    const auto at = by_name_.find(graph_.model().strings.find(tensor));
    return at == by_name_.end() ? kNoTensor : at->second;
  }
  const Graph& graph_;
  ByteSource& source_;
  std::unordered_map<StringId, TensorId> by_name_;
};

void summarize(const FileGraph& file, const std::vector<QdqLayer>& layers,
               const std::vector<QdqActivation>& activations, QdqSummary& summary) {
  for (const QdqLayer& layer : layers) {
    switch (layer.how.precision) {
      case LayerPrecision::Fp8:
        ++summary.fp8;
        break;
      case LayerPrecision::Int4:
        ++summary.int4;
        break;
      default:
        ++summary.int8;
    }
    if (!layer.activations && layer.how.precision != LayerPrecision::Int4) ++summary.weights_only;
  }
  summary.activations = activations.size();
  for (const QdqActivation& item : activations) summary.residuals += item.residuals;
  summary.opset_before = onnx::main_opset(file.graph().model());
}

// Moves what is made while writing into a file of its own, where the model would get too large.
onnx::Pieces move_contents(const QdqRequest& request, const onnx::Model& model,
                           onnx::ModelEdit& edit) {
  constexpr uint64_t kAlignment = 4096;  // so that the file can be mapped
  onnx::Pieces data;
  uint64_t bytes = model.file_bytes;
  for (const size_t place : edit.removed_initializers) {
    const onnx::TensorData& removed = model.graph.initializers[place];
    if (removed.storage != onnx::TensorData::Storage::External) bytes -= removed.length;
  }
  for (const onnx::TensorDraft& tensor : edit.initializers)
    bytes += tensor.content ? tensor.content->size() : tensor.bytes.size();
  if (request.data_file.empty() || bytes <= request.most_bytes) return data;
  for (onnx::TensorDraft& tensor : edit.initializers) {
    if (!tensor.content) continue;
    data.text(std::string(static_cast<size_t>((kAlignment - data.size() % kAlignment) % kAlignment),
                          '\0'));
    tensor.location = request.data_file;
    tensor.offset = data.size();
    data.content(tensor.content);
  }
  return data;
}

}  // namespace

DType dtype_of(LayerPrecision precision) {
  if (precision == LayerPrecision::Fp16) return DType::Float16;
  return precision == LayerPrecision::Bf16 ? DType::BFloat16 : DType::Float32;
}

float rounded_scale(float value, DType dtype) {
  if (dtype == DType::BFloat16) return round_to_bfloat16(value);
  if (dtype != DType::Float16) return value;
  constexpr float kLeast = 0x1p-24f;  // of float16 above 0
  return std::max(round_to_float16(value), kLeast);
}

void append_scale(std::string& out, float value, DType dtype) {
  const float rounded = rounded_scale(value, dtype);
  if (dtype == DType::Float16) {
    onnx::append_raw(out, float16_code(rounded));
  } else if (dtype == DType::BFloat16) {
    onnx::append_raw(out, bfloat16_code(rounded));
  } else {
    onnx::append_raw(out, rounded);
  }
}

void QdqEdit::need_opset(int64_t version) { edit_.opset = std::max(edit_.opset, version); }

std::string QdqEdit::add(onnx::TensorDraft tensor) {
  tensor.name = fresh(tensor.name);
  edit_.initializers.push_back(std::move(tensor));
  return edit_.initializers.back().name;
}

std::string QdqEdit::scales(const std::string& wish, const ChannelScales& values, bool scalar,
                            DType dtype) {
  constexpr int64_t kTypedScales = 19;  // before, scales are float32
  if (dtype != DType::Float32) need_opset(kTypedScales);
  onnx::TensorDraft tensor;
  tensor.name = wish;
  tensor.dtype = dtype;
  if (!scalar) tensor.dims = {static_cast<int64_t>(values.size())};
  if (values.size() > kMostWrittenOut) {
    tensor.content = std::make_shared<ScaleList>(values, dtype);
  } else {
    for (size_t i = 0; i < values.size(); ++i) append_scale(tensor.bytes, values[i], dtype);
  }
  return add(std::move(tensor));
}

std::string QdqEdit::zero_point(LayerPrecision precision, uint64_t count) {
  const auto [at, is_new] = zero_points_.try_emplace({precision, count});
  if (!is_new) return at->second;
  constexpr int64_t kAxes = 13, kFloat8 = 19;
  need_opset(precision == LayerPrecision::Fp8 ? kFloat8 : kAxes);
  onnx::TensorDraft tensor;
  tensor.dtype = code_type(precision);
  tensor.name = "zero_point_" + std::string(trtreport::name(tensor.dtype));
  if (count > 0) {
    tensor.name += "_" + std::to_string(count);
    tensor.dims = {static_cast<int64_t>(count)};
  }
  if (count > kMostWrittenOut) {
    tensor.content = std::make_shared<Zeros>(count);
  } else {
    tensor.bytes.assign(static_cast<size_t>(std::max<uint64_t>(count, 1)), '\0');
  }
  at->second = add(std::move(tensor));
  return at->second;
}

std::string QdqEdit::add_pair(size_t place, const std::string& tensor, const std::string& scale,
                              const std::string& zero_point, std::optional<size_t> axis) {
  onnx::NodeDraft quantize, dequantize;
  quantize.op = "QuantizeLinear";
  quantize.name = fresh(tensor + "_QuantizeLinear");
  quantize.inputs = {tensor, scale, zero_point};
  quantize.outputs = {fresh(tensor + "_quantized")};
  dequantize.op = "DequantizeLinear";
  dequantize.name = fresh(tensor + "_DequantizeLinear");
  dequantize.inputs = {quantize.outputs[0], scale, zero_point};
  dequantize.outputs = {fresh(tensor + "_dequantized")};
  if (axis) {
    quantize.set("axis", static_cast<int64_t>(*axis));
    dequantize.set("axis", static_cast<int64_t>(*axis));
  }
  std::string result = dequantize.outputs[0];
  onnx::NodeEdit& edit = at(place);
  edit.before.push_back(std::move(quantize));
  edit.before.push_back(std::move(dequantize));
  return result;
}

QdqRequest request_everything(const Targets& targets) {
  QdqRequest request;
  for (const WeightUse& use : targets.uses) request.layers.emplace(use.node, QdqWeight{});
  return request;
}

QdqRequest request_plan(std::span<const PlanLayer> layers, const Plan& plan, LayerPrecision base) {
  QdqRequest request;
  request.base = base;
  for (size_t i = 0; i < layers.size() && i < plan.choice.size(); ++i) {
    const LayerChoice& choice = layers[i].choices[plan.choice[i]];
    const bool is_narrow =
        quantizes_activations(choice.precision) || choice.precision == LayerPrecision::Int4;
    if (!is_narrow) continue;
    PlanRequest alone;
    alone.formats = {choice.precision};
    const Scheme scheme = choice.weights ? *choice.weights : schemes_of(alone).back();
    request.layers.emplace(layers[i].node, QdqWeight{choice.precision, scheme});
  }
  return request;
}

tl::expected<QdqModel, Error> quantize_model(const Graph& graph, ByteSource& source,
                                             const Quantization& quantization,
                                             const QdqRequest& request) {
  const FileGraph file(graph);
  const Targets& targets = quantization.targets();
  QdqModel result;
  QdqSummary& summary = result.summary;
  onnx::FreshNames names(graph.model());
  QdqEdit edit(names);
  std::vector<QdqLayer> layers = find_layers(file, targets, request, summary.left_out);
  place_weights(file, source, quantization, request.base, edit, layers, summary.left_out);
  const std::vector<QdqActivation> activations = find_activations(file, quantization, layers);
  place_activations(file, activations, edit);
  summary.cast = place_casts(file, targets, request, layers, edit);
  if (layers.empty() && summary.cast == 0) {
    std::string message = "it holds no layer that can be quantized";
    if (!summary.left_out.empty())
      message += ": '" + summary.left_out.front().node + "': " + summary.left_out.front().reason;
    return tl::unexpected(Error{"nothing_to_quantize", std::move(message)});
  }
  summarize(file, layers, activations, summary);
  summary.opset = std::max(summary.opset_before, edit.edit().opset);
  summary.ir_version = std::max(graph.model().ir_version, onnx::ir_version_of(summary.opset));
  result.data = move_contents(request, graph.model(), edit.edit());
  auto pieces = onnx::rewrite_model(graph.model(), source, std::move(edit.edit()),
                                    GraphFacts(graph, source), names);
  if (!pieces) return tl::unexpected(std::move(pieces.error()));
  result.pieces = std::move(*pieces);
  return result;
}

}  // namespace trtreport::quantization
