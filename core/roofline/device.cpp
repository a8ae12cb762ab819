// Built-in devices: found by name or alias, nearest names offered where none matches.
#include "roofline/device.hpp"

#include "base/sorting.hpp"
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

bool is_called(const Device& device, const std::string& wanted) {
  if (lowered(device.name) == wanted) return true;
  return std::any_of(device.aliases.begin(), device.aliases.end(),
                     [&](const std::string& alias) { return lowered(alias) == wanted; });
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
  std::vector<DeviceName> names = device_names();
  sort_items(names, [&](const DeviceName& a, const DeviceName& b) {
    return distance_to(a, wanted) < distance_to(b, wanted);
  });
  std::string offers;
  for (size_t index = 0; index < names.size() && index < kOffered; ++index) {
    offers += (index == 0 ? "" : ", ") + ("'" + names[index].name + "'");
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
  for (const EmbeddedFile& file : embedded_devices()) {
    const auto device = parse_device(file.content, file.name, PeakSource::Preferred);
    if (device) names.push_back({device->name, device->aliases});
  }
  sort_items(names, [](const DeviceName& a, const DeviceName& b) { return a.name < b.name; });
  return names;
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
  const std::string wanted = lowered(plain);
  for (const EmbeddedFile& file : embedded_devices()) {
    const auto device = parse_device(file.content, file.name, PeakSource::Datasheet);
    if (device && is_called(*device, wanted)) return parse_device(file.content, file.name, source);
  }
  return tl::make_unexpected(unknown_device(plain));
}

}  // namespace trtreport
