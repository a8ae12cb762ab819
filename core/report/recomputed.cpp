// The short sections of the document, by the document's own writers.
#include "report/recomputed.hpp"

#include "report/document_parts.hpp"

namespace trtreport {

void write_recomputed(const Analysis& analysis, const Roofline& roofline, JsonWriter& json) {
  const MemoryTimeline& memory = analysis.figures().memory.shared;
  write_options(analysis.options(), json);
  write_totals(analysis.figures(), json);
  json.key("roofline");
  write_roofline(roofline, Columns::Left, json);
  json.key("memory");
  json.begin_object();
  json.member("peak_bytes", memory.peak_bytes);
  json.member("peak_node", memory.peak_node);
  json.end_object();
  write_diagnostics(analysis, json);
}

void write_device_entry(const Device& device, JsonWriter& json) {
  json.begin_object();
  json.key("precisions");
  json.begin_array();
  for (const Precision precision : supported_precisions(device, {})) json.value(name(precision));
  json.end_array();
  json.key("device");
  write_device(device, json);
  json.end_object();
}

void write_built_in_devices(JsonWriter& json) {
  const auto write = [&](const std::string& name) {
    if (const auto device = find_device(name)) write_device_entry(*device, json);
  };
  json.member("version", kVersion);
  json.member("default_device", kDefaultDevice);
  json.key("devices");
  json.begin_array();
  for (const DeviceName& each : device_names()) {
    write(each.name);
    if (each.measured) write(each.name + "@datasheet");
    for (const std::string& mode : each.power_modes) write(each.name + ":" + mode + "@datasheet");
  }
  json.end_array();
}

}  // namespace trtreport
