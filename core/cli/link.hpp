// Text packed into the fragment of a page's address.
#pragma once

#include <string>
#include <string_view>

namespace trtreport::cli {

// zlib (RFC 1950) in base64url without padding (RFC 4648, 5).
std::string packed_for_link(std::string_view text);

}  // namespace trtreport::cli
