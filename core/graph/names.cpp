// Unique display names and module paths.
#include "graph/names.hpp"

#include <algorithm>

namespace trtreport {
namespace {

bool is_index(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool UniqueNames::take(StringId id) {
  const size_t index = static_cast<size_t>(id);
  if (index >= taken_.size()) taken_.resize(std::max(index + 1, strings_.size()));
  if (taken_[index]) return false;
  taken_[index] = true;
  return true;
}

StringId UniqueNames::claim(StringId wanted) {
  if (wanted != StringId::Empty && take(wanted)) return wanted;
  uint32_t& next = next_suffixes_.try_emplace(static_cast<uint32_t>(wanted), 2).first->second;
  const std::string base(cut_text(strings_.view(wanted), kMostPathBytes));
  while (true) {
    const StringId id = strings_.intern(base + "_" + std::to_string(next++));
    if (take(id)) return id;
  }
}

std::string join_path(std::string_view parent, std::string_view child) {
  while (!child.empty() && child.front() == '/') child.remove_prefix(1);
  if (parent.empty()) return std::string(child);
  if (child.empty()) return std::string(parent);
  std::string result;
  result.reserve(parent.size() + child.size() + 1);
  return result.append(parent).append("/").append(child);
}

std::string_view cut_text(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

std::string scope_of_node_name(std::string_view name) {
  const size_t last = name.rfind('/');
  if (last == std::string_view::npos) return {};
  name = cut_text(name.substr(0, last), kMostPathBytes);
  std::string result;
  while (!name.empty()) {
    const size_t end = std::min(name.find('/'), name.size());
    if (end > 0) {
      if (!result.empty()) result += '/';
      result += name.substr(0, end);
    }
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return result;
}

std::string_view last_component(std::string_view name) {
  const size_t last = name.rfind('/');
  return last == std::string_view::npos ? name : name.substr(last + 1);
}

std::string scope_of_weight_name(std::string_view name) {
  if (name.size() > kMostPathBytes || name.find("::") != std::string_view::npos ||
      name.find('/') != std::string_view::npos) {
    return {};
  }
  const size_t last = name.rfind('.');
  if (last == std::string_view::npos) return {};
  name = name.substr(0, last);
  if (name.ends_with('.')) return {};
  std::string result;
  std::string shown;  // the component before, as shown
  while (!name.empty()) {
    const size_t end = std::min(name.find('.'), name.size());
    const std::string_view part = name.substr(0, end);
    name.remove_prefix(std::min(end + 1, name.size()));
    if (part.empty()) return {};
    shown = is_index(part) && !shown.empty() ? shown + "." + std::string(part) : std::string(part);
    if (result.size() + shown.size() > kMostPathBytes) return {};
    if (!result.empty()) result += '/';
    result += shown;
  }
  return result;
}

}  // namespace trtreport
