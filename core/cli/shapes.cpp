// Sizes as users type them.
#include "cli/options.hpp"

#include <charconv>

namespace trtreport::cli {
namespace {

// A decimal number without sign; false where `text` is anything else.
bool parse_size(std::string_view text, int64_t& size) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return false;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), size);
  return fault == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<std::vector<int64_t>> parse_shape(std::string_view text) {
  std::vector<int64_t> dims;
  while (!text.empty()) {
    const size_t end = text.find_first_of("x,");
    int64_t size = 0;
    if (!parse_size(text.substr(0, end), size)) return std::nullopt;
    dims.push_back(size);
    if (end == std::string_view::npos) return dims;
    text.remove_prefix(end + 1);
    if (text.empty()) return std::nullopt;
  }
  return dims;
}

tl::expected<Shapes, std::string> parse_trtexec_shapes(std::string_view text) {
  Shapes shapes;
  while (true) {
    const size_t end = text.find(',');
    const std::string_view item = text.substr(0, end);
    const size_t colon = item.rfind(':');
    const auto dims = colon == std::string_view::npos || colon == 0
                          ? std::nullopt
                          : parse_shape(item.substr(colon + 1));
    if (!dims) return tl::unexpected("'" + std::string(item) + "' is not INPUT:1x3x224x224");
    if (!shapes.emplace(item.substr(0, colon), *dims).second) {
      return tl::unexpected("input '" + std::string(item.substr(0, colon)) + "' is given twice");
    }
    if (end == std::string_view::npos) return shapes;
    text.remove_prefix(end + 1);
  }
}

}  // namespace trtreport::cli
