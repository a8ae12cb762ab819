// Names go to the built-in devices, paths to the disk.
#include "cli/devices.hpp"

#include "cli/derive.hpp"
#include "cli/file_source.hpp"
#include "cli/link.hpp"
#include "report/escape.hpp"
#include "report/format.hpp"
#include "report/table.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace trtreport::cli {
namespace {

constexpr uint64_t kMostBytes = 4 * 1024 * 1024;  // of a device file

struct Place {
  std::string path, mode;
  PeakSource source = PeakSource::Preferred;
};

// FILE[:MODE][@SOURCE]; a mode is looked for behind ".json" only, since names may hold colons.
Place split(const std::string& argument) {
  Place place{argument, {}, PeakSource::Preferred};
  for (const auto& [suffix, source] : {std::pair("@measured", PeakSource::Measured),
                                       std::pair("@datasheet", PeakSource::Datasheet)}) {
    if (!argument.ends_with(suffix)) continue;
    place.path = argument.substr(0, argument.rfind('@'));
    place.source = source;
  }
  constexpr std::string_view kEnding = ".json:";
  if (const size_t at = place.path.rfind(kEnding); at != std::string::npos) {
    place.mode = place.path.substr(at + kEnding.size());
    place.path.resize(at + kEnding.size() - 1);
  }
  return place;
}

tl::expected<std::string, Error> read_text(const std::string& path) {
  auto file = FileSource::open(path);
  if (!file) return tl::unexpected(file.error());
  if ((*file)->size() > kMostBytes) {
    return tl::unexpected(Error{"bad_device_file", path + ": too large for a device file"});
  }
  std::string json(static_cast<size_t>((*file)->size()), '\0');
  const size_t count = (*file)->read(0, std::as_writable_bytes(std::span(json)));
  json.resize(count);
  return json;
}

// `content` becomes the file's text.
tl::expected<Device, Error> read_device(const Place& place, std::string* content = nullptr) {
  auto json = read_text(place.path);
  if (!json) return tl::unexpected(json.error());
  auto device = parse_device(*json, place.path, place.source, place.mode);
  if (content != nullptr) *content = std::move(*json);
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
  for (const DeviceName& device : device_names()) {
    rows.push_back({device.name, joined(device.aliases), joined(device.power_modes),
                    device.measured ? "measured" : "datasheet"});
  }
  std::fputs(text_table({{"Device"}, {"Aliases"}, {"Power modes"}, {"Peaks"}}, rows).c_str(),
             stdout);
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
  if (!device.power_modes.empty())
    text += "Power modes: " + escape_terminal(joined(device.power_modes)) + "\n";
  text +=
      text_table({{}, {{}, true}}, {{"Bandwidth", format_si(device.dram_bandwidth, "B/s")},
                                    {"Memory", bytes_text(device.memory_bytes)},
                                    {"L2 cache", bytes_text(device.l2_bytes)},
                                    {"Power", format_si(device.power_w, "W")},
                                    {"Launch of a kernel", format_seconds(device.launch_seconds)}});
  std::vector<std::vector<std::string>> rows;
  const auto add_peak = [&](std::string_view precision, const Peak& peak) {
    rows.push_back({std::string(precision), format_si(peak.tensor, "FLOP/s"),
                    format_si(peak.tensor_sparse, "FLOP/s"), format_si(peak.vector, "FLOP/s"),
                    escape_terminal(peak.accumulate)});
  };
  if (device.fp64.tensor || device.fp64.vector) add_peak("fp64", device.fp64);
  for (const auto& [precision, peak] : device.peaks) add_peak(name(precision), peak);
  text += "\n" + text_table({{"Precision"},
                             {"Tensor cores", true},
                             {"2:4 sparse", true},
                             {"Vector units", true},
                             {"Accumulates in"}},
                            rows);
  Texts dla;
  for (const auto& [key, value] : device.dla) {
    dla.emplace_back(key, key == "engines" ? fmt::format("{}", value) : format_si(value, "FLOP/s"));
  }
  text += texts_table("DLA, beside the GPU and not part of its peaks", dla);
  Texts derivations;
  for (const Derivation& derivation : device.derivations) {
    derivations.emplace_back(derivation.figure,
                             derivation.formula + " = " + format_si(derivation.value, ""));
  }
  text += texts_table(device.measured ? "Measured" : "Derived", derivations);
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

namespace {

// The file without white space, deflated, in base64url: short enough for an address.
int print_link(const std::string& path) {
  const auto json = read_text(path);
  if (!json) return complain(json.error());
  const auto device = parse_device(*json, path, PeakSource::Preferred);
  if (!device) return complain(device.error());
  std::fputs(("#device=" + packed_for_link(nlohmann::json::parse(*json).dump()) + "\n").c_str(),
             stdout);
  return kFine;
}

}  // namespace

int run_device_command(const CommandLine& line) {
  switch (line.action) {
    case Action::DeviceLink:
      return print_link(line.argument);
    case Action::DeviceList:
      return list_devices();
    case Action::DeviceShow:
    case Action::DeviceValidate:
      break;
    default:
      std::fputs(derivation_text(line.action, line.derive).c_str(), stdout);
      return kFine;
  }
  const bool validate = line.action == Action::DeviceValidate;
  const auto device = validate ? read_device(split(line.argument)) : load_device(line.argument);
  if (!device) return complain(device.error());
  const std::string text =
      validate
          ? fmt::format("{}: fine, describes {}, {} peaks\n", escape_terminal(line.argument),
                        escape_terminal(device->name), device->measured ? "measured" : "datasheet")
          : device_text(*device);
  std::fputs(text.c_str(), stdout);
  return kFine;
}

}  // namespace trtreport::cli
