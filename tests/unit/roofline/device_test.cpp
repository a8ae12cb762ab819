// Device files: what they must say, that every peak follows from its structure, and how they are
// found.
#include "roofline/device.hpp"

#include "catch.hpp"
#include "roofline/embedded_devices.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

using namespace trtreport;

namespace {

std::string file_with(const std::string& members) {
  return R"({"schema": "trtreport-device/1", "name": "Test", "kind": "gpu", )" + members + "}";
}

const char* const kPeaks = R"("peaks": {"fp32": {"vector": 1e12}}, "bandwidth": {"dram": 1e11})";

std::string error_of(const std::string& text, PeakSource source = PeakSource::Preferred) {
  const auto device = parse_device(text, "test.json", source);
  return device ? "" : device.error().message;
}

}  // namespace

TEST_CASE("device: every built-in file is sound and named once", "[device]") {
  std::map<std::string, int> names;
  for (const EmbeddedFile& file : embedded_devices()) {
    const auto device = parse_device(file.content, file.name, PeakSource::Datasheet);
    if (!device) FAIL(device.error().message);
    CAPTURE(device->name);
    ++names[device->name];
    for (const std::string& alias : device->aliases) ++names[alias];
    CHECK_FALSE(device->vendor.empty());
    CHECK_FALSE(device->sources.empty());
    CHECK_FALSE(device->derivations.empty());
    CHECK(device->launch_seconds == std::nullopt);
    CHECK((device->kind == "cpu") == (device->capability() == 0));
    for (const auto& [key, value] : device->sources) CHECK_FALSE(value.empty());
  }
  for (const auto& [name, count] : names) {
    CAPTURE(name);
    CHECK(count == 1);
  }
  CHECK(embedded_devices().size() >= 45);
}

TEST_CASE("device: every peak follows from the structure within 3 %", "[device]") {
  size_t checked = 0;
  for (const EmbeddedFile& file : embedded_devices()) {
    const auto device = parse_device(file.content, file.name, PeakSource::Datasheet);
    REQUIRE(device.has_value());
    // The file's own figures: what it leaves out would be checked against itself.
    const auto json = nlohmann::json::parse(file.content);
    const auto check = [&](const std::string& figure, double given) {
      CAPTURE(device->name, figure, given);
      const auto derived =
          std::find_if(device->derivations.begin(), device->derivations.end(),
                       [&](const Derivation& row) { return row.figure == figure; });
      REQUIRE(derived != device->derivations.end());
      CAPTURE(derived->formula, derived->value);
      const bool close = std::fabs(given - derived->value) <= 0.03 * derived->value;
      CHECK(close != json["exceptions"].contains(figure));
      ++checked;
    };
    const auto peaks = json.value("peaks", nlohmann::json::object());
    for (const auto& [precision, peak] : peaks.items()) {
      for (const char* unit : {"tensor", "vector"}) {
        if (peak.contains(unit)) check(precision + " " + unit, peak[unit]);
      }
      CAPTURE(device->name, precision);
      CHECK(peak.contains("tensor") == peak.contains("accumulate"));
      if (peak.contains("tensor_sparse"))
        CHECK(peak["tensor_sparse"].get<double>() ==
              Approx(2 * peak["tensor"].get<double>()).epsilon(0.01));
    }
    if (json.contains("bandwidth")) check("bandwidth", json["bandwidth"]["dram"]);
    // Sparse tensor cores came with compute capability 8.0.
    for (const auto& [precision, peak] : device->peaks)
      CHECK((!peak.tensor_sparse || device->capability() >= 80));
  }
  CHECK(checked > 300);
}

TEST_CASE("device: each number of the library has its source", "[device]") {
  for (const EmbeddedFile& file : embedded_devices()) {
    const auto json = nlohmann::json::parse(file.content);
    CAPTURE(file.name);
    for (const char* member : {"peaks", "structure", "bandwidth", "memory_bytes", "l2_bytes",
                               "power_w", "power_modes", "dla"}) {
      CAPTURE(member);
      if (json.contains(member)) CHECK(json["sources"].contains(member));
    }
    // The library's file is called by its first alias.
    CHECK(std::string(file.name) == json["aliases"][0].get<std::string>() + ".json");
  }
}

TEST_CASE("device: figures that people will look up", "[device]") {
  const auto h100 = find_device("NVIDIA H100 SXM");
  REQUIRE(h100.has_value());
  CHECK(h100->capability() == 90);
  CHECK(*h100->peaks.at(Precision::Fp16).tensor == 989e12);
  CHECK(h100->peaks.at(Precision::Fp16).accumulate == "fp32");
  CHECK(*h100->dram_bandwidth == 3.35e12);
  const auto orin = find_device("Jetson AGX Orin 64GB");
  REQUIRE(orin.has_value());
  CHECK(*orin->peaks.at(Precision::Int8).tensor == 85e12);
  CHECK(*orin->peaks.at(Precision::Int8).tensor_sparse == 170e12);
  const auto haswell = find_device("haswell-i7");
  REQUIRE(haswell.has_value());
  CHECK(*haswell->peaks.at(Precision::Fp32).vector == Approx(0.768e12));
  CHECK(*find_device("i7-8700")->dram_bandwidth == Approx(42.656e9));
}

TEST_CASE("device: found by name or alias, never by a part", "[device]") {
  CHECK(find_device("rtx 3080").has_value());
  CHECK(find_device("RTX-3080")->name == "NVIDIA GeForce RTX 3080");
  CHECK(find_device("NVIDIA H100 SXM@datasheet").has_value());
  CHECK(find_device("h100-sxm@measured").error().code == "no_such_source");
  CHECK(find_device("h100-sxm@guessed").error().code == "no_such_source");
  const auto part = find_device("3080");
  REQUIRE_FALSE(part.has_value());
  CHECK(part.error().code == "unknown_device");
  const auto near = find_device("h100-smx");
  REQUIRE_FALSE(near.has_value());
  CHECK(near.error().message.find("'NVIDIA H100 SXM'") != std::string::npos);
  const std::vector<DeviceName> names = device_names();
  CHECK(std::is_sorted(names.begin(), names.end(),
                       [](const DeviceName& a, const DeviceName& b) { return a.name < b.name; }));
}

TEST_CASE("device: faults name the field", "[device]") {
  CHECK(error_of("") == "test.json: not a JSON object");
  CHECK(error_of("[]") == "test.json: not a JSON object");
  CHECK(error_of("{}") == "test.json: schema must be \"trtreport-device/1\"");
  CHECK(error_of(file_with(kPeaks)).empty());
  CHECK(error_of(file_with(R"("peaks": {})")) ==
        "test.json: peaks are missing, and structure derives none");
  CHECK(error_of(file_with(R"("peaks": {"fp32": {"vector": 1e12}})")) ==
        "test.json: bandwidth.dram is missing, and structure.memory derives none");
  CHECK(
      error_of(file_with(R"("peaks": {"fp33": {"vector": 1e12}}, "bandwidth": {"dram": 1e11})")) ==
      "test.json: peaks.fp33 is no precision");
  CHECK(error_of(file_with(R"("peaks": {"fp32": {"vector": -1}}, "bandwidth": {"dram": 1e11})")) ==
        "test.json: peaks.fp32.vector must be a positive number");
  CHECK(error_of(file_with(R"("peaks": {"fp32": 1}, "bandwidth": {"dram": 1e11})")) ==
        "test.json: peaks.fp32 must be an object");
  CHECK(error_of(file_with(std::string(kPeaks) + R"(, "memory_bytes": "80 GB")")) ==
        "test.json: memory_bytes must be a positive number");
  CHECK(error_of(file_with(std::string(kPeaks) + R"(, "launch_seconds": -4e-6)")) ==
        "test.json: launch_seconds must be a positive number");
  CHECK(error_of(file_with(std::string(kPeaks) + R"(, "aliases": "t")")) ==
        "test.json: aliases must be a list of strings");
  CHECK(error_of(file_with(kPeaks), PeakSource::Measured) == "test.json: holds no measured peaks");
}

TEST_CASE("device: a power mode goes with its clock, its SMs and its memory's clock", "[device]") {
  const auto full = find_device("jetson-agx-orin-64gb");
  const auto low = find_device("AGX Orin 64GB:15w@datasheet");
  REQUIRE(full.has_value());
  if (!low) FAIL(low.error().message);
  CHECK(low->name == "NVIDIA Jetson AGX Orin 64GB:15W");
  CHECK(*low->power_w == 15);
  // 85 TOPS x 6 of 16 SMs x 408 of 1300 MHz; 204.8 GB/s x 2133 of 3200 MHz.
  CHECK(*low->peaks.at(Precision::Int8).tensor == Approx(85e12 * 6 / 16 * 408 / 1300));
  CHECK(*low->dram_bandwidth == Approx(204.8e9 * 2133 / 3200));
  CHECK(low->derivations.front().formula.substr(0, 16) == "6 SM x 408 MHz x");
  CHECK(*full->peaks.at(Precision::Int8).tensor == 85e12);
  // 50W differs in the clock alone: the memory's is that of the file.
  CHECK(*find_device("agx-orin-64gb:50W")->dram_bandwidth == 204.8e9);
  const auto none = find_device("agx-orin-64gb:20W");
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == "no_such_mode");
  CHECK(none.error().message.find("only 15W, 30W, 50W, MAXN") != std::string::npos);
  CHECK(find_device("h100-sxm:MAXN").error().code == "no_such_mode");
}

TEST_CASE("device: the library may be handed over", "[device]") {
  const auto library = [](const std::string& content) {
    return nlohmann::json::array({{{"file", "test.json"}, {"content", content}}}).dump();
  };
  CHECK(set_device_library("{}")->code == "bad_device_file");
  CHECK(set_device_library("[7]")->code == "bad_device_file");
  CHECK(set_device_library(library("{}"))->message ==
        "test.json: schema must be \"trtreport-device/1\"");
  CHECK_FALSE(find_device("handed over").has_value());
  REQUIRE_FALSE(set_device_library(
      library(file_with(std::string(kPeaks) + R"(, "aliases": ["handed over"])"))));
  CHECK(find_device("handed over")->name == "Test");
  CHECK(find_device("h100-sxm").has_value());
  CHECK_FALSE(set_device_library("[]"));
  CHECK_FALSE(find_device("handed over").has_value());
}

TEST_CASE("device: what a file leaves out is derived", "[device]") {
  const auto device =
      parse_device(file_with(R"("structure": {"sms": 10, "clock_mhz": 1000, "tensor_clock_mhz": 500,
        "vector_fma_per_clock_per_sm": {"fp32": 64}, "tensor_fma_per_clock_per_sm": {"fp16": 256},
        "memory": {"clock_mhz": 1000, "transfers_per_clock": 2, "bus_bits": 128, "channels": 2}})"),
                   "test.json", PeakSource::Preferred);
  REQUIRE(device.has_value());
  CHECK(*device->peaks.at(Precision::Fp32).vector == 1.28e12);
  CHECK(*device->peaks.at(Precision::Fp16).tensor == 2.56e12);
  CHECK(*device->dram_bandwidth == 6.4e10);
  REQUIRE(device->derivations.size() == 3);
  CHECK(device->derivations[0].figure == "fp16 tensor");
  CHECK(device->derivations[0].formula == "10 SM x 500 MHz x 256 FMA x 2");
  CHECK(device->derivations[2].formula == "1000 MHz x 2 transfers x 128 bit / 8 x 2 channels");
}

TEST_CASE("precision: names there and back", "[device]") {
  for (int index = 0; index < kPrecisionCount; ++index) {
    const Precision precision = static_cast<Precision>(index);
    CHECK(precision_from_name(name(precision)) == precision);
  }
  CHECK_FALSE(precision_from_name("fp33").has_value());
}
