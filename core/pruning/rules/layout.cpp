// Views and layouts: the same elements under other axes.
#include "pruning/rule.hpp"

#include <algorithm>

namespace trtreport::pruning::rules {
namespace {

// Sizes with symbols that the analysis assumes replaced by their numbers.
Dims plain_dims(const Coupling& coupling, TensorId tensor) {
  Dims dims = coupling.graph().tensors[tensor].type.shape.copy();
  for (Dim& dim : dims) {
    if (const auto number = DimTable::evaluate(dim, coupling.assumed())) dim = Dim(*number);
  }
  return dims;
}

// One run of axes on both sides with the same number of elements.
struct Run {
  std::vector<int> in, out;
};

// Shortest runs from the left whose products agree; what is left over at the end is one run.
std::vector<Run> runs_of(const Dims& in, const Dims& out) {
  std::vector<Run> runs;
  size_t i = 0, o = 0;
  const auto skip_ones = [](const Dims& dims, size_t& at) {
    while (at < dims.size() && dims[at].is(1)) ++at;
  };
  while (true) {
    skip_ones(in, i);
    skip_ones(out, o);
    if (i == in.size() && o == out.size()) return runs;
    Run run;
    Dim in_product(1), out_product(1);
    const auto take = [](const Dims& dims, size_t& at, std::vector<int>& axes, Dim& all) {
      axes.push_back(static_cast<int>(at));
      all = all * dims[at++];
    };
    if (i < in.size()) take(in, i, run.in, in_product);
    if (o < out.size()) take(out, o, run.out, out_product);
    while (!(in_product == out_product)) {
      const bool numbers = in_product.is_number() && out_product.is_number();
      const bool in_short = !numbers || in_product.number() < out_product.number();
      const bool more_in = i < in.size(), more_out = o < out.size();
      if (!more_in && !more_out) break;
      if (more_in && (in_short || !more_out)) {
        take(in, i, run.in, in_product);
      } else {
        take(out, o, run.out, out_product);
      }
    }
    runs.push_back(std::move(run));
  }
}

void couple(RuleContext& context, TensorId input, TensorId output) {
  Coupling& coupling = context.coupling();
  if (coupling.rank(input) < 0 || coupling.rank(output) < 0) return;
  for (const Run& run : runs_of(plain_dims(coupling, input), plain_dims(coupling, output))) {
    if (run.in.size() == 1 && run.out.size() == 1) {
      coupling.same(coupling.axis(input, run.in[0]), coupling.axis(output, run.out[0]));
      continue;
    }
    Regroup regroup{context.id(), {}, {}};
    bool known = true;
    uint64_t elements = 1;
    const auto add = [&](TensorId tensor, const std::vector<int>& axes, std::vector<Extent>& side) {
      for (const int axis : axes) {
        const uint32_t size = context.size(tensor, axis);
        if (size == 1) continue;
        known = known && size > 0;
        elements *= size;
        known = known && elements < (uint64_t{1} << 40);
        side.push_back({coupling.axis(tensor, axis), size});
      }
      elements = 1;
    };
    add(input, run.in, regroup.in);
    add(output, run.out, regroup.out);
    if (known) {
      coupling.regroup(std::move(regroup));
      continue;
    }
    for (const Extent& extent : regroup.in) context.freeze(extent.axis, Why::Mismatch);
    for (const Extent& extent : regroup.out) context.freeze(extent.axis, Why::Mismatch);
  }
}

// Sizes that the model writes down for the result.
void edit_sizes(RuleContext& context, const char* attribute, int input) {
  const auto target = context.dims(attribute, input);
  if (!target) return;
  const int offset = context.out_rank(0) - static_cast<int>(target->size());
  for (int index = 0; index < static_cast<int>(target->size()); ++index) {
    const int axis = index + offset;
    const Dim& size = (*target)[static_cast<size_t>(index)];
    const auto number = DimTable::evaluate(size, context.coupling().assumed());
    if (axis < 0 || !number || *number != context.out_size(0, axis)) continue;
    Edit edit = context.edit_of(attribute, input);
    edit.element = index;
    edit.axis = context.out(0, axis);
    edit.before = size;
    context.coupling().edit(edit);
  }
}

}  // namespace

void view(RuleContext& context) { couple(context, context.input(0), context.output(0)); }

void reshape(RuleContext& context) {
  view(context);
  edit_sizes(context, "shape", 1);
}

void transpose(RuleContext& context) {
  const int rank = context.in_rank(0);
  const auto permutation = context.numbers("perm", -1);
  for (int to = 0; to < rank; ++to) {
    int from = rank - 1 - to;
    if (permutation && static_cast<int>(permutation->size()) == rank)
      from = static_cast<int>((*permutation)[static_cast<size_t>(to)]);
    context.same(context.in(0, from), context.out(0, to));
  }
}

// An axis that is made here, from a size of 1, belongs to what uses it.
void expand(RuleContext& context) {
  context.broadcast(context.input(0), context.output(0));
  edit_sizes(context, "", 1);
}

void constant_of_shape(RuleContext& context) { edit_sizes(context, "", 0); }

void tile(RuleContext& context) {
  for (int axis = 0; axis < context.in_rank(0); ++axis) {
    const uint32_t size = context.in_size(0, axis), made = context.out_size(0, axis);
    if (size == made) {
      context.same(context.in(0, axis), context.out(0, axis));
    } else if (size > 1 && made % size == 0) {
      context.coupling().link({.axis = context.out(0, axis),
                               .target = context.in(0, axis),
                               .count = made,
                               .mod = size});
    } else {
      context.freeze(context.in(0, axis), Why::Grouped);
      context.freeze(context.out(0, axis), Why::Grouped);
    }
  }
}

namespace {

// `deep` has blocks * blocks times the channels of `flat`.
void blocks(RuleContext& context, TensorId deep, TensorId flat, bool channels_outside) {
  Coupling& coupling = context.coupling();
  context.same(coupling.axis(deep, 0), coupling.axis(flat, 0));
  context.spatial(deep, 2);
  context.spatial(flat, 2);
  const uint32_t many = context.size(deep, 1), few = context.size(flat, 1);
  if (few < 2 || many % few != 0) return context.freeze(coupling.axis(deep, 1), Why::Grouped);
  coupling.link({.axis = coupling.axis(deep, 1),
                 .target = coupling.axis(flat, 1),
                 .count = many,
                 .div = channels_outside ? many / few : 1,
                 .mod = few});
}

}  // namespace

void depth_to_space(RuleContext& context) {
  blocks(context, context.input(0), context.output(0), context.attribute_string("mode") == "CRD");
}

void space_to_depth(RuleContext& context) {
  blocks(context, context.output(0), context.input(0), false);
}

}  // namespace trtreport::pruning::rules
