// Built-in devices: found by name or alias, nearest names offered where none matches.
#include "roofline/device.hpp"

#include "roofline/device_reader.hpp"
#include "roofline/embedded_devices.hpp"

#include <algorithm>
#include <charconv>

namespace trtreport {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

struct File {
  std::string name, content;
  std::vector<std::string> called;  // name and aliases, lowered
};

// What set_device_library was given.
std::vector<File>& handed_over() {
  static std::vector<File> files;
  return files;
}

// A device of the same name that was handed over comes before the one built in, which is the same.
std::vector<EmbeddedFile> library() {
  std::vector<EmbeddedFile> files;
  for (const File& file : handed_over()) files.push_back({file.name, file.content});
  for (const EmbeddedFile& file : embedded_devices()) files.push_back(file);
  return files;
}

std::vector<std::string> names_of(const Device& device) {
  std::vector<std::string> names = {lowered(device.name)};
  for (const std::string& alias : device.aliases) names.push_back(lowered(alias));
  return names;
}

bool holds(const std::vector<std::string>& names, const std::string& wanted) {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

// The first file of the device. Those that were handed over have been read; of the others each
// that mentions the name is read until one fits.
std::optional<EmbeddedFile> file_of(const std::string& wanted) {
  for (const File& file : handed_over()) {
    if (holds(file.called, wanted)) return EmbeddedFile{file.name, file.content};
  }
  for (const EmbeddedFile& file : embedded_devices()) {
    if (lowered(file.content).find(wanted) == std::string::npos) continue;
    const auto device = parse_device(file.content, file.name, PeakSource::Preferred);
    if (device && holds(names_of(*device), wanted)) return file;
  }
  return std::nullopt;
}

// The mode as the file writes it; itself where there is no such mode.
std::string spelled(const std::string& mode, const std::vector<std::string>& modes) {
  for (const std::string& each : modes) {
    if (lowered(each) == mode) return each;
  }
  return mode;
}

// Insertions, deletions and replacements that turn one text into the other.
size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t column = 0; column < row.size(); ++column) row[column] = column;
  for (size_t line = 1; line <= a.size(); ++line) {
    size_t diagonal = row[0];
    row[0] = line;
    for (size_t column = 1; column <= b.size(); ++column) {
      const size_t replaced = diagonal + (a[line - 1] == b[column - 1] ? 0 : 1);
      diagonal = row[column];
      row[column] = std::min({replaced, row[column] + 1, row[column - 1] + 1});
    }
  }
  return row.back();
}

size_t distance_to(const DeviceName& device, const std::string& wanted) {
  size_t least = edit_distance(lowered(device.name), wanted);
  for (const std::string& alias : device.aliases)
    least = std::min(least, edit_distance(lowered(alias), wanted));
  return least;
}

Error unknown_device(std::string_view name) {
  constexpr size_t kOffered = 3;
  constexpr size_t kMostText = 200;
  const std::string wanted = lowered(name.substr(0, kMostText));
  // The nearest one at a time: a sort of these records would be one of the module's largest parts.
  const std::vector<DeviceName> names = device_names();
  std::vector<size_t> distances;
  for (const DeviceName& device : names) distances.push_back(distance_to(device, wanted));
  std::string offers;
  for (size_t offered = 0; offered < kOffered && offered < names.size(); ++offered) {
    const auto nearest = std::min_element(distances.begin(), distances.end());
    *nearest = SIZE_MAX;
    const DeviceName& device = names[static_cast<size_t>(nearest - distances.begin())];
    offers += (offers.empty() ? "'" : ", '") + device.name + "'";
  }
  return {"unknown_device",
          "no device is called '" + std::string(name) + "'; the nearest are " + offers};
}

}  // namespace

int Device::capability() const {
  const size_t dot = compute_capability.find('.');
  if (dot == std::string::npos) return 0;
  int major = 0, minor = 0;
  const char* text = compute_capability.data();
  std::from_chars(text, text + dot, major);
  std::from_chars(text + dot + 1, text + compute_capability.size(), minor);
  return major * 10 + minor;
}

std::vector<DeviceName> device_names() {
  std::vector<DeviceName> names;
  for (const EmbeddedFile& file : library()) {
    auto device = parse_device(file.content, file.name, PeakSource::Preferred);
    if (!device) continue;
    auto place = names.begin();
    while (place != names.end() && place->name < device->name) ++place;
    if (place != names.end() && place->name == device->name) continue;
    names.insert(place, {std::move(device->name), std::move(device->aliases),
                         std::move(device->power_modes), device->measured});
  }
  return names;
}

std::optional<Error> set_device_library(std::string_view json) {
  DeviceReader reader("the device library");
  const Json list = Json::parse(json, nullptr, false);
  if (!list.is_array()) reader.fail("", "is no JSON list");
  std::vector<File> files;
  for (const Json& item : list) {
    if (!item.is_object()) reader.fail("", "holds what is no device file");
    if (reader.error()) break;
    File file{reader.text(item, "file", ""), reader.text(item, "content", ""), {}};
    const auto device = parse_device(file.content, file.name, PeakSource::Preferred);
    if (!device) return device.error();
    file.called = names_of(*device);
    files.push_back(std::move(file));
  }
  if (reader.error()) return reader.error();
  handed_over() = std::move(files);
  return std::nullopt;
}

tl::expected<Device, Error> find_device(std::string_view name) {
  PeakSource source = PeakSource::Preferred;
  std::string_view plain = name;
  const size_t at = name.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view suffix = name.substr(at + 1);
    if (suffix != "measured" && suffix != "datasheet") {
      return tl::make_unexpected(
          Error{"no_such_source",
                "after '@' comes 'measured' or 'datasheet', not '" + std::string(suffix) + "'"});
    }
    source = suffix == "measured" ? PeakSource::Measured : PeakSource::Datasheet;
    plain = name.substr(0, at);
  }
  const size_t colon = plain.find(':');
  const std::string wanted = lowered(plain.substr(0, colon));
  const std::string mode =
      colon == std::string_view::npos ? std::string() : lowered(plain.substr(colon + 1));
  const std::optional<EmbeddedFile> file = file_of(wanted);
  if (!file) return tl::make_unexpected(unknown_device(plain));
  if (mode.empty()) return parse_device(file->content, file->name, source);
  const auto device = parse_device(file->content, file->name, PeakSource::Preferred);
  if (!device) return tl::make_unexpected(device.error());
  return parse_device(file->content, file->name, source, spelled(mode, device->power_modes));
}

}  // namespace trtreport
