// Reading and judging calibration caches. Their format: TensorRT's samples and Model Optimizer's
// reader (a header line, then "name: hex of a big-endian float").
#include "quantization/cache.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

namespace trtreport::quantization {
namespace {

constexpr size_t kMostEntries = 1u << 20;

bool read_hex(std::string_view text, uint32_t& bits) {
  if (text.empty() || text.size() > 8) return false;
  bits = 0;
  for (const char letter : text) {
    uint32_t digit = 0;
    if (letter >= '0' && letter <= '9') {
      digit = static_cast<uint32_t>(letter - '0');
    } else if (letter >= 'a' && letter <= 'f') {
      digit = static_cast<uint32_t>(letter - 'a') + 10;
    } else if (letter >= 'A' && letter <= 'F') {
      digit = static_cast<uint32_t>(letter - 'A') + 10;
    } else {
      return false;
    }
    bits = bits << 4 | digit;
  }
  return true;
}

bool read_header(std::string_view line, CalibrationCache& cache) {
  if (line.substr(0, 4) != "TRT-") return false;
  line.remove_prefix(4);
  const size_t dash = line.find('-');
  if (dash == std::string_view::npos || dash == 0) return false;
  cache.version = line.substr(0, dash);
  cache.algorithm = line.substr(dash + 1);
  return true;
}

bool read_entry(std::string_view line, CacheEntry& entry) {
  const size_t colon = line.rfind(": ");
  if (colon == std::string_view::npos) return false;
  entry.tensor = line.substr(0, colon);
  if (!read_hex(line.substr(colon + 2), entry.bits)) return false;
  std::memcpy(&entry.scale, &entry.bits, sizeof entry.scale);
  return true;
}

bool is_valid(float scale) { return scale > 0 && scale <= std::numeric_limits<float>::max(); }

// Whether the tensor is what a copy, pooling or activation made of another: equal scales are then
// what TensorRT itself writes.
bool keeps_range(const Graph& graph, TensorId tensor) {
  const NodeId producer = graph.tensors[tensor].producer;
  if (producer == kNoNode || graph.nodes[producer].proto == nullptr) return false;
  const std::string_view op = graph.text(graph.nodes[producer].proto->op);
  for (const std::string_view name :
       {"Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity", "MaxPool", "Concat",
        "Slice", "Split", "Gather", "Relu", "Dropout", "Resize", "DepthToSpace", "SpaceToDepth"}) {
    if (op == name) return true;
  }
  return false;
}

std::string quoted(const std::string& name) { return "'" + name + "'"; }

class Auditor {
 public:
  Auditor(const CalibrationCache& cache, const Graph& graph) : cache_(cache), graph_(graph) {
    for (TensorId id = 0; id < graph.tensors.size(); ++id)
      by_name_.emplace(graph.text(graph.tensors[id].name), id);
  }

  std::vector<Lint> run() {
    check_entries();
    check_missing();
    check_repeated();
    check_outliers();
    return std::move(lints_);
  }

 private:
  TensorId find(const CacheEntry& entry) const {
    const auto found = by_name_.find(entry.tensor);
    return found == by_name_.end() ? kNoTensor : found->second;
  }
  void say(Severity severity, std::string_view code, TensorId tensor, std::string message,
           Lint::Args args) {
    lints_.push_back({severity, code, std::move(message), kNoNode, tensor, std::move(args)});
  }

  void check_entries() {
    for (const CacheEntry& entry : cache_.entries) {
      const TensorId tensor = find(entry);
      if (!is_valid(entry.scale)) {
        say(Severity::Error, "cache_scale_invalid", tensor,
            "'" + entry.tensor + "': its scale is 0, negative or no number",
            {{"name", quoted(entry.tensor)}});
      }
      if (++seen_[entry.tensor] == 2) {
        say(Severity::Warning, "cache_tensor_repeated", tensor,
            "'" + entry.tensor + "' is listed more than once: the last line counts",
            {{"name", quoted(entry.tensor)}});
      }
      // Names that TensorRT gave, such as "(Unnamed Layer* 48) [Constant]_output".
      if (tensor == kNoTensor && entry.tensor.substr(0, 9) != "(Unnamed ") {
        say(Severity::Warning, "cache_tensor_unknown", kNoTensor,
            "'" + entry.tensor +
                "' is no tensor of this model: the cache is of another, or of "
                "another export of it",
            {{"name", quoted(entry.tensor)}});
      }
    }
  }

  void check_missing() {
    for (const NodeId id : graph_.bodies[kMainBody].nodes) {
      const Node& node = graph_.nodes[id];
      if (node.proto == nullptr || node.inputs.empty() || node.inputs[0] == kNoTensor) continue;
      const std::string_view op = graph_.text(node.proto->op);
      if (op != "Conv" && op != "Gemm" && op != "MatMul" && op != "ConvTranspose") continue;
      const std::string name(graph_.text(graph_.tensors[node.inputs[0]].name));
      if (graph_.tensors[node.inputs[0]].data != nullptr || seen_.count(name) != 0) continue;
      seen_[name] = 1;
      say(Severity::Warning, "cache_tensor_missing", node.inputs[0],
          "'" + name + "', which " + std::string(op) +
              " reads, has no scale: that layer cannot run in INT8",
          {{"name", quoted(name)}, {"op", std::string(op)}});
    }
  }

  void check_repeated() {
    constexpr size_t kWorthSaying = 4;
    std::map<uint32_t, std::vector<const CacheEntry*>> by_scale;
    for (const CacheEntry& entry : cache_.entries) {
      const TensorId tensor = find(entry);
      if (tensor != kNoTensor && !keeps_range(graph_, tensor))
        by_scale[entry.bits].push_back(&entry);
    }
    for (const auto& [bits, entries] : by_scale) {
      if (entries.size() < kWorthSaying) continue;
      say(Severity::Warning, "cache_scale_repeated", find(*entries.front()),
          std::to_string(entries.size()) + " tensors share the scale of '" +
              entries.front()->tensor + "' although no copy connects them",
          {{"count", std::to_string(entries.size())}, {"name", quoted(entries.front()->tensor)}});
    }
  }

  void check_outliers() {
    constexpr double kFactor = 100;
    std::vector<float> scales;
    for (const CacheEntry& entry : cache_.entries) {
      if (is_valid(entry.scale)) scales.push_back(entry.scale);
    }
    if (scales.size() < 8) return;
    const auto middle = scales.begin() + static_cast<std::ptrdiff_t>(scales.size() / 2);
    std::nth_element(scales.begin(), middle, scales.end());
    const double median = static_cast<double>(*middle);
    for (const CacheEntry& entry : cache_.entries) {
      if (!is_valid(entry.scale)) continue;
      const double ratio = static_cast<double>(entry.scale) / median;
      if (ratio < kFactor && ratio > 1 / kFactor) continue;
      say(Severity::Note, "cache_scale_outlier", find(entry),
          "'" + entry.tensor + "': its scale is more than a hundredfold away from the median one",
          {{"name", quoted(entry.tensor)}});
    }
  }

  const CalibrationCache& cache_;
  const Graph& graph_;
  std::map<std::string, TensorId, std::less<>> by_name_;
  std::map<std::string, uint32_t> seen_;
  std::vector<Lint> lints_;
};

}  // namespace

tl::expected<CalibrationCache, Error> parse_calibration_cache(std::string_view text) {
  CalibrationCache cache;
  uint64_t offset = 0, number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    ++number;
    if (number == 1) {
      if (!read_header(line, cache)) {
        return tl::unexpected(
            Error{"not_a_cache",
                  "its first line is not TRT-VERSION-ALGORITHM as in a TensorRT cache", 0});
      }
    } else if (!line.empty()) {
      CacheEntry entry;
      if (!read_entry(line, entry) || cache.entries.size() == kMostEntries) {
        return tl::unexpected(Error{
            "bad_cache_line",
            "line " + std::to_string(number) + " is not 'tensor: hexadecimal scale'", offset});
      }
      cache.entries.push_back(std::move(entry));
    }
    offset += end + 1;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (number == 0) return tl::unexpected(Error{"not_a_cache", "it is empty", 0});
  return cache;
}

std::string cache_hex(float scale) {
  uint32_t bits;
  std::memcpy(&bits, &scale, sizeof bits);
  std::string text(8, '0');
  for (size_t i = 0; i < 8; ++i) text[i] = "0123456789abcdef"[bits >> (28 - 4 * i) & 15];
  return text;
}

std::vector<Lint> audit_cache(const CalibrationCache& cache, const Graph& graph) {
  return Auditor(cache, graph).run();
}

double CacheDifference::ratio() const {
  if (!is_valid(first) || !is_valid(second)) return 0;
  return static_cast<double>(second) / static_cast<double>(first);
}

std::vector<CacheDifference> compare_caches(const CalibrationCache& first,
                                            const CalibrationCache& second) {
  std::map<std::string, CacheDifference> by_name;
  for (const CacheEntry& entry : first.entries) {
    CacheDifference& item = by_name[entry.tensor];
    item.tensor = entry.tensor;
    item.first = entry.scale;
  }
  for (const CacheEntry& entry : second.entries) {
    CacheDifference& item = by_name[entry.tensor];
    item.tensor = entry.tensor;
    item.second = entry.scale;
  }
  std::vector<CacheDifference> differing;
  for (auto& [name, item] : by_name) {
    if (item.first != item.second) differing.push_back(std::move(item));
  }
  const auto size = [](const CacheDifference& item) {
    const double ratio = item.ratio();
    return ratio == 0 ? std::numeric_limits<double>::infinity() : std::max(ratio, 1 / ratio);
  };
  std::stable_sort(differing.begin(), differing.end(),
                   [&](const auto& a, const auto& b) { return size(a) > size(b); });
  return differing;
}

}  // namespace trtreport::quantization
