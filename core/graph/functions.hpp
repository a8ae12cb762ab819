// Model-local functions: which nodes call one, and whether inlining them all stays within bounds.
#pragma once

#include "base/arena.hpp"
#include "base/diagnostics.hpp"
#include "onnx/model.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace trtreport {

// A small file may call functions so that the nodes double at every level: calls may add this many
// nodes.
inline constexpr uint64_t kMostInlinedNodes = 500'000;

class FunctionTable {
 public:
  explicit FunctionTable(const onnx::Model& model);

  // The function that `node` calls; null where it is an operator.
  const onnx::Function* find(const onnx::Node& node) const;

  // What the main graph reaches, before anything is built. Error codes: recursive_function,
  // too_many_nodes, nesting_too_deep (functions and subgraphs together beyond onnx::kMostNesting
  // levels).
  std::optional<Error> check(uint64_t most_nodes);

 private:
  struct Extent {
    uint64_t nodes = 0;    // with those of calls and subgraphs; a call counts one
    uint64_t inlined = 0;  // those that calls add
    int height = 0;        // levels of calls and subgraphs below
    bool open = false;     // on the way down from the main graph: meeting it again is a recursion
  };
  Extent measure(const StableList<onnx::Node>& nodes, int depth);
  Extent measure_function(const onnx::Function& function, int depth);
  void fail(const char* code, std::string message);

  const onnx::Model& model_;
  std::map<std::array<uint32_t, 3>, const onnx::Function*> functions_;  // domain, name, overload
  std::unordered_map<const onnx::Function*, Extent> extents_;
  std::optional<Error> error_;
};

// Attributes of `node` with each reference to a function's attribute replaced by what `bindings`
// hold for it (left out where they hold nothing). The node's own span where it has no reference.
std::span<const onnx::Attribute> substitute(const onnx::Node& node,
                                            std::span<const onnx::Attribute> bindings,
                                            Arena& arena);

// What the attributes of `function` are in one call: the call's own, else the defaults.
std::span<const onnx::Attribute> bind_attributes(const onnx::Function& function,
                                                 std::span<const onnx::Attribute> given,
                                                 Arena& arena);

}  // namespace trtreport
