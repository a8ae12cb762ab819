// What the tool has to say about a model: every fault a user can cause is one of these values,
// never an exception.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trtreport {

enum class Severity : uint8_t { Error, Warning, Note };

std::string_view name(Severity severity);  // "error", "warning", "note"

inline constexpr uint32_t kNoNode = UINT32_MAX;

struct Diagnostic {
  Severity severity = Severity::Note;
  std::string code;     // stable, snake_case: "stale_value_info"
  std::string message;  // one line: the place, the value, the consequence; English
  std::vector<std::pair<std::string, std::string>>
      args;                 // what the message was made from, for translation
  uint32_t node = kNoNode;  // index of the node in the analysis
  std::string hint;         // what to do, e.g. the option to give
};

// Collects diagnostics; after `kMostPerCode` of one code further ones are only counted, so that a
// model of 200,000 bad nodes stays readable. Errors are kept always.
class Diagnostics {
 public:
  static constexpr uint32_t kMostPerCode = 100;

  void add(Diagnostic diagnostic);
  void error(std::string code, std::string message, uint32_t node = kNoNode, std::string hint = {});
  void warning(std::string code, std::string message, uint32_t node = kNoNode,
               std::string hint = {});
  void note(std::string code, std::string message, uint32_t node = kNoNode, std::string hint = {});

  const std::vector<Diagnostic>& items() const { return items_; }
  // Turns warnings about nodes that `left_out` says into notes, with `reason` behind the message.
  void demote(const std::function<bool(uint32_t node)>& left_out, std::string_view reason);
  // (code, how many were left out) in order of first appearance; empty when all were kept.
  std::vector<std::pair<std::string, uint64_t>> left_out() const;

 private:
  struct Count {
    std::string code;
    uint64_t seen = 0;
  };
  std::vector<Diagnostic> items_;
  std::vector<Count> counts_;
};

// A failure that ends the reading: one clear line. `offset` is a byte position in the file where
// there is one.
struct Error {
  std::string code;
  std::string message;
  uint64_t offset = UINT64_MAX;
};

}  // namespace trtreport
