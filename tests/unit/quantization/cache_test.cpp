// Calibration caches: known scales, awkward names, faults, the audit and the comparison of two.
#include "quantization/cache.hpp"

#include "catch.hpp"
#include "models/text_model.hpp"
#include "trtreport.hpp"

#include <algorithm>

using namespace trtreport;
using namespace trtreport::quantization;

TEST_CASE("cache: scales are big-endian floats; names end at the last colon",
          "[quantization][cache]") {
  const auto cache = parse_calibration_cache(
      "TRT-8601-EntropyCalibration2\n"
      "data: 3c008912\r\n"
      "prob: 3c010a14\n"
      "(Unnamed Layer* 48) [Constant]_output: 3b66eddc\n"
      "a: b: 3ddc858b\n");
  REQUIRE(cache.has_value());
  CHECK(cache->version == "8601");
  CHECK(cache->algorithm == "EntropyCalibration2");
  REQUIRE(cache->entries.size() == 4);
  CHECK(cache->entries[0].scale == Approx(0.00784518011).epsilon(1e-8));
  CHECK(cache->entries[1].scale == Approx(0.00787593797).epsilon(1e-8));
  CHECK(cache->entries[2].scale == Approx(0.00352369901).epsilon(1e-8));
  CHECK(cache->entries[2].tensor == "(Unnamed Layer* 48) [Constant]_output");
  CHECK(cache->entries[3].scale == Approx(0.107676588).epsilon(1e-8));
  CHECK(cache->entries[3].tensor == "a: b");
  CHECK(cache_hex(1.0f / 127) == "3c010204");
  CHECK(cache_hex(5.08f / 127) == "3d23d70a");
}

TEST_CASE("cache: what is none is refused", "[quantization][cache]") {
  CHECK(parse_calibration_cache("").error().code == "not_a_cache");
  CHECK(parse_calibration_cache("data 1.5\n").error().code == "not_a_cache");
  const auto bad = parse_calibration_cache("TRT-1-MinMaxCalibration\na: 3c008912\nb: xyz\n");
  CHECK(bad.error().code == "bad_cache_line");
  CHECK(bad.error().message.find("line 3") != std::string::npos);
}

TEST_CASE("cache: the audit holds it against the model", "[quantization][cache]") {
  const auto model = models::parse_text_model(R"(
@weight w float32[4,4,1,1]
<ir_version: 8, opset_import: ["" : 17]>
m (float[1, 4, 2, 2] x) => (float[1, 4, 2, 2] y) {
  a = Conv (x, w)
  y = Conv (a, w)
}
)");
  MemorySource source(
      "m", std::as_bytes(std::span<const char>(model->bytes.data(), model->bytes.size())));
  const auto analysis = Analysis::run(source, nullptr, {});
  const auto cache =
      parse_calibration_cache("TRT-8601-EntropyCalibration2\nx: 3c010204\nother: 00000000\n");
  std::vector<std::string> codes;
  for (const Lint& lint : audit_cache(*cache, (*analysis)->graph())) codes.emplace_back(lint.code);
  std::sort(codes.begin(), codes.end());
  CHECK(codes == std::vector<std::string>{"cache_scale_invalid", "cache_tensor_missing",
                                          "cache_tensor_unknown"});
}

TEST_CASE("cache: two caches differ where scales do", "[quantization][cache]") {
  const CalibrationCache a{"1", "A", {{"same", 0, 1}, {"twice", 0, 1}, {"gone", 0, 1}}};
  const CalibrationCache b{"1", "A", {{"same", 0, 1}, {"twice", 0, 2}, {"new", 0, 1}}};
  const auto found = compare_caches(a, b);
  REQUIRE(found.size() == 3);
  CHECK(found[0].tensor == "gone");
  CHECK(found[0].ratio() == 0);
  CHECK(found[2].tensor == "twice");
  CHECK(found[2].ratio() == 2);
}
