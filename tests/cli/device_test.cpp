// `trtreport device …` as a user runs it: what it prints and how it ends.
#include "catch.hpp"
#include "cli/program.hpp"

#include <zlib.h>

namespace trtreport::program {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The text behind "#device=", by the standard's own reading of it.
std::string unpacked(std::string_view link) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bytes;
  uint32_t pending = 0;
  int bits = 0;
  for (const char c : link) {
    pending = pending << 6 | static_cast<uint32_t>(kDigits.find(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(pending >> bits & 255);
  }
  std::string text(1 << 20, '\0');
  uLongf length = text.size();
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(text.data()), &length,
                     reinterpret_cast<const Bytef*>(bytes.data()),
                     static_cast<uLong>(bytes.size())) == Z_OK);
  text.resize(length);
  return text;
}

const std::string kH200 = std::string(TRTREPORT_SOURCE_DIR) + "/hardware/devices/h200-sxm.json";

}  // namespace

TEST_CASE("device list names every device with its modes", "[cli][device]") {
  const Folder folder;
  const Run list = run(folder, {"device", "list"});
  CHECK(list.status == 0);
  CHECK(has(list.out, "NVIDIA H200 SXM"));
  CHECK(has(list.out, "15W, 30W, 50W, MAXN"));
}

TEST_CASE("device show tells figures, derivation, source and the DLA apart", "[cli][device]") {
  const Folder folder;
  const Run orin = run(folder, {"device", "show", "agx-orin-64gb:30w"});
  CHECK(orin.status == 0);
  CHECK(has(orin.out, "NVIDIA Jetson AGX Orin 64GB:30W"));
  CHECK(has(orin.out, "8 SM x 612 MHz x 2048 FMA x 2"));
  CHECK(has(orin.out, "DLA, beside the GPU and not part of its peaks"));
  const Run h100 = run(folder, {"device", "show", "h100-sxm@datasheet"});
  CHECK(has(h100.out, "fp64       67.0 TFLOP/s             —  34.0 TFLOP/s  fp64"));
  CHECK(has(orin.out, "nvpmodel_p3701_0000.conf"));
  const Run unknown = run(folder, {"device", "show", "h200"});
  CHECK(unknown.status == 0);
  const Run near = run(folder, {"device", "show", "h300"});
  CHECK(near.status == 2);
  CHECK(has(near.err, "the nearest are"));
  CHECK(run(folder, {"device", "show", "agx-orin-64gb:31W"}).status == 2);
  CHECK(run(folder, {"device", "show", "h200@measured"}).status ==
        (has(run(folder, {"device", "show", "h200"}).out, "measured peaks") ? 0 : 2));
}

TEST_CASE("device validate names the field at fault", "[cli][device]") {
  const Folder folder;
  const Run fine = run(folder, {"device", "validate", kH200});
  CHECK(fine.status == 0);
  CHECK(has(fine.out, "fine, describes NVIDIA H200 SXM"));
  folder.write("bad.json", R"({"schema": "trtreport-device/1", "name": "x", "kind": "tpu"})");
  const Run bad = run(folder, {"device", "validate", "bad.json"});
  CHECK(bad.status == 2);
  CHECK(bad.lines() ==
        std::vector<std::string>{"trtreport: bad.json: kind must be \"gpu\" or \"cpu\""});
  CHECK(run(folder, {"device", "validate", "none.json"}).status == 2);
}

TEST_CASE("device link packs the file", "[cli][device]") {
  const Folder folder;
  const Run link = run(folder, {"device", "link", kH200});
  CHECK(link.status == 0);
  REQUIRE(link.out.rfind("#device=", 0) == 0);
  const std::string packed = link.out.substr(8, link.out.size() - 9);
  CHECK(packed.size() < 8000);
  const auto device = nlohmann::json::parse(unpacked(packed));
  CHECK(device["name"] == "NVIDIA H200 SXM");
}

TEST_CASE("device derive prints or says what is missing", "[cli][device]") {
  const Folder folder;
  const Run ridge =
      run(folder, {"device", "derive", "ridge", "--peak", "29.8e12", "--bandwidth", "760.32e9"});
  CHECK(ridge.status == 0);
  CHECK(has(ridge.out, "39.2 FLOP/byte"));
  const Run missing = run(folder, {"device", "derive", "gpu", "--sms", "68"});
  CHECK(missing.status == 2);
  CHECK(has(missing.err, "--clock is required"));
  const Run negative =
      run(folder, {"device", "derive", "gpu", "--sms", "-1", "--clock", "1", "--rate", "1"});
  CHECK(negative.status == 2);
  CHECK(has(negative.err, "'-1' is no positive number"));
  CHECK(run(folder, {"device", "derive"}).status == 2);
}

TEST_CASE("a measured file is said to be measured in every output", "[cli][device]") {
  const Folder folder;
  folder.write("gpu.json", R"({"schema": "trtreport-device/1", "name": "Probed", "kind": "gpu",
    "measured": {"date": "2026-11-21", "rows": [
      {"name": "vector_fp32", "unit": "FLOP/s", "median": 1e13, "status": "ok"},
      {"name": "dram_read", "unit": "B/s", "median": 1e12, "status": "ok"}]}})");
  const Run show = run(folder, {"device", "show", "gpu.json"});
  CHECK(show.status == 0);
  CHECK(has(show.out, "measured peaks"));
  CHECK(has(show.out, "vector_fp32"));
  CHECK(run(folder, {"device", "show", "gpu.json@datasheet"}).status == 2);
}

}  // namespace trtreport::program
