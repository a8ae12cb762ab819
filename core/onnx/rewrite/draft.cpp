// Messages of nodes and tensors, field by field.
#include "onnx/rewrite/draft.hpp"

#include "onnx/rewrite/wire.hpp"

#include <cstring>

namespace trtreport::onnx {
namespace {

// Of AttributeProto.
constexpr int64_t kTypeInt = 2, kTypeString = 3;

constexpr int64_t kExternal = 1;  // TensorProto.DataLocation

void append_entry(std::string& out, std::string_view key, std::string_view value) {
  std::string entry;
  append_bytes(entry, EntryField::Key, key);
  append_bytes(entry, EntryField::Value, value);
  append_bytes(out, TensorField::ExternalData, entry);
}

std::string attribute_head(std::string_view name) {
  std::string text;
  append_bytes(text, AttributeField::Name, name);
  return text;
}

// Calls visit(fields) for every field of an attribute that the file holds.
template <class Visit>
bool each_field(Scanner& scanner, const NodeDraft& node, std::string_view name, Visit visit) {
  const AttributeDraft* attribute = node.find(name);
  if (attribute == nullptr || attribute->message.size() == 0) return false;
  Fields fields(scanner, attribute->message);
  while (fields.next()) visit(fields);
  return !scanner.failed();
}

}  // namespace

const AttributeDraft* NodeDraft::find(std::string_view attribute) const {
  for (const AttributeDraft& item : attributes) {
    if (item.name == attribute) return &item;
  }
  return nullptr;
}

bool NodeDraft::drop(std::string_view attribute) {
  for (size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].name != attribute) continue;
    attributes.erase(attributes.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
  }
  return false;
}

void NodeDraft::set(std::string_view attribute, int64_t value) {
  drop(attribute);
  std::string text = attribute_head(attribute);
  append_number(text, AttributeField::I, value);
  append_number(text, AttributeField::Type, kTypeInt);
  attributes.push_back({std::string(attribute), {}, std::move(text), nullptr});
}

void NodeDraft::set(std::string_view attribute, std::string_view value) {
  drop(attribute);
  std::string text = attribute_head(attribute);
  append_bytes(text, AttributeField::S, value);
  append_number(text, AttributeField::Type, kTypeString);
  attributes.push_back({std::string(attribute), {}, std::move(text), nullptr});
}

std::string_view NodeDraft::input(size_t index) const {
  return index < inputs.size() ? std::string_view(inputs[index]) : std::string_view();
}

void NodeDraft::set_input(size_t index, std::string tensor) {
  if (inputs.size() <= index) inputs.resize(index + 1);
  inputs[index] = std::move(tensor);
}

NodeDraft read_node_draft(Scanner& scanner, Range message) {
  NodeDraft node;
  const auto text = [&](Range range) { return std::string(scanner.view(range)); };
  Fields fields(scanner, message);
  while (fields.next()) {
    const Range content = fields.content();
    switch (fields.key()) {
      case as_bytes(NodeField::Input):
        node.inputs.push_back(text(content));
        break;
      case as_bytes(NodeField::Output):
        node.outputs.push_back(text(content));
        break;
      case as_bytes(NodeField::Name):
        node.name = text(content);
        break;
      case as_bytes(NodeField::OpType):
        node.op = text(content);
        break;
      case as_bytes(NodeField::Domain):
        node.domain = text(content);
        break;
      case as_bytes(NodeField::Attribute): {
        AttributeDraft attribute;
        attribute.message = content;
        Fields inner(scanner, content);
        while (inner.next()) {
          if (inner.key() == as_bytes(AttributeField::Name)) attribute.name = text(inner.content());
        }
        node.attributes.push_back(std::move(attribute));
        break;
      }
      default:
        node.rest.push_back({fields.begin(), fields.end()});
    }
  }
  return node;
}

Pieces write_node_draft(NodeDraft&& node) {
  Pieces pieces;
  std::string text;
  for (const std::string& input : node.inputs) append_bytes(text, NodeField::Input, input);
  for (const std::string& output : node.outputs) append_bytes(text, NodeField::Output, output);
  if (!node.name.empty()) append_bytes(text, NodeField::Name, node.name);
  append_bytes(text, NodeField::OpType, node.op);
  if (!node.domain.empty()) append_bytes(text, NodeField::Domain, node.domain);
  for (AttributeDraft& attribute : node.attributes) {
    if (attribute.nested) {
      append_head(text, NodeField::Attribute, attribute.nested->size());
      pieces.text(std::exchange(text, {}));
      pieces.append(std::move(*attribute.nested));
    } else if (attribute.message.size() > 0) {
      append_head(text, NodeField::Attribute, attribute.message.size());
      pieces.text(std::exchange(text, {}));
      pieces.copy(attribute.message);
    } else {
      append_bytes(text, NodeField::Attribute, attribute.text);
    }
  }
  pieces.text(text);
  for (const Range& range : node.rest) pieces.copy(range);
  return pieces;
}

std::optional<int64_t> read_int(Scanner& scanner, const NodeDraft& node, std::string_view name) {
  std::optional<int64_t> value;
  each_field(scanner, node, name, [&](const Fields& fields) {
    if (fields.key() == as_varint(AttributeField::I)) value = fields.integer();
  });
  return value;
}

std::optional<float> read_float(Scanner& scanner, const NodeDraft& node, std::string_view name) {
  std::optional<float> value;
  each_field(scanner, node, name, [&](const Fields& fields) {
    if (fields.key() != as_fixed32(AttributeField::F)) return;
    const uint32_t bits = static_cast<uint32_t>(fields.value());
    float number;
    std::memcpy(&number, &bits, sizeof number);
    value = number;
  });
  return value;
}

std::optional<std::vector<int64_t>> read_ints(Scanner& scanner, const NodeDraft& node,
                                              std::string_view name) {
  std::vector<int64_t> values;
  const bool read = each_field(scanner, node, name, [&](const Fields& fields) {
    if (fields.key() >> 3 != static_cast<uint32_t>(AttributeField::Ints)) return;
    each_varint(scanner, fields, [&](uint64_t value) {
      values.push_back(static_cast<int64_t>(value));
      return values.size() < 4096;
    });
  });
  if (!read) return std::nullopt;
  return values;
}

std::optional<std::vector<float>> read_floats(Scanner& scanner, const NodeDraft& node,
                                              std::string_view name) {
  std::vector<float> values;
  const bool read = each_field(scanner, node, name, [&](const Fields& fields) {
    if (fields.key() >> 3 != static_cast<uint32_t>(AttributeField::Floats)) return;
    each_fixed32(scanner, fields, [&](uint32_t bits) {
      float number;
      std::memcpy(&number, &bits, sizeof number);
      values.push_back(number);
      return values.size() < 4096;
    });
  });
  if (!read) return std::nullopt;
  return values;
}

std::optional<std::string> read_string(Scanner& scanner, const NodeDraft& node,
                                       std::string_view name) {
  std::optional<std::string> value;
  each_field(scanner, node, name, [&](const Fields& fields) {
    if (fields.key() == as_bytes(AttributeField::S))
      value = std::string(scanner.view(fields.content()));
  });
  return value;
}

Pieces write_tensor_draft(const TensorDraft& tensor) {
  Pieces pieces;
  std::string text;
  for (const int64_t dim : tensor.dims) append_number(text, TensorField::Dims, dim);
  append_number(text, TensorField::DataType, static_cast<int64_t>(tensor.dtype));
  append_bytes(text, TensorField::Name, tensor.name);
  if (!tensor.location.empty()) {
    append_entry(text, "location", tensor.location);
    append_entry(text, "offset", std::to_string(tensor.offset));
    append_entry(text, "length", std::to_string(tensor.content->size()));
    append_number(text, TensorField::DataLocation, kExternal);
    pieces.text(text);
    return pieces;
  }
  append_head(text, TensorField::RawData,
              tensor.content ? tensor.content->size() : tensor.bytes.size());
  if (!tensor.content) text += tensor.bytes;
  pieces.text(text);
  if (tensor.content) pieces.content(tensor.content);
  return pieces;
}

}  // namespace trtreport::onnx
