// What cost rules see of a node: dims under the assumed bindings, types and attributes. Kept apart
// from the rules so that each of them is only its formula.
#include "ops/cost.hpp"

#include "graph/graph.hpp"

namespace trtreport::ops {

namespace {

const onnx::Attribute* find_attribute(const Graph& graph, const Node& node, std::string_view name,
                                      onnx::AttributeType type) {
  if (node.proto == nullptr) return nullptr;
  for (const onnx::Attribute& attribute : node.proto->attributes) {
    if (attribute.type == type && graph.text(attribute.name) == name) return &attribute;
  }
  return nullptr;
}

void note_unknown_dim(const Dim& dim, std::span<const DimTable::Binding> assumed,
                      TensorSize& size) {
  if (dim.is_hidden()) {
    size.data_dependent = true;
    return;
  }
  for (const std::string& symbol : DimTable::symbols_of(dim)) {
    bool bound = false;
    for (const DimTable::Binding& binding : assumed) bound = bound || binding.name == symbol;
    if (!bound) size.unbound = true;
  }
}

Count evaluate_dim(const Dim& dim, std::span<const DimTable::Binding> assumed) {
  if (dim.is_number())
    return dim.number() < 0 ? Count::unknown() : Count(static_cast<uint64_t>(dim.number()));
  const std::optional<int64_t> value = DimTable::evaluate(dim, assumed);
  return value && *value >= 0 ? Count(static_cast<uint64_t>(*value)) : Count::unknown();
}

}  // namespace

std::string_view name(OpClass op_class) {
  switch (op_class) {
    case OpClass::Contraction:
      return "contraction";
    case OpClass::Elementwise:
      return "elementwise";
    case OpClass::Reduction:
      return "reduction";
    case OpClass::Normalization:
      return "normalization";
    case OpClass::Copy:
      return "copy";
    case OpClass::View:
      return "view";
    case OpClass::Shape:
      return "shape";
    case OpClass::Constant:
      return "constant";
    case OpClass::Quantize:
      return "quantize";
    case OpClass::Control:
      return "control";
    case OpClass::Unknown:
      return "unknown";
  }
  return "unknown";
}

TensorSize size_of(const Type& type, std::span<const DimTable::Binding> assumed) {
  TensorSize size;
  const bool tensor = type.kind == TypeKind::Tensor || type.kind == TypeKind::SparseTensor;
  if (!tensor || !type.shape.known() || bits(type.dtype) == 0) size.data_dependent = true;
  if (!tensor || !type.shape.known()) return size;
  Count elements = 1;
  for (const Dim& dim : type.shape.dims()) {
    const Count value = evaluate_dim(dim, assumed);
    elements = elements * value;
    if (dim.is_number()) continue;
    if (value.known()) {
      size.assumed = true;
    } else {
      note_unknown_dim(dim, assumed, size);
    }
  }
  size.elements = elements;
  return size;
}

std::string_view CostContext::op() const {
  return node_.proto == nullptr ? std::string_view() : graph_.text(node_.proto->op);
}

bool CostContext::has_input(int index) const { return input_tensor(index) != nullptr; }
bool CostContext::has_output(int index) const { return output_tensor(index) != nullptr; }

const Tensor* CostContext::input_tensor(int index) const {
  if (index < 0 || index >= input_count()) return nullptr;
  const TensorId id = node_.inputs[static_cast<size_t>(index)];
  return id == kNoTensor ? nullptr : &graph_.tensors[id];
}

const Tensor* CostContext::output_tensor(int index) const {
  if (index < 0 || index >= output_count()) return nullptr;
  const TensorId id = node_.outputs[static_cast<size_t>(index)];
  return id == kNoTensor ? nullptr : &graph_.tensors[id];
}

DType CostContext::input_dtype(int index) const {
  const Tensor* tensor = input_tensor(index);
  return tensor == nullptr ? DType::Undefined : tensor->type.dtype;
}

DType CostContext::output_dtype(int index) const {
  const Tensor* tensor = output_tensor(index);
  return tensor == nullptr ? DType::Undefined : tensor->type.dtype;
}

int CostContext::input_rank(int index) const {
  const Tensor* tensor = input_tensor(index);
  return tensor == nullptr ? -1 : tensor->type.shape.rank();
}

namespace {

const Dim* dim_of(const Tensor* tensor, int axis) {
  if (tensor == nullptr || !tensor->type.shape.known()) return nullptr;
  const int rank = tensor->type.shape.rank();
  const int place = axis < 0 ? axis + rank : axis;
  return place < 0 || place >= rank ? nullptr : &tensor->type.shape[place];
}

}  // namespace

Count CostContext::input_dim(int index, int axis) const {
  const Dim* dim = dim_of(input_tensor(index), axis);
  return dim == nullptr ? Count::unknown() : evaluate(*dim);
}

Count CostContext::output_dim(int index, int axis) const {
  const Dim* dim = dim_of(output_tensor(index), axis);
  return dim == nullptr ? Count::unknown() : evaluate(*dim);
}

Count CostContext::input_elements(int index) const {
  return has_input(index) ? elements(node_.inputs[static_cast<size_t>(index)]) : Count(0);
}

Count CostContext::output_elements(int index) const {
  return has_output(index) ? elements(node_.outputs[static_cast<size_t>(index)]) : Count(0);
}

int64_t CostContext::attribute_int(std::string_view name, int64_t otherwise) const {
  const onnx::Attribute* attribute = find_attribute(graph_, node_, name, onnx::AttributeType::Int);
  return attribute == nullptr ? otherwise : attribute->i;
}

std::string_view CostContext::attribute_string(std::string_view name,
                                               std::string_view otherwise) const {
  const onnx::Attribute* attribute =
      find_attribute(graph_, node_, name, onnx::AttributeType::String);
  return attribute == nullptr ? otherwise : graph_.text(attribute->s);
}

std::vector<int64_t> CostContext::attribute_ints(std::string_view name) const {
  const onnx::Attribute* attribute = find_attribute(graph_, node_, name, onnx::AttributeType::Ints);
  if (attribute == nullptr) return {};
  return {attribute->ints.begin(), attribute->ints.end()};
}

Count CostContext::evaluate(const Dim& dim) const { return evaluate_dim(dim, assumed_); }

Count CostContext::elements(TensorId tensor) const {
  if (!sizes_.empty()) return sizes_[tensor].elements;
  return size_of(graph_.tensors[tensor].type, assumed_).elements;
}

}  // namespace trtreport::ops
