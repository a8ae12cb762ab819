// Matrix products: the inner dimension of both operands goes together, each outer one goes with the
// result's. A batch dimension of two activations is what attention heads look like.
#include "pruning/rule.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace trtreport::pruning::rules {
namespace {

struct Product {
  TensorId a, b, out;
  bool transposed_a = false, transposed_b = false;
};

// Inner axis of b or a; the only one of a vector.
AxisId inner_of(const Coupling& coupling, TensorId tensor, bool last) {
  return coupling.axis(tensor, coupling.rank(tensor) == 1 || last ? -1 : -2);
}

void couple(RuleContext& context, const Product& product, int data_input) {
  Coupling& coupling = context.coupling();
  const int a_rank = coupling.rank(product.a), b_rank = coupling.rank(product.b);
  const int out_rank = coupling.rank(product.out);
  if (a_rank < 1 || b_rank < 1 || out_rank < 0) return context.freeze_all(Why::Mismatch);
  context.same(inner_of(coupling, product.a, !product.transposed_a),
               inner_of(coupling, product.b, product.transposed_b));
  const AxisId columns =
      b_rank == 1 ? kNoAxis : coupling.axis(product.b, product.transposed_b ? -2 : -1);
  const AxisId out_columns = coupling.axis(product.out, -1);
  if (b_rank > 1) context.same(columns, out_columns);
  if (a_rank > 1) {
    context.same(coupling.axis(product.a, product.transposed_a ? -1 : -2),
                 coupling.axis(product.out, b_rank == 1 ? -1 : -2));
  }
  const bool activations = !coupling.is_constant(product.a) && !coupling.is_constant(product.b);
  const int behind_a = a_rank == 1 ? 1 : 0;
  for (int back = 3; back <= out_rank + behind_a; ++back) {
    const AxisId batch = coupling.axis(product.out, -back + behind_a);
    context.same(coupling.axis(product.a, -back), batch);
    context.same(coupling.axis(product.b, -back), batch);
    if (activations) coupling.flag(batch, kHeads);
  }
  if (activations) return;
  const bool weight_first = coupling.is_constant(product.a);
  const AxisId outputs = weight_first ? coupling.axis(product.out, -2) : out_columns;
  for (int axis = 0; axis < coupling.rank(weight_first ? product.a : product.b); ++axis)
    coupling.flag(coupling.axis(weight_first ? product.a : product.b, axis), kChannel);
  context.layer(outputs, weight_first ? 1 : data_input);
}

struct Letters {
  std::string_view text;
  size_t count() const {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return c != ' '; }));
  }
};

void couple_by_attributes(RuleContext& context) {
  couple(context,
         {.a = context.input(0),
          .b = context.input(1),
          .out = context.output(0),
          .transposed_a = context.attribute_int("transA", 0) != 0,
          .transposed_b = context.attribute_int("transB", 0) != 0},
         0);
}

}  // namespace

void gemm(RuleContext& context) {
  couple_by_attributes(context);
  context.broadcast(context.input(2), context.output(0));
}

void matmul(RuleContext& context) {
  couple(context, {.a = context.input(0), .b = context.input(1), .out = context.output(0)}, 0);
}

void matmul_integer(RuleContext& context) {
  matmul(context);
  if (context.in_rank(3) == 1) context.same(context.in(3, 0), context.out(0, -1));
}

void qlinear_matmul(RuleContext& context) {
  couple(context, {.a = context.input(0), .b = context.input(3), .out = context.output(0)}, 0);
  for (const int scale : {4, 5}) {
    if (context.in_rank(scale) == 1) context.same(context.in(scale, 0), context.out(0, -1));
  }
}

void fused_matmul(RuleContext& context) {
  if (context.attribute_int("transBatchA", 0) != 0 || context.attribute_int("transBatchB", 0) != 0)
    return context.freeze_all(Why::NoRule);
  couple_by_attributes(context);
}

// Weights (N, blocks, bytes of a block), scales (N, blocks), zero points packed by row, order of
// the inputs, bias. Inputs go by whole blocks, and not at all where the scales lie in one row.
void matmul_nbits(RuleContext& context) {
  Coupling& coupling = context.coupling();
  const AxisId outputs = context.in(1, 0), data = context.in(0, -1), result = context.out(0, -1);
  const auto rows = context.attribute_int("N", 0), inner = context.attribute_int("K", 0);
  const auto block = context.attribute_int("block_size", 0);
  if (context.attribute_int("transB", 1) == 0 || context.in_rank(1) != 3 || rows < 2 || block < 1 ||
      block > kMostChannels || outputs == kNoAxis || coupling.length(outputs) != rows ||
      context.out_rank(0) != context.in_rank(0))
    return context.freeze_all(Why::Mismatch);
  for (int axis = 0; axis + 1 < context.in_rank(0); ++axis)
    context.same(context.in(0, axis), context.out(0, axis));
  context.same(outputs, result);
  context.same(context.in(5, 0), outputs);
  context.freeze(context.in(1, 2), Why::Spatial);
  // A blob of a row's: whole rows can go, columns only where rows and columns are two axes.
  const auto by_row = [&](int input) {
    const AxisId first = context.in(input, 0);
    if (first == kNoAxis) return;
    const uint32_t length = coupling.length(first);
    if (length % rows != 0) return context.freeze(first, Why::Mismatch);
    coupling.link({.axis = first,
                   .target = outputs,
                   .count = length,
                   .div = static_cast<uint32_t>(length / rows)});
  };
  by_row(2);
  by_row(3);
  const bool blocks_apart = context.in_rank(2) == 2 && context.input(3) == kNoTensor &&
                            context.input(4) == kNoTensor && block < inner;
  const AxisId blocks = context.in(1, 1);
  if (blocks_apart && blocks != kNoAxis && data != kNoAxis) {
    context.same(context.in(2, 1), blocks);
    coupling.link({.axis = data,
                   .target = blocks,
                   .count = coupling.length(data),
                   .div = static_cast<uint32_t>(block)});
  } else {
    context.freeze(data, Why::Grouped);
    context.freeze(blocks, Why::Grouped);
    context.freeze(context.in(2, 1), Why::Grouped);
  }
  coupling.freeze_all(context.input(4), Why::Grouped, context.id());
  coupling.flag(data, kChannel);
  coupling.flag(result, kChannel);
  for (const auto& [name, axis, before] :
       {std::tuple("N", outputs, rows), std::tuple("K", data, inner)}) {
    coupling.edit({.node = context.id(), .attribute = name, .axis = axis, .before = Dim(before)});
  }
  context.layer(result, 0);
}

// Axes of the same letter go together; a letter that both activations and the result have is a
// batch.
void einsum(RuleContext& context) {
  Coupling& coupling = context.coupling();
  const std::string_view equation = context.attribute_string("equation");
  const size_t arrow = equation.find("->");
  if (arrow == std::string_view::npos || equation.find('.') != std::string_view::npos)
    return context.freeze_all(Why::NoRule);
  AxisId of_letter[256];
  uint8_t seen[256] = {};
  std::fill(std::begin(of_letter), std::end(of_letter), kNoAxis);
  const auto walk = [&](std::string_view term, TensorId tensor) {
    int axis = 0;
    for (const char c : term) {
      if (c == ' ') continue;
      const AxisId here = coupling.axis(tensor, axis++);
      AxisId& known = of_letter[static_cast<uint8_t>(c)];
      ++seen[static_cast<uint8_t>(c)];
      if (known == kNoAxis) known = here;
      coupling.same(known, here);
    }
  };
  std::string_view left = equation.substr(0, arrow);
  const std::string_view right = equation.substr(arrow + 2);
  bool activations = context.inputs() == 2;
  for (int input = 0; input < context.inputs(); ++input) {
    const size_t comma = left.find(',');
    const std::string_view term = left.substr(0, comma);
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
    if (static_cast<int>(Letters{term}.count()) != context.in_rank(input))
      return context.freeze_all(Why::Mismatch);
    activations = activations && !coupling.is_constant(context.input(input));
    walk(term, context.input(input));
  }
  walk(right, context.output(0));
  for (const char c : right) {
    const auto letter = static_cast<uint8_t>(c);
    if (activations && seen[letter] == 3) coupling.flag(of_letter[letter], kHeads);
  }
  for (int input = 0; input < context.inputs(); ++input) {
    if (coupling.is_constant(context.input(input))) context.layer(kNoAxis, 0);
  }
}

}  // namespace trtreport::pruning::rules
