// Normalizations: parameters go with their channel. Where a statistic is taken over the channels
// themselves, cutting one changes what is left, which is noted and not forbidden.
#include "pruning/rule.hpp"

#include <algorithm>

namespace trtreport::pruning::rules {
namespace {

void parameters(RuleContext& context, AxisId channels, int first, int last) {
  for (int input = first; input <= last; ++input) context.same(context.in(input, 0), channels);
  context.coupling().flag(channels, kChannel);
}

void normalized_from(RuleContext& context, int first) {
  for (int axis = first; axis < context.in_rank(0); ++axis)
    context.coupling().normalized(context.in(0, axis), context.id());
}

}  // namespace

void batch_normalization(RuleContext& context) {
  const AxisId channels = context.in(0, context.in_rank(0) == 1 ? 0 : 1);
  context.same_axes(context.input(0), context.output(0));
  parameters(context, channels, 1, 4);
  for (int output = 1; output < context.outputs(); ++output)
    context.same(context.out(output, 0), channels);
}

void instance_normalization(RuleContext& context) {
  context.same_axes(context.input(0), context.output(0));
  parameters(context, context.in(0, 1), 1, 2);
  normalized_from(context, 2);
}

// Whole groups can go, so that the statistics of the others stay what they are.
void group_normalization(RuleContext& context) {
  Coupling& coupling = context.coupling();
  context.same_axes(context.input(0), context.output(0));
  const int64_t groups = context.attribute_int("num_groups", 0);
  const uint32_t channels = context.in_size(0, 1);
  if (groups < 1 || channels == 0 || channels % groups != 0)
    return context.freeze_all(Why::Mismatch);
  const auto count = static_cast<uint32_t>(groups);
  const AxisId group = count == channels ? context.in(0, 1) : coupling.make(count);
  for (const int input : {1, 2}) {
    const AxisId axis = context.in(input, 0);
    coupling.same(axis, context.in_size(input, 0) == count ? group : context.in(0, 1));
  }
  coupling.flag(context.in(0, 1), kChannel);
  if (count != channels) {
    coupling.link(
        {.axis = context.in(0, 1), .target = group, .count = channels, .div = channels / count});
  }
  coupling.edit(
      {.node = context.id(), .attribute = "num_groups", .axis = group, .before = Dim(groups)});
}

void layer_normalization(RuleContext& context) {
  context.same_axes(context.input(0), context.output(0));
  for (const int input : {1, 2}) context.broadcast(context.input(input), context.output(0));
  const int first = RuleContext::normalized(context.attribute_int("axis", -1), context.in_rank(0));
  if (first < 0) return context.freeze_all(Why::Mismatch);
  normalized_from(context, first);
  context.coupling().flag(context.in(0, -1), kChannel);
  for (int output = 1; output < context.outputs(); ++output) {
    for (int axis = 0; axis < first; ++axis)
      context.same(context.out(output, axis), context.in(0, axis));
  }
}

void skip_layer_normalization(RuleContext& context) {
  for (int input = 0; input < context.inputs(); ++input)
    context.broadcast(context.input(input), context.output(0));
  const TensorId sum = context.output(3);
  if (sum != kNoTensor) context.same_axes(context.input(0), sum);
  context.coupling().normalized(context.in(0, -1), context.id());
  context.coupling().flag(context.in(0, -1), kChannel);
}

void over_channels(RuleContext& context) {
  context.same_axes(context.input(0), context.output(0));
  context.coupling().normalized(context.in(0, 1), context.id());
}

void over_axis(RuleContext& context) {
  context.same_axes(context.input(0), context.output(0));
  context.coupling().normalized(context.in(0, static_cast<int>(context.attribute_int("axis", -1))),
                                context.id());
}

// Before opset 13 all axes from `axis` on are taken together.
void softmax(RuleContext& context) {
  context.same_axes(context.input(0), context.output(0));
  const int rank = context.in_rank(0);
  const bool together = context.opset() < 13;
  const int axis = RuleContext::normalized(context.attribute_int("axis", together ? 1 : -1), rank);
  if (axis < 0) return context.freeze_all(Why::Mismatch);
  const int last = together ? rank - 1 : axis;
  for (int each = axis; each <= last; ++each) context.freeze(context.in(0, each), Why::Order);
}

}  // namespace trtreport::pruning::rules
