// Written beside its place, brought to the disk, then renamed: whoever reads, or comes after a
// crash, finds the old file or the new one.
#include "cli/device_store.hpp"

#include "roofline/device.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace trtreport::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporary = ".upload-";

Error fault(const std::string& path, int cause) {
  return {"output_unwritable", path + ": cannot be written: " + std::strerror(cause)};
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

// Renames are on the disk once their folder is; where a folder cannot be synced, they are later.
void sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

std::optional<Error> write_whole(const std::string& folder, const std::string& name,
                                 std::string_view text) {
  const std::string temporary = folder + "/" + std::string(kTemporary) + name;
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return fault(temporary, errno);
  int cause = write_all(descriptor, text) && ::fsync(descriptor) == 0 ? 0 : errno;
  if (::close(descriptor) != 0 && cause == 0) cause = errno;
  if (cause == 0 && ::rename(temporary.c_str(), (folder + "/" + name).c_str()) != 0) cause = errno;
  if (cause != 0) {
    ::unlink(temporary.c_str());
    return fault(folder + "/" + name, cause);
  }
  sync_folder(folder);
  return std::nullopt;
}

bool is_device_file(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  std::error_code ignored;
  return name.front() != '.' && entry.path().extension() == ".json" &&
         entry.is_regular_file(ignored) && entry.file_size(ignored) <= DeviceStore::kMostBytes;
}

std::string read_file(const std::string& path) {
  std::string text(DeviceStore::kMostBytes, '\0');
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  size_t length = 0;
  while (length < text.size()) {
    const ssize_t count = ::read(descriptor, text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    length += static_cast<size_t>(count);
  }
  ::close(descriptor);
  text.resize(length);
  return text;
}

// The power mode and the chip's hashed identity: two boards of one name are two devices.
std::string identity_of(std::string_view json) {
  const nlohmann::json root = nlohmann::json::parse(json, nullptr, false);
  const auto measured = root.find("measured");
  if (measured == root.end() || !measured->is_object()) return {};
  const auto environment = measured->find("environment");
  if (environment == measured->end() || !environment->is_object()) return {};
  std::string identity;
  for (const char* key : {"power_mode", "uuid_hash"}) {
    const auto part = environment->find(key);
    if (part == environment->end() || !part->is_string()) continue;
    identity += (identity.empty() ? "" : " ") + part->get<std::string>().substr(0, 8);
  }
  return identity;
}

}  // namespace

std::string device_file_name(std::string_view name, std::string_view identity) {
  constexpr size_t kMost = 100;
  std::string slug;
  for (const std::string_view part : {name, identity}) {
    if (!slug.empty() && slug.back() != '-') slug += '-';
    for (const char c : part) {
      const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
      if (plain) {
        slug += lower;
      } else if (!slug.empty() && slug.back() != '-') {
        slug += '-';
      }
    }
  }
  if (slug.size() > kMost) slug.resize(kMost);
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return (slug.empty() ? "device" : slug) + ".json";
}

tl::expected<std::unique_ptr<DeviceStore>, Error> DeviceStore::open(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return tl::unexpected(fault(folder, error.value()));
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
    return tl::unexpected(fault(folder, errno));
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with(kTemporary)) {
      std::error_code ignored;
      fs::remove(entry.path(), ignored);
    }
  }
  return std::unique_ptr<DeviceStore>(new DeviceStore(folder));
}

tl::expected<DeviceStore::Stored, Error> DeviceStore::put(std::string_view json) {
  if (json.size() > kMostBytes)
    return tl::unexpected(Error{"too_large", "a device file has 256 KB at most"});
  auto device = parse_device(json, "the upload", PeakSource::Preferred);
  if (!device) return tl::unexpected(device.error());
  Stored stored{device_file_name(device->name, identity_of(json)), device->name, device->measured};
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  const fs::directory_iterator files(folder_, ignored);
  const auto count = std::count_if(begin(files), end(files), is_device_file);
  const bool replaces = fs::exists(folder_ + "/" + stored.file, ignored);
  if (!replaces && static_cast<size_t>(count) >= kMostFiles)
    return tl::unexpected(Error{"store_full", "the folder holds as many devices as it may"});
  if (auto error = write_whole(folder_, stored.file, json)) return tl::unexpected(*error);
  return stored;
}

std::vector<DeviceStore::File> DeviceStore::all() const {
  std::vector<File> files;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, ignored)) {
    if (!is_device_file(entry)) continue;
    File file{entry.path().filename().string(), read_file(entry.path().string())};
    if (parse_device(file.content, file.name, PeakSource::Preferred))
      files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.name < b.name; });
  return files;
}

}  // namespace trtreport::cli
