// Attention in one operator: heads go as a whole, with their queries, keys and values. Where
// queries share keys and values, those of one shared head go together.
#include "pruning/rule.hpp"

namespace trtreport::pruning::rules {
namespace {

// Heads of a node: those of keys and values, and those of the queries that share them.
struct HeadAxes {
  AxisId query = kNoAxis, key = kNoAxis;
  uint32_t queries = 0, keys = 0;
};

// False where the numbers do not fit each other.
bool make_heads(RuleContext& context, int64_t queries, int64_t keys, HeadAxes& heads) {
  if (queries < 1 || keys < 1 || queries > kMostChannels || queries % keys != 0) return false;
  heads.queries = static_cast<uint32_t>(queries);
  heads.keys = static_cast<uint32_t>(keys);
  heads.key = context.coupling().make(heads.keys);
  if (queries == keys) {
    heads.query = heads.key;
    return true;
  }
  heads.query = context.coupling().make(heads.queries);
  if (heads.key == kNoAxis) {
    context.freeze(heads.query, Why::Whole);
  } else {
    context.coupling().link({.axis = heads.query,
                             .target = heads.key,
                             .count = heads.queries,
                             .div = heads.queries / heads.keys});
  }
  return true;
}

// A part of an axis that holds the heads one after another. A single head cannot go.
void heads_in(RuleContext& context, AxisId axis, uint32_t start, uint32_t width, AxisId heads,
              uint32_t count) {
  if (axis == kNoAxis || width == 0) return;
  context.coupling().flag(axis, kChannel);
  if (width % count != 0)
    return context.coupling().freeze({axis, start, width, Why::Mismatch, context.id()});
  if (heads == kNoAxis)
    return context.coupling().freeze({axis, start, width, Why::Whole, context.id()});
  context.coupling().link(
      {.axis = axis, .target = heads, .count = width, .axis_start = start, .div = width / count});
}

void freeze_axes(RuleContext& context, TensorId tensor, int first, int end) {
  for (int axis = first; axis < end; ++axis)
    context.freeze(context.coupling().axis(tensor, axis), Why::Order);
}

// (batch, length, heads x size), or (batch, heads, length, size).
void operand(RuleContext& context, TensorId tensor, AxisId heads, uint32_t count) {
  Coupling& coupling = context.coupling();
  const int rank = coupling.rank(tensor);
  if (rank == 3) {
    freeze_axes(context, tensor, 0, 2);
    const AxisId axis = coupling.axis(tensor, 2);
    if (axis != kNoAxis) heads_in(context, axis, 0, coupling.length(axis), heads, count);
  } else if (rank == 4) {
    context.same(coupling.axis(tensor, 1), heads);
    freeze_axes(context, tensor, 0, 1);
    freeze_axes(context, tensor, 2, 4);
  } else {
    coupling.freeze_all(tensor, Why::Mismatch, context.id());
  }
}

void count_in(RuleContext& context, const char* attribute, AxisId heads) {
  const int64_t before = context.attribute_int(attribute, 0);
  if (before < 1) return;
  context.coupling().edit(
      {.node = context.id(), .attribute = attribute, .axis = heads, .before = Dim(before)});
}

// Masks and biases (batch, heads, queries, keys): the second axis, where it is not 1.
void of_scores(RuleContext& context, TensorId tensor, AxisId heads) {
  Coupling& coupling = context.coupling();
  if (coupling.rank(tensor) < 0) return;
  const bool by_head = coupling.rank(tensor) == 4;
  if (by_head) context.same(coupling.axis(tensor, 1), heads);
  for (int axis = 0; axis < coupling.rank(tensor); ++axis) {
    if (!by_head || axis != 1) context.freeze(coupling.axis(tensor, axis), Why::Order);
  }
}

// Operands of ai.onnx: query, key, value, mask, past key, past value.
void separate(RuleContext& context) {
  const bool flat = context.in_rank(0) == 3;
  const int64_t queries =
      flat ? context.attribute_int("q_num_heads", 0) : static_cast<int64_t>(context.in_size(0, 1));
  const int64_t keys = context.in_rank(1) == 3 ? context.attribute_int("kv_num_heads", 0)
                                               : static_cast<int64_t>(context.in_size(1, 1));
  HeadAxes heads;
  if (!make_heads(context, queries, keys, heads)) return context.freeze_all(Why::Mismatch);
  operand(context, context.input(0), heads.query, heads.queries);
  operand(context, context.output(0), heads.query, heads.queries);
  for (const TensorId tensor : {context.input(1), context.input(2), context.input(4),
                                context.input(5), context.output(1), context.output(2)}) {
    if (tensor != kNoTensor) operand(context, tensor, heads.key, heads.keys);
  }
  of_scores(context, context.input(3), heads.query);
  of_scores(context, context.output(3), heads.query);
  count_in(context, "q_num_heads", heads.query);
  count_in(context, "kv_num_heads", heads.key);
}

// Operands of com.microsoft: input (batch, length, in), weight (in, queries + keys + values), bias,
// mask, past (2, batch, heads, length, size), bias of the scores.
void projected(RuleContext& context) {
  Coupling& coupling = context.coupling();
  const int64_t count = context.attribute_int("num_heads", 0);
  HeadAxes heads;
  const uint32_t all = context.in_size(1, 1);
  if (context.in_rank(1) != 2 || context.in_rank(0) != 3 || all == 0 ||
      !make_heads(context, count, count, heads))
    return context.freeze_all(Why::Mismatch);
  uint32_t widths[3] = {all / 3, all / 3, all / 3};
  const auto given = context.numbers("qkv_hidden_sizes", -1);
  const bool sized = given && given->size() == 3;
  uint32_t sum = 0;
  for (size_t part = 0; part < 3; ++part) {
    if (sized && ((*given)[part] < 1 || (*given)[part] > kMostChannels))
      return context.freeze_all(Why::Mismatch);
    if (sized) widths[part] = static_cast<uint32_t>((*given)[part]);
    sum += widths[part];
  }
  if (sum != all) return context.freeze_all(Why::Mismatch);
  context.same(context.in(0, 2), context.in(1, 0));
  coupling.flag(context.in(1, 0), kChannel);
  freeze_axes(context, context.input(0), 0, 2);
  uint32_t start = 0;
  for (size_t part = 0; part < 3; ++part) {
    heads_in(context, context.in(1, 1), start, widths[part], heads.key, heads.keys);
    heads_in(context, context.in(2, 0), start, widths[part], heads.key, heads.keys);
    start += widths[part];
    if (!sized) continue;
    const AxisId width = coupling.make(widths[part]);
    heads_in(context, width, 0, widths[part], heads.key, heads.keys);
    coupling.edit({.node = context.id(),
                   .attribute = "qkv_hidden_sizes",
                   .element = static_cast<int>(part),
                   .axis = width,
                   .before = Dim(int64_t{widths[part]})});
  }
  operand(context, context.output(0), heads.key, heads.keys);
  for (const TensorId cache : {context.input(4), context.output(1)}) {
    if (coupling.rank(cache) != 5) continue;
    context.same(coupling.axis(cache, 2), heads.key);
    freeze_axes(context, cache, 0, 2);
    freeze_axes(context, cache, 3, 5);
  }
  of_scores(context, context.input(5), heads.key);
  count_in(context, "num_heads", heads.key);
  context.layer(context.out(0, 2), 0);
}

}  // namespace

void attention(RuleContext& context) {
  if (context.node().proto->domain == StringId::Empty) return separate(context);
  projected(context);
}

// query, key, value, bias (queries + keys + values), mask, bias of the scores, past key and value.
// Packed operands (batch, length, heads, parts, size) hold keys and values, or all three.
void multi_head_attention(RuleContext& context) {
  Coupling& coupling = context.coupling();
  const int64_t count = context.attribute_int("num_heads", 0);
  HeadAxes heads;
  if (!make_heads(context, count, count, heads)) return context.freeze_all(Why::Mismatch);
  const bool apart = context.input(1) != kNoTensor || context.in_rank(0) == 5;
  for (int input = 0; input < 3; ++input) {
    const TensorId tensor = context.input(input);
    if (tensor == kNoTensor) continue;
    if (coupling.rank(tensor) == 5) {
      context.same(coupling.axis(tensor, 2), heads.key);
      freeze_axes(context, tensor, 0, 2);
      freeze_axes(context, tensor, 3, 5);
      continue;
    }
    if (apart) {
      operand(context, tensor, heads.key, heads.keys);
      continue;
    }
    freeze_axes(context, tensor, 0, 2);
    const uint32_t part = context.in_size(0, 2) / 3;
    for (uint32_t at = 0; at < 3; ++at)
      heads_in(context, context.in(0, 2), at * part, part, heads.key, heads.keys);
  }
  // The values' width may differ from that of queries and keys.
  const uint32_t values = context.out_size(0, 2), bias = context.in_size(3, 0);
  if (context.in_rank(3) == 1 && bias > values && (bias - values) % 2 == 0) {
    const uint32_t keys = (bias - values) / 2;
    heads_in(context, context.in(3, 0), 0, keys, heads.key, heads.keys);
    heads_in(context, context.in(3, 0), keys, keys, heads.key, heads.keys);
    heads_in(context, context.in(3, 0), 2 * keys, values, heads.key, heads.keys);
  } else {
    coupling.freeze_all(context.input(3), Why::Mismatch, context.id());
  }
  of_scores(context, context.input(5), heads.key);
  for (const int past : {6, 7}) {
    if (context.input(past) != kNoTensor)
      operand(context, context.input(past), heads.key, heads.keys);
  }
  for (int output = 0; output < context.outputs(); ++output) {
    if (context.output(output) == kNoTensor) continue;
    if (output == 3) {
      of_scores(context, context.output(3), heads.key);
    } else {
      operand(context, context.output(output), heads.key, heads.keys);
    }
  }
  count_in(context, "num_heads", heads.key);
}

// query (or all three one after another), key, value, past key, past value, lengths, length, tables
// of cosine and sine.
void group_query_attention(RuleContext& context) {
  HeadAxes heads;
  if (context.in_rank(0) != 3 || !make_heads(context, context.attribute_int("num_heads", 0),
                                             context.attribute_int("kv_num_heads", 0), heads))
    return context.freeze_all(Why::Mismatch);
  if (context.input(1) != kNoTensor) {
    operand(context, context.input(0), heads.query, heads.queries);
  } else {
    freeze_axes(context, context.input(0), 0, 2);
    const uint32_t parts = heads.queries + 2 * heads.keys, all = context.in_size(0, 2);
    if (all % parts != 0) return context.freeze_all(Why::Mismatch);
    const uint32_t size = all / parts, keys = size * heads.keys, queries = size * heads.queries;
    heads_in(context, context.in(0, 2), 0, queries, heads.query, heads.queries);
    heads_in(context, context.in(0, 2), queries, keys, heads.key, heads.keys);
    heads_in(context, context.in(0, 2), queries + keys, keys, heads.key, heads.keys);
  }
  for (const int input : {1, 2, 3, 4}) {
    if (context.input(input) != kNoTensor)
      operand(context, context.input(input), heads.key, heads.keys);
  }
  for (int input = 7; input < context.inputs(); ++input)
    context.coupling().freeze_all(context.input(input), Why::Order, context.id());
  operand(context, context.output(0), heads.query, heads.queries);
  for (const int output : {1, 2}) {
    if (context.output(output) != kNoTensor)
      operand(context, context.output(output), heads.key, heads.keys);
  }
  of_scores(context, context.output(3), heads.query);
  count_in(context, "num_heads", heads.query);
  count_in(context, "kv_num_heads", heads.key);
}

// Positions turn pairs inside of a head, which therefore stays whole.
void rotary_embedding(RuleContext& context) {
  Coupling& coupling = context.coupling();
  const int rank = context.in_rank(0);
  context.same_axes(context.input(0), context.output(0));
  for (int input = 1; input < context.inputs(); ++input)
    coupling.freeze_all(context.input(input), Why::Order, context.id());
  if (rank == 4) return context.freeze(context.in(0, 3), Why::Order);
  const int64_t count = context.attribute_int("num_heads", 0);
  HeadAxes heads;
  if (rank != 3 || !make_heads(context, count, count, heads))
    return context.freeze(context.in(0, -1), Why::Grouped);
  operand(context, context.input(0), heads.key, heads.keys);
  count_in(context, "num_heads", heads.key);
}

}  // namespace trtreport::pruning::rules
