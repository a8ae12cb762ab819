// Statistics, names of throttling, formats of operands, JSON text, options: held to figures worked
// out by hand and to published vectors.
#include "base/json.hpp"
#include "base/options.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/statistics.hpp"
#include "base/throttle.hpp"
#include "catch.hpp"
#include "driver/nvml.hpp"
#include "driver/upload.hpp"

#include <cmath>

using namespace trtprobe;

TEST_CASE("percentiles interpolate between neighbours", "[statistics]") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 3}) == 2.5);
  CHECK(percentile({10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110}, 0.9) == Approx(100));
  CHECK(percentile({7}, 0.9) == 7);
  CHECK(spread({10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110}) == Approx(80.0 / 60));
  CHECK(spread({0, 0}) == 0);
}

TEST_CASE("throttle reasons by name", "[throttle]") {
  CHECK(throttle_names(0).empty());
  CHECK(throttle_names(1).empty());  // idle
  CHECK(throttle_names(0x4 | 0x40) ==
        std::vector<std::string>{"sw_power_cap", "hw_thermal_slowdown"});
  CHECK(throttle_names(std::uint64_t{1} << 40) == std::vector<std::string>{"bit_40"});
}

TEST_CASE("numbers in small formats", "[random]") {
  CHECK(encode_float(1, kFormatFp16) == 0x3C00);
  CHECK(encode_float(-2, kFormatFp16) == 0xC000);
  CHECK(encode_float(65504, kFormatFp16) == 0x7BFF);
  CHECK(encode_float(1e6, kFormatFp16) == 0x7BFF);  // the largest number, not infinity
  CHECK(encode_float(std::ldexp(1.0, -24), kFormatFp16) == 1);
  CHECK(encode_float(1 + std::ldexp(1.0, -11), kFormatFp16) == 0x3C00);  // tie to even
  CHECK(encode_float(1 + 3 * std::ldexp(1.0, -11), kFormatFp16) == 0x3C02);
  CHECK(encode_float(1, kFormatBf16) == 0x3F80);
  CHECK(encode_float(3.140625, kFormatBf16) == 0x4049);
  CHECK(encode_float(448, kFormatE4m3) == 0x7E);
  CHECK(encode_float(1000, kFormatE4m3) == 0x7E);  // 0x7F is NaN
  CHECK(encode_float(1, kFormatE4m3) == 0x38);
  CHECK(encode_float(57344, kFormatE5m2) == 0x7B);
  CHECK(encode_float(1e9, kFormatE5m2) == 0x7B);
  CHECK(encode_float(6, kFormatE2m1) == 7);
  CHECK(encode_float(-0.5, kFormatE2m1) == 9);
  CHECK(encode_float(1.99999, kFormatE2m1) == 4);  // a carry into the exponent
  CHECK(encode_float(0, kFormatE2m1) == 0);
}

TEST_CASE("operands are random, finite and the same every time", "[random]") {
  const std::vector<std::uint32_t> words = random_operands(Operands::kFp16, 4096, 1);
  CHECK(words == random_operands(Operands::kFp16, 4096, 1));
  CHECK(words != random_operands(Operands::kFp16, 4096, 2));
  double negative = 0;
  for (const std::uint32_t word : words) {
    for (const std::uint32_t half : {word & 0xFFFFU, word >> 16U}) {
      CHECK((half >> 10U & 31U) < 31);
      negative += half >> 15U;
    }
  }
  CHECK(negative / 8192 == Approx(0.5).margin(0.03));
}

TEST_CASE("JSON text", "[json]") {
  JsonWriter json;
  json.open_object();
  json.member("a", 1.5);
  json.key("list");
  json.open_array(true);
  json.value(1);
  json.value("x");
  json.close();
  json.key("empty");
  json.open_object();
  json.close();
  json.member("none", std::optional<double>());
  json.known_member("left out", std::optional<double>());
  json.close();
  CHECK(json.text() ==
        "{\n  \"a\": 1.5,\n  \"list\": [1, \"x\"],\n  \"empty\": {},\n  \"none\": null\n}\n");
}

TEST_CASE("JSON numbers keep sizes exact and rates to six digits", "[json]") {
  const auto text = [](double number) {
    JsonWriter json;
    json.value(number);
    return json.text();
  };
  CHECK(text(150754820096.0) == "150754820096");
  CHECK(text(9.123456789e14) == "9.12346e+14");
  CHECK(text(0.00412345678) == "0.00412346");
  CHECK(text(-3) == "-3");
  CHECK(text(std::nan("")) == "null");
  CHECK(text(INFINITY) == "null");
}

TEST_CASE("JSON strings are escaped and valid", "[json]") {
  CHECK(quoted("a\"b\\c\n\x7F") == "\"a\\\"b\\\\c\\u000a\\u007f\"");
  CHECK(quoted("\xC3\xA9") == "\"\xC3\xA9\"");
  CHECK(quoted("\xC3(") == "\"\xEF\xBF\xBD(\"");
  CHECK(quoted("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");  // a surrogate
}

TEST_CASE("options", "[options]") {
  const Options options = parse_options({"--quick", "--device", "1,3", "--only=tensor_bf16,dram",
                                         "-o", "x.json", "--token", "t", "--no-libraries"});
  CHECK(options.error.empty());
  CHECK(options.mode == Mode::kQuick);
  CHECK(options.devices == std::vector<int>{1, 3});
  CHECK(options.output == "x.json");
  CHECK(options.token == "t");
  CHECK_FALSE(options.libraries);
  CHECK(wanted(options, "tensor_bf16_sparse"));
  CHECK(wanted(options, "dram_read"));
  CHECK_FALSE(wanted(options, "tensor_fp16_f32"));
  CHECK(wanted(Options{}, "anything"));
  CHECK(parse_options({"--sustained=30"}).sustained_seconds == 30);
  CHECK(parse_options({"--sustained"}).mode == Mode::kSustained);
}

TEST_CASE("wrong options are named", "[options]") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--fast"},
                                                    {"--device"},
                                                    {"--device", "x"},
                                                    {"--device", "-1"},
                                                    {"--sustained=0"},
                                                    {"--sustained=x"},
                                                    {"--upload", "ftp://x"},
                                                    {"--quick=3"},
                                                    {"--all", "--device", "0"},
                                                    {"-o"},
                                                    {"file.json"}}) {
    CHECK_FALSE(parse_options(arguments).error.empty());
  }
}

TEST_CASE("the better of several methods", "[result]") {
  const auto row = [](const char* name, const char* unit, double value, Status status) {
    Row made;
    made.name = name;
    made.unit = unit;
    made.median = value;
    made.status = status;
    return made;
  };
  std::vector<Row> rows = {
      row("a", "FLOP/s", 1, Status::kOk),      row("a", "FLOP/s", 2, Status::kOk),
      row("a", "FLOP/s", 9, Status::kSuspect), row("b", "s", 1, Status::kOk),
      row("b", "s", 2, Status::kOk),           row("a", "FLOP/s", 3, Status::kOk)};
  rows[5].regime = "sustained";
  mark_best(rows);
  std::vector<bool> best;
  for (const Row& each : rows) best.push_back(each.best);
  CHECK(best == std::vector<bool>{false, true, false, true, false, true});
}

TEST_CASE("a missing NVML is no error", "[nvml]") {
  const Nvml nvml("0000:FF:1F.7");
  CHECK_FALSE(nvml.missing().empty());
  CHECK_FALSE(nvml.reading().power_w.has_value());
  CHECK_FALSE(nvml.facts().driver.has_value());
  CHECK_FALSE(nvml.use().utilization.has_value());
}

TEST_CASE("uploads: when to try again, and the command to run instead", "[upload]") {
  CHECK(worth_another_try(0));
  CHECK(worth_another_try(503));
  CHECK(worth_another_try(429));
  CHECK_FALSE(worth_another_try(401));
  CHECK_FALSE(worth_another_try(413));
  CHECK(curl_command("http://x/", true, "it's.json") ==
        "curl --fail-with-body -H 'Content-Type: application/json' -H \"Authorization: Bearer "
        "$TRTREPORT_TOKEN\" --data-binary @'it'\\''s.json' 'http://x/'");
}
