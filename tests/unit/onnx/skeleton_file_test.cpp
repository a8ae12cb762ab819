// Skeleton files: what stays, what goes, and that what is there reads as the original.
#include "onnx/skeleton_file.hpp"

#include "catch.hpp"
#include "cli/file_source.hpp"
#include "models/builder.hpp"
#include "support.hpp"

#include <cstring>

using namespace trtreport;
using trtreport::onnx::SkeletonFiles;
namespace core = trtreport::onnx;
using test::Parsed;
using test::TemporaryFolder;

namespace {

using ::onnx::TensorProto;

constexpr float kSecret = 123.456f;

std::string secret() { return {reinterpret_cast<const char*>(&kSecret), sizeof kSecret}; }

bool tells(const std::string& bytes, const std::string& text) {
  return bytes.find(text) != std::string::npos;
}

TensorProto tensor(const std::string& name, TensorProto::DataType type, int64_t elements) {
  TensorProto made;
  made.set_name(name);
  made.set_data_type(type);
  made.add_dims(elements);
  return made;
}

TensorProto raw_floats(const std::string& name, int64_t elements) {
  TensorProto made = tensor(name, TensorProto::FLOAT, elements);
  for (int64_t index = 0; index < elements; ++index) made.mutable_raw_data()->append(secret());
  return made;
}

TensorProto typed_floats(const std::string& name, int64_t elements) {
  TensorProto made = tensor(name, TensorProto::FLOAT, elements);
  for (int64_t index = 0; index < elements; ++index) made.add_float_data(kSecret);
  return made;
}

std::string skeleton_of(Parsed& parsed) {
  REQUIRE(parsed.ok());
  auto skeleton = core::make_skeleton_file(parsed.model(), parsed.source);
  REQUIRE(skeleton.has_value());
  return *skeleton;
}

// A skeleton file opened again, and the model in it read.
struct Opened {
  explicit Opened(std::string bytes)
      : file("s", std::vector<std::byte>(
                      reinterpret_cast<const std::byte*>(bytes.data()),
                      reinterpret_cast<const std::byte*>(bytes.data()) + bytes.size())) {
    auto opened = SkeletonFiles::open(file);
    if (!opened) {
      code = opened.error().code;
      return;
    }
    files = std::move(*opened);
    auto read = core::read_model(files->model(), files.get(), diagnostics);
    REQUIRE(read.has_value());
    model = std::move(*read);
  }
  tl::expected<core::Elements, Error> elements(const core::TensorData& data) {
    return core::read_elements(*model, files->model(), data, 1u << 20);
  }

  MemorySource file;
  std::string code;
  Diagnostics diagnostics;
  std::unique_ptr<SkeletonFiles> files;
  std::unique_ptr<core::Model> model;
};

}  // namespace

TEST_CASE("skeleton file: weights go, small tensors and integers of shapes stay", "[skeleton]") {
  models::ModelBuilder builder;
  auto& graph = builder.graph();
  *graph.add_initializer() = raw_floats("weights", 17);
  *graph.add_initializer() = typed_floats("bias", 40);
  TensorProto wide = tensor("shape", TensorProto::INT64, 300);
  for (int64_t index = 0; index < 300; ++index) wide.add_int64_data(index * 1000);
  *graph.add_initializer() = wide;
  TensorProto scales = tensor("scales", TensorProto::FLOAT, 4);
  for (const float scale : {1.f, 1.f, 2.f, 2.f}) scales.add_float_data(scale);
  *graph.add_initializer() = scales;
  graph.set_doc_string("a secret text");
  Parsed parsed(builder.serialize());
  const std::string bytes = skeleton_of(parsed);
  CHECK_FALSE(tells(bytes, secret()));
  CHECK_FALSE(tells(bytes, "a secret text"));

  Opened opened(bytes);
  REQUIRE(opened.model);
  CHECK(opened.model->file == "model.onnx");
  CHECK(opened.model->file_bytes == parsed.bytes.size());
  const auto& tensors = opened.model->graph.initializers;
  REQUIRE(tensors.size() == 4);
  for (size_t index = 0; index < tensors.size(); ++index) {
    CHECK(tensors[index].offset == parsed.graph().initializers[index].offset);
    CHECK(tensors[index].length == parsed.graph().initializers[index].length);
  }
  CHECK(opened.elements(tensors[0]).error().code == "left_out");
  CHECK(opened.elements(tensors[1]).error().code == "left_out");
  CHECK(opened.elements(tensors[2])->ints[299] == 299000);
  CHECK(opened.elements(tensors[3])->floats == std::vector<double>{1, 1, 2, 2});
}

TEST_CASE("skeleton file: tensors of attributes, subgraphs and sparse ones go too", "[skeleton]") {
  models::ModelBuilder builder;
  auto* sparse = builder.graph().add_sparse_initializer();
  *sparse->mutable_values() = raw_floats("sparse", 20);
  *sparse->mutable_indices() = tensor("", TensorProto::INT64, 20);
  for (int64_t index = 0; index < 20; ++index) sparse->mutable_indices()->add_int64_data(index);
  sparse->add_dims(100);
  auto* node = builder.graph().add_node();
  node->set_op_type("Constant");
  node->set_doc_string("a secret text");
  auto* value = node->add_attribute();
  value->set_name("value");
  value->set_type(::onnx::AttributeProto::TENSOR);
  *value->mutable_t() = typed_floats("", 20);
  auto* branch = node->add_attribute();
  branch->set_name("body");
  branch->set_type(::onnx::AttributeProto::GRAPH);
  *branch->mutable_g()->add_initializer() = raw_floats("inner", 30);
  auto* several = node->add_attribute();
  several->set_name("several");
  several->set_type(::onnx::AttributeProto::TENSORS);
  *several->add_tensors() = raw_floats("", 20);
  *several->add_tensors() = raw_floats("", 21);
  Parsed parsed(builder.serialize());
  const std::string bytes = skeleton_of(parsed);
  CHECK_FALSE(tells(bytes, secret()));
  CHECK_FALSE(tells(bytes, "a secret text"));
  Opened opened(bytes);
  REQUIRE(opened.model);
  const auto& data = opened.model->graph.sparse_initializers.front();
  CHECK(opened.elements(data.values).error().code == "left_out");
  CHECK(opened.elements(data.indices)->ints.size() == 20);
}

TEST_CASE("skeleton file: lists that are not packed keep the wire format valid", "[skeleton]") {
  // TensorProto {dims: 20, data_type: FLOAT16, int32_data: one field an element, name: "w"}
  std::string message = "\x08\x14\x10\x0a";
  for (int index = 0; index < 20; ++index) message += "\x28\xd2\x85\x03";
  message += "\x42\x01w";
  const std::string graph = "\x2a" + std::string(1, static_cast<char>(message.size())) + message;
  const std::string model =
      "\x08\x08\x3a" + std::string(1, static_cast<char>(graph.size())) + graph;
  Parsed parsed(model);
  const std::string bytes = skeleton_of(parsed);
  CHECK_FALSE(tells(bytes, "\xd2\x85\x03"));
  Opened opened(bytes);
  REQUIRE(opened.model);
  REQUIRE(opened.model->graph.initializers.size() == 1);
  CHECK(opened.model->text(opened.model->graph.initializers.front().name) == "w");
  CHECK(opened.elements(opened.model->graph.initializers.front()).error().code == "left_out");
}

TEST_CASE("skeleton file: external data keep their size and the parts that stay", "[skeleton]") {
  const TemporaryFolder folder;
  const int64_t shape[] = {2, 3, 4, 5};
  const std::string shape_bytes(reinterpret_cast<const char*>(shape), sizeof shape);
  std::string data;
  for (int index = 0; index < 100; ++index) data += secret();
  folder.write("w.bin", data + shape_bytes);
  models::ModelBuilder builder;
  const auto add = [&](const std::string& name, TensorProto::DataType type, int64_t elements,
                       const char* location, const std::string& offset) {
    TensorProto made = tensor(name, type, elements);
    made.set_data_location(TensorProto::EXTERNAL);
    for (const auto& [key, value] : {std::pair<std::string, std::string>("location", location),
                                     std::pair<std::string, std::string>("offset", offset)}) {
      auto* entry = made.add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    }
    *builder.graph().add_initializer() = made;
  };
  add("w", TensorProto::FLOAT, 100, "w.bin", "0");
  add("shape", TensorProto::INT64, 4, "w.bin", "400");
  add("absent", TensorProto::FLOAT, 100, "absent.bin", "0");
  cli::DirectoryFiles files(folder.write("model.onnx", "x"));
  Parsed parsed(builder.serialize(), &files);
  const std::string bytes = skeleton_of(parsed);
  CHECK_FALSE(tells(bytes, secret()));
  Opened opened(bytes);
  REQUIRE(opened.model);
  REQUIRE(opened.model->external_files.size() == 2);
  CHECK(opened.model->external_files[0].source->size() == data.size() + shape_bytes.size());
  CHECK(opened.model->external_files[1].source == nullptr);
  REQUIRE(opened.diagnostics.items().size() == parsed.diagnostics.items().size());
  CHECK(opened.diagnostics.items()[0].message == parsed.diagnostics.items()[0].message);
  CHECK(opened.elements(opened.model->graph.initializers[0]).error().code == "left_out");
  CHECK(opened.elements(opened.model->graph.initializers[1])->ints ==
        std::vector<int64_t>{2, 3, 4, 5});
}

TEST_CASE("skeleton file: every cut and flip is refused or opened, never more", "[skeleton]") {
  models::ModelBuilder builder;
  *builder.graph().add_initializer() = raw_floats("weights", 40);
  Parsed parsed(builder.serialize());
  const std::string bytes = skeleton_of(parsed);
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK(Opened(bytes.substr(0, length)).code == "bad_skeleton");
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ 0xff);
    MemorySource file("s", std::as_bytes(std::span<const char>(broken.data(), broken.size())));
    auto opened = SkeletonFiles::open(file);
    if (!opened) continue;
    Diagnostics diagnostics;
    core::read_model((*opened)->model(), opened->get(), diagnostics);
  }
}
