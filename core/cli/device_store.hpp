// A folder of device files that grows by uploads: each one checked against the schema, named safely
// and there either whole or not at all.
#pragma once

#include "base/diagnostics.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::cli {

class DeviceStore {
 public:
  static constexpr size_t kMostBytes = 256 * 1024;  // of one file
  static constexpr size_t kMostFiles = 1000;

  // Makes the folder where there is none and removes what killed writers left. Error code
  // output_unwritable.
  static tl::expected<std::unique_ptr<DeviceStore>, Error> open(const std::string& folder);

  struct Stored {
    std::string file;  // base name
    std::string name;  // the device's
    bool measured = false;
  };
  // Checks and keeps one file; the same device again replaces it. Callable from several threads.
  // Error codes: those of parse_device; store_full, output_unwritable.
  tl::expected<Stored, Error> put(std::string_view json);

  struct File {
    std::string name, content;
  };
  // Every file, sorted by name; what is no device file of this schema is left out.
  std::vector<File> all() const;

 private:
  explicit DeviceStore(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  std::mutex mutex_;
};

// A file's name for a device: letters, digits and hyphens only, so that no name leads elsewhere;
// `identity` tells devices of one name apart.
std::string device_file_name(std::string_view name, std::string_view identity);

}  // namespace trtreport::cli
