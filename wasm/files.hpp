// The host's files as byte sources, and external data found among them by location.
#pragma once

#include "base/byte_source.hpp"
#include "wasm/host.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::wasm {

// A file as the host registered it.
struct HostFile {
  uint32_t id = 0;
  std::string name;  // may be a path, as a browser tells it of a dropped folder
  uint64_t size = 0;
};

std::string base_name(std::string_view path);

// Small reads go through a few kept blocks: a call into JavaScript costs more than what it brings.
class HostSource : public ByteSource {
 public:
  HostSource(Host& host, const HostFile& file);
  uint64_t size() const override { return size_; }
  std::string_view name() const override { return name_; }
  size_t read(uint64_t offset, std::span<std::byte> out) override;

 private:
  struct Block {
    uint64_t begin = 0;
    uint64_t used = 0;
    std::vector<std::byte> bytes;
    bool holds(uint64_t offset) const { return offset - begin < bytes.size(); }
  };
  const Block& block_at(uint64_t offset);

  Host& host_;
  uint32_t id_;
  std::string name_;
  uint64_t size_;
  std::vector<Block> blocks_;
  uint64_t uses_ = 0;
};

class HostFiles : public ExternalFiles {
 public:
  HostFiles(Host& host, std::vector<HostFile> files) : host_(host), files_(std::move(files)) {}
  // A file whose whole name is `location`, else the only one whose base name is that of `location`:
  // what is dropped on a page has lost its folder.
  tl::expected<std::shared_ptr<ByteSource>, Error> open(std::string_view location) override;

 private:
  const HostFile* find(std::string_view location) const;

  Host& host_;
  std::vector<HostFile> files_;
};

}  // namespace trtreport::wasm
