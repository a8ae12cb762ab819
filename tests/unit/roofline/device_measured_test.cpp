// The block "measured": which row stands for which figure, and what happens to those that have
// none.
#include "catch.hpp"
#include "roofline/device.hpp"

#include <string>

#include <nlohmann/json.hpp>

using namespace trtreport;
using Json = nlohmann::json;

namespace {

Json row(const std::string& name, double median, const std::string& status = "ok",
         const std::string& regime = "burst", const std::string& method = "") {
  const bool launch = name.rfind("launch", 0) == 0;
  const bool memory = name.find("dram") == 0;
  Json result = {{"name", name},     {"unit", launch ? "s" : (memory ? "B/s" : "FLOP/s")},
                 {"regime", regime}, {"median", nullptr},
                 {"status", status}, {"method", method}};
  if (status == "ok" || status == "suspect") result["median"] = median;
  return result;
}

// A device with datasheet figures, and these rows.
Json file_with(const Json& rows) {
  Json file = Json::parse(R"({"schema": "trtreport-device/1", "name": "Test", "kind": "gpu",
    "compute_capability": "8.6",
    "peaks": {"fp32": {"vector": 1e13},
              "tf32": {"tensor": 2e13, "accumulate": "fp32"},
              "fp16": {"tensor": 8e13, "tensor_sparse": 16e13, "vector": 2e13, "accumulate": "fp16"},
              "int8": {"tensor": 16e13, "accumulate": "int32"}},
    "bandwidth": {"dram": 1e12},
    "measured": {"date": "2026-11-21", "tool": {"name": "trtprobe", "version": "0.1.0"},
      "environment": {"driver": "570.86.15", "power_limit_w": 320, "power_mode": null},
      "curves": {"l2": [[1048576, 5e12], [2097152, 4e12]]}}})");
  file["measured"]["rows"] = rows;
  return file;
}

tl::expected<Device, Error> parsed(const Json& file, PeakSource source = PeakSource::Preferred) {
  return parse_device(file.dump(), "test.json", source);
}

std::string text_of(const std::vector<std::pair<std::string, std::string>>& texts,
                    const std::string& key) {
  for (const auto& [name, text] : texts) {
    if (name == key) return text;
  }
  return {};
}

const Json kRead = row("dram_read", 9e11), kVector = row("vector_fp32", 9.5e12);

}  // namespace

TEST_CASE("measured: figures replace the datasheet's one by one", "[device]") {
  Json detailed = row("tensor_int8", 15e13, "ok", "burst", "mma.m16n8k32");
  detailed.update({{"clock_mhz", 1700}, {"power_w", 310.5}, {"samples", 40}, {"spread", 0.004}});
  const auto device = parsed(file_with({kRead, kVector, detailed, row("launch_graph", 1e-6),
                                        row("launch_back_to_back", 2e-6), row("strange", 1)}));
  if (!device) FAIL(device.error().message);
  CHECK(device->measured);
  CHECK(*device->dram_bandwidth == 9e11);
  CHECK(*device->peaks.at(Precision::Fp32).vector == 9.5e12);
  CHECK(*device->peaks.at(Precision::Int8).tensor == 15e13);
  CHECK(*device->launch_seconds == 1e-6);
  CHECK(text_of(device->sources, "measured") ==
        "trtprobe 0.1.0, 2026-11-21, driver 570.86.15, power limit 320 W");
  // Not measured, hence still the datasheet's, and said to be.
  CHECK(*device->peaks.at(Precision::Fp16).tensor == 8e13);
  CHECK(text_of(device->confidence, "fp16 tensor") == "not measured: the datasheet's figure");
  CHECK(text_of(device->confidence, "fp16 tensor 2:4 sparse") ==
        "not measured: the datasheet's figure");
  CHECK(text_of(device->confidence, "int8 tensor").empty());
  REQUIRE(device->derivations.size() == 4);
  CHECK(device->derivations[0].figure == "int8 tensor");
  CHECK(device->derivations[0].formula ==
        "tensor_int8, mma.m16n8k32, burst, 1700 MHz, 310.5 W, median of 40, spread 0.4 %");
}

TEST_CASE("measured: datasheet and measured can be asked for", "[device]") {
  const Json file = file_with({kRead, kVector});
  const auto datasheet = parsed(file, PeakSource::Datasheet);
  REQUIRE(datasheet.has_value());
  CHECK_FALSE(datasheet->measured);
  CHECK(*datasheet->peaks.at(Precision::Fp32).vector == 1e13);
  CHECK_FALSE(datasheet->launch_seconds.has_value());
  CHECK(parsed(file, PeakSource::Measured)->measured);
}

TEST_CASE("measured: the best fit row of a name counts", "[device]") {
  const auto device = parsed(
      file_with({kRead, kVector, row("tensor_tf32", 1.5e13, "ok", "burst", "mma"),
                 row("tensor_tf32", 1.7e13, "ok", "burst", "cublaslt"),
                 row("tensor_tf32", 1.9e13, "ok", "sustained", "mma"),
                 row("tensor_tf32", 9e13, "suspect"), row("tensor_int8", 14e13, "ok", "sustained"),
                 row("launch_graph", 2e-6), row("launch_graph", 1e-6)}));
  REQUIRE(device.has_value());
  CHECK(*device->peaks.at(Precision::Tf32).tensor == 1.7e13);
  CHECK(*device->peaks.at(Precision::Int8).tensor == 14e13);  // no burst: the sustained one
  CHECK(*device->launch_seconds == 1e-6);
}

TEST_CASE("measured: fp16 follows the datasheet's accumulator", "[device]") {
  Json file =
      file_with({kRead, kVector, row("tensor_fp16_f16", 7e13), row("tensor_fp16_f32", 4e13)});
  CHECK(*parsed(file)->peaks.at(Precision::Fp16).tensor == 7e13);
  CHECK(parsed(file)->peaks.at(Precision::Fp16).accumulate == "fp16");
  file["peaks"]["fp16"]["accumulate"] = "fp32";
  CHECK(*parsed(file)->peaks.at(Precision::Fp16).tensor == 4e13);
  file["peaks"].erase("fp16");
  CHECK(*parsed(file)->peaks.at(Precision::Fp16).tensor == 4e13);
  CHECK(parsed(file)->peaks.at(Precision::Fp16).accumulate == "fp32");
}

TEST_CASE("measured: what the chip lacks is gone, what failed stays the datasheet's", "[device]") {
  const auto device = parsed(
      file_with({kRead, kVector, row("tensor_int8", 0, "unsupported"),
                 row("tensor_tf32", 0, "error"), row("tensor_fp16_f16_sparse", 0, "unsupported")}));
  REQUIRE(device.has_value());
  CHECK(device->peaks.count(Precision::Int8) == 0);
  CHECK(*device->peaks.at(Precision::Tf32).tensor == 2e13);
  CHECK_FALSE(device->peaks.at(Precision::Fp16).tensor_sparse.has_value());
  CHECK(device->peaks.at(Precision::Fp16).tensor.has_value());
}

TEST_CASE("measured: a chip that nobody has described needs no datasheet", "[device]") {
  Json file = file_with({row("dram_copy", 8e11), row("tensor_fp16_f32", 4e13),
                         row("tensor_mxf4", 3e14), row("vector_fp32", 9e12)});
  file.erase("peaks");
  file.erase("bandwidth");
  file["structure"] = {{"sms", 10}, {"clock_mhz", 1500}};
  const auto device = parsed(file);
  if (!device) FAIL(device.error().message);
  CHECK(*device->dram_bandwidth == 8e11);
  CHECK(*device->peaks.at(Precision::Fp4).tensor == 3e14);
  CHECK(device->confidence.empty());
  CHECK(parsed(file, PeakSource::Datasheet).error().message ==
        "test.json: peaks are missing, and structure derives none");
}

TEST_CASE("measured: half a measurement is none", "[device]") {
  for (const Json& rows :
       {Json{kRead}, Json{kVector}, Json{kRead, row("vector_fp32", 1, "suspect")}}) {
    const Json file = file_with(rows.is_object() ? Json::array({rows}) : rows);
    CHECK_FALSE(parsed(file)->measured);
    CHECK(parsed(file, PeakSource::Measured).error().code == "no_such_source");
  }
}

TEST_CASE("measured: figures are those of their power mode", "[device]") {
  Json file = file_with({kRead, kVector});
  file["structure"] = {{"sms", 8}, {"clock_mhz", 1000}};
  file["power_modes"] = {{"MAXN", Json::object()}, {"15W", {{"clock_mhz", 500}}}};
  file["measured"]["environment"]["power_mode"] = "15W";
  const auto in_mode = [&](const char* mode, PeakSource source) {
    return parse_device(file.dump(), "test.json", source, mode);
  };
  CHECK(in_mode("15W", PeakSource::Preferred)->measured);
  CHECK_FALSE(in_mode("MAXN", PeakSource::Preferred)->measured);
  CHECK(in_mode("MAXN", PeakSource::Measured).error().message ==
        "test.json: measured is of the power mode '15W'");
  CHECK(*in_mode("15W", PeakSource::Datasheet)->peaks.at(Precision::Fp16).tensor == 4e13);
}

TEST_CASE("measured: faults name the field", "[device]") {
  const auto fault = [](const auto& change) {
    Json file = file_with({kRead, kVector});
    change(file["measured"]);
    const auto device = parsed(file, PeakSource::Datasheet);
    return device ? std::string() : device.error().message;
  };
  CHECK(fault([](Json&) {}).empty());
  CHECK(fault([](Json& m) { m.erase("date"); }) == "test.json: measured.date is missing");
  CHECK(fault([](Json& m) { m.erase("rows"); }) == "test.json: measured.rows are missing");
  CHECK(fault([](Json& m) { m["rows"][1]["unit"] = "GB/s"; }) ==
        "test.json: measured.rows[1].unit must be FLOP/s, B/s or s");
  CHECK(fault([](Json& m) { m["rows"][0]["median"] = -1; }) ==
        "test.json: measured.rows[0].median must be a positive number");
  CHECK(fault([](Json& m) { m["rows"][0]["median"] = nullptr; }) ==
        "test.json: measured.rows[0].median is missing");
  CHECK(fault([](Json& m) { m["rows"][0]["status"] = "fine"; }) ==
        "test.json: measured.rows[0].status must be ok, unsupported, skipped, suspect or error");
  CHECK(fault([](Json& m) { m["rows"][0] = 7; }) ==
        "test.json: measured.rows[0] must be an object");
  CHECK(fault([](Json& m) { m["curves"]["l2"][0] = 7; }) ==
        "test.json: measured.curves.l2 must be a list of pairs of numbers");
  CHECK(fault([](Json& m) { m = 7; }) == "test.json: measured must be an object");
}
