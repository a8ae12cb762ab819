// The calls of the bindings one by one: what they answer, refuse and leave behind.
#include "catch.hpp"
#include "models/architectures.hpp"
#include "unit/wasm/host.hpp"

namespace trtreport {
namespace {

using nlohmann::json;
using namespace wasm_test;

std::string code_of(const json& answer) {
  return answer.contains("error") ? answer["error"]["code"].get<std::string>() : "";
}

std::string small_model() { return models::chain(8).serialize(); }

}  // namespace

TEST_CASE("every call without a model says so", "[wasm]") {
  reset_host();
  CHECK(code_of(call(trtreport_analyse)) == "not_open");
  CHECK(code_of(call(trtreport_recompute)) == "not_open");
  CHECK(call(trtreport_close) == json::object());
}

TEST_CASE("open answers with what it opened", "[wasm]") {
  reset_host();
  const std::string bytes = small_model();
  CHECK(open_model("a/b/chain.onnx", bytes) ==
        json({{"file", "chain.onnx"}, {"bytes", bytes.size()}, {"nodes", 8}}));
  CHECK(code_of(open_model("empty.onnx", "")) == "empty_file");
  CHECK(code_of(call(trtreport_recompute)) == "not_open");
}

TEST_CASE("the skeleton of a model opens to the same document", "[wasm]") {
  reset_host();
  CHECK(code_of(call(trtreport_skeleton)) == "not_open");
  REQUIRE(code_of(open_model("chain.onnx", small_model())).empty());
  const std::string whole = document();
  host().takes = false;
  CHECK(code_of(call(trtreport_skeleton)) == "cancelled");
  host().takes = true;
  for (int round = 0; round < 2; ++round) {  // the second time of the skeleton itself
    host().written.clear();
    const json answer = call(trtreport_skeleton);
    const std::string skeleton = host().written;
    CHECK(answer == json({{"bytes", skeleton.size()}}));
    REQUIRE(code_of(open_model("chain.onnx", skeleton)).empty());
    CHECK(document() == whole);
  }
}

TEST_CASE("requests are checked member by member", "[wasm]") {
  reset_host();
  const char* const opens[] = {"",
                               "{",
                               "[]",
                               "{}",
                               R"({"model":{"id":1}})",
                               R"({"model":{"id":-1,"name":"a","size":1}})",
                               R"({"model":{"id":1,"name":"a","size":0.5}})",
                               R"({"model":{"id":1,"name":"a","size":1e30}})"};
  for (const char* request : opens) {
    INFO(request);
    CHECK(code_of(call(trtreport_open, std::string(request))) == "bad_request");
  }
  REQUIRE(code_of(open_model("a.onnx", small_model())).empty());
  const char* const options[] = {"7",
                                 "{",
                                 R"({"batsch":1})",
                                 R"({"batch":0})",
                                 R"({"batch":"1"})",
                                 R"({"dims":[1]})",
                                 R"({"dims":{"n":1.5}})",
                                 R"({"shapes":{"x":3}})",
                                 R"({"shapes":{"x":[-1]}})",
                                 R"({"precisions":["fp17"]})",
                                 R"({"precisions":[7]})",
                                 R"({"devices":"h100-sxm"})",
                                 R"({"devices":[7]})",
                                 R"({"devices":[{"name":"x"}]})",
                                 R"({"devices":[{"file":"x","content":"{}","source":"guess"}]})",
                                 R"({"convention":"other"})",
                                 R"({"sparse":1})",
                                 R"({"node_precisions":{"fp17":[1]}})",
                                 R"({"node_precisions":{"fp16":[-1]}})"};
  for (const char* request : options) {
    INFO(request);
    CHECK(code_of(call(trtreport_recompute, std::string(request))) == "bad_request");
    CHECK(code_of(call(trtreport_analyse, std::string(request))) == "bad_request");
  }
  CHECK(code_of(call(trtreport_recompute, std::string(R"({"devices":["nothing"]})"))) ==
        "unknown_device");
  CHECK(code_of(call(trtreport_recompute,
                     std::string(R"({"devices":[{"file":"x","content":"{}"}]})"))) ==
        "bad_device_file");
  CHECK(code_of(call(trtreport_recompute, std::string(R"({"batch":null,"dims":null})"))).empty());
}

TEST_CASE("options that do not fit leave the analysis as it was", "[wasm]") {
  reset_host();
  REQUIRE(code_of(open_model(
                      "bert.onnx",
                      models::bert_base(std::string("batch"), std::string("sequence")).serialize()))
              .empty());
  const json options = {{"batch", 2}, {"dims", {{"sequence", 16}}}};
  const std::string before = document(options);
  CHECK(code_of(json::parse(document({{"dims", {{"nothing", 1}}}}))) == "unknown_dim");
  CHECK(code_of(json::parse(document({{"shapes", {{"nothing", {1, 2}}}}}))) == "unknown_input");
  CHECK(document(options) == before);
}

TEST_CASE("a host that takes no more ends the document", "[wasm]") {
  reset_host();
  open_model("a.onnx", small_model());
  host().takes = false;
  CHECK(code_of(call(trtreport_analyse)) == "cancelled");
  host().takes = true;
  CHECK(json::parse(document())["totals"]["nodes"] == 8);
}

TEST_CASE("a user's device file is taken as text", "[wasm]") {
  reset_host();
  open_model("a.onnx", small_model());
  const char* const content = R"({"schema":"trtreport-device/1","name":"Desk GPU","kind":"gpu",
    "peaks":{"fp32":{"vector":1e12}},"bandwidth":{"dram":1e11}})";
  const json options = {{"devices", {{{"file", "desk.json"}, {"content", content}}}},
                        {"precisions", {"fp32"}}};
  const json answer = call(trtreport_recompute, options);
  CHECK(answer["roofline"]["device"] == "Desk GPU");
  CHECK(answer["roofline"]["bandwidth"] == 1e11);
}

TEST_CASE("the built-in devices are listed with what they support", "[wasm]") {
  const json answer = call(trtreport_devices);
  bool has_default = false;
  for (const json& entry : answer["devices"]) {
    CHECK(!entry["precisions"].empty());
    CHECK(entry["device"]["bandwidth"].get<double>() > 0);
    has_default = has_default || entry["device"]["name"] == answer["default_device"];
  }
  CHECK(has_default);
}

TEST_CASE("small reads share the host's blocks", "[wasm]") {
  reset_host();
  REQUIRE(code_of(open_model("resnet50.onnx", models::resnet50().serialize())).empty());
  // A read for each of its 161 tensors at most, not one for every field.
  CHECK(host().reads < 400);
}

}  // namespace trtreport
