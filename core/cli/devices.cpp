// Names go to the built-in devices, paths to the disk.
#include "cli/devices.hpp"

#include "cli/file_source.hpp"
#include "report/escape.hpp"
#include "report/format.hpp"
#include "report/table.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace trtreport::cli {
namespace {

constexpr uint64_t kMostBytes = 4 * 1024 * 1024;  // of a device file

struct Place {
  std::string path;
  PeakSource source = PeakSource::Preferred;
};

Place split(const std::string& argument) {
  for (const auto& [suffix, source] : {std::pair("@measured", PeakSource::Measured),
                                       std::pair("@datasheet", PeakSource::Datasheet)}) {
    if (argument.ends_with(suffix)) return {argument.substr(0, argument.rfind('@')), source};
  }
  return {argument, PeakSource::Preferred};
}

tl::expected<Device, Error> read_device(const Place& place, std::string* content = nullptr) {
  auto file = FileSource::open(place.path);
  if (!file) return tl::unexpected(file.error());
  if ((*file)->size() > kMostBytes) {
    return tl::unexpected(Error{"bad_device_file", place.path + ": too large for a device file"});
  }
  std::string json(static_cast<size_t>((*file)->size()), '\0');
  const size_t count = (*file)->read(0, std::as_writable_bytes(std::span(json)));
  json.resize(count);
  auto device = parse_device(json, place.path, place.source);
  if (content != nullptr) *content = std::move(json);
  return device;
}

int complain(const Error& error) {
  std::fputs(("trtreport: " + escape_terminal(error.message) + "\n").c_str(), stderr);
  return kBadUsage;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

int list_devices() {
  std::vector<std::vector<std::string>> rows;
  for (const DeviceName& device : device_names())
    rows.push_back({device.name, joined(device.aliases)});
  std::fputs(text_table({{"Device"}, {"Aliases"}}, rows).c_str(), stdout);
  return kFine;
}

std::string bytes_text(const std::optional<uint64_t>& bytes) {
  return bytes ? format_si(static_cast<double>(*bytes), "B") : std::string(kDash);
}

using Texts = std::vector<std::pair<std::string, std::string>>;

std::string texts_table(std::string_view title, const Texts& texts) {
  if (texts.empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, text] : texts)
    rows.push_back({escape_terminal(key), escape_terminal(text)});
  return fmt::format("\n{}\n{}", title, text_table({{}, {}}, rows));
}

std::string device_text(const Device& device) {
  std::string text =
      fmt::format("{}  {} {}{}, {} peaks\n", escape_terminal(device.name),
                  escape_terminal(device.vendor), escape_terminal(device.kind),
                  device.compute_capability.empty()
                      ? std::string()
                      : ", compute capability " + escape_terminal(device.compute_capability),
                  device.measured ? "measured" : "datasheet");
  text +=
      text_table({{}, {{}, true}}, {{"Bandwidth", format_si(device.dram_bandwidth, "B/s")},
                                    {"Memory", bytes_text(device.memory_bytes)},
                                    {"L2 cache", bytes_text(device.l2_bytes)},
                                    {"Power", format_si(device.power_w, "W")},
                                    {"Launch of a kernel", format_si(device.launch_seconds, "s")}});
  std::vector<std::vector<std::string>> rows;
  for (const auto& [precision, peak] : device.peaks) {
    rows.push_back({std::string(name(precision)), format_si(peak.tensor, "FLOP/s"),
                    format_si(peak.tensor_sparse, "FLOP/s"), format_si(peak.vector, "FLOP/s"),
                    escape_terminal(peak.accumulate)});
  }
  text += "\n" + text_table({{"Precision"},
                             {"Tensor cores", true},
                             {"2:4 sparse", true},
                             {"Vector units", true},
                             {"Accumulates in"}},
                            rows);
  Texts derivations;
  for (const Derivation& derivation : device.derivations) {
    derivations.emplace_back(derivation.figure,
                             derivation.formula + " = " + format_si(derivation.value, ""));
  }
  text += texts_table("Derived", derivations);
  text += texts_table("Sources", device.sources);
  text += texts_table("Confidence", device.confidence);
  return text + texts_table("Exceptions", device.exceptions);
}

}  // namespace

tl::expected<Device, Error> load_device(const std::string& argument, std::string* content) {
  const Place place = split(argument);
  const bool is_path = place.path.find('/') != std::string::npos || place.path.ends_with(".json");
  if (is_path) return read_device(place, content);
  auto device = find_device(argument);
  if (device || device.error().code != "unknown_device" || !FileSource::open(place.path))
    return device;
  return read_device(place, content);
}

int run_device_command(const CommandLine& line) {
  if (line.action == Action::DeviceList) return list_devices();
  const bool validate = line.action == Action::DeviceValidate;
  const auto device = validate ? read_device(split(line.argument)) : load_device(line.argument);
  if (!device) return complain(device.error());
  const std::string text =
      validate ? fmt::format("{}: fine, describes {}\n", escape_terminal(line.argument),
                             escape_terminal(device->name))
               : device_text(*device);
  std::fputs(text.c_str(), stdout);
  return kFine;
}

}  // namespace trtreport::cli
