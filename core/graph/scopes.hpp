// Which tensor a name means at a point of the model: subgraphs see the names around them, functions
// do not.
#pragma once

#include "base/arena.hpp"
#include "graph/graph.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace trtreport {

// A stack of scopes over one array indexed by name, so that a look-up costs the same at any depth.
class NameScopes {
 public:
  struct Definition {
    StringId name = StringId::Empty;
    TensorId tensor =
        kNoTensor;  // kNoTensor: known to be omitted (a function's input that the call leaves out)
    bool forward = false;  // used before anything made it
    uint32_t scope = 0;
    uint32_t previous = 0;  // what the name meant before; index into definitions_, 0 for nothing
  };

  // Names are those interned so far.
  explicit NameScopes(size_t names) : current_(names, 0), definitions_(1) {}

  // A sealed scope does not see the names outside.
  void open(bool sealed);
  // A scope that sees what scope `outer` (a depth() - 1 of earlier) sees, and nothing opened since:
  // a subgraph that was handed to a function means names of the place where it was written.
  void open_within(uint32_t outer);
  // The definitions of the innermost scope, in order of definition.
  std::span<const Definition> innermost() const;
  bool is_sealed() const { return scopes_.back().sealed; }
  void close();
  uint32_t depth() const { return static_cast<uint32_t>(scopes_.size()); }

  // What `name` means here; null where nothing.
  const Definition* find(StringId name) const;
  // The same, in the innermost scope only.
  Definition* find_local(StringId name);
  void define(StringId name, TensorId tensor, bool forward = false);

 private:
  struct Scope {
    uint32_t first = 0;    // index of its first definition
    uint32_t visible = 0;  // definitions of scopes below this one are hidden
    bool sealed = false;
    bool skips = false;   // some scopes between `visible` and this one are hidden, too
    uint32_t parent = 0;  // the scope around it; itself where sealed
  };
  bool sees(uint32_t scope) const;
  std::vector<uint32_t> current_;
  std::vector<Definition> definitions_;
  std::vector<Scope> scopes_;
};

}  // namespace trtreport
