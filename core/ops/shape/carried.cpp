// The fixed point of a loop's types.
#include "ops/shape/carried.hpp"

#include "ops/shape/merge.hpp"

#include <algorithm>

namespace trtreport::ops::shape {
namespace {

constexpr std::string_view kChanges = "the size changes from one iteration to the next";

}  // namespace

Carried::Carried(InferContext& context, BodyId body, int first_input, int first_output,
                 std::vector<State> initial)
    : context_(context),
      body_(body),
      first_input_(first_input),
      first_output_(first_output),
      initial_(std::move(initial)),
      now_(initial_),
      widened_(initial_.size()) {
  for (size_t index = 0; index < initial_.size(); ++index) {
    widened_[index].assign(initial_[index].type.shape.dims().size(), false);
  }
}

const Type& Carried::body_type(int index) const {
  return context_.body_output_type(body_, first_output_ + index);
}

void Carried::enter() {
  for (int index = 0; index < count(); ++index) {
    context_.set_body_input(body_, first_input_ + index, now(index).type, now(index).value);
  }
}

void Carried::advance() {
  std::vector<State> next;
  for (int index = 0; index < count(); ++index) {
    next.push_back({body_type(index), context_.body_output_value(body_, first_output_ + index)});
  }
  now_ = std::move(next);
}

// Makes the state cover what the body gives for it; true where that changed the state.
bool Carried::widen(int index) {
  State& state = now_[static_cast<size_t>(index)];
  const Type& made = body_type(index);
  bool changed = false;
  if (state.value != nullptr &&
      !same_value(state.value, context_.body_output_value(body_, first_output_ + index))) {
    state.value = nullptr;
    changed = true;
  }
  if (state.type.kind == TypeKind::Unknown) return changed;
  if (state.type.kind != made.kind || state.type.dtype != made.dtype) {
    state.type =
        made.kind == state.type.kind ? Type{made.kind, DType::Undefined, state.type.shape} : Type{};
    return true;
  }
  if (!state.type.shape.known()) return changed;
  if (!made.shape.known() || made.shape.rank() != state.type.shape.rank()) {
    state.type.shape = Shape::unknown();
    return true;
  }
  Dims dims = state.type.shape.copy();
  std::vector<bool>& widened = widened_[static_cast<size_t>(index)];
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    if (widened[axis] || dims[axis] == made.shape[static_cast<int>(axis)]) continue;
    dims[axis] = context_.hidden(kChanges);
    widened[axis] = true;
    changed = true;
  }
  state.type.shape = context_.make_shape(dims);
  return changed;
}

void Carried::settle() {
  now_ = initial_;
  // Each round hides at least one size or drops one value, so that this ends.
  while (context_.may_repeat(body_)) {
    enter();
    context_.infer_body(body_);
    bool changed = false;
    for (int index = 0; index < count(); ++index) changed = widen(index) || changed;
    if (!changed) return;
  }
  // No work left: nothing is known of what may change, found in a single pass.
  for (State& state : now_)
    state = {{state.type.kind, state.type.dtype, Shape::unknown()}, nullptr};
  enter();
  context_.infer_body(body_);
}

Type Carried::final_type(int index, const std::optional<Dim>& trips) const {
  const State& state = now(index);
  const State& first = initial_[static_cast<size_t>(index)];
  const Type& made = body_type(index);
  if (!state.type.shape.known() || !made.shape.known() || !first.type.shape.known() ||
      made.shape.rank() != state.type.shape.rank()) {
    return state.type;
  }
  Type result = state.type;
  Dims dims = result.shape.copy();
  for (int axis = 0; axis < result.shape.rank(); ++axis) {
    if (!widened_[static_cast<size_t>(index)][static_cast<size_t>(axis)]) continue;
    const Dim step = made.shape[axis] - state.type.shape[axis];
    Dim& dim = dims[static_cast<size_t>(axis)];
    dim = trips && !step.is_hidden() ? first.type.shape[axis] + *trips * step
                                     : context_.hidden(kChanges);
  }
  result.shape = context_.make_shape(dims);
  return result;
}

}  // namespace trtreport::ops::shape
