// Sizes that an exporter baked into constants, after an override of the batch: scaled like the
// node's input, judged by the shapes that the same node had before the override.
#include "ops/infer.hpp"
#include "ops/inference.hpp"

#include <algorithm>

namespace trtreport::ops {
namespace {

using Sizes = std::vector<int64_t>;

std::optional<Sizes> numbers_of(std::span<const Dim> dims) {
  Sizes result;
  for (const Dim& dim : dims) {
    if (!dim.is_number()) return {};
    result.push_back(dim.number());
  }
  return result;
}

std::optional<Sizes> numbers_of(const Shape& shape) {
  return shape.known() ? numbers_of(shape.dims()) : std::nullopt;
}

// Empty on overflow and for sizes below 1: there is nothing to scale in an empty tensor.
std::optional<int64_t> volume_of(std::span<const int64_t> sizes) {
  int64_t product = 1;
  for (const int64_t size : sizes) {
    if (size < 1 || __builtin_mul_overflow(product, size, &product)) return {};
  }
  return product;
}

// size * now / before where that is a whole number.
std::optional<int64_t> scaled(int64_t size, int64_t before, int64_t now) {
  int64_t product = 0;
  if (__builtin_mul_overflow(size, now, &product) || product % before != 0) return {};
  return product / before;
}

std::string text_of(std::span<const int64_t> sizes) {
  std::string result = "[";
  for (const int64_t size : sizes) {
    if (result.size() > 1) result += ", ";
    result += std::to_string(size);
  }
  return result + "]";
}

// What Reshape makes of the constant as it stands; empty where it contradicts the input.
std::optional<Sizes> plain_reshape(const Sizes& input, const Sizes& target, bool zero_copies) {
  Sizes result = target;
  std::optional<size_t> open;
  for (size_t axis = 0; axis < result.size(); ++axis) {
    if (result[axis] == 0 && zero_copies && axis < input.size()) result[axis] = input[axis];
    if (result[axis] == -1) open = axis;
  }
  const std::optional<int64_t> elements = volume_of(input);
  if (open) result[*open] = 1;
  const std::optional<int64_t> rest = volume_of(result);
  if (!elements || !rest || *elements % *rest != 0) return {};
  if (open) result[*open] = *elements / *rest;
  return open || *elements == *rest ? std::optional(result) : std::nullopt;
}

std::optional<Sizes> plain_expand(const Sizes& input, const Sizes& target) {
  Sizes result = input.size() > target.size() ? input : target;
  const size_t least = std::min(input.size(), target.size());
  for (size_t back = 1; back <= least; ++back) {
    const int64_t a = input[input.size() - back];
    const int64_t b = target[target.size() - back];
    if (a != b && a != 1 && b != 1) return {};
    result[result.size() - back] = a == 1 ? b : a;
  }
  return result;
}

// Scales the sizes `after` that a reshape made of `before`, for an input that has become `now`.
// Both are cut into the shortest groups of equal volume; a group whose volume changes has one of
// its sizes scaled.
class GroupScaler {
 public:
  GroupScaler(const Sizes& before, const Sizes& now, const Sizes& after, int64_t old_batch)
      : before_(before), now_(now), after_(after), result_(after), old_batch_(old_batch) {}

  std::optional<Sizes> run() {
    size_t in = 0;
    size_t out = 0;
    while (in < before_.size() || out < after_.size()) {
      const size_t first_in = in;
      const size_t first_out = out;
      int64_t in_volume = in < before_.size() ? before_[in++] : 1;
      int64_t out_volume = out < after_.size() ? after_[out++] : 1;
      while (in_volume != out_volume) {
        if (in_volume < out_volume) {
          if (in == before_.size()) return {};
          in_volume *= before_[in++];
        } else {
          if (out == after_.size()) return {};
          out_volume *= after_[out++];
        }
      }
      if (!scale(first_in, in, first_out, out, out_volume)) return {};
    }
    return result_;
  }

 private:
  bool scale(size_t first_in, size_t in, size_t first_out, size_t out, int64_t old_volume) {
    const std::optional<int64_t> volume =
        volume_of(std::span(now_).subspan(first_in, in - first_in));
    if (!volume) return false;
    if (*volume == old_volume) return true;
    // The size that was the batch, in the group or right after it where the group has the batch
    // folded in.
    for (size_t axis = first_out; axis < out; ++axis) {
      if (after_[axis] == old_batch_ && try_scale(axis, old_volume, *volume)) return true;
    }
    const bool next_is_batch = out < after_.size() && after_[out] == old_batch_;
    if (next_is_batch && try_scale(out, old_volume, *volume)) return true;
    // A batch of 1 between others is folded into what stands before it rather than into the
    // features.
    const bool features = out == after_.size() && out - first_out == 1 && first_out > 0;
    if (features && old_batch_ == 1 && before_[first_in] == 1 &&
        try_scale(first_out - 1, old_volume, *volume)) {
      return true;
    }
    for (size_t axis = first_out; axis < out; ++axis) {
      if (after_[axis] > 1 && try_scale(axis, old_volume, *volume)) return true;
    }
    return false;
  }

  bool try_scale(size_t axis, int64_t before, int64_t now) {
    const std::optional<int64_t> size = scaled(result_[axis], before, now);
    if (size) result_[axis] = *size;
    return size.has_value();
  }

  const Sizes& before_;
  const Sizes& now_;
  const Sizes& after_;
  Sizes result_;
  int64_t old_batch_;
};

std::optional<Sizes> scale_expand(const Sizes& before, const Sizes& now, const Sizes& after) {
  Sizes result = after;
  for (size_t back = 1; back <= before.size(); ++back) {
    const int64_t old_size = before[before.size() - back];
    const int64_t new_size = now[now.size() - back];
    int64_t& size = result[result.size() - back];
    if (old_size == new_size) continue;
    if (size != old_size) return {};
    size = new_size;
  }
  return result;
}

// Without the shapes before: the first size that scales by the ratio of the volumes.
std::optional<Sizes> scale_blindly(const Sizes& input, const Sizes& target) {
  const std::optional<int64_t> now = volume_of(input);
  const std::optional<int64_t> before = volume_of(target);
  if (!now || !before) return {};
  for (size_t axis = 0; axis < target.size(); ++axis) {
    if (const auto size = scaled(target[axis], *before, *now)) {
      Sizes result = target;
      result[axis] = *size;
      return result;
    }
  }
  return {};
}

Dims dims_of(const Sizes& sizes) { return Dims(sizes.begin(), sizes.end()); }

}  // namespace

bool Inference::is_rebatched(const Dim& before, const Dim& now) const {
  if (batch_before_ == 0 || !before.is_number() || !now.is_number()) return false;
  const std::optional<int64_t> expected = scaled(before.number(), batch_before_, batch_now_);
  return expected && now.is(*expected);
}

void Inference::note_rewritten(NodeId id, const std::string& from, const std::string& to,
                               const std::string& what) {
  const Node& node = graph_.nodes[id];
  const std::string op(graph_.text(node.proto->op)), name(graph_.text(node.name));
  say({Severity::Note,
       "baked_batch_rewritten",
       op + " '" + name + "': " + what,
       {{"op", op}, {"name", name}, {"from", from}, {"to", to}},
       id,
       {}});
}

std::optional<Dims> Inference::reconcile_reshape(NodeId id, const Shape& input,
                                                 const Dims& target) {
  const Node& node = graph_.nodes[id];
  const std::optional<Sizes> now = numbers_of(input);
  const std::optional<Sizes> wanted = numbers_of(target);
  if (!now || !wanted || node.inputs.empty() || node.outputs.empty() ||
      node.inputs[0] == kNoTensor || node.outputs[0] == kNoTensor) {
    return {};
  }
  InferContext context(*this, id);
  const bool expands = context.op() == "Expand";
  const std::optional<Sizes> plain =
      expands ? plain_expand(*now, *wanted)
              : plain_reshape(*now, *wanted, context.attribute_int("allowzero", 0) == 0);
  // A target that the override changed follows the batch by itself.
  const Value* old_target = node.inputs.size() > 1 && node.inputs[1] != kNoTensor
                                ? values_before_[node.inputs[1]]
                                : nullptr;
  const bool constant = old_target == nullptr || old_target->dims == target;
  if (plain && !constant) return {};

  const std::optional<Sizes> before = numbers_of(shapes_before_[node.inputs[0]]);
  const std::optional<Sizes> after = numbers_of(shapes_before_[node.outputs[0]]);
  std::optional<Sizes> result;
  if (before && after && volume_of(*before) && volume_of(*after) && before->size() == now->size()) {
    if (*before == *now && plain) return {};
    result = expands ? scale_expand(*before, *now, *after)
                     : GroupScaler(*before, *now, *after, batch_before_).run();
  } else if (plain) {
    return {};
  } else {
    result = scale_blindly(*now, *wanted);
  }
  if (!result) {
    if (plain || failure_ || quiet_ > 0) return {};
    failure_ =
        Error{"bad_reshape",
              std::string(context.op()) + " '" + std::string(graph_.text(node.name)) +
                  "' makes the constant shape " + text_of(*wanted) + " of " + text_of(*now) +
                  ", and no dimension of it can be scaled to fit; export the model with a dynamic "
                  "batch"};
    return {};
  }
  if (result == plain) return {};
  const std::string from = text_of(*wanted), to = text_of(*result);
  note_rewritten(id, from, to, "the constant shape " + from + " became " + to);
  return dims_of(*result);
}

}  // namespace trtreport::ops
