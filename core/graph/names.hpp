// Names that a reader of the report sees: unique, with the path of what they lie in, and module
// paths.
#pragma once

#include "base/arena.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trtreport {

// Hands out each name once; a name that is taken gets "_2", "_3", …
class UniqueNames {
 public:
  explicit UniqueNames(StringTable& strings) : strings_(strings) {}

  // `wanted` itself where it is free (and not empty), else with a suffix.
  StringId claim(StringId wanted);

 private:
  bool take(StringId id);

  StringTable& strings_;
  std::vector<bool> taken_;                               // by StringId
  std::unordered_map<uint32_t, uint32_t> next_suffixes_;  // of names that were wanted again
};

// Longer ones are cut or replaced, so that deep nesting cannot multiply long names.
inline constexpr size_t kMostPathBytes = 2048;
inline constexpr size_t kMostNameBytes = 512;

// "a/b"; either part may be empty. Slashes before the child are dropped.
std::string join_path(std::string_view parent, std::string_view child);

// Text cut to `most` bytes, not within a UTF-8 sequence.
std::string_view cut_text(std::string_view text, size_t most);

// The module path in a node's name: "/layer1/layer1.0/conv1/Conv" -> "layer1/layer1.0/conv1". Empty
// where the name has no folder.
std::string scope_of_node_name(std::string_view name);

// What comes after the last slash.
std::string_view last_component(std::string_view name);

// The module path in a weight's name, spelt as exporters spell it in node names:
// "layer1.0.conv1.weight" -> "layer1/layer1.0/conv1" (an index repeats its container's name). Empty
// for names that exporters make up
// ("onnx::Conv_199", "W") and for other conventions.
std::string scope_of_weight_name(std::string_view name);

}  // namespace trtreport
