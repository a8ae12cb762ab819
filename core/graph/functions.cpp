// Looking functions up, bounding their expansion and handing attributes down to their nodes.
#include "graph/functions.hpp"

#include <algorithm>
#include <string>

namespace trtreport {
namespace {

constexpr uint64_t kFarTooMany = uint64_t{1} << 40;  // sums stop here instead of overflowing

std::array<uint32_t, 3> key(const onnx::Model& model, StringId domain, StringId name,
                            StringId overload) {
  const StringId plain = model.text(domain) == "ai.onnx" ? StringId::Empty : domain;
  return {static_cast<uint32_t>(plain), static_cast<uint32_t>(name),
          static_cast<uint32_t>(overload)};
}

const onnx::Attribute* find_attribute(std::span<const onnx::Attribute> attributes, StringId name) {
  for (const onnx::Attribute& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

}  // namespace

FunctionTable::FunctionTable(const onnx::Model& model) : model_(model) {
  for (const onnx::Function& function : model.functions) {
    functions_.emplace(key(model, function.domain, function.name, function.overload), &function);
  }
}

const onnx::Function* FunctionTable::find(const onnx::Node& node) const {
  if (functions_.empty()) return nullptr;
  const auto found = functions_.find(key(model_, node.domain, node.op, node.overload));
  return found == functions_.end() ? nullptr : found->second;
}

void FunctionTable::fail(const char* code, std::string message) {
  if (!error_) error_ = Error{code, std::move(message)};
}

FunctionTable::Extent FunctionTable::measure(const StableList<onnx::Node>& nodes, int depth) {
  Extent result;
  if (depth > onnx::kMostNesting) {
    fail("nesting_too_deep", "functions and subgraphs nest deeper than " +
                                 std::to_string(onnx::kMostNesting) + " levels");
    return result;
  }
  for (const onnx::Node& node : nodes) {
    if (error_) return result;
    ++result.nodes;
    const auto add = [&result](const Extent& inner, bool called) {
      result.nodes = std::min(result.nodes + inner.nodes, kFarTooMany);
      result.inlined =
          std::min(result.inlined + (called ? inner.nodes + 1 : inner.inlined), kFarTooMany);
      result.height = std::max(result.height, inner.height + 1);
    };
    if (const onnx::Function* function = find(node))
      add(measure_function(*function, depth + 1), true);
    for (const onnx::Attribute& attribute : node.attributes) {
      for (const onnx::Graph* graph : attribute.graphs)
        add(measure(graph->nodes, depth + 1), false);
    }
  }
  return result;
}

FunctionTable::Extent FunctionTable::measure_function(const onnx::Function& function, int depth) {
  if (const auto known = extents_.find(&function); known != extents_.end()) {
    if (known->second.open) {
      fail("recursive_function",
           "function '" + std::string(model_.text(function.name)) + "' calls itself");
    } else if (depth + known->second.height > onnx::kMostNesting) {
      fail("nesting_too_deep", "functions nest deeper than " + std::to_string(onnx::kMostNesting) +
                                   " levels at '" + std::string(model_.text(function.name)) + "'");
    }
    return known->second;
  }
  extents_[&function].open = true;
  return extents_[&function] = measure(function.nodes, depth);
}

std::optional<Error> FunctionTable::check(uint64_t most_nodes) {
  const Extent whole = measure(model_.graph.nodes, 0);
  if (whole.nodes > most_nodes) {
    fail("too_many_nodes", "the model has more than " + std::to_string(most_nodes) +
                               " nodes once its functions are inlined");
  } else if (whole.inlined > kMostInlinedNodes) {
    fail("too_many_nodes", "the model's functions expand to more than " +
                               std::to_string(kMostInlinedNodes) + " nodes");
  }
  return error_;
}

std::span<const onnx::Attribute> substitute(const onnx::Node& node,
                                            std::span<const onnx::Attribute> bindings,
                                            Arena& arena) {
  const bool refers = std::any_of(
      node.attributes.begin(), node.attributes.end(),
      [](const onnx::Attribute& attribute) { return attribute.reference != StringId::Empty; });
  if (!refers) return node.attributes;
  std::vector<onnx::Attribute> result;
  for (const onnx::Attribute& attribute : node.attributes) {
    if (attribute.reference == StringId::Empty) {
      result.push_back(attribute);
      continue;
    }
    const onnx::Attribute* bound = find_attribute(bindings, attribute.reference);
    if (bound == nullptr) continue;
    result.push_back(*bound);
    result.back().name = attribute.name;
  }
  return arena.copy(result);
}

std::span<const onnx::Attribute> bind_attributes(const onnx::Function& function,
                                                 std::span<const onnx::Attribute> given,
                                                 Arena& arena) {
  std::vector<onnx::Attribute> result(given.begin(), given.end());
  for (const onnx::Attribute& fallback : function.attribute_defaults) {
    if (find_attribute(given, fallback.name) == nullptr) result.push_back(fallback);
  }
  return arena.copy(result);
}

}  // namespace trtreport
