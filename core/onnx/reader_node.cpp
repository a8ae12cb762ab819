// NodeProto: names, the scope from its metadata, and attribute lists that equal nodes share.
#include "onnx/fields.hpp"
#include "onnx/reader.hpp"
#include "onnx/scope.hpp"

#include <string_view>

namespace trtreport::onnx {
namespace {

constexpr uint64_t kLongestSharedBytes = 512;
constexpr size_t kMostSharedLists = 1u << 14;

bool can_be_shared(std::span<const Attribute> attributes) {
  for (const Attribute& attribute : attributes) {
    const bool places_data =
        attribute.tensor != nullptr && attribute.tensor->storage != TensorData::Storage::Inline;
    if (places_data || attribute.sparse != nullptr || !attribute.graphs.empty()) return false;
  }
  return true;
}

}  // namespace

void Reader::read_node(Range message, Node& node) {
  inputs_.clear();
  outputs_.clear();
  attribute_messages_.clear();
  Range attribute_run, name_scopes, other_namespace;
  Fields fields(scanner_, message);
  while (fields.next()) {
    const Range content = fields.content();
    switch (fields.key()) {
      case as_bytes(NodeField::Input):
        inputs_.push_back(intern(content));
        break;
      case as_bytes(NodeField::Output):
        outputs_.push_back(intern(content));
        break;
      case as_bytes(NodeField::Name):
        node.name = intern(content);
        break;
      case as_bytes(NodeField::OpType):
        node.op = intern(content);
        break;
      case as_bytes(NodeField::Domain):
        node.domain = intern_domain(content);
        break;
      case as_bytes(NodeField::Overload):
        node.overload = intern(content);
        break;
      case as_bytes(NodeField::Attribute):
        if (attribute_messages_.empty()) attribute_run.begin = fields.begin();
        attribute_run.end = content.end;
        attribute_messages_.push_back(content);
        break;
      case as_bytes(NodeField::MetadataProps):
        read_node_metadata(content, name_scopes, other_namespace);
        break;
      default:
        break;
    }
  }
  charge(sizeof(Node) + sizeof(StringId) * (inputs_.size() + outputs_.size()), message.begin);
  if (scanner_.failed()) return;
  node.inputs = model_.arena.copy(inputs_);
  node.outputs = model_.arena.copy(outputs_);
  node.scope = scope_of(name_scopes, other_namespace);
  if (attribute_messages_.empty()) return;
  node.attributes = shared_attributes(attribute_run);
  if (!node.attributes.empty()) return;
  node.attributes = read_attributes(attribute_messages_, "attribute");
  share_attributes(attribute_run, node.attributes);
}

// Equal bytes from the first attribute's tag to the last one's end make equal lists.
std::span<const Attribute> Reader::shared_attributes(Range run) {
  if (run.size() > kLongestSharedBytes) return {};
  const StringId key = attribute_keys_.find(scanner_.view(run));
  if (key == StringId::Empty) return {};
  return attribute_lists_[static_cast<uint32_t>(key) - 1];
}

void Reader::share_attributes(Range run, std::span<const Attribute> attributes) {
  if (scanner_.failed() || run.size() > kLongestSharedBytes) return;
  if (attribute_lists_.size() == kMostSharedLists || !can_be_shared(attributes)) return;
  attribute_keys_.intern(scanner_.view(run));
  attribute_lists_.push_back(attributes);
}

void Reader::read_node_metadata(Range message, Range& name_scopes, Range& other_namespace) {
  const Entry entry = read_entry(message);
  const std::string_view key = scanner_.view(entry.key);
  if (key == kNameScopesKey) name_scopes = entry.value;
  if (key == kNamespaceKey) other_namespace = entry.value;
}

StringId Reader::scope_of(Range name_scopes, Range other_namespace) {
  if (name_scopes.size() > 0) {
    return model_.strings.intern(scope_from_name_scopes(scanner_.view(name_scopes)));
  }
  if (other_namespace.size() == 0) return StringId::Empty;
  return model_.strings.intern(scope_from_namespace(scanner_.view(other_namespace)));
}

}  // namespace trtreport::onnx
