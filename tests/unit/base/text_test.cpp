// UTF-8 and SHA-256, held to published examples.
#include "base/sha256.hpp"
#include "base/utf8.hpp"
#include "catch.hpp"

namespace trtreport {

TEST_CASE("SHA-256 of the examples of FIPS 180-4", "[base]") {
  const auto digest = [](std::string_view text) {
    Sha256 hash;
    hash.update(text);
    return hash.finish();
  };
  CHECK(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  Sha256 million;
  for (int part = 0; part < 1000; ++part) million.update(std::string(1000, 'a'));
  CHECK(million.finish() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("ill-formed UTF-8 is told apart", "[base]") {
  for (const std::string good :
       {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_utf8(good));
    CHECK(to_utf8(good) == good);
  }
  // A lone tail, a cut character, overlong forms, a surrogate, past U+10FFFF.
  for (const std::string bad :
       {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    CHECK_FALSE(is_utf8(bad));
    CHECK(is_utf8(to_utf8(bad)));
  }
  CHECK(to_utf8("a\xff"
                "b") ==
        "a\xef\xbf\xbd"
        "b");
}

TEST_CASE("text is cut between characters", "[base]") {
  CHECK(utf8_cut("abc", 3) == "abc");
  CHECK(utf8_cut("abcd", 3) == "ab…");
  CHECK(utf8_cut("äöüß", 4) == "äöüß");
  CHECK(utf8_cut("äöüßé", 4) == "äöü…");
  CHECK(utf8_count("äöü") == 3);
}

TEST_CASE("columns of a terminal", "[base]") {
  CHECK(utf8_columns("") == 0);
  CHECK(utf8_columns("/conv1/Conv") == 11);
  CHECK(utf8_columns("äöü…") == 4);
  CHECK(utf8_columns("/层一/卷积") == 10);
  CHECK(utf8_columns("カナ한글") == 8);
  CHECK(utf8_columns("e\xcc\x81") == 1);  // e and a combining acute accent
  CHECK(utf8_columns("\xf0\x9f\x98\x80") == 2);
}

}  // namespace trtreport
