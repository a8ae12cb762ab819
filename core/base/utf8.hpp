// UTF-8 of strings that a model made: they may hold anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trtreport {

// Bytes of the well-formed character at the start of `text` (1 to 4; no surrogates, no overlong
// forms); 0 where there is none. `text` must not be empty.
size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

// Every byte that is no part of a well-formed character becomes U+FFFD.
std::string to_utf8(std::string_view text);

// Characters of well-formed text.
size_t utf8_count(std::string_view text);

// Columns of a terminal that well-formed text takes: East Asian wide characters two, combining
// marks none (Unicode Standard Annex 11, by blocks).
size_t utf8_columns(std::string_view text);

// At most `most` characters of well-formed text; the last one is an ellipsis where some were cut.
std::string utf8_cut(std::string_view text, size_t most);

}  // namespace trtreport
