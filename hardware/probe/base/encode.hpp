// Encodings for what leaves the machine: the hash that stands in for a UUID, and the compressed
// text of a link.
#pragma once

#include <string>
#include <string_view>

namespace trtprobe {

// SHA-256 (FIPS 180-4) as 64 hexadecimal digits. Not the core's: the probe's folder builds alone on
// the machine whose GPU is measured.
std::string sha256_hex(std::string_view bytes);

// RFC 4648 §5, without padding: what may stand in a link's fragment.
std::string base64url(std::string_view bytes);

// RFC 1950 (zlib) around RFC 1951 with fixed codes: what browsers' DecompressionStream('deflate')
// reads.
std::string zlib_compress(std::string_view bytes);

// "#device=" and the compressed text.
std::string device_fragment(std::string_view json);

}  // namespace trtprobe
