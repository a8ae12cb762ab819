// Files of the command line as byte sources: the model itself, and the external data beside it.
#pragma once

#include "base/byte_source.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace trtreport::cli {

// A regular file read by pread. Reading is safe from several threads.
class FileSource : public ByteSource {
 public:
  // Error codes: file_missing, not_a_file (a folder, FIFO, device or socket: these have no ranges
  // to read), file_unreadable.
  static tl::expected<std::shared_ptr<FileSource>, Error> open(const std::string& path);

  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  uint64_t size() const override { return size_; }
  size_t read(uint64_t offset, std::span<std::byte> out) override;
  std::string_view name() const override { return name_; }

 private:
  FileSource(std::string name, int descriptor, uint64_t size)
      : name_(std::move(name)), descriptor_(descriptor), size_(size) {}

  std::string name_;
  int descriptor_;
  uint64_t size_;
};

// External data in the model's folder. Where the model is itself a link, the folder of the file it
// leads to counts too: download caches lay out a model and its data as links into one store.
// Absolute locations, "..", and links that leave these folders are refused. A file is opened anew
// for each read, since a model may name more files than a process may hold open.
class DirectoryFiles : public ExternalFiles {
 public:
  explicit DirectoryFiles(const std::string& model_path);
  tl::expected<std::shared_ptr<ByteSource>, Error> open(std::string_view location) override;

 private:
  bool is_inside(const std::string& real_path) const;

  std::string folder_;         // as given, "." where the path has none
  std::string real_folder_;    // without links
  std::string linked_folder_;  // of the file that the model's path leads to, without links
};

}  // namespace trtreport::cli
