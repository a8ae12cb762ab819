// Well-formedness by table 3-7 of the Unicode Standard, version 15.
#include "base/utf8.hpp"

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
