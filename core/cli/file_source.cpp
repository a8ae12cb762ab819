// pread behind ByteSource, and the one place that decides which paths a model may make the tool
// open.
#include "cli/file_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trtreport::cli {
namespace {

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Empty where the path leads nowhere.
std::string real_path(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return {};
  std::string result(resolved);
  std::free(resolved);
  return result;
}

Error fault(const char* code, const std::string& path, std::string_view cause) {
  return Error{code, path + ": " + std::string(cause), UINT64_MAX};
}

Error system_fault(const std::string& path) {
  if (errno == ENOENT || errno == ENOTDIR) return fault("file_missing", path, "no such file");
  return fault("file_unreadable", path, std::strerror(errno));
}

std::optional<Error> check_regular(const std::string& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return std::nullopt;
  std::string_view kind = "not a regular file";
  if (S_ISDIR(status.st_mode)) kind = "a folder, not a file";
  if (S_ISFIFO(status.st_mode)) kind = "a pipe; only a file on disk can be read in ranges";
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) kind = "a device, not a file";
  if (S_ISSOCK(status.st_mode)) kind = "a socket, not a file";
  return fault("not_a_file", path, kind);
}

struct Opened {
  int descriptor;
  uint64_t size;
};

// Looks before opening, since opening a FIFO waits for its writer; looks again after, since files
// can be exchanged.
tl::expected<Opened, Error> open_regular(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return tl::unexpected(system_fault(path));
  if (auto wrong = check_regular(path, status)) return tl::unexpected(std::move(*wrong));
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return tl::unexpected(system_fault(path));
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return tl::unexpected(fault("not_a_file", path, "not a regular file"));
  }
  return Opened{descriptor, static_cast<uint64_t>(status.st_size)};
}

size_t read_at(int descriptor, uint64_t offset, std::span<std::byte> out) {
  constexpr uint64_t kMostOffset = INT64_MAX;
  if (offset > kMostOffset) return 0;
  ssize_t got;
  do {
    got = ::pread(descriptor, out.data(), out.size(), static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got > 0 ? static_cast<size_t>(got) : 0;
}

class ReopenedFile : public ByteSource {
 public:
  ReopenedFile(std::string path, uint64_t size)
      : path_(std::move(path)), name_(base_name(path_)), size_(size) {}
  uint64_t size() const override { return size_; }
  std::string_view name() const override { return name_; }
  size_t read(uint64_t offset, std::span<std::byte> out) override {
    const auto opened = open_regular(path_);
    if (!opened) return 0;
    const size_t got = read_at(opened->descriptor, offset, out);
    ::close(opened->descriptor);
    return got;
  }

 private:
  std::string path_;  // without links
  std::string name_;
  uint64_t size_;
};

}  // namespace

tl::expected<std::shared_ptr<FileSource>, Error> FileSource::open(const std::string& path) {
  auto opened = open_regular(path);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  return std::shared_ptr<FileSource>(
      new FileSource(base_name(path), opened->descriptor, opened->size));
}

FileSource::~FileSource() { ::close(descriptor_); }

size_t FileSource::read(uint64_t offset, std::span<std::byte> out) {
  return read_at(descriptor_, offset, out);
}

DirectoryFiles::DirectoryFiles(const std::string& model_path)
    : folder_(folder_of(model_path)),
      real_folder_(real_path(folder_)),
      linked_folder_(folder_of(real_path(model_path))) {}

bool DirectoryFiles::is_inside(const std::string& path) const {
  for (const std::string& folder : {real_folder_, linked_folder_}) {
    if (folder.empty() || folder.front() != '/') continue;
    const std::string prefix = folder == "/" ? folder : folder + "/";
    if (path.compare(0, prefix.size(), prefix) == 0) return true;
  }
  return false;
}

tl::expected<std::shared_ptr<ByteSource>, Error> DirectoryFiles::open(std::string_view location) {
  if (const std::string_view cause = refusal_of(location); !cause.empty()) {
    return tl::unexpected(Error{"external_data_refused", std::string(cause), UINT64_MAX});
  }
  const std::string path = folder_ + "/" + std::string(location);
  const std::string real = real_path(path);
  if (real.empty()) {
    return tl::unexpected(
        Error{"external_data_missing", std::string(kNoSuchExternalFile), UINT64_MAX});
  }
  if (!is_inside(real)) {
    return tl::unexpected(
        Error{"external_data_refused", "it is a link that leaves the model's folder", UINT64_MAX});
  }
  const auto opened = open_regular(real);
  if (!opened) {
    const bool is_wrong_kind = opened.error().code == "not_a_file";
    return tl::unexpected(Error{is_wrong_kind ? "external_data_refused" : "external_data_missing",
                                is_wrong_kind ? "it is not a regular file" : "it cannot be opened",
                                UINT64_MAX});
  }
  ::close(opened->descriptor);
  return std::make_shared<ReopenedFile>(real, opened->size);
}

}  // namespace trtreport::cli
