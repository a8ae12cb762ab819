// External data: where it lies, files that are absent, and paths that a model must not make the
// tool open.
#include "catch.hpp"
#include "cli/file_source.hpp"
#include "models/builder.hpp"
#include "support.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace trtreport;
using test::Parsed;
using test::TemporaryFolder;

namespace {

// An int64 initializer whose elements lie elsewhere; empty texts are left out.
void add_external(models::ModelBuilder& builder, const std::string& name, int64_t elements,
                  const std::string& location, const std::string& offset = "",
                  const std::string& length = "") {
  ::onnx::TensorProto& tensor = *builder.graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(::onnx::TensorProto::INT64);
  tensor.add_dims(elements);
  tensor.set_data_location(::onnx::TensorProto::EXTERNAL);
  const std::pair<std::string, std::string> entries[] = {
      {"checksum", "0"}, {"location", location}, {"offset", offset}, {"length", length}};
  for (const auto& [key, value] : entries) {
    if (value.empty()) continue;
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
}

std::string refusal(cli::DirectoryFiles& files, const std::string& location) {
  const auto opened = files.open(location);
  return opened ? "" : opened.error().code;
}

}  // namespace

TEST_CASE("external data: several files, with and without offset and length") {
  const TemporaryFolder folder;
  const int64_t values[] = {10, 20, 30, 40};
  const std::string bytes(reinterpret_cast<const char*>(values), sizeof values);
  folder.write("a.bin", bytes);
  folder.write("sub/b.bin", bytes);
  models::ModelBuilder builder;
  add_external(builder, "whole", 4, "a.bin");
  add_external(builder, "middle", 2, "a.bin", "8", "16");
  add_external(builder, "tail", 1, "sub/b.bin", "24");
  cli::DirectoryFiles files(folder.write("model.onnx", "x"));
  Parsed parsed(builder.serialize(), &files);
  REQUIRE(parsed.ok());
  CHECK(parsed.diagnostics.items().empty());
  REQUIRE(parsed.model().external_files.size() == 2);
  CHECK(parsed.model().external_files[0].tensors == 2);
  CHECK(parsed.model().external_files[0].declared_bytes == 32);
  const auto& tensors = parsed.graph().initializers;
  CHECK(tensors[0].length == 32);
  CHECK(parsed.elements(tensors[0])->ints == std::vector<int64_t>{10, 20, 30, 40});
  CHECK(parsed.elements(tensors[1])->ints == std::vector<int64_t>{20, 30});
  CHECK(parsed.elements(tensors[2])->ints == std::vector<int64_t>{40});
}

TEST_CASE("external data: an absent file is one warning, whatever hangs on it") {
  const TemporaryFolder folder;
  models::ModelBuilder builder;
  for (int index = 0; index < 5; ++index) {
    add_external(builder, "w" + std::to_string(index), 4, "weights.bin",
                 std::to_string(32 * index));
  }
  cli::DirectoryFiles files(folder.write("model.onnx", "x"));
  Parsed parsed(builder.serialize(), &files);
  REQUIRE(parsed.ok());
  REQUIRE(parsed.diagnostics.items().size() == 1);
  const Diagnostic& item = parsed.diagnostics.items()[0];
  CHECK(item.code == "external_data_missing");
  CHECK(item.severity == Severity::Warning);
  CHECK(item.message.find("5 tensors, 160 bytes") != std::string::npos);
  CHECK(parsed.model().external_files[0].source == nullptr);
  CHECK(parsed.elements(parsed.graph().initializers[0]).error().code == "external_data_missing");
}

TEST_CASE("external data: a file too short is said, and its tensors cannot be read") {
  const TemporaryFolder folder;
  folder.write("short.bin", std::string(20, '\0'));
  models::ModelBuilder builder;
  add_external(builder, "w", 4, "short.bin");
  cli::DirectoryFiles files(folder.write("model.onnx", "x"));
  Parsed parsed(builder.serialize(), &files);
  REQUIRE(parsed.diagnostics.items().size() == 1);
  CHECK(parsed.diagnostics.items()[0].code == "external_data_short");
  CHECK(parsed.elements(parsed.graph().initializers[0]).error().code == "truncated");
}

TEST_CASE("external data: an offset beyond 4 GiB is read there") {
  const TemporaryFolder folder;
  const std::string path = folder.write("sparse.bin", "");
  constexpr int64_t kOffset = (int64_t{1} << 32) + 4096;
  const int64_t value = 0x0123456789abcdef;
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(::pwrite(descriptor, &value, sizeof value, kOffset) == sizeof value);  // a hole before it
  ::close(descriptor);
  models::ModelBuilder builder;
  add_external(builder, "far", 1, "sparse.bin", std::to_string(kOffset), "8");
  cli::DirectoryFiles files(folder.write("model.onnx", "x"));
  Parsed parsed(builder.serialize(), &files);
  REQUIRE(parsed.ok());
  CHECK(parsed.graph().initializers[0].offset == static_cast<uint64_t>(kOffset));
  CHECK(parsed.elements(parsed.graph().initializers[0])->ints == std::vector<int64_t>{value});
}

TEST_CASE("external data: offsets that are no numbers are refused") {
  for (const std::string text : {"-8", "0x10", "1e3", "99999999999999999999", " 8"}) {
    models::ModelBuilder builder;
    add_external(builder, "w", 1, "a.bin", text);
    const Parsed parsed(builder.serialize());
    INFO(text);
    CHECK(parsed.code() == "malformed");
    CHECK(parsed.message().find("graph.initializer[0].external_data") != std::string::npos);
  }
}

TEST_CASE("external data: paths out of the model's folder are refused") {
  const TemporaryFolder folder;
  folder.write("outside.bin", "secret");
  folder.write("model/inside.bin", "weights");
  const std::string model = folder.write("model/model.onnx", "x");
  REQUIRE(::symlink("../outside.bin", folder.file("model/link.bin").c_str()) == 0);
  REQUIRE(::symlink("inside.bin", folder.file("model/own_link.bin").c_str()) == 0);
  REQUIRE(::symlink("..", folder.file("model/up").c_str()) == 0);
  REQUIRE(::mkfifo(folder.file("model/pipe").c_str(), 0600) == 0);
  cli::DirectoryFiles files(model);
  CHECK(refusal(files, "inside.bin").empty());
  CHECK(refusal(files, "./inside.bin").empty());
  CHECK(refusal(files, "own_link.bin").empty());
  CHECK(refusal(files, "absent.bin") == "external_data_missing");
  CHECK(refusal(files, "") == "external_data_refused");
  CHECK(refusal(files, "/etc/passwd") == "external_data_refused");
  CHECK(refusal(files, "../outside.bin") == "external_data_refused");
  CHECK(refusal(files, "a/../../outside.bin") == "external_data_refused");
  CHECK(refusal(files, "link.bin") == "external_data_refused");
  CHECK(refusal(files, "up/outside.bin") == "external_data_refused");
  CHECK(refusal(files, "pipe") == "external_data_refused");
  CHECK(refusal(files, ".") == "external_data_refused");
  CHECK(refusal(files, std::string("inside.bin\0x", 12)) == "external_data_refused");

  models::ModelBuilder builder;
  add_external(builder, "w", 1, "../outside.bin");
  const Parsed parsed(builder.serialize(), &files);
  REQUIRE(parsed.ok());
  CHECK(parsed.diagnostics.items().at(0).code == "external_data_refused");
}

TEST_CASE("external data: a model and its data linked into one store belong together") {
  const TemporaryFolder folder;
  folder.write("blobs/1111", "model");
  folder.write("blobs/2222", "weights");
  folder.write("snapshot/readme", "");
  REQUIRE(::symlink("../blobs/1111", folder.file("snapshot/model.onnx").c_str()) == 0);
  REQUIRE(::symlink("../blobs/2222", folder.file("snapshot/model.onnx_data").c_str()) == 0);
  cli::DirectoryFiles files(folder.file("snapshot/model.onnx"));
  CHECK(refusal(files, "model.onnx_data").empty());
}

TEST_CASE("file source: regular files only, one line for anything else") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  const auto code = [](const std::string& path) {
    const auto opened = cli::FileSource::open(path);
    return opened ? std::string() : opened.error().code;
  };
  CHECK(code(folder.file("pipe")) == "not_a_file");
  CHECK(code(folder.file(".")) == "not_a_file");
  CHECK(code("/dev/null") == "not_a_file");
  CHECK(code(folder.file("absent")) == "file_missing");
  CHECK(code(folder.file("absent/below")) == "file_missing");
  const auto opened = cli::FileSource::open(folder.write("sub/file", "0123456789"));
  REQUIRE(opened.has_value());
  CHECK((*opened)->name() == "file");
  CHECK((*opened)->size() == 10);
  std::byte buffer[4];
  CHECK((*opened)->read(8, buffer) == 2);
  CHECK(std::to_integer<char>(buffer[0]) == '8');
  CHECK((*opened)->read(10, buffer) == 0);
  CHECK((*opened)->read(UINT64_MAX, buffer) == 0);
}
