// Names as the document spells them. JSON wants UTF-8 while a model's names may be any bytes, and
// names are the keys that tie nodes to tensors: replaced ones must stay unique.
#pragma once

#include "graph/graph.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace trtreport {

class DocumentNames {
 public:
  explicit DocumentNames(const Graph& graph);

  // The string as UTF-8: U+FFFD for what is none, then "#2", "#3", … where another string of the
  // model reads the same.
  std::string_view text(StringId id) const {
    if (replaced_.empty()) return graph_.text(id);
    const auto found = replaced_.find(static_cast<uint32_t>(id));
    return found == replaced_.end() ? graph_.text(id) : std::string_view(found->second);
  }
  // Empty for an omitted input or output.
  std::string_view tensor(TensorId id) const {
    return id == kNoTensor ? std::string_view() : text(graph_.tensors[id].name);
  }

 private:
  const Graph& graph_;
  std::unordered_map<uint32_t, std::string> replaced_;
};

}  // namespace trtreport
