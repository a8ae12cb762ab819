// Collecting diagnostics with a bound per code.
#include "base/diagnostics.hpp"

#include <algorithm>

namespace trtreport {

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return "note";
}

void Diagnostics::add(Diagnostic diagnostic) {
  auto found = std::find_if(counts_.begin(), counts_.end(),
                            [&](const Count& count) { return count.code == diagnostic.code; });
  if (found == counts_.end()) found = counts_.insert(counts_.end(), Count{diagnostic.code, 0});
  ++found->seen;
  if (found->seen > kMostPerCode && diagnostic.severity != Severity::Error) return;
  items_.push_back(std::move(diagnostic));
}

void Diagnostics::error(std::string code, std::string message, uint32_t node, std::string hint) {
  add({Severity::Error, std::move(code), std::move(message), {}, node, std::move(hint)});
}

void Diagnostics::warning(std::string code, std::string message, uint32_t node, std::string hint) {
  add({Severity::Warning, std::move(code), std::move(message), {}, node, std::move(hint)});
}

void Diagnostics::note(std::string code, std::string message, uint32_t node, std::string hint) {
  add({Severity::Note, std::move(code), std::move(message), {}, node, std::move(hint)});
}

void Diagnostics::demote(const std::function<bool(uint32_t node)>& left_out,
                         std::string_view reason) {
  for (Diagnostic& item : items_) {
    if (item.severity != Severity::Warning || item.node == kNoNode || !left_out(item.node))
      continue;
    item.severity = Severity::Note;
    item.message.append(reason);
    item.args.emplace_back("reason", reason);
  }
}

std::vector<std::pair<std::string, uint64_t>> Diagnostics::left_out() const {
  std::vector<std::pair<std::string, uint64_t>> result;
  for (const Count& count : counts_) {
    if (count.seen > kMostPerCode) result.emplace_back(count.code, count.seen - kMostPerCode);
  }
  return result;
}

}  // namespace trtreport
