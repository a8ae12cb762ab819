// How many calls into the host small reads take.
#include "wasm/files.hpp"

#include "catch.hpp"

#include <cstring>

namespace trtreport::wasm {
namespace {

// A file whose byte at i is i % 251, which counts what is asked of it.
class CountingHost : public Host {
 public:
  size_t read(uint32_t, uint64_t offset, std::span<std::byte> out) override {
    ++calls;
    bytes += out.size();
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>((offset + i) % 251);
    return most < out.size() ? most : out.size();
  }
  bool write(std::string_view) override { return false; }
  uint64_t calls = 0, bytes = 0;
  size_t most = SIZE_MAX;
};

bool reads(HostSource& source, uint64_t offset, size_t length) {
  std::vector<std::byte> got(length);
  for (size_t have = 0; have < length;) {
    const size_t count = source.read(offset + have, std::span(got).subspan(have));
    if (count == 0) return false;
    have += count;
  }
  for (size_t i = 0; i < length; ++i) {
    if (got[i] != static_cast<std::byte>((offset + i) % 251)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("small reads near each other share a call", "[wasm]") {
  CountingHost host;
  HostSource source(host, {0, "model.onnx", 10000000});
  for (uint64_t at = 0; at < 100000; at += 500) REQUIRE(reads(source, at, 500));
  CHECK(host.calls <= 7);
  for (uint64_t at = 90000; at > 50000; at -= 1000) REQUIRE(reads(source, at, 100));
  CHECK(host.calls <= 7);
}

TEST_CASE("a jump takes one call and few bytes", "[wasm]") {
  CountingHost host;
  HostSource source(host, {0, "model.onnx", 10000000});
  for (uint64_t at = 0; at < 9900000; at += 99000) REQUIRE(reads(source, at, 4096));
  CHECK(host.calls == 100);
  CHECK(host.bytes <= 100 * 16384);
}

TEST_CASE("a host that hands out less is asked again", "[wasm]") {
  CountingHost host;
  host.most = 300;
  HostSource source(host, {0, "model.onnx", 5000});
  CHECK(reads(source, 100, 4000));
  std::vector<std::byte> beyond(10);
  CHECK(source.read(5000, beyond) == 0);
  host.most = 0;
  CHECK_FALSE(reads(source, 4500, 10));
  host.most = 300;
  CHECK(reads(source, 4500, 10));
}

}  // namespace trtreport::wasm
