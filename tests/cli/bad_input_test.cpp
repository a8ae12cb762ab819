// What a person can hand the tool by mistake or on purpose: one clear line, the right exit status,
// at once, and nothing left behind.
#include "catch.hpp"
#include "cli/program.hpp"
#include "models/builder.hpp"

#include <filesystem>
#include <random>

namespace trtreport::program {
namespace {

using models::ModelBuilder;

constexpr double kMostSeconds = 2;

ModelBuilder small_model() {
  ModelBuilder model;
  model.input("x", {int64_t{1}, int64_t{3}, int64_t{8}, int64_t{8}});
  model.output(model.node("Relu", "relu", {"x"}), {int64_t{1}, int64_t{3}, int64_t{8}, int64_t{8}});
  return model;
}

// A field of protobuf's wire format that holds bytes.
std::string field(uint32_t number, const std::string& content, uint64_t length) {
  std::string text;
  const auto varint = [&](uint64_t value) {
    for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
    text += static_cast<char>(value);
  };
  varint(number << 3 | 2);
  varint(length);
  return text + content;
}
std::string field(uint32_t number, const std::string& content) {
  return field(number, content, content.size());
}

constexpr uint32_t kModelGraph = 7, kGraphNode = 1, kNodeAttribute = 5, kAttributeGraph = 6,
                   kAttributeInts = 8;

std::string nested_graphs(int levels) {
  const std::string op = field(4, "If"), name = field(1, "then_branch");
  std::string graph;
  for (int level = 0; level < levels; ++level) {
    graph = field(kGraphNode, op + field(kNodeAttribute, name + field(kAttributeGraph, graph)));
  }
  return std::string("\x08\x08", 2) + field(kModelGraph, graph);
}

void refused(const std::string& what, const std::string& bytes, const std::string& cause) {
  INFO(what);
  const Folder folder;
  folder.write("model.onnx", bytes);
  const Run result = run(folder, {"model.onnx", "-o", "report.html", "--json", "analysis.json"});
  INFO(result.err);
  CHECK(result.status == 3);
  CHECK(result.out.empty());
  REQUIRE(result.lines().size() == 1);
  CHECK(result.lines()[0].rfind("trtreport: model.onnx: ", 0) == 0);
  CHECK(result.lines()[0].find(cause) != std::string::npos);
  CHECK(result.cpu_seconds < kMostSeconds);
  CHECK(folder.names() == std::vector<std::string>{"model.onnx"});
}

// Analysed, with these words on some line of standard error (none: whatever it says is fine).
void accepted(const std::string& what, const std::string& bytes, const std::string& warning = {}) {
  INFO(what);
  const Folder folder;
  folder.write("model.onnx", bytes);
  const Run result = run(folder, {"model.onnx", "--json", "analysis.json", "--verbose"});
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK(result.cpu_seconds < kMostSeconds);
  CHECK(result.err.find(warning) != std::string::npos);
  CHECK_NOTHROW(nlohmann::json::parse(folder.read("analysis.json")));
}

ModelBuilder with_external(const std::string& location) {
  ModelBuilder model = small_model();
  ::onnx::TensorProto& weight = *model.graph().add_initializer();
  weight.set_name("w");
  weight.set_data_type(::onnx::TensorProto::FLOAT);
  weight.add_dims(64);
  weight.set_data_location(::onnx::TensorProto::EXTERNAL);
  ::onnx::StringStringEntryProto& entry = *weight.add_external_data();
  entry.set_key("location");
  entry.set_value(location);
  model.node("Identity", "use", {"w"});
  return model;
}

}  // namespace

TEST_CASE("files that are no model are named for what they are", "[cli]") {
  refused("empty", "", "empty");
  refused("Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 102\n",
          "LFS");
  refused("zip", std::string("PK\x03\x04\x14\0\0\0\0\0", 10) + "weights.npy", "zip");
  // A local file header as the zip format has it: 26 bytes, the name's length, no extra field.
  const std::string header = std::string("PK\x03\x04", 4) + std::string(22, '\0');
  refused("torch", header + std::string("\x10\0\0\0", 4) + "archive/data.pkl", "PyTorch");
  refused("engine", std::string("ptrt\x01\0\0\0", 8) + std::string(64, '\x7f'), "TensorRT");
  refused("ort", std::string("\x20\0\0\0ORTM", 8) + std::string(64, '\x01'), ".ort");
  refused("HTML", "<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n", "HTML");
  refused("text", "The quick brown fox jumps over the lazy dog.\nAnd again.\n", "text");
}

TEST_CASE("broken models are refused in one line", "[cli]") {
  const std::string whole = small_model().serialize();
  refused("truncated", whole.substr(0, whole.size() - 9), "");
  std::mt19937 random(7);
  std::string noise;
  for (int index = 0; index < 4096; ++index) noise += static_cast<char>(random());
  refused("random", noise, "");
  refused("10,000 nested subgraphs", nested_graphs(10000), "500");
  refused("a length of 2^63",
          std::string("\x08\x08", 2) + field(kModelGraph, "", uint64_t{1} << 63), "");
  refused(
      "eight billion bytes of attribute",
      std::string("\x08\x08", 2) +
          field(kModelGraph,
                field(kGraphNode, field(kNodeAttribute, field(kAttributeInts, "", 8'000'000'000)))),
      "");
}

TEST_CASE("models that contradict themselves are refused in one line", "[cli]") {
  ModelBuilder cyclic;
  cyclic.add("Relu", "first", {"b"}, {"a"});
  cyclic.add("Relu", "second", {"a"}, {"b"});
  cyclic.output("b", {int64_t{1}});
  refused("cyclic", cyclic.serialize(), "first");

  ModelBuilder negative = small_model();
  ::onnx::TensorProto& weight = *negative.graph().add_initializer();
  weight.set_name("w");
  weight.set_data_type(::onnx::TensorProto::FLOAT);
  weight.add_dims(-4);
  refused("negative size of a weight", negative.serialize(), "dimension 0 is -4");
}

TEST_CASE("odd models are analysed as far as they go", "[cli]") {
  ModelBuilder huge;
  huge.input("x", {int64_t{1} << 40, int64_t{1} << 40});
  huge.output(huge.node("Relu", "relu", {"x"}), {});
  accepted("sizes whose product overflows", huge.serialize());

  ModelBuilder negative;
  negative.input("x", {int64_t{-1}, int64_t{3}});
  negative.output(negative.node("Relu", "relu", {"x"}), {});
  accepted("a negative size of an input", negative.serialize());

  ModelBuilder nan;
  nan.input("x", {int64_t{1}, int64_t{3}, int64_t{8}, int64_t{8}});
  ::onnx::TensorProto& scales = *nan.graph().add_initializer();
  scales.set_name("scales");
  scales.set_data_type(::onnx::TensorProto::FLOAT);
  scales.add_dims(4);
  for (int index = 0; index < 4; ++index)
    scales.add_float_data(std::numeric_limits<float>::quiet_NaN());
  nan.add("Resize", "resize", {"x", "", "scales"}, {"y"});
  nan.output("y", {});
  accepted("NaN scales", nan.serialize());

  ModelBuilder quantized;
  quantized.input("x", {int64_t{1}, int64_t{8}});
  quantized.number("scale", std::numeric_limits<float>::quiet_NaN());
  quantized.output(quantized.node("QuantizeLinear", "quantize", {"x", "scale"}), {},
                   ::onnx::TensorProto::UINT8);
  accepted("a NaN quantization scale", quantized.serialize());

  accepted("500 nested subgraphs", nested_graphs(499));
}

TEST_CASE("an attribute of a billion elements is skipped, not loaded", "[cli]") {
  const Folder folder;
  constexpr uint64_t kElements = 1'000'000'000;
  const std::string name = field(1, "axes") + std::string("\xa0\x01\x07", 3);
  const uint64_t ints = field(kAttributeInts, "", kElements).size() + kElements;
  const uint64_t attribute =
      field(kNodeAttribute, "", name.size() + ints).size() + name.size() + ints;
  const std::string op = field(4, "Relu");
  const uint64_t node = field(kGraphNode, "", op.size() + attribute).size() + op.size() + attribute;
  folder.write("model.onnx", std::string("\x08\x08", 2) + field(kModelGraph, "", node) +
                                 field(kGraphNode, op, op.size() + attribute) +
                                 field(kNodeAttribute, name, name.size() + ints) +
                                 field(kAttributeInts, "", kElements));
  const std::string path = folder.at("model.onnx");
  std::filesystem::resize_file(
      path, std::filesystem::file_size(path) + kElements);  // zeros that take no disk
  const Run result = run(folder, {"model.onnx", "--json", "analysis.json"});
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK(result.cpu_seconds < kMostSeconds);
}

TEST_CASE("external data outside the model's folder is refused", "[cli]") {
  for (const std::string location : {"../../etc/passwd", "/etc/passwd", "link"}) {
    INFO(location);
    const Folder folder;
    std::filesystem::create_symlink("/etc/passwd", folder.at("link"));
    folder.write("model.onnx", with_external(location).serialize());
    const Run result = run(folder, {"model.onnx", "--json", "analysis.json"});
    INFO(result.err);
    CHECK(result.status == 0);
    REQUIRE(result.lines().size() == 1);
    CHECK(result.lines()[0].find("warning") != std::string::npos);
    CHECK(result.lines()[0].find(location) != std::string::npos);
    const auto data = nlohmann::json::parse(folder.read("analysis.json"));
    CHECK(data["model"]["external_data"][0]["present"] == false);
    CHECK(data["diagnostics"][0]["code"] == "external_data_refused");
  }
}

TEST_CASE("missing external data is a warning", "[cli]") {
  const Folder folder;
  folder.write("model.onnx", with_external("weights.bin").serialize());
  const Run result = run(folder, {"model.onnx", "--json", "analysis.json"});
  CHECK(result.status == 0);
  REQUIRE(result.lines().size() == 1);
  CHECK(result.lines()[0].rfind("trtreport: model.onnx: warning: ", 0) == 0);
  CHECK(result.lines()[0].find("weights.bin") != std::string::npos);
}

}  // namespace trtreport::program
