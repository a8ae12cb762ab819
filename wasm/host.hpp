// What the surroundings do for a session: read files in ranges and take the document piece by
// piece. In WebAssembly that is JavaScript, in native tests two functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace trtreport::wasm {

class Host {
 public:
  virtual ~Host() = default;
  // Up to out.size() bytes of the file that the host calls `file`; how many there were, 0 at its
  // end or on a fault.
  virtual size_t read(uint32_t file, uint64_t offset, std::span<std::byte> out) = 0;
  // False to stop the writing.
  virtual bool write(std::string_view text) = 0;
};

}  // namespace trtreport::wasm
