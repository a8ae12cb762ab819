// What the reader's tests share: reading bytes from memory, and a folder that cleans up after
// itself.
#pragma once

#include "onnx/model.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace trtreport::test {

// A file in memory and what the reader made of it.
struct Parsed {
  explicit Parsed(std::string content, ExternalFiles* files = nullptr)
      : bytes(std::move(content)),
        source("model.onnx", std::as_bytes(std::span<const char>(bytes.data(), bytes.size()))),
        result(onnx::read_model(source, files, diagnostics)) {}
  Parsed(const Parsed&) = delete;

  bool ok() const { return result.has_value(); }
  const onnx::Model& model() const { return **result; }
  const onnx::Graph& graph() const { return model().graph; }
  std::string text(StringId id) const { return std::string(model().text(id)); }
  std::string code() const { return ok() ? "" : result.error().code; }
  std::string message() const { return ok() ? "" : result.error().message; }
  tl::expected<onnx::Elements, Error> elements(const onnx::TensorData& tensor,
                                               uint64_t most = 1000) {
    return onnx::read_elements(model(), source, tensor, most);
  }

  std::string bytes;
  MemorySource source;
  Diagnostics diagnostics;
  tl::expected<std::unique_ptr<onnx::Model>, Error> result;
};

// A new folder, removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "trtreport-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace trtreport::test
