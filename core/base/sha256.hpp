// SHA-256 (FIPS 180-4), so that the core needs no cryptographic library for the digests in a
// document.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace trtreport {

class Sha256 {
 public:
  void update(std::string_view bytes);
  // 64 hexadecimal digits, lower case. Ends the computation.
  std::string finish();

 private:
  void block(const unsigned char* bytes);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> pending_ = {};
  uint64_t length_ = 0;  // bytes so far
};

}  // namespace trtreport
