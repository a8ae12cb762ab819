// Strings of a model are hostile until they went through one of these.
#pragma once

#include <string>
#include <string_view>

namespace trtreport {

// Text and quoted attribute values. Control characters become U+FFFD.
std::string escape_html(std::string_view text);

// For a Markdown table cell or paragraph: a <code> element whose content no Markdown, mention (@),
// reference (#) or link rule applies to. One line.
std::string escape_markdown(std::string_view text);

// The same without <code>, for sentences with a model's strings in them.
std::string escape_markdown_text(std::string_view text);

// One field by RFC 4180. What a spreadsheet would take for a formula (leading = + - @, tab or
// carriage return) gets an apostrophe before it.
std::string escape_csv(std::string_view text);

// For a terminal: control characters and those that turn the writing direction are spelt out (\x1b,
// \u202e). One line.
std::string escape_terminal(std::string_view text);

}  // namespace trtreport
