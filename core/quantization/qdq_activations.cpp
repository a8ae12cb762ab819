// Which activations get a pair, and one scale for those that an engine keeps in one buffer.
#include "quantization/qdq_parts.hpp"
#include "quantization/scales.hpp"

#include <algorithm>

namespace trtreport::quantization {
namespace {

constexpr int kMostSteps = 64;

bool any_of(std::string_view op, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), op) != list.end();
}

// The largest magnitude that a calibration found for a tensor; 0 where none did.
double calibrated_range(const Quantization& quantization, TensorId tensor, Format format) {
  if (const auto found = quantization.activation_scale(tensor, format))
    return static_cast<double>(found->scale) * static_cast<double>(row(format).element.high);
  return static_cast<double>(quantization.cached_scale(tensor)) * 127;
}

class ActivationFinder {
 public:
  ActivationFinder(const FileGraph& file, const Quantization& quantization,
                   std::vector<QdqLayer>& layers)
      : file_(file), quantization_(quantization), layers_(layers) {
    for (size_t i = 0; i < layers.size(); ++i) layer_of_.emplace(layers[i].node, i);
  }

  std::vector<QdqActivation> run() {
    for (const QdqLayer& layer : layers_) {
      if (layer.how.precision != LayerPrecision::Int4)
        want(layer.input, layer.node, layer.how.precision, false);
    }
    find_scales();
    const size_t inputs = wanted_.size();
    for (size_t i = 0; i < inputs; ++i) mark(wanted_[i]);
    for (NodeId id = 0; id < file_.graph().nodes.size(); ++id) {
      if (!file_.place(id)) continue;
      if (file_.op(id) == "Add") want_residual(id);
      if (any_of(file_.op(id), {"AveragePool", "GlobalAveragePool"})) want_pooled(id);
    }
    find_scales();
    std::vector<QdqActivation> found;
    for (QdqActivation& item : wanted_) {
      if (item.scale > 0) found.push_back(std::move(item));
    }
    return found;
  }

 private:
  void want(TensorId tensor, NodeId reader, LayerPrecision precision, bool is_residual) {
    const auto [at, is_new] = index_.try_emplace({tensor, precision}, wanted_.size());
    if (is_new) wanted_.push_back({tensor, precision, 0, 0, {}});
    wanted_[at->second].readers.push_back(reader);
    wanted_[at->second].residuals += is_residual ? 1 : 0;
  }

  void mark(const QdqActivation& item) {
    if (!(item.scale > 0)) return;
    for (const NodeId reader : item.readers) {
      const auto layer = layer_of_.find(reader);
      if (layer != layer_of_.end()) layers_[layer->second].activations = true;
    }
  }

  // A quantized layer that this tensor is the sum, normalization or activation of; null: none.
  const QdqLayer* layer_behind(TensorId tensor, bool through_sums) const {
    for (int step = 0; step < kMostSteps && tensor != kNoTensor; ++step) {
      const NodeId from = file_.producer(tensor);
      if (from == kNoNode || !file_.place(from)) return nullptr;
      if (const auto layer = layer_of_.find(from); layer != layer_of_.end()) {
        const QdqLayer& found = layers_[layer->second];
        return found.activations ? &found : nullptr;
      }
      const std::string_view op = file_.op(from);
      const bool passes = any_of(op, {"BatchNormalization", "Identity", "Dropout"}) ||
                          (through_sums && any_of(op, {"Relu", "Clip", "Add"}));
      if (!passes) return nullptr;
      if (!through_sums && file_.graph().tensors[tensor].uses != 1) return nullptr;
      TensorId next = file_.input(from, 0);
      if (op == "Add" && layer_behind_sum(next) == nullptr) next = file_.input(from, 1);
      tensor = next;
    }
    return nullptr;
  }
  const QdqLayer* layer_behind_sum(TensorId tensor) const { return layer_behind(tensor, false); }

  // How many layers lie between a tensor and the fork that it comes from.
  int layers_to_fork(TensorId tensor) const {
    int count = 0;
    for (int step = 0; step < kMostSteps && tensor != kNoTensor; ++step) {
      const NodeId from = file_.producer(tensor);
      if (from == kNoNode) break;
      count += layer_of_.count(from) != 0 ? 1 : 0;
      tensor = file_.input(from, 0);
      if (tensor != kNoTensor && file_.graph().tensors[tensor].uses > 1) break;
    }
    return count;
  }

  // The branch beside a layer: of two layers the one with the shorter way from the fork stands
  // beside the other.
  void want_residual(NodeId sum) {
    const TensorId first = file_.input(sum, 0), second = file_.input(sum, 1);
    if (first == kNoTensor || second == kNoTensor || first == second) return;
    if (file_.is_stored(first) || file_.is_stored(second)) return;
    const Shape& shape = file_.graph().tensors[first].type.shape;
    if (!(shape == file_.graph().tensors[second].type.shape) || !shape.known()) return;
    const QdqLayer* a = layer_behind(first, false);
    const QdqLayer* b = layer_behind(second, false);
    if (a == nullptr && b == nullptr) return;
    bool second_beside = a != nullptr;
    if (a != nullptr && b != nullptr)
      second_beside = layers_to_fork(second) <= layers_to_fork(first);
    const TensorId beside = second_beside ? second : first;
    const NodeId from = file_.producer(beside);
    if (from != kNoNode && file_.op(from) == "DequantizeLinear") return;
    want(beside, sum, (second_beside ? a : b)->how.precision, true);
  }

  void want_pooled(NodeId pool) {
    const TensorId input = file_.input(pool, 0);
    const QdqLayer* layer = layer_behind(input, true);
    if (layer != nullptr && layer->how.precision == LayerPrecision::Int8)
      want(input, pool, layer->how.precision, false);
  }

  // What an engine moves a quantization through, it keeps at one scale: unites the tensors before
  // and after.
  void unite(TensorId tensor) {
    std::vector<TensorId> open = {tensor};
    while (!open.empty()) {
      const TensorId at = open.back();
      open.pop_back();
      if (!carried_.insert(at).second) continue;
      const NodeId from = file_.producer(at);
      if (from == kNoNode) continue;
      const bool joins = file_.op(from) == "Concat";
      if (!joins && !file_.only_moves(from)) continue;
      const auto& inputs = file_.graph().nodes[from].inputs;
      for (size_t i = 0; i < (joins ? inputs.size() : 1); ++i) {
        if (inputs[i] == kNoTensor || file_.is_stored(inputs[i])) continue;
        parent_[root(inputs[i])] = root(at);
        open.push_back(inputs[i]);
      }
    }
  }

  TensorId root(TensorId tensor) {
    for (;;) {
      const auto at = parent_.find(tensor);
      if (at == parent_.end() || at->second == tensor) return tensor;
      tensor = at->second;
    }
  }

  void find_scales() {
    for (const QdqActivation& item : wanted_) unite(item.tensor);
    for (QdqActivation& item : wanted_) {
      const Format format = item.precision == LayerPrecision::Fp8 ? Format::Fp8E4M3 : Format::Int8;
      double range = 0;
      for (const TensorId member : carried_) {
        if (root(member) == root(item.tensor))
          range = std::max(range, calibrated_range(quantization_, member, format));
      }
      item.scale = range > static_cast<double>(kDeadMagnitude)
                       ? symmetric_scale(row(format).element, static_cast<float>(range))
                       : 0;
    }
  }

  const FileGraph& file_;
  const Quantization& quantization_;
  std::vector<QdqLayer>& layers_;
  std::unordered_map<NodeId, size_t> layer_of_;
  std::vector<QdqActivation> wanted_;
  std::map<std::pair<TensorId, LayerPrecision>, size_t> index_;
  std::set<TensorId> carried_;
  std::unordered_map<TensorId, TensorId> parent_;
};

}  // namespace

std::vector<QdqActivation> find_activations(const FileGraph& file, const Quantization& quantization,
                                            std::vector<QdqLayer>& layers) {
  return ActivationFinder(file, quantization, layers).run();
}

void place_activations(const FileGraph& file, const std::vector<QdqActivation>& activations,
                       QdqEdit& edit) {
  for (const QdqActivation& item : activations) {
    const std::string name = file.name(item.tensor);
    const DType dtype = file.dtype(item.tensor);
    size_t first = SIZE_MAX;
    for (const NodeId reader : item.readers) first = std::min(first, *file.place(reader));
    const float scale[] = {item.scale};
    const std::string result = edit.add_pair(
        first, name, edit.scales(name + "_scale", ChannelScales(std::span(scale)), true, dtype),
        edit.zero_point(item.precision, 0), std::nullopt);
    for (const NodeId reader : item.readers)
      edit.at(*file.place(reader)).inputs.emplace_back(name, result);
  }
}

}  // namespace trtreport::quantization
