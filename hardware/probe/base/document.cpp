// Findings as a device file.
#include "base/document.hpp"

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/theory.hpp"

namespace trtprobe {

const char* const kVersion = "0.1.0";

namespace {

struct Precision {
  const char* name;
  const char* vector_row;
  const char* tensor_row;
  const char* accumulate;
};

constexpr Precision kPrecisions[] = {
    {"fp64", "vector_fp64", "tensor_fp64", "fp64"},
    {"fp32", "vector_fp32", nullptr, nullptr},
    {"tf32", nullptr, "tensor_tf32", "fp32"},
    {"fp16", "vector_fp16", "tensor_fp16_f32", "fp32"},
    {"bf16", "vector_bf16", "tensor_bf16", "fp32"},
    {"fp8", nullptr, "tensor_fp8_e4m3_f32", "fp32"},
    {"int8", "vector_dp4a", "tensor_int8", "int32"},
    {"int4", nullptr, "tensor_int4", "int32"},
    {"fp4", nullptr, "tensor_nvf4", "fp32"},
};

std::optional<double> rate(const DeviceInfo& device, const char* row) {
  if (row == nullptr) return std::nullopt;
  const std::optional<double> fma =
      fma_per_clock_per_sm(row, device.compute_capability(), is_consumer(device.name));
  return fma && *fma > 0 ? fma : std::nullopt;
}

void write_rates(JsonWriter& json, const char* member, const DeviceInfo& device,
                 const char* Precision::*row) {
  json.key(member);
  json.open_object(true);
  for (const Precision& precision : kPrecisions) {
    json.known_member(precision.name, rate(device, precision.*row));
  }
  json.close();
}

void write_structure(JsonWriter& json, const DeviceInfo& device) {
  json.key("structure");
  json.open_object();
  json.member("sms", device.sms);
  json.known_member("clock_mhz", device.clock_mhz);
  write_rates(json, "vector_fma_per_clock_per_sm", device, &Precision::vector_row);
  write_rates(json, "tensor_fma_per_clock_per_sm", device, &Precision::tensor_row);
  if (!device.integrated && device.memory_clock_mhz && device.bus_bits) {
    json.key("memory");
    json.open_object(true);
    json.member("clock_mhz", *device.memory_clock_mhz);
    json.member("transfers_per_clock", 2);
    json.member("bus_bits", *device.bus_bits);
    json.member("channels", 1);
    json.close();
  }
  json.close();
}

void write_peaks(JsonWriter& json, const DeviceInfo& device) {
  json.key("peaks");
  json.open_object();
  for (const Precision& precision : kPrecisions) {
    const auto peak = [&device](const char* row) {
      return rate(device, row) ? theory(row, device, device.clock_mhz.value_or(0)) : std::nullopt;
    };
    const std::optional<double> vector = peak(precision.vector_row);
    const std::optional<double> tensor = peak(precision.tensor_row);
    if (!vector && !tensor) continue;
    json.key(precision.name);
    json.open_object(true);
    json.known_member("tensor", tensor);
    if (tensor && precision.name != std::string("fp64")) {
      const std::string sparse = std::string(precision.tensor_row) + "_sparse";
      json.known_member("tensor_sparse", peak(sparse.c_str()));
    }
    json.known_member("vector", vector);
    if (tensor) json.member("accumulate", precision.accumulate);
    json.close();
  }
  json.close();
}

void write_environment(JsonWriter& json, const Findings& findings) {
  const DeviceInfo& device = findings.device;
  const Surroundings& around = findings.surroundings;
  json.key("environment");
  json.open_object();
  json.member("driver", around.driver);
  json.member("cuda_driver", around.cuda_driver);
  json.member("cuda_runtime", around.cuda_runtime);
  json.member("os", around.os);
  json.member("clock_mhz", device.clock_mhz);
  json.member("memory_clock_mhz", device.memory_clock_mhz);
  json.member("power_limit_w", device.power_limit_w);
  json.member("power_mode", device.power_mode);
  json.member("ecc", device.ecc);
  json.member("mig", device.mig);
  json.member("integrated", device.integrated);
  json.key("pcie");
  if (device.pcie_generation && device.pcie_lanes) {
    json.value(std::to_string(*device.pcie_generation) + ".0 x" +
               std::to_string(*device.pcie_lanes));
  } else {
    json.null();
  }
  json.member("uuid_hash", sha256_hex(device.uuid).substr(0, 16));
  json.close();
}

void write_row(JsonWriter& json, const Row& row) {
  json.open_object(true);
  json.member("name", row.name);
  json.member("unit", row.unit);
  json.member("regime", row.regime);
  json.member("median", row.median);
  json.member("spread", row.spread);
  json.member("min", row.minimum);
  json.member("max", row.maximum);
  json.member("samples", row.samples > 0 ? std::optional<int>(row.samples) : std::nullopt);
  json.member("clock_mhz", row.clock_mhz);
  json.member("power_w", row.power_w);
  json.member("temperature_c", row.temperature_c);
  json.key("throttle");
  json.open_array(true);
  for (const std::string& reason : row.throttle) json.value(reason);
  json.close();
  json.member("method", row.method);
  json.member("configuration", row.configuration);
  json.member("status", to_string(row.status));
  json.member("reason", row.reason);
  json.member("theory_at_clock", row.theory_at_clock);
  json.member("peak", row.best);
  json.close();
}

void write_measured(JsonWriter& json, const Findings& findings) {
  json.key("measured");
  json.open_object();
  json.member("date", findings.surroundings.date);
  json.key("tool");
  json.open_object(true);
  json.member("name", "trtprobe");
  json.member("version", kVersion);
  json.close();
  json.member("mode", findings.mode);
  write_environment(json, findings);
  json.key("rows");
  json.open_array();
  for (const Row& row : findings.rows) write_row(json, row);
  json.close();
  json.key("curves");
  json.open_object();
  for (const Curve& curve : findings.curves) {
    json.key(curve.name);
    json.open_array(true);
    for (const auto& [size, speed] : curve.points) {
      json.open_array(true);
      json.value(size);
      json.value(speed);
      json.close();
    }
    json.close();
  }
  json.close();
  json.close();
}

}  // namespace

std::string slug(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper) {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (plain) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "device" : out;
}

std::string device_document(const Findings& findings) {
  const DeviceInfo& device = findings.device;
  JsonWriter json;
  json.open_object();
  json.member("schema", "trtreport-device/1");
  json.member("name", device.name);
  json.key("aliases");
  json.open_array(true);
  json.value(slug(device.name));
  json.close();
  json.member("vendor", "NVIDIA");
  json.member("kind", "gpu");
  json.member("compute_capability",
              std::to_string(device.major) + "." + std::to_string(device.minor));
  write_structure(json, device);
  write_peaks(json, device);
  json.key("bandwidth");
  json.open_object(true);
  json.known_member("dram", theory("dram_read", device, 0));
  json.close();
  json.member("memory_bytes", device.memory_bytes);
  json.member("l2_bytes", device.l2_bytes);
  json.member("power_w", device.power_limit_w);
  json.key("sources");
  json.open_object();
  json.member("structure",
              "SMs, clocks and bus as the driver reports them; rates per SM from the CUDA C++ "
              "Programming Guide 12.6 and NVIDIA's architecture whitepapers");
  json.member("peaks", "derived from structure at the boost clock");
  json.member("bandwidth", "derived from the memory clock and bus that the driver reports");
  json.member("memory_bytes", "as the driver reports it");
  json.member("l2_bytes", "as the driver reports it");
  json.member("power_w", "the power limit in force, as the driver reports it");
  json.close();
  write_measured(json, findings);
  json.close();
  return json.text();
}

}  // namespace trtprobe
