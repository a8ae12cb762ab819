// Base64 takes six bits a digit from the front; what is left at the end is filled with zeros.
#include "cli/link.hpp"

#include <cstdint>

#include <zlib.h>

namespace trtreport::cli {
namespace {

std::string deflated(std::string_view text) {
  uLongf length = compressBound(static_cast<uLong>(text.size()));
  std::string packed(length, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &length,
            reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()),
            Z_BEST_COMPRESSION);
  packed.resize(length);
  return packed;
}

}  // namespace

std::string packed_for_link(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string result;
  uint32_t pending = 0;
  int bits = 0;
  for (const char c : deflated(text)) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) result += kDigits[pending >> (bits - 6) & 63];
  }
  if (bits > 0) result += kDigits[pending << (6 - bits) & 63];
  return result;
}

}  // namespace trtreport::cli
