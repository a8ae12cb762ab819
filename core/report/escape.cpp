// One pass over well-formed characters each; ill-formed bytes are U+FFFD everywhere.
#include "report/escape.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

namespace trtreport {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Of a well-formed character.
uint32_t code_point(std::string_view character) {
  const auto byte = [&](size_t index) {
    return static_cast<uint32_t>(static_cast<unsigned char>(character[index]));
  };
  switch (character.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 |
             (byte(3) & 0x3f);
  }
}

bool is_control(uint32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

// Line and paragraph separators, and marks that turn the direction in which the rest of a line
// reads.
bool is_invisible(uint32_t point) {
  return (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

// Calls put(character) for each one, with U+FFFD for ill-formed bytes.
template <class Put>
void for_each_character(std::string_view text, Put put) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    put(length == 0 ? kReplacement : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// All that Markdown, its table extension, or a host's link rules could take for markup.
bool is_markup(char c) {
  constexpr std::string_view kMarkup = "\\`*_[]<>#|~&@$";
  return kMarkup.find(c) != std::string_view::npos;
}

std::string entities(std::string_view text) {
  std::string result;
  for_each_character(text, [&](std::string_view character) {
    const uint32_t point = code_point(character);
    if (point == '\n' || point == '\t') {
      result += ' ';
    } else if (is_control(point) || is_invisible(point)) {
      result += kReplacement;
    } else if (character.size() == 1 && is_markup(character[0])) {
      // Between letters an underscore is no markup, and names read better with it as it is.
      const size_t at = static_cast<size_t>(character.data() - text.data());
      const bool inside = character[0] == '_' && at > 0 && at + 1 < text.size() &&
                          is_word(text[at - 1]) && is_word(text[at + 1]);
      result += inside ? "_" : "&#" + std::to_string(point) + ";";
    } else {
      result += character;
    }
  });
  return result;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::string_view character) {
    const uint32_t point = code_point(character);
    switch (point) {
      case '&':
        result += "&amp;";
        return;
      case '<':
        result += "&lt;";
        return;
      case '>':
        result += "&gt;";
        return;
      case '"':
        result += "&quot;";
        return;
      case '\'':
        result += "&#39;";
        return;
      default:
        break;
    }
    const bool kept = !is_control(point) || point == '\n' || point == '\t';
    result += kept ? character : kReplacement;
  });
  return result;
}

std::string escape_markdown(std::string_view text) { return "<code>" + entities(text) + "</code>"; }

std::string escape_markdown_text(std::string_view text) {
  // A zero-width space ends what a host would link: addresses, mentions and references to issues.
  const std::string plain = entities(text);
  std::string result;
  for (std::string_view rest = plain; !rest.empty();) {
    for (const std::string_view link : {"://", "www.", "&#64;", "&#35;"}) {
      if (rest.substr(0, link.size()) != link) continue;
      result += link;
      result += "&#8203;";
      rest.remove_prefix(link.size());
      break;
    }
    if (rest.empty()) break;
    result += rest[0];
    rest.remove_prefix(1);
  }
  return result;
}

std::string escape_csv(std::string_view text) {
  std::string field;
  for_each_character(text, [&](std::string_view character) {
    const uint32_t point = code_point(character);
    const bool kept = !is_control(point) || point == '\n' || point == '\r' || point == '\t';
    field += kept ? character : kReplacement;
  });
  if (!field.empty() && std::string_view("=+-@\t\r").find(field[0]) != std::string_view::npos) {
    field.insert(0, 1, '\'');
  }
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string escape_terminal(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_each_character(text, [&](std::string_view character) {
    const uint32_t point = code_point(character);
    if (is_control(point)) {
      result += fmt::format("\\x{:02x}", point);
    } else if (is_invisible(point)) {
      result += fmt::format("\\u{:04x}", point);
    } else {
      result += character;
    }
  });
  return result;
}

}  // namespace trtreport
