// What-if against the document: the same figures by the short way, whichever options came before.
#include "catch.hpp"
#include "models/architectures.hpp"
#include "models/text_model.hpp"
#include "report/document.hpp"
#include "report/json_writer.hpp"
#include "unit/wasm/host.hpp"
#include "wasm/request.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>

namespace trtreport {
namespace {

using nlohmann::json;
using namespace wasm_test;
namespace fs = std::filesystem;

// What a native run from nothing writes.
std::string fresh_document(const std::string& name, const std::string& bytes, const json& options) {
  auto request = wasm::parse_options(options.dump());
  REQUIRE(request);
  MemorySource source(name, std::as_bytes(std::span(bytes)));
  const auto analysis = Analysis::run(source, nullptr, std::move(request->options));
  if (!analysis)
    return json{{"error", {{"code", analysis.error().code}, {"message", analysis.error().message}}}}
        .dump();
  StringSink sink;
  REQUIRE(write_document(**analysis, sink));
  return sink.take();
}

std::vector<double> column(const json& answer, const std::string& name) {
  const json& place = answer["columns"].at(name);
  const auto* first = reinterpret_cast<const double*>(place["pointer"].get<uintptr_t>());
  REQUIRE(place["type"] == "float64");
  return {first, first + place["length"].get<size_t>()};
}

std::string bounds(const json& answer) {
  const json& place = answer["columns"].at("node_bound");
  return {reinterpret_cast<const char*>(place["pointer"].get<uintptr_t>()),
          place["length"].get<size_t>()};
}

// The document writes six digits and null for unknown.
bool same_number(double number, const json& written) {
  if (written.is_null()) return std::isnan(number);
  const double other = written.get<double>();
  if (number == other) return true;
  char text[32];
  return number > 0 && std::stod(std::string(format_six_digits(number, text))) == other;
}

void check_column(const json& answer, const std::string& name, const json& written) {
  const std::vector<double> numbers = column(answer, name);
  REQUIRE(numbers.size() == written.size());
  for (size_t id = 0; id < numbers.size(); ++id) {
    INFO(name << " of node " << id);
    CHECK(same_number(numbers[id], written[id]));
  }
}

json by_node(const json& nodes, const json::json_pointer& field) {
  json values = json::array();
  for (const json& node : nodes) values.push_back(node.at(field));
  return values;
}

void check_figures(const json& answer, const json& data) {
  const json& nodes = data["nodes"];
  for (const char* name : {"macs", "flops"})
    check_column(answer, name, by_node(nodes, json::json_pointer("/" + std::string(name))));
  for (const char* part : {"weights", "inputs", "outputs"}) {
    check_column(answer, "bytes_" + std::string(part),
                 by_node(nodes, json::json_pointer("/bytes/" + std::string(part))));
  }
  for (const char* part : {"flops", "bytes"}) {
    check_column(answer, "course_" + std::string(part),
                 by_node(nodes, json::json_pointer("/course/" + std::string(part))));
  }
  check_column(answer, "live_bytes", data["memory"]["timeline"]);
}

// recompute's answer under `options`, of one device and precision, against a native document.
void check_recomputed(const json& answer, const json& data) {
  for (const char* section : {"options", "totals", "diagnostics"}) {
    INFO(section);
    CHECK(answer[section] == data[section]);
  }
  json roofline = data["rooflines"][0];
  for (const char* name : {"node_seconds", "node_bytes", "node_intensity"}) {
    check_column(answer, name, roofline[name]);
    roofline.erase(name);
  }
  CHECK(bounds(answer) == roofline["node_bound"].get<std::string>());
  roofline.erase("node_bound");
  CHECK(answer["roofline"] == roofline);
  CHECK(answer["memory"]["peak_bytes"] == data["memory"]["peak_bytes"]);
  CHECK(answer["memory"]["peak_node"] == data["memory"]["peak_node"]);
}

json options_of(const char* precision, int64_t batch, int64_t sequence) {
  return {{"devices", {"rtx-3080"}},
          {"precisions", {precision}},
          {"batch", batch},
          {"dims", {{"sequence", sequence}}}};
}

std::string bert() {
  return models::bert_base(std::string("batch"), std::string("sequence")).serialize();
}

}  // namespace

TEST_CASE("recompute gives the totals and columns of a full document", "[wasm]") {
  reset_host();
  const std::string bytes = bert();
  REQUIRE(!open_model("bert.onnx", bytes).contains("error"));
  const json steps[] = {options_of("fp16", 1, 128), options_of("fp32", 1, 128),
                        options_of("int8", 8, 128), options_of("fp16", 8, 7),
                        options_of("model", 1, 128)};
  for (json options : steps) {
    for (const bool sparse : {false, true}) {
      options["sparse"] = sparse;
      options["tf32"] = !sparse;
      INFO(options.dump());
      check_recomputed(call(trtreport_recompute, options),
                       json::parse(fresh_document("bert.onnx", bytes, options)));
    }
  }
}

TEST_CASE("figures come along when the binding changed, and only then", "[wasm]") {
  reset_host();
  const std::string bytes = bert();
  REQUIRE(!open_model("bert.onnx", bytes).contains("error"));
  document(options_of("fp16", 1, 128));
  json answer = call(trtreport_recompute, options_of("int8", 1, 128));
  CHECK(answer["same_nodes"] == true);
  CHECK(!answer["columns"].contains("macs"));
  answer = call(trtreport_recompute, options_of("int8", 4, 64));
  check_figures(answer, json::parse(fresh_document("bert.onnx", bytes, options_of("int8", 4, 64))));
  CHECK(!call(trtreport_recompute, options_of("fp16", 4, 64))["columns"].contains("macs"));
  CHECK(call(trtreport_recompute, options_of("fp16", 1, 128))["columns"].contains("macs"));
}

TEST_CASE("nodes of their own precision change alone", "[wasm]") {
  reset_host();
  REQUIRE(!open_model("resnet50.onnx", models::resnet50().serialize()).contains("error"));
  json options = {{"devices", {"rtx-3080"}}, {"precisions", {"fp16"}}};
  const std::vector<double> global = column(call(trtreport_recompute, options), "node_seconds");
  options["node_precisions"] = {{"int8", {0, 4}}, {"fp32", {2}}};
  const json answer = call(trtreport_recompute, options);
  const std::vector<double> mixed = column(answer, "node_seconds");
  double sum = 0;
  for (size_t id = 0; id < mixed.size(); ++id) {
    sum += mixed[id];
    const bool own = id == 0 || id == 2 || id == 4;
    INFO(id);
    CHECK((mixed[id] != global[id]) == (own && global[id] > 0));
  }
  const double seconds = answer["roofline"]["seconds"].get<double>();
  CHECK(std::abs(seconds - sum) <= 1e-12 * sum);
}

// Every golden model, from its bare analysis to its own options, to a batch and back.
TEST_CASE("documents do not depend on the options that came before", "[wasm]") {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(TRTREPORT_SOURCE_DIR "/tests/golden")) {
    if (entry.path().extension() != ".onnxtxt") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const auto model =
        models::parse_text_model(std::string(std::istreambuf_iterator<char>(file), {}));
    REQUIRE(model);
    reset_host();
    const std::string name = entry.path().stem().string() + ".onnx";
    INFO(name);
    if (open_model(name, model->bytes).contains("error")) continue;
    const json bare = {{"precisions", {"fp16"}}};
    for (const json& options :
         {bare, json{{"precisions", {"fp16"}}, {"batch", 4}}, json{{"batch", 2}}, bare}) {
      INFO(options.dump());
      CHECK(document(options) == fresh_document(name, model->bytes, options));
    }
    ++count;
  }
  CHECK(count > 30);
}

}  // namespace trtreport
