// Reads a device file. Nothing throws: every field is looked at before it is taken, and the first
// fault names its path.
#include "base/number_text.hpp"
#include "roofline/device.hpp"
#include "roofline/device_measured.hpp"
#include "roofline/device_reader.hpp"

#include <initializer_list>

namespace trtreport {

namespace {

constexpr std::string_view kSchema = "trtreport-device/1";
constexpr size_t kMostName = 100;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "none" : text;
}

// Of a key of "peaks" and of the rates; null where that is none. fp64 is no engine precision.
Peak* peak_named(Device& device, const std::string& key) {
  if (key == "fp64") return &device.fp64;
  const std::optional<Precision> precision = precision_from_name(key);
  return precision && *precision != Precision::Model ? &device.peaks[*precision] : nullptr;
}

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
  Peak* peak = peak_named(device, key);
  if (peak == nullptr) return;
  std::optional<double>& slot = tensor ? peak->tensor : peak->vector;
  if (!slot) slot = value;
}

void derive_gpu_unit(DeviceReader& reader, const Json& structure, bool tensor, double sms,
                     double clock, double sparse_factor, Device& device) {
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
    const std::optional<Precision> engine = precision_from_name(precision);
    if (!tensor || !engine || sparse_factor <= 1) continue;
    Peak& peak = device.peaks[*engine];
    if (!peak.tensor_sparse) peak.tensor_sparse = sparse_factor * value;
  }
}

// What a power mode sets; the structure's own numbers hold where it sets none.
struct PowerMode {
  std::optional<double> sms, clock_mhz, memory_clock_mhz, power_w;
};

void scale(std::optional<double>& figure, double factor) {
  if (figure) *figure *= factor;
}

// The mode's number in place of the structure's, and by how much it differs.
double replace(std::optional<double>& number, const std::optional<double>& by) {
  if (!number || !by) return 1;
  const double factor = *by / *number;
  number = by;
  return factor;
}

// Given peaks are those of the structure as it stands in the file; another power mode's go with
// its clock and its number of SMs.
void derive_gpu(DeviceReader& reader, const Json& structure, const PowerMode& mode,
                Device& device) {
  std::optional<double> sms = reader.number(structure, "sms", "structure.");
  std::optional<double> clock = reader.number(structure, "clock_mhz", "structure.");
  std::optional<double> tensor_clock = reader.number(structure, "tensor_clock_mhz", "structure.");
  const double factor = replace(sms, mode.sms) * replace(clock, mode.clock_mhz);
  if (mode.clock_mhz) tensor_clock.reset();
  const auto scale_peak = [&](Peak& peak) {
    scale(peak.tensor, factor);
    scale(peak.tensor_sparse, factor);
    scale(peak.vector, factor);
  };
  for (auto& [precision, peak] : device.peaks) scale_peak(peak);
  scale_peak(device.fp64);
  const double sparse = reader.number(structure, "sparse_factor", "structure.").value_or(1);
  if (!sms || !clock) return;
  derive_gpu_unit(reader, structure, true, *sms, tensor_clock.value_or(*clock), sparse, device);
  derive_gpu_unit(reader, structure, false, *sms, *clock, 1, device);
}

void derive_cpu(DeviceReader& reader, const Json& structure, Device& device) {
  const std::optional<double> cores = reader.number(structure, "cores", "structure.");
  const std::optional<double> clock = reader.number(structure, "clock_mhz", "structure.");
  const std::optional<double> units = reader.number(structure, "fma_units", "structure.");
  const std::optional<double> simd = reader.number(structure, "simd_bits", "structure.");
  if (!cores || !clock || !units || !simd) return;
  for (const auto& [precision, lane] : {std::pair<const char*, double>{"fp32", 32}, {"fp64", 64}}) {
    const double value = cpu_peak(*cores, *clock, *units, *simd, lane);
    device.derivations.push_back({std::string(precision) + " vector",
                                  product({{*cores, " cores x "},
                                           {*clock, " MHz x "},
                                           {*units, " FMA units x "},
                                           {*simd / lane, " lanes x 2"}}),
                                  value});
    set_derived(device, precision, false, value);
  }
}

void derive_bandwidth(DeviceReader& reader, const Json& structure, const PowerMode& mode,
                      Device& device) {
  const Json* memory = reader.object(structure, "memory", "structure.");
  if (memory == nullptr) return;
  constexpr std::string_view path = "structure.memory.";
  std::optional<double> clock = reader.number(*memory, "clock_mhz", path);
  scale(device.dram_bandwidth, replace(clock, mode.memory_clock_mhz));
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

void read_peaks(DeviceReader& reader, const Json& file, Device& device) {
  const Json* peaks = reader.object(file, "peaks", "");
  if (peaks == nullptr) return;
  for (const auto& [key, value] : peaks->items()) {
    const std::string place = "peaks." + key;
    if (!is_rate_name(key) || key == "model") reader.fail(place, "is no precision");
    if (!value.is_object()) {
      reader.fail(place, "must be an object");
      continue;
    }
    const std::string inside = place + ".";
    Peak peak;
    peak.tensor = reader.number(value, "tensor", inside);
    peak.tensor_sparse = reader.number(value, "tensor_sparse", inside);
    peak.vector = reader.number(value, "vector", inside);
    peak.accumulate = reader.text(value, "accumulate", inside);
    if (Peak* named = peak_named(device, key)) *named = peak;
  }
}

void read_identity(DeviceReader& reader, const Json& file, Device& device) {
  if (reader.text(file, "schema", "") != kSchema)
    reader.fail("schema", "must be \"" + std::string(kSchema) + "\"");
  device.name = reader.text(file, "name", "");
  if (device.name.empty()) reader.fail("name", "is missing");
  if (device.name.size() > kMostName) reader.fail("name", "is too long");
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

PowerMode read_power_modes(DeviceReader& reader, const Json& file, const std::string& wanted,
                           Device& device) {
  PowerMode found;
  const Json* modes = reader.object(file, "power_modes", "");
  if (modes == nullptr) return found;
  for (const auto& [key, value] : modes->items()) {
    const std::string path = "power_modes." + key + ".";
    if (!value.is_object()) {
      reader.fail("power_modes." + key, "must be an object");
      return found;
    }
    const PowerMode mode = {
        reader.number(value, "sms", path), reader.number(value, "clock_mhz", path),
        reader.number(value, "memory_clock_mhz", path), reader.number(value, "power_w", path)};
    device.power_modes.push_back(key);
    if (key != wanted) continue;
    device.power_mode = key;
    found = mode;
  }
  return found;
}

void read_datasheet(DeviceReader& reader, const Json& file, const std::string& wanted_mode,
                    Device& device) {
  read_peaks(reader, file, device);
  if (const Json* bandwidth = reader.object(file, "bandwidth", "")) {
    device.dram_bandwidth = reader.number(*bandwidth, "dram", "bandwidth.");
  }
  device.memory_bytes = reader.bytes(file, "memory_bytes", "");
  device.l2_bytes = reader.bytes(file, "l2_bytes", "");
  device.power_w = reader.number(file, "power_w", "");
  device.launch_seconds = reader.number(file, "launch_seconds", "");
  if (const Json* dla = reader.object(file, "dla", "")) {
    for (const auto& [key, value] : dla->items()) {
      if (const auto number = reader.number(*dla, key, "dla."))
        device.dla.emplace_back(key, *number);
    }
  }
  const PowerMode mode = read_power_modes(reader, file, wanted_mode, device);
  if (mode.power_w) device.power_w = mode.power_w;
  const Json* structure = reader.object(file, "structure", "");
  if (structure == nullptr || reader.error()) return;
  if (device.kind == "gpu") {
    derive_gpu(reader, *structure, mode, device);
  } else {
    derive_cpu(reader, *structure, device);
  }
  derive_bandwidth(reader, *structure, mode, device);
}

// The block "measured" where it is to be taken.
void read_measured(DeviceReader& reader, const Json& file, PeakSource source, Device& device) {
  const Json* measured = reader.object(file, "measured", "");
  if (measured != nullptr) check_measured(reader, *measured);
  if (reader.error() || source == PeakSource::Datasheet) return;
  if (measured == nullptr) {
    if (source == PeakSource::Measured)
      reader.fail("no_such_source", "", "holds no measured peaks");
    return;
  }
  const std::string mode = measured_power_mode(*measured);
  const bool fits = device.power_mode.empty() || device.power_mode == mode;
  device.measured = fits && take_measured(*measured, device);
  if (device.measured || source == PeakSource::Preferred) return;
  reader.fail("no_such_source", "measured",
              fits ? "holds no bandwidth or no peak that could be taken"
                   : "is of the power mode '" + mode + "'");
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
                                         PeakSource source, std::string_view power_mode) {
  DeviceReader reader(file);
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded() || !root.is_object()) {
    return tl::make_unexpected(Error{"bad_device_file", std::string(file) + ": not a JSON object"});
  }
  Device device;
  read_identity(reader, root, device);
  read_datasheet(reader, root, std::string(power_mode), device);
  device.sources = reader.texts(root, "sources");
  device.confidence = reader.texts(root, "confidence");
  device.exceptions = reader.texts(root, "exceptions");
  if (!power_mode.empty() && device.power_mode.empty()) {
    reader.fail("no_such_mode", "power_modes",
                "have no '" + std::string(power_mode) + "', only " + joined(device.power_modes));
  }
  read_measured(reader, root, source, device);
  if (device.peaks.empty()) reader.fail("peaks", "are missing, and structure derives none");
  if (!device.dram_bandwidth)
    reader.fail("bandwidth.dram", "is missing, and structure.memory derives none");
  if (reader.error()) return tl::make_unexpected(*reader.error());
  if (!device.power_mode.empty()) device.name += ":" + device.power_mode;
  return device;
}

}  // namespace trtreport
