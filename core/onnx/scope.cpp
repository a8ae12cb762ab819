// Module paths from metadata: two spellings, one result.
#include "onnx/scope.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace trtreport::onnx {
namespace {

bool is_index(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What `path` adds to its parent's path: all of it where it is no continuation.
std::string_view within(std::string_view parent, std::string_view path) {
  if (parent.empty() || path.size() <= parent.size() + 1) return path;
  if (path.substr(0, parent.size()) != parent || path[parent.size()] != '.') return path;
  return path.substr(parent.size() + 1);
}

void append_module(std::string& scope, std::string_view parent, std::string_view path) {
  if (path.empty() || path == parent) return;
  const std::string_view own = within(parent, path);
  if (!scope.empty()) scope += '/';
  if (is_index(own) && !parent.empty()) {
    const size_t dot = parent.rfind('.');
    const size_t start = dot == std::string_view::npos ? 0 : dot + 1;
    const std::string_view container = parent.substr(start);
    if (!is_index(container)) scope.append(container).append(".");
  }
  scope += own;
}

// The last path is the operation itself.
std::string join_modules(const std::vector<std::string>& paths) {
  std::string scope;
  std::string_view parent;
  for (size_t index = 0; index + 1 < paths.size(); ++index) {
    append_module(scope, parent, paths[index]);
    parent = paths[index];
  }
  return scope;
}

// The next quoted string of a Python list, moving `position` behind it.
std::optional<std::string> next_quoted(std::string_view text, size_t& position) {
  position = text.find_first_of("'\"", position);
  if (position == std::string_view::npos) return std::nullopt;
  const char quote = text[position++];
  std::string result;
  while (position < text.size() && text[position] != quote) {
    if (text[position] == '\\' && position + 1 < text.size()) ++position;
    result += text[position++];
  }
  if (position == text.size()) return std::nullopt;
  ++position;
  return result;
}

}  // namespace

std::string scope_from_name_scopes(std::string_view text) {
  std::vector<std::string> paths;
  size_t position = 0;
  while (std::optional<std::string> path = next_quoted(text, position)) {
    paths.push_back(std::move(*path));
  }
  return join_modules(paths);
}

std::string scope_from_namespace(std::string_view text) {
  if (text.find(": ") == std::string_view::npos) return std::string(text);
  std::vector<std::string> paths;
  while (!text.empty()) {
    const size_t slash = text.find('/');
    const std::string_view level = text.substr(0, slash);
    paths.emplace_back(level.substr(0, level.find(": ")));
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  }
  return join_modules(paths);
}

}  // namespace trtreport::onnx
