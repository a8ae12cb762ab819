// Convolutions. Without groups the input's channels are axis 1 of the weight and the output's axis
// 0. With groups either whole groups can go, as in a depthwise convolution, or the same position of
// every group, whichever leaves more choice.
#include "pruning/rule.hpp"

#include <algorithm>

namespace trtreport::pruning::rules {
namespace {

struct Operands {
  int data = 0, weight = 1, bias = 2;
  bool transposed = false;  // weight is (Cin, Cout/group, ...) and not (Cout, Cin/group, ...)
};

struct Sides {
  AxisId in, out;      // of the data and the result
  AxisId whole, part;  // axes of the weight: all channels of one side, one group's of the other
  uint32_t group, in_part, out_part;  // groups, and channels of each on both sides
};

void whole_groups(RuleContext& context, const Sides& sides) {
  Coupling& coupling = context.coupling();
  AxisId groups = kNoAxis;
  if (sides.in_part == 1) groups = sides.in;
  if (groups == kNoAxis && sides.out_part == 1) groups = sides.out;
  if (groups == kNoAxis) groups = coupling.make(sides.group);
  const auto join = [&](AxisId axis, uint32_t part) {
    if (axis == groups || axis == kNoAxis) return;
    if (part == 1) return coupling.same(axis, groups);
    coupling.link({.axis = axis, .target = groups, .count = coupling.length(axis), .div = part});
  };
  join(sides.in, sides.in_part);
  join(sides.out, sides.out_part);
  context.freeze(sides.part, Why::Grouped);
  coupling.edit({.node = context.id(),
                 .attribute = "group",
                 .axis = groups,
                 .before = Dim(static_cast<int64_t>(sides.group))});
}

// The same position in every group; `part` is the weight's axis for one side of them.
void positions(Coupling& coupling, AxisId axis, AxisId part, uint32_t size) {
  if (axis == kNoAxis) return;
  if (part == kNoAxis) part = coupling.make(size);
  coupling.link({.axis = axis, .target = part, .count = coupling.length(axis), .mod = size});
}

void couple(RuleContext& context, const Operands& operands) {
  Coupling& coupling = context.coupling();
  const TensorId data = context.input(operands.data), weight = context.input(operands.weight);
  context.spatial(data, 2);
  context.spatial(context.output(0), 2);
  context.spatial(weight, 2);
  context.same(coupling.axis(data, 0), context.out(0, 0));
  if (coupling.rank(data) < 2 || coupling.rank(weight) < 2 || context.out_rank(0) < 2)
    return context.freeze_all(Why::Mismatch);
  Sides sides{};
  sides.in = coupling.axis(data, 1);
  sides.out = context.out(0, 1);
  sides.whole = coupling.axis(weight, 0);
  sides.part = coupling.axis(weight, 1);
  const int64_t group = context.attribute_int("group", 1);
  const uint32_t ins = context.size(data, 1), outs = context.out_size(0, 1);
  for (const AxisId axis : {sides.in, sides.out, sides.whole, sides.part})
    coupling.flag(axis, kChannel);
  context.same(operands.transposed ? sides.in : sides.out, sides.whole);
  context.same(context.in(operands.bias, 0), sides.out);
  if (coupling.is_constant(weight)) context.layer(sides.out, operands.data);
  if (group == 1) return context.same(operands.transposed ? sides.out : sides.in, sides.part);
  if (group < 1 || ins == 0 || outs == 0 || ins % group != 0 || outs % group != 0)
    return context.freeze_all(Why::Mismatch);
  sides.group = static_cast<uint32_t>(group);
  sides.in_part = ins / sides.group;
  sides.out_part = outs / sides.group;
  if (sides.group >= std::max(sides.in_part, sides.out_part)) return whole_groups(context, sides);
  positions(coupling, sides.in, operands.transposed ? kNoAxis : sides.part, sides.in_part);
  positions(coupling, sides.out, operands.transposed ? sides.part : kNoAxis, sides.out_part);
}

}  // namespace

void conv(RuleContext& context) {
  if (context.op() == "ConvInteger") {
    couple(context, {.bias = INT32_MAX});
    return context.same(context.in(3, 0), context.in(1, 0));
  }
  couple(context, {});
}

void qlinear_conv(RuleContext& context) {
  if (context.attribute_int("channels_last", 0) != 0) return context.freeze_all(Why::NoRule);
  couple(context, {.data = 0, .weight = 3, .bias = 8});
  for (const int scale : {4, 5}) context.same(context.in(scale, 0), context.in(3, 0));
}

void conv_transpose(RuleContext& context) { couple(context, {.transposed = true}); }

}  // namespace trtreport::pruning::rules
