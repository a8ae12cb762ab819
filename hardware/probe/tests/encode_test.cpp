// Hash and encodings against published vectors; compressed text against an inflater written here
// from RFC 1951, and against zlib where it is installed.
#include "base/encode.hpp"

#include "catch.hpp"

#include <cstdint>

#if __has_include(<zlib.h>) && defined(TRTPROBE_HAVE_ZLIB)
#include <zlib.h>
#endif

using namespace trtprobe;

TEST_CASE("SHA-256 of FIPS 180-4's examples", "[encode]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("base64url of RFC 4648's examples", "[encode]") {
  CHECK(base64url("").empty());
  CHECK(base64url("f") == "Zg");
  CHECK(base64url("fo") == "Zm8");
  CHECK(base64url("foobar") == "Zm9vYmFy");
  CHECK(base64url("\xFB\xFF") == "-_8");
}

namespace {

// RFC 1951 for one block of fixed codes.
class Inflater {
 public:
  explicit Inflater(const std::string& bytes) : bytes_(bytes) {}

  std::string text() {
    REQUIRE(bits(1) == 1);
    REQUIRE(bits(2) == 1);
    std::string out;
    while (true) {
      const unsigned symbol = literal();
      if (symbol == 256) return out;
      if (symbol < 256) {
        out += static_cast<char>(symbol);
        continue;
      }
      static constexpr unsigned kLength[] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                             15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                             67, 83, 99, 115, 131, 163, 195, 227, 258};
      static constexpr unsigned kExtra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                            2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
      REQUIRE(symbol <= 285);
      const unsigned length = kLength[symbol - 257] + bits(kExtra[symbol - 257]);
      const unsigned code = huffman(5);
      REQUIRE(code < 30);
      const unsigned extra = code < 2 ? 0 : code / 2 - 1;
      const unsigned base = code < 2 ? code + 1 : ((2 + code % 2) << extra) + 1;
      const unsigned distance = base + bits(extra);
      REQUIRE(distance <= out.size());
      for (unsigned i = 0; i < length; ++i) out += out[out.size() - distance];
    }
  }

 private:
  unsigned bits(unsigned count) {
    unsigned value = 0;
    for (unsigned i = 0; i < count; ++i, ++at_) {
      REQUIRE(at_ / 8 < bytes_.size());
      value |= (static_cast<unsigned char>(bytes_[at_ / 8]) >> at_ % 8 & 1U) << i;
    }
    return value;
  }
  unsigned huffman(unsigned count) {
    unsigned value = 0;
    for (unsigned i = 0; i < count; ++i) value = value << 1U | bits(1);
    return value;
  }
  unsigned literal() {
    unsigned code = huffman(7);
    if (code < 24) return code + 256;
    code = code << 1U | bits(1);
    if (code >= 0x30 && code < 0xC0) return code - 0x30;
    if (code >= 0xC0 && code < 0xC8) return code - 0xC0 + 280;
    return (code << 1U | bits(1)) - 0x190 + 144;
  }

  const std::string& bytes_;
  std::size_t at_ = 0;
};

std::string sample(std::size_t size) {
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < size) {
    state = state * 1664525U + 1013904223U;
    // Stretches that repeat, near and far, and stretches that do not.
    if (state >> 30U == 0) {
      text += static_cast<char>(state >> 16U);
    } else {
      text += "{\"name\": \"row " + std::to_string(state >> 28U) + "\"}";
    }
  }
  return text;
}

void check_round_trip(const std::string& text) {
  const std::string packed = zlib_compress(text);
  REQUIRE(packed.size() > 6);
  CHECK((static_cast<unsigned char>(packed[0]) * 256 + static_cast<unsigned char>(packed[1])) %
            31 ==
        0);
  const std::string deflated = packed.substr(2, packed.size() - 6);
  CHECK(Inflater(deflated).text() == text);
#ifdef TRTPROBE_HAVE_ZLIB
  std::string out(text.size() + 1, '\0');
  uLongf size = static_cast<uLongf>(out.size());
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(&out[0]), &size,
                     reinterpret_cast<const Bytef*>(packed.data()),
                     static_cast<uLong>(packed.size())) == Z_OK);
  CHECK(out.substr(0, size) == text);
#endif
}

}  // namespace

TEST_CASE("compressed text unpacks to itself", "[encode]") {
  check_round_trip("");
  check_round_trip("a");
  check_round_trip(std::string(3, 'a'));
  for (std::size_t length = 250; length < 270; ++length) check_round_trip(std::string(length, 'x'));
  check_round_trip(sample(200));
  check_round_trip(sample(70000));
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  check_round_trip(all);
}

TEST_CASE("a device file becomes a short link", "[encode]") {
  const std::string text = sample(20000);
  const std::string link = device_fragment(text);
  CHECK(link.substr(0, 8) == "#device=");
  CHECK(link.size() < text.size() / 2);
  CHECK(link.find_first_of("+/=", 8) == std::string::npos);
}
