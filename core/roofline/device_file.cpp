// Reads a device file. Nothing throws: every field is looked at before it is taken, and the first
// fault names its path.
#include "base/number_text.hpp"
#include "roofline/device.hpp"

#include <cmath>
#include <initializer_list>

#include <nlohmann/json.hpp>

namespace trtreport {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kSchema = "trtreport-device/1";

// One file being read; the first fault wins.
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  void fail(const std::string& path, std::string_view what) {
    if (!error_)
      error_ = Error{"bad_device_file", std::string(file_) + ": " + path + " " + std::string(what)};
  }
  const std::optional<Error>& error() const { return error_; }

  // Null where the member is absent or null; a fault where it is of another kind.
  const Json* object(const Json& parent, const std::string& key, const std::string& path) {
    const Json* value = member(parent, key);
    if (value == nullptr || value->is_object()) return value;
    fail(path + key, "must be an object");
    return nullptr;
  }

  std::optional<double> number(const Json& parent, const std::string& key,
                               const std::string& path) {
    const Json* value = member(parent, key);
    if (value == nullptr) return std::nullopt;
    const double result = value->is_number() ? value->get<double>() : -1;
    if (value->is_number() && std::isfinite(result) && result > 0) return result;
    fail(path + key, "must be a positive number");
    return std::nullopt;
  }

  std::optional<uint64_t> bytes(const Json& parent, const std::string& key,
                                const std::string& path) {
    constexpr double kMost = 1e18;
    const std::optional<double> value = number(parent, key, path);
    if (!value) return std::nullopt;
    if (*value <= kMost) return static_cast<uint64_t>(*value);
    fail(path + key, "is too large");
    return std::nullopt;
  }

  std::string text(const Json& parent, const std::string& key, const std::string& path) {
    const Json* value = member(parent, key);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    fail(path + key, "must be a string");
    return {};
  }

  std::vector<std::pair<std::string, std::string>> texts(const Json& parent,
                                                         const std::string& key) {
    std::vector<std::pair<std::string, std::string>> result;
    const Json* value = object(parent, key, "");
    if (value == nullptr) return result;
    for (const auto& [name, item] : value->items()) {
      if (item.is_string()) {
        result.emplace_back(name, item.get<std::string>());
      } else {
        fail(key + "." + name, "must be a string");
      }
    }
    return result;
  }

 private:
  static const Json* member(const Json& parent, const std::string& key) {
    const auto found = parent.find(key);
    return found == parent.end() || found->is_null() ? nullptr : &*found;
  }

  std::string_view file_;
  std::optional<Error> error_;
};

// Keys of "peaks" and of the rates: fp64 is documented and derived, but no engine precision.
bool is_rate_name(const std::string& key) {
  return key == "fp64" || precision_from_name(key).has_value();
}

// "132 SM x 1830 MHz x …": how a figure came about.
std::string product(std::initializer_list<std::pair<double, std::string_view>> factors) {
  std::string text;
  for (const auto& [number, unit] : factors) text += shortest(number) + std::string(unit);
  return text;
}

void set_derived(Device& device, const std::string& key, bool tensor, double value) {
  const std::optional<Precision> precision = precision_from_name(key);
  if (!precision) return;
  Peak& peak = device.peaks[*precision];
  std::optional<double>& slot = tensor ? peak.tensor : peak.vector;
  if (!slot) slot = value;
}

void derive_gpu_unit(Reader& reader, const Json& structure, bool tensor, double sms, double clock,
                     Device& device) {
  const std::string key = tensor ? "tensor_fma_per_clock_per_sm" : "vector_fma_per_clock_per_sm";
  const Json* rates = reader.object(structure, key, "structure.");
  if (rates == nullptr) return;
  for (const auto& [precision, rate] : rates->items()) {
    const std::optional<double> fma = reader.number(*rates, precision, "structure." + key + ".");
    if (!is_rate_name(precision))
      reader.fail("structure." + key + "." + precision, "is no precision");
    if (!fma) continue;
    const double value = gpu_peak(sms, clock, *fma);
    device.derivations.push_back(
        {precision + (tensor ? " tensor" : " vector"),
         product({{sms, " SM x "}, {clock, " MHz x "}, {*fma, " FMA x 2"}}), value});
    set_derived(device, precision, tensor, value);
  }
}

void derive_gpu(Reader& reader, const Json& structure, Device& device) {
  const std::optional<double> sms = reader.number(structure, "sms", "structure.");
  const std::optional<double> clock = reader.number(structure, "clock_mhz", "structure.");
  const std::optional<double> tensor_clock =
      reader.number(structure, "tensor_clock_mhz", "structure.");
  if (!sms || !clock) return;
  derive_gpu_unit(reader, structure, true, *sms, tensor_clock.value_or(*clock), device);
  derive_gpu_unit(reader, structure, false, *sms, *clock, device);
}

void derive_cpu(Reader& reader, const Json& structure, Device& device) {
  const std::optional<double> cores = reader.number(structure, "cores", "structure.");
  const std::optional<double> clock = reader.number(structure, "clock_mhz", "structure.");
  const std::optional<double> units = reader.number(structure, "fma_units", "structure.");
  const std::optional<double> simd = reader.number(structure, "simd_bits", "structure.");
  if (!cores || !clock || !units || !simd) return;
  for (const auto& [precision, lane] : {std::pair<std::string, double>{"fp32", 32}, {"fp64", 64}}) {
    const double value = cpu_peak(*cores, *clock, *units, *simd, lane);
    device.derivations.push_back({precision + " vector",
                                  product({{*cores, " cores x "},
                                           {*clock, " MHz x "},
                                           {*units, " FMA units x "},
                                           {*simd / lane, " lanes x 2"}}),
                                  value});
    set_derived(device, precision, false, value);
  }
}

void derive_bandwidth(Reader& reader, const Json& structure, Device& device) {
  const Json* memory = reader.object(structure, "memory", "structure.");
  if (memory == nullptr) return;
  const std::string path = "structure.memory.";
  const std::optional<double> clock = reader.number(*memory, "clock_mhz", path);
  const std::optional<double> transfers = reader.number(*memory, "transfers_per_clock", path);
  const std::optional<double> bus = reader.number(*memory, "bus_bits", path);
  const double channels = reader.number(*memory, "channels", path).value_or(1);
  if (!clock || !transfers || !bus) return;
  const double value = memory_bandwidth(*clock, *transfers, *bus, channels);
  device.derivations.push_back({"bandwidth",
                                product({{*clock, " MHz x "},
                                         {*transfers, " transfers x "},
                                         {*bus, " bit / 8 x "},
                                         {channels, channels == 1 ? " channel" : " channels"}}),
                                value});
  if (!device.dram_bandwidth) device.dram_bandwidth = value;
}

void read_peaks(Reader& reader, const Json& parent, const std::string& path, Device& device) {
  const Json* peaks = reader.object(parent, "peaks", path);
  if (peaks == nullptr) return;
  for (const auto& [key, value] : peaks->items()) {
    const std::string place = path + "peaks." + key;
    if (!is_rate_name(key) || key == "model") reader.fail(place, "is no precision");
    if (!value.is_object()) {
      reader.fail(place, "must be an object");
      continue;
    }
    Peak peak;
    peak.tensor = reader.number(value, "tensor", place + ".");
    peak.tensor_sparse = reader.number(value, "tensor_sparse", place + ".");
    peak.vector = reader.number(value, "vector", place + ".");
    peak.accumulate = reader.text(value, "accumulate", place + ".");
    if (const std::optional<Precision> precision = precision_from_name(key))
      device.peaks[*precision] = peak;
  }
}

void read_rates(Reader& reader, const Json& parent, const std::string& path, Device& device) {
  read_peaks(reader, parent, path, device);
  if (const Json* bandwidth = reader.object(parent, "bandwidth", path)) {
    device.dram_bandwidth = reader.number(*bandwidth, "dram", path + "bandwidth.");
  }
  device.launch_seconds = reader.number(parent, "launch_seconds", path);
}

void read_identity(Reader& reader, const Json& file, Device& device) {
  if (reader.text(file, "schema", "") != kSchema)
    reader.fail("schema", "must be \"" + std::string(kSchema) + "\"");
  device.name = reader.text(file, "name", "");
  if (device.name.empty()) reader.fail("name", "is missing");
  device.vendor = reader.text(file, "vendor", "");
  device.kind = reader.text(file, "kind", "");
  if (device.kind != "gpu" && device.kind != "cpu")
    reader.fail("kind", "must be \"gpu\" or \"cpu\"");
  device.compute_capability = reader.text(file, "compute_capability", "");
  const auto aliases = file.find("aliases");
  if (aliases == file.end()) return;
  if (!aliases->is_array()) return reader.fail("aliases", "must be a list of strings");
  for (const Json& alias : *aliases) {
    if (!alias.is_string()) return reader.fail("aliases", "must be a list of strings");
    device.aliases.push_back(alias.get<std::string>());
  }
}

void read_datasheet(Reader& reader, const Json& file, Device& device) {
  read_rates(reader, file, "", device);
  device.launch_seconds.reset();  // a datasheet knows none
  if (const Json* structure = reader.object(file, "structure", "")) {
    if (device.kind == "gpu") {
      derive_gpu(reader, *structure, device);
    } else {
      derive_cpu(reader, *structure, device);
    }
    derive_bandwidth(reader, *structure, device);
  }
}

}  // namespace

double gpu_peak(double sms, double clock_mhz, double fma_per_clock_per_sm) {
  return sms * clock_mhz * 1e6 * fma_per_clock_per_sm * 2;
}

double cpu_peak(double cores, double clock_mhz, double fma_units, double simd_bits,
                double lane_bits) {
  return cores * clock_mhz * 1e6 * fma_units * (simd_bits / lane_bits) * 2;
}

double memory_bandwidth(double clock_mhz, double transfers_per_clock, double bus_bits,
                        double channels) {
  return clock_mhz * 1e6 * transfers_per_clock * (bus_bits / 8) * channels;
}

tl::expected<Device, Error> parse_device(std::string_view json, std::string_view file,
                                         PeakSource source) {
  Reader reader(file);
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded() || !root.is_object()) {
    return tl::make_unexpected(Error{"bad_device_file", std::string(file) + ": not a JSON object"});
  }
  Device device;
  read_identity(reader, root, device);
  const Json* measured = reader.object(root, "measured", "");
  if (source == PeakSource::Measured && measured == nullptr) {
    return tl::make_unexpected(
        Error{"no_such_source", std::string(file) + ": holds no measured peaks"});
  }
  device.measured = measured != nullptr && source != PeakSource::Datasheet;
  if (device.measured) {
    read_rates(reader, *measured, "measured.", device);
  } else {
    read_datasheet(reader, root, device);
  }
  device.memory_bytes = reader.bytes(root, "memory_bytes", "");
  device.l2_bytes = reader.bytes(root, "l2_bytes", "");
  device.power_w = reader.number(root, "power_w", "");
  device.sources = reader.texts(root, "sources");
  device.confidence = reader.texts(root, "confidence");
  device.exceptions = reader.texts(root, "exceptions");
  if (device.peaks.empty()) reader.fail("peaks", "are missing, and structure derives none");
  if (!device.dram_bandwidth)
    reader.fail("bandwidth.dram", "is missing, and structure.memory derives none");
  if (reader.error()) return tl::make_unexpected(*reader.error());
  return device;
}

}  // namespace trtreport
