// One pass over the model's strings; for all but broken models it finds nothing to replace.
#include "report/names.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <unordered_set>

namespace trtreport {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

}  // namespace

DocumentNames::DocumentNames(const Graph& graph) : graph_(graph) {
  const StringTable& strings = graph.model().strings;
  std::unordered_set<std::string> taken;
  for (uint32_t index = 1; index < strings.size(); ++index) {
    const std::string_view original = strings.view(static_cast<StringId>(index));
    if (is_ascii(original) || is_utf8(original)) continue;
    const std::string plain = to_utf8(original);
    std::string name = plain;
    for (int suffix = 2; strings.find(name) != StringId::Empty || !taken.insert(name).second;
         ++suffix) {
      name = plain + "#" + std::to_string(suffix);
    }
    replaced_.emplace(index, std::move(name));
  }
}

}  // namespace trtreport
