// Devices, rooflines with their columns by node, the memory timeline and the diagnostics.
#include "report/document_parts.hpp"

#include <unordered_map>

namespace trtreport {
namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

std::string_view source_of(bool measured) { return measured ? "measured" : "datasheet"; }

void write_text_or_null(std::string_view key, const std::string& text, JsonWriter& json) {
  json.key(key);
  if (text.empty()) {
    json.null();
  } else {
    json.value(text);
  }
}

void write_peaks(const Device& device, JsonWriter& json) {
  json.key("peaks");
  json.begin_object();
  for (const auto& [precision, peak] : device.peaks) {
    json.key(name(precision));
    json.begin_object();
    json.member("tensor", peak.tensor);
    json.member("tensor_sparse", peak.tensor_sparse);
    json.member("vector", peak.vector);
    write_text_or_null("accumulate", peak.accumulate, json);
    json.end_object();
  }
  json.end_object();
}

void write_groups(std::string_view key, std::string_view what, const std::vector<Group>& groups,
                  JsonWriter& json) {
  json.key(key);
  json.begin_array();
  for (const Group& group : groups) {
    json.begin_object();
    json.member(what, group.key);
    json.member("nodes", group.nodes);
    json.member("seconds", group.seconds);
    json.member("macs", group.macs);
    json.member("flops", group.flops);
    json.member("bytes", group.bytes);
    json.end_object();
  }
  json.end_array();
}

void write_column(std::string_view key, const std::vector<double>& column, JsonWriter& json) {
  json.key(key);
  json.begin_array();
  for (const double number : column) json.six_digits(number);
  json.end_array();
}

// Bytes are whole, and exact below 2^53.
void write_bytes(std::string_view key, const std::vector<double>& column, JsonWriter& json) {
  constexpr double kExact = 9007199254740992.0;
  json.key(key);
  json.begin_array();
  for (const double number : column) {
    if (number >= 0 && number < kExact) {
      json.value(static_cast<uint64_t>(number));
    } else {
      json.six_digits(number);
    }
  }
  json.end_array();
}

void write_ceilings(const Roofline& roofline, JsonWriter& json) {
  json.member("device", roofline.device);
  json.member("source", source_of(roofline.measured));
  json.member("precision", name(roofline.precision));
  json.member("evaluated_as", name(roofline.evaluated_as));
  json.key("fallback");
  if (roofline.fallback) {
    json.begin_object();
    json.member("code", roofline.fallback->code);
    json.member("text", roofline.fallback->text);
    json.end_object();
  } else {
    json.null();
  }
  json.member("peak_tensor", roofline.peak_tensor);
  json.member("peak_vector", roofline.peak_vector);
  write_text_or_null("accumulate", roofline.accumulate, json);
  json.member("bandwidth", roofline.bandwidth);
  json.member("ridge", roofline.ridge);
  json.member("launch_seconds", roofline.launch_seconds);
}

void write_timeline(const MemoryTimeline& timeline, JsonWriter& json) {
  json.member("peak_bytes", timeline.peak_bytes);
  json.member("peak_node", timeline.peak_node);
  json.key("timeline");
  json.begin_array();
  for (const std::optional<uint64_t>& live : timeline.live) json.value(live);
  json.end_array();
}

void write_diagnostic(const Diagnostic& item, const std::unordered_map<NodeId, uint32_t>& listed,
                      JsonWriter& json) {
  json.begin_object();
  json.member("severity", name(item.severity));
  json.member("code", item.code);
  json.member("message", item.message);
  if (!item.args.empty()) write_texts("args", item.args, json);
  const auto found = listed.find(item.node);
  if (found != listed.end()) json.member("node", found->second);
  if (!item.hint.empty()) json.member("hint", item.hint);
  json.end_object();
}

}  // namespace

void write_device(const Device& device, JsonWriter& json) {
  json.begin_object();
  json.member("name", device.name);
  json.key("aliases");
  json.begin_array();
  for (const std::string& alias : device.aliases) json.value(alias);
  json.end_array();
  json.member("vendor", device.vendor);
  json.member("kind", device.kind);
  write_text_or_null("compute_capability", device.compute_capability, json);
  json.member("source", source_of(device.measured));
  write_peaks(device, json);
  json.member("bandwidth", device.dram_bandwidth);
  json.member("memory_bytes", device.memory_bytes);
  json.member("l2_bytes", device.l2_bytes);
  json.member("power_w", device.power_w);
  json.member("launch_seconds", device.launch_seconds);
  json.key("derivation");
  json.begin_array();
  for (const Derivation& derivation : device.derivations) {
    json.begin_object();
    json.member("figure", derivation.figure);
    json.member("formula", derivation.formula);
    json.member("value", derivation.value);
    json.end_object();
  }
  json.end_array();
  write_texts("sources", device.sources, json);
  write_texts("confidence", device.confidence, json);
  json.end_object();
}

void write_roofline(const Roofline& roofline, Columns columns, JsonWriter& json) {
  json.begin_object();
  write_ceilings(roofline, json);
  json.member("seconds", roofline.seconds);
  json.member("seconds_floor", roofline.seconds_floor);
  json.member("weight_bytes", roofline.weight_bytes);
  json.member("peak_activation_bytes", roofline.peak_activation_bytes);
  json.member("memory_bytes", roofline.memory_bytes);
  json.member("fits_memory", roofline.fits_memory);
  json.member("traffic_bytes", roofline.traffic_bytes);
  json.member("intensity", roofline.intensity);
  json.key("bound_seconds");
  json.begin_object();
  json.member("compute", roofline.compute_seconds);
  json.member("memory", roofline.memory_seconds);
  json.member("launch", roofline.launch_bound_seconds);
  json.end_object();
  write_groups("by_class", "class", roofline.by_class, json);
  write_groups("by_op", "op", roofline.by_op, json);
  json.key("hottest");
  json.begin_array();
  for (const uint32_t id : roofline.hottest) json.value(id);
  json.end_array();
  write_sentences("verdict", roofline.verdict, json);
  if (columns == Columns::Written) {
    write_column("node_seconds", roofline.node_seconds, json);
    write_bytes("node_bytes", roofline.node_bytes, json);
    write_column("node_intensity", roofline.node_intensity, json);
    json.member("node_bound", roofline.node_bound);
  }
  json.end_object();
}

void write_texts(std::string_view key,
                 const std::vector<std::pair<std::string, std::string>>& texts, JsonWriter& json) {
  json.key(key);
  json.begin_object();
  for (const auto& [name, text] : texts) json.member(name, text);
  json.end_object();
}

void write_sentences(std::string_view key, const std::vector<Sentence>& sentences,
                     JsonWriter& json) {
  json.key(key);
  json.begin_array();
  for (const Sentence& sentence : sentences) {
    json.begin_object();
    json.member("code", sentence.code);
    json.member("text", sentence.text);
    write_texts("args", sentence.args, json);
    json.end_object();
  }
  json.end_array();
}

void write_devices(const Analysis& analysis, JsonWriter& json) {
  json.key("devices");
  json.begin_array();
  for (const Device& device : analysis.options().devices) write_device(device, json);
  json.end_array();
}

void write_rooflines(const Analysis& analysis, JsonWriter& json) {
  json.key("rooflines");
  json.begin_array();
  for (const Analysis::RooflineKey& key : analysis.rooflines()) {
    write_roofline(analysis.roofline(key), Columns::Written, json);
    if (json.failed()) break;
  }
  json.end_array();
}

void write_memory(const Analysis& analysis, const DocumentNames& names, JsonWriter& json) {
  const MemoryFigures& memory = analysis.figures().memory;
  json.key("memory");
  json.begin_object();
  write_timeline(memory.shared, json);
  json.key("peak_tensors");
  json.begin_array();
  for (const auto& [tensor, bytes] : memory.peak_tensors) {
    json.begin_object();
    json.member("name", names.tensor(tensor));
    json.member("bytes", bytes);
    json.end_object();
  }
  json.end_array();
  json.key("without_views");
  json.begin_object();
  write_timeline(memory.separate, json);
  json.end_object();
  json.end_object();
}

void write_diagnostics(const Analysis& analysis, JsonWriter& json) {
  const std::vector<NodeFigures>& nodes = analysis.figures().nodes;
  std::unordered_map<NodeId, uint32_t> listed;
  for (const Diagnostic& item : analysis.diagnostics().items()) {
    if (item.node != kNoNode) listed.emplace(item.node, 0);
  }
  std::unordered_map<NodeId, uint32_t> ids;
  for (uint32_t id = 0; !listed.empty() && id < nodes.size(); ++id) {
    if (listed.contains(nodes[id].node)) ids.emplace(nodes[id].node, id);
  }
  json.key("diagnostics");
  json.begin_array();
  for (const Diagnostic& item : analysis.diagnostics().items()) write_diagnostic(item, ids, json);
  for (const auto& [code, count] : analysis.diagnostics().left_out()) {
    const std::string number = std::to_string(count);
    const std::string message = number + " more diagnostics \"" + code + "\" are not listed";
    write_diagnostic(
        {Severity::Note, "left_out", message, {{"code", code}, {"count", number}}, kNoNode, {}},
        ids, json);
  }
  json.end_array();
}

}  // namespace trtreport
