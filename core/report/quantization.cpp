// Weights with what each scheme does to them, what is quantized already, and what there is to say.
#include "report/quantization.hpp"

#include "quantization/scales.hpp"
#include "report/document_parts.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace trtreport {
namespace {

using namespace quantization;

constexpr size_t kMostBins = 512;
constexpr size_t kMostRanges = 512;

// Document ids by node of the graph; nodes in branches that are not counted have none.
std::vector<std::optional<uint32_t>> listed_ids(const Analysis& analysis) {
  std::vector<std::optional<uint32_t>> ids(analysis.graph().nodes.size());
  const auto& nodes = analysis.figures().nodes;
  for (uint32_t id = 0; id < nodes.size(); ++id) ids[nodes[id].node] = id;
  return ids;
}

class Writer {
 public:
  Writer(const Analysis& analysis, const Quantization& found, const DocumentNames& names,
         JsonWriter& json)
      : found_(found), names_(names), json_(json), ids_(listed_ids(analysis)) {}

  void write(PrecisionPlanner* planner) {
    json_.begin_object();
    list("weights", found_.targets().weights.size(), [&](size_t i) { write_weight(i); });
    const auto& quantized = found_.targets().quantized;
    list("quantized", quantized.size(), [&](size_t i) { write_quantized(quantized[i]); });
    const auto& nodes = found_.quantize_nodes();
    list("quantize_nodes", nodes.size(), [&](size_t i) { write_quantize_node(nodes[i]); });
    const auto& activations = found_.activations();
    list("activations", activations.size(), [&](size_t i) { write_activation(activations[i]); });
    if (!found_.caches().empty()) write_calibration();
    const std::vector<Lint> lints = found_.lints();
    list("lints", lints.size(), [&](size_t i) { write_lint(lints[i]); });
    if (planner != nullptr) write_precision_plan(*planner, found_, names_, json_);
    json_.end_object();
  }

 private:
  template <class Each>
  void list(std::string_view name, size_t count, Each each) {
    json_.key(name);
    json_.begin_array();
    for (size_t i = 0; i < count; ++i) each(i);
    json_.end_array();
  }
  void number(std::string_view name, double value) {
    json_.key(name);
    json_.six_digits(value);
  }
  void number(std::string_view name, const std::optional<double>& value) {
    json_.key(name);
    value ? json_.six_digits(*value) : json_.null();
  }
  void node(NodeId id) { json_.member("node", id == kNoNode ? std::nullopt : ids_[id]); }

  const onnx::TensorData& data(TensorId tensor) const {
    return *stored_data(found_.graph(), tensor);
  }

  void write_stored(TensorId tensor) {
    json_.member("tensor", names_.tensor(tensor));
    json_.member("dtype", name(data(tensor).dtype));
    const auto dims = data(tensor).dims;
    list("shape", dims.size(), [&](size_t i) { json_.value(dims[i]); });
  }

  void write_weight(size_t index) {
    const WeightTarget& target = found_.targets().weights[index];
    const WeightResult* result = found_.result(index);
    json_.begin_object();
    write_stored(target.tensor);
    node(target.node);
    if (target.more_nodes > 0) json_.member("more_nodes", target.more_nodes);
    json_.member("channel_axis", uint64_t{target.channel_axis});
    json_.member("folded_bn", !target.factors.empty());
    if (result == nullptr) {
      json_.member("unread", "not asked for");
    } else if (result->error) {
      json_.member("unread", result->error->message);
      json_.key("unread_args");
      json_.begin_object();
      for (const auto& [key, value] : unread_args(found_.graph(), target.tensor, *result->error))
        json_.member(key, value);
      json_.end_object();
    } else {
      write_result(*result);
    }
    json_.end_object();
  }

  void write_summary(const ValueSummary& summary) {
    json_.member("elements", summary.elements);
    json_.member("zeros", summary.zeros);
    json_.member("nonfinite", summary.nonfinite);
    const bool has_range = summary.elements > summary.nonfinite;
    json_.member("min", has_range ? std::optional(summary.low) : std::nullopt);
    json_.member("max", has_range ? std::optional(summary.high) : std::nullopt);
    if (summary.dead) json_.member("dead", true);
    if (summary.constant) json_.member("constant", true);
  }

  void write_result(const WeightResult& result) {
    write_summary(result);
    const uint64_t channels = result.channel_largest.size();
    json_.member("channels", channels);
    json_.member("dead_channels", result.dead_channels);
    list("formats", result.schemes.size(),
         [&](size_t i) { write_scheme(result.schemes[i], result.elements, channels); });
    if (const auto share = result.kept24.share()) number("kept_24", *share);
    write_histogram(result.histogram);
    write_ranges(result);
  }

  void write_scheme(const SchemeResult& result, uint64_t elements, uint64_t channels) {
    const Scheme& scheme = result.scheme;
    const Metrics& metrics = result.metrics;
    json_.begin_object();
    json_.member("format", row(scheme.format).name);
    json_.member("granularity", granularity_text(scheme));
    json_.member("symmetric", scheme.symmetric);
    json_.member("calibrator", calibrator_text(scheme));
    number("bits", bits_per_weight(scheme, elements, channels));
    if (result.scale) json_.member("scale", *result.scale);
    if (result.zero_point) json_.member("zero_point", *result.zero_point);
    if (metrics.exact) json_.member("exact", true);
    number("mse", metrics.mse);
    number("sqnr_db", metrics.sqnr_db);
    number("nsr", metrics.nsr);
    number("cosine", metrics.cosine);
    number("max_abs_error", metrics.max_abs_error);
    number("clipped_share", metrics.clipped_share);
    json_.member("overflows", metrics.overflows);
    json_.member("underflows", metrics.underflows);
    if (result.fell_back) json_.member("fell_back", true);
    json_.end_object();
  }

  // Of magnitudes, in equal bins from 0 to the largest.
  void write_histogram(const Histogram& histogram) {
    if (histogram.counts.empty()) return;
    const size_t merged = std::max<size_t>(1, histogram.counts.size() / kMostBins);
    json_.key("histogram");
    json_.begin_object();
    list("edges", 2,
         [&](size_t i) { json_.value(static_cast<float>(i == 0 ? 0 : histogram.range)); });
    list("counts", histogram.counts.size() / merged, [&](size_t bin) {
      uint64_t count = 0;
      for (size_t i = 0; i < merged; ++i) count += histogram.counts[bin * merged + i];
      json_.value(count);
    });
    json_.end_object();
  }

  // The largest magnitude of each channel; of many channels, of each group of neighbours.
  void write_ranges(const WeightResult& result) {
    const size_t channels = result.channel_largest.size();
    if (channels == 0) return;
    const size_t group = (channels + kMostRanges - 1) / kMostRanges;
    const auto write_list = [&](std::string_view name, const std::vector<float>& largest) {
      list(name, (channels + group - 1) / group, [&](size_t i) {
        const size_t end = std::min(channels, (i + 1) * group);
        float most = 0;
        for (size_t c = i * group; c < end; ++c) most = std::max(most, largest[c]);
        json_.six_digits(static_cast<double>(most));
      });
    };
    json_.key("channel_ranges");
    json_.begin_object();
    json_.member("group", uint64_t{group});
    write_list("largest", result.channel_largest);
    if (!result.channel_largest_before.empty())
      write_list("largest_before_folding", result.channel_largest_before);
    json_.end_object();
    number("channel_spread",
           result.dead ? std::nullopt : std::optional(channel_spread(result.channel_largest)));
    if (!result.channel_largest_before.empty())
      number("channel_spread_before_folding", channel_spread(result.channel_largest_before));
  }

  void write_quantized(const StoredQuantized& item) {
    json_.begin_object();
    write_stored(item.tensor);
    node(item.node);
    json_.member("how", item.how);
    if (item.scale != kNoTensor) json_.member("scale", names_.tensor(item.scale));
    if (item.zero_point != kNoTensor) json_.member("zero_point", names_.tensor(item.zero_point));
    json_.end_object();
  }

  void write_quantize_node(const QuantizeNode& item) {
    json_.begin_object();
    node(item.node);
    json_.member("op", item.quantizes ? "QuantizeLinear" : "DequantizeLinear");
    json_.member("tensor", names_.tensor(item.tensor));
    json_.member("weight", item.of_weight);
    json_.key("dtype");
    write_dtype(item.dtype, json_);
    json_.member("scales", item.scales);
    if (item.known) {
      number("scale_min", item.least);
      number("scale_max", item.most);
    }
    json_.member("shifted", item.shifted);
    json_.end_object();
  }

  void write_activation(const Quantization::Activation& activation) {
    const ActivationResult& result = activation.result;
    json_.begin_object();
    json_.member("tensor", names_.tensor(activation.tensor));
    write_summary(result);
    if (const float cached = found_.cached_scale(activation.tensor); cached != 0)
      json_.member("cached_scale", cached);
    list("scales", result.scales.size(), [&](size_t i) { write_scale(result.scales[i]); });
    list("orders", result.orders.size(), [&](size_t i) { write_order(result.orders[i]); });
    write_histogram(result.histogram);
    json_.end_object();
  }

  void write_scale(const CalibratedScale& found) {
    json_.begin_object();
    json_.member("format", row(found.scheme.format).name);
    json_.member("calibrator", calibrator_text(found.scheme));
    number("amax", found.amax);
    json_.member("scale", found.scale);
    if (found.scheme.format == Format::Int8) json_.member("cache", cache_hex(found.scale));
    number("sqnr_db", found.metrics.sqnr_db);
    number("cosine", found.metrics.cosine);
    number("max_abs_error", found.metrics.max_abs_error);
    number("clipped_share", found.metrics.clipped_share);
    if (found.fell_back) json_.member("fell_back", true);
    json_.end_object();
  }

  void write_order(const BatchOrder& order) {
    json_.begin_object();
    json_.member("order", order.order);
    json_.member("batches", order.batches);
    number("range", order.range);
    json_.member("doublings", order.doublings);
    json_.member("empty_top_bins", order.empty_top_bins);
    number("amax", order.amax);
    json_.end_object();
  }

  void write_calibration() {
    const auto& caches = found_.caches();
    json_.key("calibration");
    json_.begin_object();
    list("caches", caches.size(), [&](size_t i) {
      json_.begin_object();
      json_.member("version", caches[i].version);
      json_.member("algorithm", caches[i].algorithm);
      json_.member("entries", uint64_t{caches[i].entries.size()});
      json_.end_object();
    });
    const auto& entries = caches.front().entries;
    list("scales", entries.size(), [&](size_t i) {
      json_.begin_object();
      json_.member("tensor", entries[i].tensor);
      json_.member("scale", entries[i].scale);
      json_.end_object();
    });
    if (caches.size() > 1) {
      const std::vector<CacheDifference> differing = compare_caches(caches[0], caches[1]);
      list("differences", differing.size(), [&](size_t i) {
        json_.begin_object();
        json_.member("tensor", differing[i].tensor);
        json_.member("first", differing[i].first);
        json_.member("second", differing[i].second);
        number("ratio", differing[i].ratio());
        json_.end_object();
      });
    }
    json_.end_object();
  }

  void write_lint(const Lint& lint) {
    json_.begin_object();
    json_.member("severity", name(lint.severity));
    json_.member("code", lint.code);
    json_.member("message", lint.message);
    write_texts("args", lint.args, json_);
    if (lint.node != kNoNode) node(lint.node);
    if (lint.tensor != kNoTensor) json_.member("tensor", names_.tensor(lint.tensor));
    json_.end_object();
  }

  const Quantization& found_;
  const DocumentNames& names_;
  JsonWriter& json_;
  std::vector<std::optional<uint32_t>> ids_;
};

}  // namespace

void QuantizationSection::write(const DocumentNames& names, JsonWriter& json) const {
  Writer(analysis_, quantization_, names, json).write(planner_);
}

}  // namespace trtreport
