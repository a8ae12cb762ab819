// If: one branch where the condition is constant, else what both branches agree on.
#include "ops/infer.hpp"
#include "ops/shape/merge.hpp"

namespace trtreport::ops::shape {

void if_branches(InferContext& context) {
  const std::optional<BodyId> then_branch = context.body("then_branch");
  const std::optional<BodyId> else_branch = context.body("else_branch");
  if (!then_branch || !else_branch) {
    context.fault("a branch is missing");
    return;
  }
  const std::optional<Dim> condition = context.scalar(0);
  const bool certain = condition && condition->is_number();
  const bool holds = certain && condition->number() != 0;
  context.infer_body(*then_branch, certain && !holds);
  context.infer_body(*else_branch, certain && holds);
  context.set_body_taken(*then_branch, !certain || holds, certain);
  context.set_body_taken(*else_branch, !certain || !holds, certain);
  for (int index = 0; index < context.output_count(); ++index) {
    if (certain) {
      const BodyId taken = holds ? *then_branch : *else_branch;
      context.set_type(index, context.body_output_type(taken, index));
      if (const Value* value = context.body_output_value(taken, index))
        context.set_value(index, *value);
      continue;
    }
    context.set_type(index, merge(context, context.body_output_type(*then_branch, index),
                                  context.body_output_type(*else_branch, index),
                                  "the branches give different sizes"));
    const Value* value = context.body_output_value(*then_branch, index);
    if (value != nullptr && same_value(value, context.body_output_value(*else_branch, index))) {
      context.set_value(index, *value);
    }
  }
}

}  // namespace trtreport::ops::shape
