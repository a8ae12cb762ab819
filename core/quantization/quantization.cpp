// The frame around weights' jobs, and findings about single weights.
#include "quantization/quantization.hpp"

#include "onnx/reader.hpp"
#include "quantization/calibrate.hpp"
#include "quantization/scales.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace trtreport::quantization {
namespace {

constexpr double kSpreadWorthSaying = 100;

// The value with `rank` before it of those that are not dead. Its bits, ordered as values are, are
// found eight at a time: a copy to sort would be as large as a weight of many channels.
float value_at(std::span<const float> values, uint64_t rank) {
  uint32_t found = 0;
  for (uint32_t shift = 32; shift > 0;) {
    shift -= 8;
    std::array<uint64_t, 256> counts{};
    for (const float value : values) {
      if (!(value > kDeadMagnitude)) continue;
      uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      if (uint64_t{bits} >> (shift + 8) == found) ++counts[bits >> shift & 255];
    }
    uint32_t digit = 0;
    for (; rank >= counts[digit]; ++digit) rank -= counts[digit];
    found = found << 8 | digit;
  }
  float value;
  std::memcpy(&value, &found, sizeof value);
  return value;
}

}  // namespace

double channel_spread(std::span<const float> channel_largest) {
  uint64_t live = 0;
  float most = 0;
  for (const float largest : channel_largest) {
    if (!(largest > kDeadMagnitude)) continue;
    ++live;
    most = std::max(most, largest);
  }
  if (live < 2) return 1;
  const double lower = static_cast<double>(value_at(channel_largest, (live - 1) / 2));
  const double upper = static_cast<double>(value_at(channel_largest, live / 2));
  return static_cast<double>(most) / ((lower + upper) / 2);
}

Quantization::Quantization(const Graph& graph, ByteSource& source, std::vector<Scheme> schemes)
    : graph_(graph),
      source_(source),
      schemes_(std::move(schemes)),
      targets_(find_targets(graph, source)),
      quantize_nodes_(quantization::quantize_nodes(graph, source)),
      lints_(lint_quantization(graph, quantize_nodes_)),
      results_(targets_.weights.size()) {}

uint64_t Quantization::elements(size_t weight) const {
  const WeightTarget& target = targets_.weights[weight];
  return onnx::element_count(stored_data(graph_, target.tensor)->dims);
}

uint64_t Quantization::weight_bytes(size_t weight) const {
  const onnx::TensorData& data = *stored_data(graph_, targets_.weights[weight].tensor);
  return storage_bytes(data.dtype, elements(weight));
}

uint64_t Quantization::weight_bytes() const {
  uint64_t sum = 0;
  for (size_t weight = 0; weight < targets_.weights.size(); ++weight) sum += weight_bytes(weight);
  return sum;
}

std::unique_ptr<WeightJob> Quantization::job(size_t weight) const {
  const WeightTarget& target = targets_.weights[weight];
  return std::make_unique<WeightJob>(graph_.model(), source_, *stored_data(graph_, target.tensor),
                                     target.channel_axis, target.factors, schemes_,
                                     reduced_apart(graph_, target));
}

void Quantization::keep(size_t weight, WeightJob& job) { keep(weight, job.take_result()); }

void Quantization::keep(size_t weight, WeightResult result) {
  results_[weight] = std::make_unique<WeightResult>(std::move(result));
}

std::vector<Lint> Quantization::lints() const {
  std::vector<Lint> all = lints_;
  for (size_t weight = 0; weight < results_.size(); ++weight) {
    if (results_[weight]) judge(weight, *results_[weight], all);
  }
  return all;
}

const WeightResult* Quantization::result(size_t weight) const { return results_[weight].get(); }

TensorId Quantization::find_tensor(std::string_view name) const {
  for (TensorId id = 0; id < graph_.tensors.size(); ++id) {
    if (graph_.text(graph_.tensors[id].name) == name) return id;
  }
  return kNoTensor;
}

void Quantization::add_activation(std::string_view name, std::span<const float> values,
                                  uint64_t batch) {
  const TensorId tensor = find_tensor(name);
  const std::string quoted = "'" + std::string(name) + "'";
  const auto say = [&](Severity severity, std::string_view code, std::string_view message,
                       uint64_t count, uint64_t sample) {
    lints_.push_back(
        {severity, code, quoted + std::string(message), kNoNode, tensor, {{"name", quoted}}});
    Lint::Args& args = lints_.back().args;
    if (count > 0) args.emplace_back("count", std::to_string(count));
    if (sample > 0) args.emplace_back("sample", std::to_string(sample));
  };
  if (tensor == kNoTensor) {
    return say(Severity::Warning, "activation_unknown",
               " is no tensor of this model: its samples are left out", 0, 0);
  }
  activations_.push_back({tensor, analyse_activation(values, batch)});
  const uint64_t sample = sample_size(tensor);
  if (sample > 0 && !values.empty() && values.size() % sample != 0) {
    say(Severity::Warning, "activation_size",
        ": " + std::to_string(values.size()) + " samples are no multiple of the " +
            std::to_string(sample) +
            " values that the model has there: they may be of another tensor",
        values.size(), sample);
  }
  if (const uint64_t count = activations_.back().result.nonfinite; count > 0) {
    say(Severity::Error, "nonfinite_activation",
        " holds " + std::to_string(count) +
            " NaN or infinite samples: they are left out of its figures",
        count, 0);
  }
}

uint64_t Quantization::sample_size(TensorId tensor) const {
  constexpr int64_t kMost = int64_t{1} << 20;
  const std::span<const Dim> dims = graph_.tensors[tensor].type.shape.dims();
  uint64_t size = dims.empty() ? 0 : 1;
  for (size_t axis = 1; axis < dims.size(); ++axis) {
    const int64_t dim = dims[axis].is_number() ? dims[axis].number() : 0;
    if (dim <= 0 || dim > kMost || size > kMost) return 0;
    size *= static_cast<uint64_t>(dim);
  }
  return size;
}

void Quantization::add_cache(CalibrationCache cache) {
  if (caches_.empty()) {
    for (Lint& lint : audit_cache(cache, graph_)) lints_.push_back(std::move(lint));
  }
  caches_.push_back(std::move(cache));
}

float Quantization::cached_scale(TensorId tensor) const {
  float scale = 0;
  if (caches_.empty()) return scale;
  for (const CacheEntry& entry : caches_.front().entries) {
    if (graph_.text(graph_.tensors[tensor].name) == entry.tensor) scale = entry.scale;
  }
  return scale;
}

ChannelScales Quantization::stored_scales(size_t weight, const Scheme& scheme) const {
  static constexpr float kOne = 1;
  const WeightResult* result = this->result(weight);
  if (result == nullptr || !scheme.symmetric || scheme.granularity == Granularity::Block) return {};
  const auto found = std::find_if(result->schemes.begin(), result->schemes.end(),
                                  [&](const SchemeResult& each) { return each.scheme == scheme; });
  if (found == result->schemes.end()) return {};
  ChannelScales scales(result->channel_largest, &row(scheme.format).element);
  if (scheme.granularity == Granularity::Tensor) {
    // One scale of the folded weight is one a channel of the stored one.
    scales = ChannelScales(std::span(found->scale ? &*found->scale : &kOne, 1));
  } else if (!found->channel_scales.empty()) {
    scales = ChannelScales(found->channel_scales);
  }
  scales.divide_by(targets_.weights[weight].factors);
  return scales;
}

std::optional<Quantization::ActivationScale> Quantization::activation_scale(TensorId tensor,
                                                                            Format format) const {
  std::optional<ActivationScale> best;
  const Activation* sampled = nullptr;
  for (const Activation& each : activations_) {
    if (each.tensor == tensor) sampled = &each;
  }
  if (sampled != nullptr) {
    for (const CalibratedScale& each : sampled->result.scales) {
      if (each.scheme.format != format) continue;
      if (!best || each.metrics.nsr < *best->nsr)
        best = ActivationScale{each.scale, each.metrics.nsr, calibrator_text(each.scheme)};
    }
  }
  const float cached = format == Format::Int8 ? cached_scale(tensor) : 0;
  if (cached > 0 && cached <= std::numeric_limits<float>::max()) {
    std::optional<double> nsr;
    if (sampled != nullptr && !sampled->result.histogram.counts.empty()) {
      const Element& element = row(format).element;
      const HistogramErrors errors =
          errors_at(sampled->result.histogram, element,
                    static_cast<double>(cached) * static_cast<double>(element.high));
      if (errors.power > 0) nsr = errors.square / errors.power;
    }
    best = ActivationScale{cached, nsr, "cache"};
  }
  return best;
}

Lint::Args unread_args(const Graph& graph, TensorId tensor, const Error& error) {
  Lint::Args args = {{"cause_code", error.code},
                     {"tensor", "'" + std::string(graph.text(graph.tensors[tensor].name)) + "'"}};
  const onnx::TensorData* data = stored_data(graph, tensor);
  if (data == nullptr) return args;
  args.emplace_back("dtype", name(data->dtype));
  args.emplace_back("elements", std::to_string(onnx::element_count(data->dims)));
  if (data->storage == onnx::TensorData::Storage::External) {
    const onnx::Model& model = graph.model();
    args.emplace_back("location", model.text(model.external_files[data->external].location));
  }
  return args;
}

void Quantization::judge(size_t weight, const WeightResult& result,
                         std::vector<Lint>& lints) const {
  const WeightTarget& target = targets_.weights[weight];
  const std::string name = "'" + std::string(graph_.text(graph_.tensors[target.tensor].name)) + "'";
  const auto say = [&](Severity severity, std::string_view code, const std::string& message,
                       Lint::Args args = {}) {
    args.insert(args.begin(), {"name", name});
    lints.push_back({severity, code, name + message, target.node, target.tensor, std::move(args)});
  };
  if (result.error) {
    Lint::Args args = unread_args(graph_, target.tensor, *result.error);
    args.insert(args.begin(), {{"name", name}, {"cause", result.error->message}});
    lints.push_back({Severity::Warning, "weight_unread", result.error->message, target.node,
                     target.tensor, std::move(args)});
    return;
  }
  if (result.nonfinite > 0) {
    say(Severity::Error, "nonfinite_weight",
        " holds " + std::to_string(result.nonfinite) +
            " NaN or infinite values: they are left out of its figures, an engine computes with "
            "them",
        {{"count", std::to_string(result.nonfinite)}});
  }
  if (result.elements > 0 && result.dead) {
    if (result.nonfinite == 0)
      say(Severity::Warning, "dead_weight", " is zero throughout: no scale can be found for it");
    return;
  }
  if (result.constant && result.elements > 1)
    say(Severity::Note, "constant_weight", " holds one value throughout");
  if (channel_spread(result.channel_largest) > kSpreadWorthSaying) {
    say(Severity::Warning, "channel_spread",
        ": its largest channel passes the median one more than a hundredfold; with one scale for "
        "all "
        "of them most channels keep a bit or none: use per-channel scales");
  }
  for (const SchemeResult& scheme : result.schemes) {
    if (scheme.scheme.format == Format::Fp16 && scheme.metrics.overflows > 0) {
      say(Severity::Error, "fp16_overflow",
          ": " + std::to_string(scheme.metrics.overflows) + " values become infinite in FP16",
          {{"count", std::to_string(scheme.metrics.overflows)}});
    }
  }
}

}  // namespace trtreport::quantization
