// Ranged reads: the one way the core touches a file, so that weights stay where they are (disk,
// browser File, memory).
#pragma once

#include "base/diagnostics.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  // Reads up to out.size() bytes at `offset`; returns how many, 0 at or past the end or on a read
  // fault.
  virtual size_t read(uint64_t offset, std::span<std::byte> out) = 0;
  // What to call it in messages: the file's base name.
  virtual std::string_view name() const = 0;
  // Whether the bytes are those of the file; not where a skeleton has left them out.
  virtual bool holds(uint64_t /*offset*/, uint64_t /*length*/) const { return true; }
};

// Bytes that the caller keeps alive, or owns here.
class MemorySource : public ByteSource {
 public:
  MemorySource(std::string name, std::span<const std::byte> bytes);
  MemorySource(std::string name, std::vector<std::byte> bytes);
  uint64_t size() const override { return bytes_.size(); }
  size_t read(uint64_t offset, std::span<std::byte> out) override;
  std::string_view name() const override { return name_; }

 private:
  std::string name_;
  std::vector<std::byte> owned_;
  std::span<const std::byte> bytes_;
};

// What external_data_missing says of a file that is not there, for every kind of ExternalFiles.
inline constexpr std::string_view kNoSuchExternalFile = "there is no such file beside the model";

// Where external tensor data comes from. `location` is the model's own relative path, taken as
// hostile: an implementation refuses absolute paths, "..", and links that leave the model's folder.
class ExternalFiles {
 public:
  virtual ~ExternalFiles() = default;
  // The opened file; Error code "external_data_missing" where it is absent, "external_data_refused"
  // where the path leaves the folder. Called once per location; the result is kept.
  virtual tl::expected<std::shared_ptr<ByteSource>, Error> open(std::string_view location) = 0;
};

// Why a location must not be opened, whatever lies there: it is empty or absolute, climbs by "..",
// or holds a zero byte. Empty where it may.
std::string_view refusal_of(std::string_view location);

}  // namespace trtreport
