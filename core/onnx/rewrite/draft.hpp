// Nodes and tensors of a model that is being rewritten: read from a message, changed, and written
// as one again.
#pragma once

#include "base/dtype.hpp"
#include "onnx/rewrite/pieces.hpp"
#include "onnx/scanner.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::onnx {

// An attribute stays the bytes that it was, unless it is new.
struct AttributeDraft {
  std::string name;
  Range message;                   // in the file; empty for new ones
  std::string text;                // the message of a new one
  std::shared_ptr<Pieces> nested;  // the message, where a subgraph inside was rewritten
};

struct NodeDraft {
  std::string op, name, domain;
  std::vector<std::string> inputs, outputs;  // empty: omitted
  std::vector<AttributeDraft> attributes;
  std::vector<Range> rest;  // whole fields that are copied: documentation, metadata, …

  const AttributeDraft* find(std::string_view attribute) const;
  bool drop(std::string_view attribute);  // whether it was there
  void set(std::string_view attribute, int64_t value);
  void set(std::string_view attribute, std::string_view value);
  // Input `index`; "" where there is none.
  std::string_view input(size_t index) const;
  void set_input(size_t index, std::string tensor);
};

// Empty-handed after a failure of the scanner.
NodeDraft read_node_draft(Scanner& scanner, Range message);
// The message.
Pieces write_node_draft(NodeDraft&& node);

// Values of an attribute that the file holds; none where it has another type.
std::optional<int64_t> read_int(Scanner& scanner, const NodeDraft& node, std::string_view name);
std::optional<float> read_float(Scanner& scanner, const NodeDraft& node, std::string_view name);
std::optional<std::vector<int64_t>> read_ints(Scanner& scanner, const NodeDraft& node,
                                              std::string_view name);
std::optional<std::vector<float>> read_floats(Scanner& scanner, const NodeDraft& node,
                                              std::string_view name);
std::optional<std::string> read_string(Scanner& scanner, const NodeDraft& node,
                                       std::string_view name);

struct TensorDraft {
  std::string name;
  DType dtype = DType::Float32;
  std::vector<int64_t> dims;
  std::string bytes;                       // raw_data, or
  std::shared_ptr<const Content> content;  // what makes it
  // Where the content lies in another file, which somebody else writes; empty: it is raw_data.
  std::string location;
  uint64_t offset = 0;
};
// The message.
Pieces write_tensor_draft(const TensorDraft& tensor);

}  // namespace trtreport::onnx
