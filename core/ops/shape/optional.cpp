// Optionals: a tensor or a sequence that may be absent. Their type is that of what they hold.
#include "ops/infer.hpp"

namespace trtreport::ops::shape {

void optional(InferContext& context) {
  if (context.has_input(0)) {
    Type type = context.type(0);
    type.kind = type.kind == TypeKind::Sequence ? TypeKind::OptionalSequence : TypeKind::Optional;
    context.set_type(0, type);
    if (const Value* value = context.value(0)) context.set_value(0, *value);
    return;
  }
  Type type{TypeKind::Optional, DType::Undefined, Shape::unknown()};
  const onnx::Attribute* declared = context.attribute("type");
  if (declared != nullptr && declared->type_proto != nullptr) {
    type.dtype = declared->type_proto->dtype;
    if (declared->type_proto->kind == TypeKind::Sequence) type.kind = TypeKind::OptionalSequence;
  }
  context.set_type(0, type);
}

void optional_get_element(InferContext& context) {
  Type type = context.type(0);
  if (type.kind == TypeKind::Optional) type.kind = TypeKind::Tensor;
  if (type.kind == TypeKind::OptionalSequence) type.kind = TypeKind::Sequence;
  context.set_type(0, type);
  if (const Value* value = context.value(0)) context.set_value(0, *value);
}

void optional_has_element(InferContext& context) {
  context.set(0, DType::Bool, Dims{});
  const TypeKind kind = context.type(0).kind;
  const bool absent = !context.has_input(0);
  if (!absent && kind != TypeKind::Tensor && kind != TypeKind::Sequence) return;
  Value value;
  value.dims.emplace_back(absent ? 0 : 1);
  context.set_value(0, std::move(value));
}

}  // namespace trtreport::ops::shape
