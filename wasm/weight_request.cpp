// See weight_request.hpp.
#include "wasm/weight_request.hpp"

#include "wasm/request_reader.hpp"

#include <limits>
#include <utility>

namespace trtreport::wasm {
namespace {

constexpr size_t kMostBins = 1u << 16;

// A finite number in [least, most].
double read_number(Reader& reader, const Json& value, const std::string& path, double least,
                   double most) {
  const double number = value.is_number() ? value.get<double>() : least - 1;
  if (number >= least && number <= most) return number;
  reader.fail(path, "is no number of its range");
  return least;
}

// A share of channels that goes: some are always left.
double read_ratio(Reader& reader, const Json& value, const std::string& path) {
  const double ratio = read_number(reader, value, path, 0, 1);
  if (ratio == 1) reader.fail(path, "must be below 1");
  return ratio;
}

uint32_t read_count(Reader& reader, const Json& value, const std::string& path, int64_t least) {
  const int64_t count = reader.integer(value, path, least);
  if (count <= UINT32_MAX) return static_cast<uint32_t>(count);
  reader.fail(path, "is too large");
  return 0;
}

void read_prune_member(Reader& reader, const std::string& key, const Json& value,
                       PruneOptions& options) {
  pruning::Selection& selection = options.selection;
  if (key == "ratios") {
    options.ratios.clear();
    if (!reader.is_array(value, key)) return;
    for (const Json& ratio : value) options.ratios.push_back(read_ratio(reader, ratio, key));
  } else if (key == "criterion") {
    const auto criterion = pruning::criterion_from_name(reader.text(value, key));
    if (!criterion) return reader.fail(key, "is none of uniform, l1, l2, bn, random");
    options.criterion = *criterion;
  } else if (key == "global") {
    selection.global = reader.flag(value, key);
  } else if (key == "round_to") {
    selection.round_to = read_count(reader, value, key, 1);
  } else if (key == "protect_first") {
    selection.keep_first = reader.flag(value, key);
  } else if (key == "protect_last") {
    selection.keep_last = reader.flag(value, key);
  } else if (key == "groups") {
    if (!reader.is_object(value, key)) return;
    for (const auto& [name, ratio] : value.items())
      options.of_groups.emplace_back(name, read_ratio(reader, ratio, "groups." + name));
  } else {
    reader.fail(key, "is no option");
  }
}

GroupCut read_group_cut(Reader& reader, const Json& value) {
  GroupCut cut;
  if (!reader.is_object(value, "groups")) return cut;
  cut.id = read_count(reader, value.value("id", Json()), "groups.id", 0);
  if (value.contains("cut")) {
    cut.by = GroupCut::By::Listed;
    if (!reader.is_array(value["cut"], "groups.cut")) return cut;
    for (const Json& channel : value["cut"])
      cut.cut.push_back(read_count(reader, channel, "groups.cut", 0));
  } else if (value.contains("kept")) {
    cut.by = GroupCut::By::Kept;
    cut.kept = read_count(reader, value["kept"], "groups.kept", 1);
  } else {
    cut.ratio = read_ratio(reader, value.value("ratio", Json()), "groups.ratio");
  }
  return cut;
}

void read_histogram(Reader& reader, const Json& value, quantization::Histogram& histogram) {
  if (!reader.is_object(value, "histogram")) return;
  const Json edges = value.value("edges", Json()), counts = value.value("counts", Json());
  if (!reader.is_array(edges, "histogram.edges") || !reader.is_array(counts, "histogram.counts"))
    return;
  if (edges.size() != 2 || counts.empty() || counts.size() > kMostBins)
    return reader.fail("histogram", "has no bins");
  histogram.range =
      read_number(reader, edges[1], "histogram.edges", std::numeric_limits<double>::min(), 1e300);
  for (const Json& count : counts)
    histogram.counts.push_back(static_cast<uint64_t>(reader.integer(count, "histogram.counts", 0)));
}

void read_threshold_member(Reader& reader, const std::string& key, const Json& value,
                           ThresholdRequest& request) {
  if (key == "histogram") {
    read_histogram(reader, value, request.histogram);
  } else if (key == "format") {
    const auto format = quantization::format_from_name(reader.text(value, key));
    if (!format) return reader.fail(key, "is no format");
    request.format = *format;
  } else if (key == "amax") {
    if (!reader.is_array(value, key)) return;
    for (const Json& amax : value) {
      request.amax.push_back(
          read_number(reader, amax, key, std::numeric_limits<double>::min(), 1e300));
    }
  } else if (key == "zeros") {
    request.histogram.zeros = static_cast<uint64_t>(reader.integer(value, key, 0));
  } else if (key == "power") {
    request.histogram.power =
        read_number(reader, value, key, 0, std::numeric_limits<double>::max());
  } else if (key == "curve") {
    request.curve = reader.flag(value, key);
  } else {
    reader.fail(key, "is no member of the request");
  }
}

std::optional<double> read_maybe(Reader& reader, const Json& value, const std::string& path) {
  if (value.is_null()) return std::nullopt;
  return read_number(reader, value, path, 0, std::numeric_limits<double>::max());
}

LayerNoise read_noise(Reader& reader, const Json& value) {
  LayerNoise layer;
  if (!reader.is_object(value, "noise")) return layer;
  layer.node = read_count(reader, value.value("node", Json()), "noise.node", 0);
  const Json choices = value.value("choices", Json());
  if (!reader.is_array(choices, "noise.choices")) return layer;
  for (const Json& each : choices) {
    if (!reader.is_object(each, "noise.choices")) return layer;
    const std::string name = reader.text(each.value("precision", Json()), "noise.precision");
    const auto precision = quantization::layer_precision_from_name(name);
    if (!precision) reader.fail("noise.precision", "is no precision of a layer");
    const int64_t bytes =
        reader.integer(each.value("weight_bytes", Json()), "noise.weight_bytes", 0);
    layer.choices.push_back(
        {precision.value_or(quantization::LayerPrecision::Int8),
         read_maybe(reader, each.value("weight_nsr", Json()), "noise.weight_nsr"),
         read_maybe(reader, each.value("activation_nsr", Json()), "noise.activation_nsr"),
         static_cast<uint64_t>(bytes)});
  }
  return layer;
}

}  // namespace

tl::expected<PlanningRequest, Error> parse_planning(std::string_view json) {
  Reader reader;
  PlanningRequest request;
  const Json root = parse(json);
  if (reader.is_object(root, "request")) {
    for (const auto& [key, value] : root.items()) {
      if (key == "noise" && reader.is_array(value, key)) {
        for (const Json& layer : value) request.noise.push_back(read_noise(reader, layer));
      } else if (key == "request") {
        auto parsed = quantization::parse_plan_request(reader.text(value, key));
        if (!parsed) return tl::unexpected(Error{"bad_plan", std::move(parsed.error())});
        request.request = std::move(*parsed);
      } else if (key != "noise") {
        reader.fail(key, "is no member of the request");
      }
    }
  }
  return result(reader, std::move(request));
}

tl::expected<std::string, Error> parse_text(std::string_view json, std::string_view member) {
  Reader reader;
  const Json root = parse(json);
  std::string text;
  if (reader.is_object(root, "request"))
    text = reader.text(root.value(std::string(member), Json()), member);
  return result(reader, std::move(text));
}

tl::expected<std::vector<quantization::Scheme>, Error> parse_formats(std::string_view json) {
  const Json root = parse(json);
  std::string text = "default";
  if (root.is_object() && root.contains("formats")) {
    const auto given = parse_text(json, "formats");
    if (!given) return tl::unexpected(given.error());
    text = *given;
  }
  auto schemes = quantization::parse_schemes(text);
  if (!schemes) return tl::unexpected(Error{"bad_formats", std::move(schemes.error())});
  return std::move(*schemes);
}

tl::expected<uint64_t, Error> parse_weight(std::string_view json) {
  Reader reader;
  const Json root = parse(json);
  uint64_t weight = 0;
  if (reader.is_object(root, "request"))
    weight = static_cast<uint64_t>(reader.integer(root.value("weight", Json()), "weight", 0));
  return result(reader, weight);
}

tl::expected<PruneOptions, Error> parse_prune(std::string_view json) {
  Reader reader;
  PruneOptions options;
  const Json root = parse(json);
  if (reader.is_object(root, "request")) {
    for (const auto& [key, value] : root.items()) read_prune_member(reader, key, value, options);
  }
  return result(reader, std::move(options));
}

tl::expected<CutRequest, Error> parse_cut(std::string_view json) {
  Reader reader;
  CutRequest request;
  const Json root = parse(json);
  if (reader.is_object(root, "request")) {
    for (const auto& [key, value] : root.items()) {
      if (key == "groups" && reader.is_array(value, key)) {
        for (const Json& group : value) request.groups.push_back(read_group_cut(reader, group));
      } else if (key == "times") {
        request.times = reader.flag(value, key);
      } else if (key != "groups") {
        reader.fail(key, "is no member of the request");
      }
    }
  }
  return result(reader, std::move(request));
}

tl::expected<ThresholdRequest, Error> parse_threshold(std::string_view json) {
  Reader reader;
  ThresholdRequest request;
  const Json root = parse(json);
  if (reader.is_object(root, "request")) {
    for (const auto& [key, value] : root.items())
      read_threshold_member(reader, key, value, request);
    if (request.histogram.counts.empty()) reader.fail("histogram", "is missing");
  }
  return result(reader, std::move(request));
}

}  // namespace trtreport::wasm
