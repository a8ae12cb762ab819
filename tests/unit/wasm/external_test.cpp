// External data among the files that a host registered: found by location or by base name, refused
// where the location is hostile.
#include "catch.hpp"
#include "models/text_model.hpp"
#include "unit/wasm/host.hpp"

namespace trtreport {
namespace {

using nlohmann::json;
using namespace wasm_test;

std::string model_with(const std::string& location) {
  const auto model = models::parse_text_model("@external w float32[4,4] at " + location +
                                              R"( 0
<ir_version: 8, opset_import: ["" : 17]>
agraph (float[2, 4] x) => (float[2, 4] y) { y = MatMul(x, w) })");
  REQUIRE(model);
  return model->bytes;
}

// Opens the model beside files of these names; what the document says of its external data.
struct Found {
  bool present = false;
  std::string code;
};
Found look_up(const std::string& location, const std::vector<std::string>& names) {
  reset_host();
  json request = {{"model", add_file(1, "a.onnx", model_with(location))}, {"files", json::array()}};
  for (const std::string& name : names) {
    const uint32_t id = static_cast<uint32_t>(host().files.size() + 1);
    request["files"].push_back(add_file(id, name, std::string(64, '\0')));
  }
  REQUIRE(!call(trtreport_open, request).contains("error"));
  const json data = json::parse(document());
  Found found;
  found.present = data["model"]["external_data"][0]["present"].get<bool>();
  for (const json& item : data["diagnostics"]) {
    if (item["code"].get<std::string>().rfind("external_data", 0) == 0)
      found.code = item["code"].get<std::string>();
  }
  return found;
}

}  // namespace

TEST_CASE("external data is found by location, else by a base name of one file", "[wasm]") {
  CHECK(look_up("w.bin", {"w.bin"}).present);
  CHECK(look_up("./w.bin", {"w.bin"}).present);
  CHECK(look_up("data/w.bin", {"w.bin"}).present);
  CHECK(look_up("w.bin", {"folder/w.bin"}).present);
  CHECK(look_up("b/w.bin", {"a/w.bin", "b/w.bin"}).present);
}

TEST_CASE("external data that is absent, ambiguous or hostile is a warning", "[wasm]") {
  CHECK(look_up("w.bin", {}).code == "external_data_missing");
  CHECK(look_up("w.bin", {"other.bin"}).code == "external_data_missing");
  CHECK(look_up("w.bin", {"a/w.bin", "b/w.bin"}).code == "external_data_missing");
  CHECK(look_up("../w.bin", {"w.bin"}).code == "external_data_refused");
  CHECK(look_up("/etc/w.bin", {"w.bin"}).code == "external_data_refused");
}

}  // namespace trtreport
