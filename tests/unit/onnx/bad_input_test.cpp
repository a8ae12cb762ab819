// Files that are no models, or broken ones: one clear line each, whatever the bytes.
#include "catch.hpp"
#include "models/builder.hpp"
#include "onnx/fields.hpp"
#include "support.hpp"

#include <protozero/pbf_writer.hpp>

using namespace trtreport;
using test::Parsed;

namespace {

std::string small_model() {
  models::ModelBuilder builder;
  builder.input("x", {1, 3, 8, 8});
  builder.weight("w", {4, 3, 3, 3});
  models::set(builder.add("Conv", "conv", {"x", "w"}, {"y"}), "pads",
              std::vector<int64_t>{1, 1, 1, 1});
  builder.output("y", {1, 4, 8, 8});
  return builder.serialize();
}

std::string fault(const std::string& bytes) { return Parsed(bytes).code(); }

}  // namespace

TEST_CASE("bad input: the usual wrong files are called by their name") {
  const std::pair<std::string, std::string> files[] = {
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "Git-LFS"},
      {std::string("PK\x03\x04\x00\x00\x08\x08\x00\x00\x00\x00\x00\x00", 14) +
           std::string(12, '\0') + std::string("\x10\x00\x00\x00", 4) + "archive/data.pkl....",
       "PyTorch"},
      {std::string("PK\x03\x04\x00\x00\x08\x08\x00\x00\x00\x00\x00\x00", 14) +
           std::string(12, '\0') + std::string("\x09\x00\x00\x00", 4) + "notes.txt....",
       "zip archive"},
      {std::string("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.", 14), "PyTorch"},
      {std::string("ftrt\x00\x00\x00\x01", 8) + std::string(100, '\7'), "TensorRT engine"},
      {std::string("\x0b\x00\x00\x00{\"a\": 12345ftrt", 4 + 11 + 4), "TensorRT engine"},
      {std::string("\x1c\x00\x00\x00ORTM", 8) + std::string(100, '\7'), "ONNX Runtime"},
      {std::string("\x1c\x00\x00\x00TFL3", 8) + std::string(100, '\7'), "TensorFlow Lite"},
      {"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "HTML"},
      {"\n  <html lang=en>", "HTML"},
      {"{\"irVersion\": \"8\"}", "written as text"},
      {"ir_version: 8\ngraph {\n}\n", "written as text"},
      {"{\"layers\": []}", "JSON"},
      {"name: \"net\"\nlayer {\n type: \"Input\"\n}\n", "Caffe"},
      {"hello\n", "text file"},
      {std::string("GGUF\x03\x00\x00\x00", 8), "GGUF"},
      {std::string("\x02\x00\x00\x00\x00\x00\x00\x00{}", 10), "safetensors"},
      {std::string("\x1f\x8b\x08\x00", 4) + "....", "gzip"},
      {std::string(5000, '\0'), "all zero"},
      {std::string("\x08\x01\x12\x0f\x0a\x0d\x12\x05serve*\x04tags", 19), "SavedModel"},
  };
  for (const auto& [bytes, kind] : files) {
    const Parsed parsed(bytes);
    INFO(kind << " / " << parsed.message());
    CHECK(parsed.code() == "not_onnx");
    CHECK(parsed.message().find(kind) != std::string::npos);
    CHECK(parsed.message().find('\n') == std::string::npos);
  }
}

TEST_CASE("bad input: empty, without a graph, and random bytes") {
  CHECK(fault("") == "empty_file");
  CHECK(fault(std::string("\x08\x07\x12\x01q", 5)) == "no_graph");
  CHECK(fault("\xde\xad\xbe\xef\x01\x02\x03") == "malformed");
}

TEST_CASE("bad input: a model cut anywhere is refused or keeps its graph") {
  const std::string whole = small_model();
  REQUIRE(Parsed(whole).ok());
  size_t refused = 0;
  for (size_t size = 1; size < whole.size(); ++size) {
    const Parsed parsed(whole.substr(0, size));
    if (parsed.ok()) continue;
    ++refused;
    INFO(size << ": " << parsed.message());
    CHECK((parsed.code() == "truncated" || parsed.code() == "no_graph"));
    CHECK(parsed.message().substr(0, 12) == "model.onnx: ");
  }
  CHECK(refused > whole.size() / 2);
}

TEST_CASE("bad input: any byte changed gives a model or one line") {
  const std::string whole = small_model();
  const size_t step = 3;
  for (size_t position = 0; position < whole.size(); position += step) {
    for (const char value : {'\0', '\x7f', '\xff', '\x80', '\x0b'}) {
      std::string changed = whole;
      changed[position] = value;
      const Parsed parsed(changed);
      if (!parsed.ok()) CHECK_FALSE(parsed.message().empty());
    }
  }
}

TEST_CASE("bad input: a length of 2^63 is not believed") {
  std::string bytes("\x08\x08\x3a", 3);  // ir_version, then graph
  bytes += std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
  const Parsed parsed(bytes);
  CHECK(parsed.code() == "truncated");
  CHECK(parsed.result.error().offset == 2);
  CHECK(parsed.message().find("18446744073709551615 bytes") != std::string::npos);
}

TEST_CASE("bad input: a length within a message reaching past it names the place") {
  std::string node, graph, bytes;
  node = std::string("\x0a\x01x\x2a\x05\x0a\x64", 7);  // the attribute's name claims 100 bytes
  node += "abc";
  protozero::pbf_writer(graph).add_message(1, std::string());
  protozero::pbf_writer(graph).add_message(1, node);
  protozero::pbf_writer(bytes).add_message(7, graph);
  protozero::pbf_writer(bytes).add_string(2, "behind the graph");
  const Parsed parsed(bytes);
  CHECK(parsed.code() == "malformed");
  CHECK(parsed.message().find("graph.node[1].attribute[0]") != std::string::npos);
  CHECK(parsed.message().find("claims 100 bytes, but only 3") != std::string::npos);
}

TEST_CASE("bad input: a fault inside a subgraph names the way there") {
  std::string inner, attribute, node, graph, bytes;
  protozero::pbf_writer(inner).add_string(1, std::string("\x0b", 1));  // a node with a group
  protozero::pbf_writer(attribute).add_message(6, inner);
  protozero::pbf_writer(node).add_message(5, attribute);
  protozero::pbf_writer(graph).add_message(1, node);
  protozero::pbf_writer(bytes).add_message(7, graph);
  const Parsed parsed(bytes);
  CHECK(parsed.code() == "malformed");
  CHECK(parsed.message().find("graph.node[0].attribute[0].g.node[0]") != std::string::npos);
  CHECK(parsed.message().find("wire type 3") != std::string::npos);
}

TEST_CASE("bad input: negative dimensions of an initializer are refused") {
  models::ModelBuilder builder;
  builder.weight("w", {2, 3});
  builder.graph().mutable_initializer(0)->set_dims(1, -3);
  const Parsed parsed(builder.serialize());
  CHECK(parsed.code() == "negative_dimension");
  CHECK(parsed.message().find("graph.initializer[0]") != std::string::npos);
  CHECK(parsed.message().find("dimension 1 is -3") != std::string::npos);
}

TEST_CASE("bad input: dimensions whose product overflows are kept as they are") {
  models::ModelBuilder builder;
  auto& tensor = *builder.graph().add_initializer();
  tensor.set_data_type(1);
  for (int index = 0; index < 4; ++index) tensor.add_dims(INT64_MAX);
  Parsed parsed(builder.serialize());
  REQUIRE(parsed.ok());
  CHECK(parsed.graph().initializers[0].dims.size() == 4);
}
