// Weights: INT8 and FP8 keep their values in the file and get a pair of nodes that an engine folds;
// INT4 is stored as codes in blocks, which is the form that TensorRT imports.
#include "onnx/rewrite/wire.hpp"
#include "quantization/job_partial.hpp"
#include "quantization/qdq_parts.hpp"
#include "quantization/scales.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace trtreport::quantization {
namespace {

// A matrix [rows, columns] in blocks along its rows' axis or its columns', read slab by slab: the
// values of a slab belong to whole blocks. Of a slab that is large only the scales are held, and it
// is read for them first.
class Blocks {
 public:
  Blocks(const onnx::Model& model, ByteSource& source, const onnx::TensorData& data,
         size_t channel_axis, const Scheme& scheme, DType scale_type)
      : model_(model),
        source_(source),
        data_(data),
        scheme_(scheme),
        scale_type_(scale_type),
        along_columns_(channel_axis == 0),
        rows_(static_cast<uint64_t>(data.dims[0])),
        columns_(static_cast<uint64_t>(data.dims[1])) {}

  uint64_t elements() const { return rows_ * columns_; }
  uint64_t scales() const { return elements() / scheme_.block; }
  DType scale_type() const { return scale_type_; }

  // Calls see_scales(scales) for each slab in the order of the file, then where `wants_values`
  // see_values(values, first, scales) for its values piece by piece: value first + i of the slab
  // belongs to block block_of(first + i). Stops where one answers false.
  template <class SeeScales, class SeeValues>
  tl::expected<void, Error> each_slab(bool wants_values, SeeScales see_scales,
                                      SeeValues see_values) const {
    auto reader = onnx::WeightReader::open(model_, source_, data_);
    if (!reader) return tl::unexpected(std::move(reader.error()));
    const uint64_t most = slab_values();
    std::vector<float> values, scales;
    for (uint64_t begin = 0; begin < elements(); begin += most) {
      const uint64_t slab = std::min(most, elements() - begin);
      scales.assign(static_cast<size_t>(slab / scheme_.block), 0);
      uint64_t held = 0;  // where in the slab the values are that were read last
      for (uint64_t first = 0; first < slab; first += onnx::kWeightChunk) {
        if (auto read = load(*reader, begin, held = first, slab, values); !read) return read;
        add_largest(values, static_cast<size_t>(first), scales);
      }
      for (float& scale : scales)
        scale = rounded_scale(block_scale(scheme_, scale, 1), scale_type_);
      if (!see_scales(std::span<const float>(scales))) return {};
      for (uint64_t first = 0; wants_values && first < slab; first += onnx::kWeightChunk) {
        if (first != held) {
          if (auto read = load(*reader, begin, held = first, slab, values); !read) return read;
        }
        if (!see_values(std::span<const float>(values), static_cast<size_t>(first),
                        std::span<const float>(scales)))
          return {};
      }
    }
    return {};
  }

  size_t block_of(size_t value) const {
    if (along_columns_) return value / scheme_.block;
    const size_t columns = static_cast<size_t>(columns_);
    return value / columns / scheme_.block * columns + value % columns;
  }

 private:
  // Down the columns a slab is whole blocks high; along the rows blocks follow each other.
  uint64_t slab_values() const {
    const uint64_t unit = along_columns_ ? scheme_.block : scheme_.block * columns_;
    return std::max<uint64_t>(onnx::kWeightChunk / std::max<uint64_t>(unit, 1), 1) * unit;
  }

  static tl::expected<void, Error> load(onnx::WeightReader& reader, uint64_t begin, uint64_t first,
                                        uint64_t slab, std::vector<float>& values) {
    values.resize(static_cast<size_t>(std::min(onnx::kWeightChunk, slab - first)));
    return reader.read(begin + first, values);
  }

  void add_largest(const std::vector<float>& values, size_t first,
                   std::vector<float>& scales) const {
    for (size_t i = 0; i < values.size(); ++i) {
      float& largest = scales[block_of(first + i)];
      const float size = std::fabs(values[i]);
      if (size > largest) largest = size;
    }
  }

  const onnx::Model& model_;
  ByteSource& source_;
  const onnx::TensorData& data_;
  Scheme scheme_;
  DType scale_type_;
  bool along_columns_;
  uint64_t rows_, columns_;
};

class BlockScales : public onnx::Content {
 public:
  explicit BlockScales(const Blocks& blocks) : blocks_(blocks) {}
  uint64_t size() const override { return storage_bytes(blocks_.scale_type(), blocks_.scales()); }
  tl::expected<void, Error> write(onnx::ModelSink& sink) const override {
    std::string bytes;
    return blocks_.each_slab(
        false,
        [&](std::span<const float> scales) {
          bytes.clear();
          for (const float scale : scales) append_scale(bytes, scale, blocks_.scale_type());
          return sink.write(bytes);
        },
        [](std::span<const float>, size_t, std::span<const float>) { return true; });
  }

 private:
  Blocks blocks_;
};

// Two codes a byte, the first in the low half.
class BlockCodes : public onnx::Content {
 public:
  explicit BlockCodes(const Blocks& blocks) : blocks_(blocks) {}
  uint64_t size() const override { return storage_bytes(DType::Int4, blocks_.elements()); }
  tl::expected<void, Error> write(onnx::ModelSink& sink) const override {
    const Element& element = row(Format::Int4).element;
    std::string bytes;
    uint32_t half = 0;
    bool has_half = false;
    auto written = blocks_.each_slab(
        true, [](std::span<const float>) { return true; },
        [&](std::span<const float> values, size_t first, std::span<const float> scales) {
          bytes.clear();
          for (size_t i = 0; i < values.size(); ++i) {
            const float scale = scales[blocks_.block_of(first + i)];
            const float code = round_to_element(element, values[i] / scale);
            const uint32_t bits = static_cast<uint32_t>(static_cast<int32_t>(code)) & 15u;
            if (has_half) bytes += static_cast<char>(half | bits << 4);
            half = bits;
            has_half = !has_half;
          }
          return sink.write(bytes);
        });
    if (written && has_half) sink.write(std::string(1, static_cast<char>(half)));
    return written;
  }

 private:
  Blocks blocks_;
};

class WeightPlacer {
 public:
  WeightPlacer(const FileGraph& file, ByteSource& source, const Quantization& quantization,
               LayerPrecision base, QdqEdit& edit, std::vector<QdqLeftOut>& left_out)
      : file_(file),
        source_(source),
        quantization_(quantization),
        base_(base),
        edit_(edit),
        left_out_(left_out) {}

  bool place(const QdqLayer& layer) {
    const std::string reason = check(layer);
    if (!reason.empty()) {
      left_out_.push_back({file_.node_name(layer.node), reason});
      return false;
    }
    const std::string name = file_.name(layer.weight);
    const std::string result =
        layer.how.precision == LayerPrecision::Int4 ? blocks(layer, name) : pair(layer, name);
    edit_.at(layer.place).inputs.emplace_back(name, result);
    return true;
  }

 private:
  // What a weight of one scheme and axis turned out to be.
  struct Found {
    std::string fault;
    ChannelScales scales;
  };
  // Nodes may want one weight in several ways.
  using Key = std::tuple<TensorId, size_t, LayerPrecision, std::string>;
  static Key key(TensorId tensor, size_t axis, const QdqWeight& how) {
    return {tensor, axis, how.precision,
            granularity_text(how.scheme) + "/" + calibrator_text(how.scheme)};
  }

  std::string check(const QdqLayer& layer) { return find(layer).fault; }

  const Found& find(const QdqLayer& layer) {
    const auto [at, is_new] = found_.try_emplace(key(layer.stored, layer.stored_axis, layer.how));
    if (is_new) at->second = read(layer);
    return at->second;
  }

  // What is known already, or what this weight by itself gives under this scheme.
  Found read(const QdqLayer& layer) {
    const WeightTarget& target = quantization_.targets().weights[layer.target];
    const WeightResult* known = quantization_.result(layer.target);
    if (known != nullptr && target.tensor == layer.stored &&
        target.channel_axis == layer.stored_axis) {
      Found found = judged(*known);
      // Blocks find their scales while they are written.
      if (!found.fault.empty() || layer.how.precision == LayerPrecision::Int4) return found;
      const ChannelScales scales = quantization_.stored_scales(layer.target, layer.how.scheme);
      // One scale of a folded weight is one a channel of the stored one, which FP8 convolutions do
      // not take.
      const bool takes_them = layer.how.precision != LayerPrecision::Fp8 || target.factors.empty();
      found.scales = takes_them ? scales : ChannelScales();
      if (!found.scales.empty()) return found;
    }
    const onnx::TensorData& data = *file_.graph().tensors[layer.stored].data;
    const Scheme& scheme = layer.how.scheme;
    // A job takes memory for as many channels as the shape claims.
    const auto reader = onnx::WeightReader::open(file_.graph().model(), source_, data);
    if (!reader) return {reader.error().message, {}};
    WeightJob job(file_.graph().model(), source_, data, layer.stored_axis, {},
                  std::span(&scheme, 1));
    if (scheme.calibrator != Calibrator::Max) {
      job.run(scratch_);
    } else if (!job.finished()) {  // its first pass finds the ranges
      for (uint64_t chunk = 0; chunk < job.chunks(); ++chunk) job.merge(*job.step(chunk, scratch_));
      job.end_pass();
    }
    WeightResult result = job.take_result();
    Found found = judged(result);
    if (found.fault.empty()) found.scales = scales_of(std::move(result), scheme);
    return found;
  }

  static ChannelScales scales_of(WeightResult result, const Scheme& scheme) {
    const Element& element = row(scheme.format).element;
    SchemeResult& tried = result.schemes.front();
    if (scheme.granularity == Granularity::Tensor) {
      const float found = tried.scale.value_or(symmetric_scale(element, result.largest()));
      return ChannelScales(std::vector<float>{found});
    }
    if (scheme.granularity != Granularity::Channel) return {};
    if (!tried.channel_scales.empty()) return ChannelScales(std::move(tried.channel_scales));
    return ChannelScales(std::move(result.channel_largest), &element);
  }

  static Found judged(const WeightResult& result) {
    return {result.error ? result.error->message : std::string(reason(refusal_of(result))), {}};
  }

  // Layers that read one tensor along one axis share the pair of the first.
  std::string pair(const QdqLayer& layer, const std::string& name) {
    const auto [at, is_new] = pairs_.try_emplace(key(layer.weight, layer.channel_axis, layer.how));
    if (!is_new) return at->second;
    const ChannelScales& scales = find(layer).scales;
    const bool by_tensor =
        layer.how.scheme.granularity == Granularity::Tensor && scales.size() == 1;
    const std::string scale =
        edit_.scales(name + "_scale", scales, by_tensor, file_.dtype(layer.weight));
    const std::string zero = edit_.zero_point(layer.how.precision, by_tensor ? 0 : scales.size());
    at->second = edit_.add_pair(layer.place, name, scale, zero,
                                by_tensor ? std::nullopt : std::optional(layer.channel_axis));
    return at->second;
  }

  std::string blocks(const QdqLayer& layer, const std::string& name);

  const FileGraph& file_;
  ByteSource& source_;
  const Quantization& quantization_;
  LayerPrecision base_;
  QdqEdit& edit_;
  std::vector<QdqLeftOut>& left_out_;
  WeightJob::Scratch scratch_;
  std::map<Key, Found> found_;
  std::map<Key, std::string> pairs_;
};

// The codes take the stored tensor's place; a transposition or cast behind it is made anew.
std::string WeightPlacer::blocks(const QdqLayer& layer, const std::string& name) {
  const auto [at, is_new] = pairs_.try_emplace(key(layer.weight, layer.channel_axis, layer.how));
  if (!is_new) return at->second;
  const onnx::TensorData& data = *file_.graph().tensors[layer.stored].data;
  const DType type = base_ == LayerPrecision::Fp32 ? file_.dtype(layer.weight) : dtype_of(base_);
  const Blocks found(file_.graph().model(), source_, data, layer.stored_axis, layer.how.scheme,
                     type);
  const int64_t block = layer.how.scheme.block;
  const size_t axis = 1 - layer.stored_axis;
  onnx::TensorDraft codes, scales;
  codes.name = name + "_int4";
  codes.dtype = DType::Int4;
  codes.dims.assign(data.dims.begin(), data.dims.end());
  codes.content = std::make_shared<BlockCodes>(found);
  scales.name = name + "_scale";
  scales.dtype = type;
  scales.dims = codes.dims;
  scales.dims[axis] /= block;
  scales.content = std::make_shared<BlockScales>(found);
  onnx::NodeDraft node;
  node.op = "DequantizeLinear";
  node.name = edit_.fresh(name + "_DequantizeLinear");
  node.inputs = {edit_.add(std::move(codes)), edit_.add(std::move(scales))};
  node.outputs = {edit_.fresh(name + "_dequantized")};
  node.set("axis", static_cast<int64_t>(axis));
  node.set("block_size", block);
  std::string result = node.outputs[0];
  onnx::NodeEdit& edit = edit_.at(layer.place);
  edit.before.push_back(std::move(node));
  if (layer.stored_axis != layer.channel_axis) {
    onnx::NodeDraft turn;
    turn.op = "Transpose";
    turn.name = edit_.fresh(name + "_Transpose");
    turn.inputs = {result};
    turn.outputs = {edit_.fresh(name + "_transposed")};
    result = turn.outputs[0];
    edit.before.push_back(std::move(turn));
  }
  edit_.need_opset(21);
  at->second = result;
  return result;
}

// Initializers that nobody reads any more leave the file.
void remove_unread(const FileGraph& file, const std::vector<QdqLayer>& layers, QdqEdit& edit) {
  std::unordered_map<TensorId, size_t> replaced;
  for (const QdqLayer& layer : layers) {
    if (layer.how.precision == LayerPrecision::Int4 && layer.weight == layer.stored)
      ++replaced[layer.stored];
  }
  for (const auto& [tensor, count] : replaced) {
    const auto constant = file.place(file.producer(tensor));
    const Tensor& found = file.graph().tensors[tensor];
    if (constant && found.uses == count && !found.is_output) edit.at(*constant).removed = true;
  }
  const auto& initializers = file.graph().model().graph.initializers;
  for (size_t i = 0; i < initializers.size(); ++i) {
    for (const auto& [tensor, count] : replaced) {
      const Tensor& found = file.graph().tensors[tensor];
      if (found.data == &initializers[i] && found.uses == count)
        edit.edit().removed_initializers.insert(i);
    }
  }
}

}  // namespace

void place_weights(const FileGraph& file, ByteSource& source, const Quantization& quantization,
                   LayerPrecision base, QdqEdit& edit, std::vector<QdqLayer>& layers,
                   std::vector<QdqLeftOut>& left_out) {
  WeightPlacer placer(file, source, quantization, base, edit, left_out);
  std::vector<QdqLayer> placed;
  for (const QdqLayer& layer : layers) {
    if (placer.place(layer)) placed.push_back(layer);
  }
  layers = std::move(placed);
  remove_unread(file, layers, edit);
}

}  // namespace trtreport::quantization
