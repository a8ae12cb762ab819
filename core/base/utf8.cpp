// Well-formedness by table 3-7 of the Unicode Standard, version 15.
#include "base/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace trtreport {
namespace {

bool within(std::string_view text, size_t index, unsigned char low, unsigned char high) {
  if (index >= text.size()) return false;
  const unsigned char byte = static_cast<unsigned char>(text[index]);
  return byte >= low && byte <= high;
}

bool is_tail(std::string_view text, size_t index) { return within(text, index, 0x80, 0xbf); }

}  // namespace

size_t utf8_length(std::string_view text) {
  const unsigned char lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return is_tail(text, 1) ? 2 : 0;
  if (lead < 0xf0) {
    const unsigned char low = lead == 0xe0 ? 0xa0 : 0x80;
    const unsigned char high = lead == 0xed ? 0x9f : 0xbf;
    return within(text, 1, low, high) && is_tail(text, 2) ? 3 : 0;
  }
  const unsigned char low = lead == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xf4 ? 0x8f : 0xbf;
  return within(text, 1, low, high) && is_tail(text, 2) && is_tail(text, 3) ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (length == 0) {
      result += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      result += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return result;
}

namespace {

struct Block {
  uint32_t first;
  uint32_t last;
  uint8_t columns;
};

constexpr Block kBlocks[] = {
    {0x0300, 0x036f, 0},                           // combining diacritical marks
    {0x1100, 0x115f, 2},                           // Hangul jamo
    {0x200b, 0x200f, 0},                           // zero width space to right-to-left mark
    {0x2e80, 0x303e, 2},                           // CJK radicals to punctuation
    {0x3041, 0xa4cf, 2},                           // kana, CJK, Yi
    {0xac00, 0xd7a3, 2},                           // Hangul syllables
    {0xf900, 0xfaff, 2},                           // CJK compatibility
    {0xfe00, 0xfe0f, 0},                           // variation selectors
    {0xfe30, 0xfe4f, 2},                           // CJK compatibility forms
    {0xff00, 0xff60, 2},                           // fullwidth forms
    {0xffe0, 0xffe6, 2},                           // fullwidth signs
    {0x1f300, 0x1f64f, 2},                         // pictographs
    {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},  // CJK extensions
};

uint32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first;
  uint32_t code = first & (0x7fu >> character.size());
  for (const char c : character.substr(1))
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return code;
}

size_t columns_of(uint32_t code) {
  for (const Block& block : kBlocks) {
    if (code >= block.first && code <= block.last) return block.columns;
  }
  return 1;
}

}  // namespace

size_t utf8_columns(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const size_t length = std::max<size_t>(utf8_length(text), 1);
    columns += columns_of(code_point(text.substr(0, length)));
    text.remove_prefix(length);
  }
  return columns;
}

size_t utf8_count(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

std::string utf8_cut(std::string_view text, size_t most) {
  if (text.size() <= most || utf8_count(text) <= most) return std::string(text);
  size_t end = 0;
  for (size_t kept = 0; kept + 1 < most; ++kept) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace trtreport
