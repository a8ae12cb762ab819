// Sequences: the types of their elements are followed one by one where each is known.
#include "ops/shape/merge.hpp"

#include <algorithm>

namespace trtreport::ops::shape {
namespace {

// Longer sequences are known by what their elements have in common.
constexpr int64_t kMostElements = 1024;

void set_elements(InferContext& context, int output, DType dtype, std::vector<Type> elements) {
  context.set_sequence(output, dtype, merge_elements(context, elements));
  Value value;
  value.is_sequence = true;
  value.sequence = std::move(elements);
  context.set_value(output, std::move(value));
}

// The elements' types where each is known; empty otherwise.
std::optional<std::vector<Type>> elements_of(InferContext& context, int input) {
  const Value* value = context.value(input);
  if (value == nullptr || !value->is_sequence) return {};
  return value->sequence;
}

// A position given by an input, `otherwise` where it is omitted; empty where unknown or outside [0,
// most].
std::optional<size_t> position(InferContext& context, int input, int64_t otherwise, size_t length,
                               size_t most) {
  int64_t value = otherwise;
  if (context.has_input(input)) {
    const std::optional<Dim> given = context.scalar(input);
    if (!given || !given->is_number()) return {};
    value = given->number();
  }
  if (value < 0) value += static_cast<int64_t>(length);
  if (value < 0 || value > static_cast<int64_t>(most)) return {};
  return static_cast<size_t>(value);
}

Type element_type(const Type& sequence) {
  return {TypeKind::Tensor, sequence.dtype, sequence.shape};
}

}  // namespace

void sequence_construct(InferContext& context) {
  std::vector<Type> elements;
  for (int index = 0; index < context.input_count(); ++index)
    elements.push_back(context.type(index));
  set_elements(context, 0, context.dtype(0), std::move(elements));
}

void sequence_empty(InferContext& context) {
  const DType dtype = dtype_from_onnx(context.attribute_int("dtype", 1));
  set_elements(context, 0, dtype, {});
}

void sequence_at(InferContext& context) {
  if (const auto elements = elements_of(context, 0); elements && !elements->empty()) {
    const auto at = position(context, 1, 0, elements->size(), elements->size() - 1);
    if (at) {
      context.set_type(0, (*elements)[*at]);
      return;
    }
  }
  context.set_type(0, element_type(context.type(0)));
}

void sequence_insert(InferContext& context) {
  if (auto elements = elements_of(context, 0)) {
    const size_t length = elements->size();
    const auto at = position(context, 2, static_cast<int64_t>(length), length, length);
    if (at) {
      elements->insert(elements->begin() + static_cast<std::ptrdiff_t>(*at), context.type(1));
      set_elements(context, 0, context.dtype(1), std::move(*elements));
      return;
    }
  }
  context.set_sequence(0, context.dtype(1),
                       merge(context, context.shape(0), context.shape(1),
                             "the elements of the sequence differ in size"));
}

void sequence_erase(InferContext& context) {
  if (auto elements = elements_of(context, 0); elements && !elements->empty()) {
    const size_t last = elements->size() - 1;
    const auto at = position(context, 1, static_cast<int64_t>(last), elements->size(), last);
    if (at) {
      elements->erase(elements->begin() + static_cast<std::ptrdiff_t>(*at));
      set_elements(context, 0, context.dtype(0), std::move(*elements));
      return;
    }
  }
  context.set_type(0, context.type(0));
}

void sequence_length(InferContext& context) {
  context.set(0, DType::Int64, Dims{});
  if (const auto elements = elements_of(context, 0)) {
    Value value;
    value.dims.emplace_back(static_cast<int64_t>(elements->size()));
    context.set_value(0, std::move(value));
  }
}

void concat_from_sequence(InferContext& context) {
  const bool stacks = context.attribute_int("new_axis", 0) != 0;
  const auto elements = elements_of(context, 0);
  const Shape common = context.shape(0);
  const DType dtype = context.dtype(0);
  if (!common.known()) {
    context.set_unknown_rank(0, dtype);
    return;
  }
  const int rank = common.rank() + (stacks ? 1 : 0);
  const std::optional<int> axis = context.axis(context.attribute_int("axis", 0), rank);
  if (!axis) {
    context.set_unknown_dims(0, dtype, rank, "the axis is out of range");
    return;
  }
  Dim size = context.hidden("the length of the sequence is not known before running");
  if (elements) {
    size = stacks ? Dim(static_cast<int64_t>(elements->size())) : Dim(0);
    for (const Type& element : *elements) {
      if (!stacks) size = size + element.shape[*axis];
    }
  }
  Dims dims = common.copy();
  if (stacks) {
    dims.insert(dims.begin() + *axis, size);
  } else {
    dims[static_cast<size_t>(*axis)] = size;
  }
  context.set(0, dtype, dims);
}

namespace {

// Sizes along the axis of the parts of `length`; empty where they are not known one by one.
std::optional<Dims> part_sizes(InferContext& context, const Dim& length) {
  if (!context.has_input(1)) {
    if (!length.is_number() || length.number() > kMostElements) return {};
    return Dims(static_cast<size_t>(std::max<int64_t>(length.number(), 0)), Dim(1));
  }
  const std::optional<Dims> split = context.ints(1);
  if (!split) return {};
  if (context.shape(1).rank() != 0) return split;
  if (!length.is_number() || !(*split)[0].is_number() || (*split)[0].number() < 1) return {};
  const int64_t part = (*split)[0].number();
  if (length.number() / part > kMostElements) return {};
  Dims sizes;
  for (int64_t left = length.number(); left > 0; left -= part)
    sizes.emplace_back(std::min(left, part));
  return sizes;
}

}  // namespace

namespace {

// keepdims counts where no sizes are given. Runtimes heed it for a single number, too, which then
// can only be 1: that is how torch.unbind is exported.
bool drops_axis(InferContext& context) {
  if (context.attribute_int("keepdims", 1) != 0) return false;
  if (!context.has_input(1)) return true;
  const Shape& parts = context.shape(1);
  if (!parts.known() || parts.rank() != 0) return false;
  const std::optional<Dim> size = context.scalar(1);
  return !size || size->is(1);
}

}  // namespace

void split_to_sequence(InferContext& context) {
  const Shape shape = context.shape(0);
  const DType dtype = context.dtype(0);
  if (!shape.known()) {
    context.set_sequence(0, dtype, Shape::unknown());
    return;
  }
  const std::optional<int> axis = context.axis(context.attribute_int("axis", 0), shape.rank());
  if (!axis) return;
  const bool drops = drops_axis(context);
  const Shape rest = without_axis(context, shape, *axis);
  const std::optional<Dims> sizes = part_sizes(context, shape[*axis]);
  if (!sizes) {
    const Dim size = context.has_input(1)
                         ? context.hidden("the sizes of the parts are not known before running")
                         : Dim(1);
    context.set_sequence(0, dtype, drops ? rest : with_axis(context, rest, *axis, size));
    return;
  }
  std::vector<Type> elements;
  for (const Dim& size : *sizes) {
    elements.push_back(
        {TypeKind::Tensor, dtype, drops ? rest : with_axis(context, rest, *axis, size)});
  }
  set_elements(context, 0, dtype, std::move(elements));
}

namespace {

constexpr size_t kMostMapped = 64;

// Sets the body's inputs to element `at` of each sequence (to what all have in common where `at` is
// empty).
void enter_map(InferContext& context, BodyId body, std::optional<size_t> at) {
  for (int index = 0; index < context.input_count(); ++index) {
    const Type& type = context.type(index);
    if (type.kind != TypeKind::Sequence) {
      context.set_body_input(body, index, type, context.value(index));
      continue;
    }
    Type element = element_type(type);
    const auto elements = elements_of(context, index);
    if (at && elements && *at < elements->size()) element = (*elements)[*at];
    context.set_body_input(body, index, element, nullptr);
  }
}

}  // namespace

void sequence_map(InferContext& context) {
  const std::optional<BodyId> body = context.body("body");
  if (!body) {
    context.fault("its body is missing");
    return;
  }
  const auto elements = elements_of(context, 0);
  context.set_body_times(*body,
                         elements ? std::optional(uint64_t{elements->size()}) : std::nullopt);
  const bool one_by_one = elements && elements->size() <= kMostMapped && context.may_repeat(*body);
  std::vector<std::vector<Type>> outputs(static_cast<size_t>(context.output_count()));
  for (size_t at = 0; one_by_one && at < elements->size(); ++at) {
    if (at > 0 && !context.may_repeat(*body)) break;
    enter_map(context, *body, at);
    context.infer_body(*body);
    for (size_t index = 0; index < outputs.size(); ++index) {
      outputs[index].push_back(context.body_output_type(*body, static_cast<int>(index)));
    }
  }
  const bool complete =
      one_by_one && !elements->empty() && !outputs.empty() && outputs[0].size() == elements->size();
  if (!complete) {
    enter_map(context, *body, {});
    context.infer_body(*body);
  }
  for (size_t index = 0; index < outputs.size(); ++index) {
    const Type last = context.body_output_type(*body, static_cast<int>(index));
    if (complete) {
      set_elements(context, static_cast<int>(index), last.dtype, std::move(outputs[index]));
    } else {
      context.set_sequence(static_cast<int>(index), last.dtype, last.shape);
    }
  }
}

}  // namespace trtreport::ops::shape
