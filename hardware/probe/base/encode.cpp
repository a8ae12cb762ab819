// SHA-256, base64url, and deflate with fixed codes: small enough to have here, so that the probe
// builds on a board without development packages.
#include "base/encode.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace trtprobe {
namespace {

constexpr std::array<std::uint32_t, 64> kRounds = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t rotated(std::uint32_t x, unsigned by) { return x >> by | x << (32U - by); }

using Hash = std::array<std::uint32_t, 8>;

void add_block(Hash& hash, const unsigned char* block) {
  std::array<std::uint32_t, 64> w{};
  for (std::size_t i = 0; i < 16; ++i) {
    w[i] = std::uint32_t{block[i * 4]} << 24U | std::uint32_t{block[i * 4 + 1]} << 16U |
           std::uint32_t{block[i * 4 + 2]} << 8U | block[i * 4 + 3];
  }
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t a = w[i - 15];
    const std::uint32_t b = w[i - 2];
    w[i] = w[i - 16] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3U) + w[i - 7] +
           (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10U);
  }
  Hash h = hash;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t s1 = rotated(h[4], 6) ^ rotated(h[4], 11) ^ rotated(h[4], 25);
    const std::uint32_t t1 = h[7] + s1 + ((h[4] & h[5]) ^ (~h[4] & h[6])) + kRounds[i] + w[i];
    const std::uint32_t s0 = rotated(h[0], 2) ^ rotated(h[0], 13) ^ rotated(h[0], 22);
    const std::uint32_t t2 = s0 + ((h[0] & h[1]) ^ (h[0] & h[2]) ^ (h[1] & h[2]));
    h = {t1 + t2, h[0], h[1], h[2], h[3] + t1, h[4], h[5], h[6]};
  }
  for (std::size_t i = 0; i < 8; ++i) hash[i] += h[i];
}

// Bits in deflate's order: the first written lies lowest.
class BitWriter {
 public:
  void bits(std::uint32_t value, unsigned count) {
    pending_ |= static_cast<std::uint64_t>(value) << held_;
    for (held_ += count; held_ >= 8; held_ -= 8) {
      out_ += static_cast<char>(pending_ & 0xFFU);
      pending_ >>= 8U;
    }
  }

  // Huffman codes are written from their highest bit on.
  void code(std::uint32_t value, unsigned count) {
    std::uint32_t reversed = 0;
    for (unsigned i = 0; i < count; ++i) reversed |= (value >> i & 1U) << (count - 1 - i);
    bits(reversed, count);
  }

  std::string finish() {
    if (held_ > 0) bits(0, 8 - held_);
    return out_;
  }

 private:
  std::string out_;
  std::uint64_t pending_ = 0;
  unsigned held_ = 0;
};

// RFC 1951 §3.2.6.
void write_symbol(BitWriter& out, std::uint32_t symbol) {
  if (symbol < 144) return out.code(0x30 + symbol, 8);
  if (symbol < 256) return out.code(0x190 + symbol - 144, 9);
  if (symbol < 280) return out.code(symbol - 256, 7);
  out.code(0xC0 + symbol - 280, 8);
}

// RFC 1951 §3.2.5: lengths 3 to 258, distances 1 to 32768. Each code covers a range whose width
// doubles, every fourth code for lengths and every second for distances.
void write_length(BitWriter& out, std::uint32_t length) {
  if (length == 258) return write_symbol(out, 285);
  const std::uint32_t x = length - 3;
  if (x < 8) return write_symbol(out, 257 + x);
  unsigned extra = 0;
  while (x >> (extra + 3U) != 0) ++extra;
  write_symbol(out, 257 + 4 * extra + (x >> extra));
  out.bits(x & ((1U << extra) - 1), extra);
}

void write_distance(BitWriter& out, std::uint32_t distance) {
  const std::uint32_t x = distance - 1;
  if (x < 4) return out.code(x, 5);
  unsigned extra = 0;
  while (x >> (extra + 2U) != 0) ++extra;
  out.code(2 * extra + (x >> extra), 5);
  out.bits(x & ((1U << extra) - 1), extra);
}

struct Match {
  std::size_t length = 0;
  std::size_t distance = 0;
};

// Earlier places of the same three bytes, the nearest first.
class Matcher {
 public:
  explicit Matcher(std::string_view bytes)
      : bytes_(bytes), first_(kBuckets, kNone), next_(bytes.size(), kNone) {}

  Match longest(std::size_t at) const {
    Match best;
    if (at + 3 > bytes_.size()) return best;
    const std::size_t limit = std::min<std::size_t>(258, bytes_.size() - at);
    int tries = 256;
    for (std::size_t i = first_[bucket(at)]; i != kNone && at - i <= 32768 && tries > 0; --tries) {
      std::size_t length = 0;
      while (length < limit && bytes_[i + length] == bytes_[at + length]) ++length;
      if (length > best.length) best = {length, at - i};
      i = next_[i];
    }
    return best;
  }

  void add(std::size_t at) {
    if (at + 3 > bytes_.size()) return;
    next_[at] = first_[bucket(at)];
    first_[bucket(at)] = at;
  }

 private:
  static constexpr std::size_t kBuckets = 4096;
  static constexpr std::size_t kNone = ~std::size_t{0};

  std::size_t bucket(std::size_t at) const {
    const auto byte = [this, at](std::size_t i) {
      return std::size_t{static_cast<unsigned char>(bytes_[at + i])};
    };
    return (byte(0) * 961 + byte(1) * 31 + byte(2)) % kBuckets;
  }

  std::string_view bytes_;
  std::vector<std::size_t> first_;
  std::vector<std::size_t> next_;
};

std::string deflate(std::string_view bytes) {
  BitWriter out;
  out.bits(1, 1);  // the last block
  out.bits(1, 2);  // of fixed codes
  Matcher matcher(bytes);
  for (std::size_t at = 0; at < bytes.size();) {
    const Match match = matcher.longest(at);
    const std::size_t step = match.length >= 3 ? match.length : 1;
    if (match.length >= 3) {
      write_length(out, static_cast<std::uint32_t>(match.length));
      write_distance(out, static_cast<std::uint32_t>(match.distance));
    } else {
      write_symbol(out, static_cast<unsigned char>(bytes[at]));
    }
    for (std::size_t i = 0; i < step; ++i) matcher.add(at + i);
    at += step;
  }
  write_symbol(out, 256);
  return out.finish();
}

std::uint32_t adler32(std::string_view bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16U | a;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::string padded(bytes);
  padded += '\x80';
  padded.append((120 - padded.size() % 64) % 64, '\0');
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (unsigned i = 0; i < 8; ++i) padded += static_cast<char>(bits >> (56 - 8 * i) & 0xFFU);
  Hash hash = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (std::size_t i = 0; i < padded.size(); i += 64) {
    add_block(hash, reinterpret_cast<const unsigned char*>(padded.data()) + i);
  }
  std::string hex;
  for (const std::uint32_t word : hash) {
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(word));
    hex += digits;
  }
  return hex;
}

std::string base64url(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8U | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j <= count; ++j) out += kDigits[group >> (18 - 6 * j) & 0x3FU];
  }
  return out;
}

std::string zlib_compress(std::string_view bytes) {
  std::string out = "\x78\x01" + deflate(bytes);
  const std::uint32_t check = adler32(bytes);
  for (unsigned i = 0; i < 4; ++i) out += static_cast<char>(check >> (24 - 8 * i) & 0xFFU);
  return out;
}

std::string device_fragment(std::string_view json) {
  return "#device=" + base64url(zlib_compress(json));
}

}  // namespace trtprobe
