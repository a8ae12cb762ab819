// Scan: slices of its inputs go through the body one by one; opset 8 has a batch dimension before
// everything.
#include "ops/shape/carried.hpp"
#include "ops/shape/merge.hpp"
#include "ops/shape/support.hpp"

#include <algorithm>

namespace trtreport::ops::shape {
namespace {

class ScanRule {
 public:
  ScanRule(InferContext& context, BodyId body)
      : context_(context), body_(body), batched_(version(context) < 9) {
    first_ = batched_ ? 1 : 0;  // after sequence_lens
    const int64_t scans = context.attribute_int("num_scan_inputs", 0);
    const int all = context.input_count() - first_;
    scans_ = static_cast<int>(std::clamp<int64_t>(scans, 0, std::max(all, 0)));
    states_ = std::max(all, 0) - scans_;
  }

  void run() {
    Dim length = sequence_length();
    for (int scan = 0; scan < scans_; ++scan) {
      const Type& whole = scan_input(scan);
      context_.set_body_input(body_, states_ + scan, {whole.kind, whole.dtype, slice_of(scan)},
                              nullptr);
    }
    std::vector<Carried::State> initial;
    for (int state = 0; state < states_; ++state) {
      Type type = context_.type(first_ + state);
      if (batched_) type.shape = without_axis(context_, type.shape, 0);
      initial.push_back({type, nullptr});
    }
    Carried carried(context_, body_, 0, 0, std::move(initial));
    carried.settle();
    for (int state = 0; state < states_; ++state) {
      Type type = carried.final_type(state, length);
      if (batched_) type.shape = with_axis(context_, type.shape, 0, batch());
      context_.set_type(state, type);
    }
    for (int out = states_; out < context_.output_count(); ++out) set_scan_output(out, length);
    set_times(length);
  }

 private:
  const Type& scan_input(int scan) const { return context_.type(first_ + states_ + scan); }

  int scan_axis(int scan) const {
    const Shape& shape = scan_input(scan).shape;
    if (batched_) return 1;
    const auto axes = context_.attribute_ints("scan_input_axes");
    int64_t axis =
        axes && static_cast<size_t>(scan) < axes->size() ? (*axes)[static_cast<size_t>(scan)] : 0;
    if (axis < 0) axis += shape.rank();
    return axis < 0 || axis >= shape.rank() ? -1 : static_cast<int>(axis);
  }

  Shape slice_of(int scan) const {
    const Shape slice = without_axis(context_, scan_input(scan).shape, scan_axis(scan));
    return batched_ ? without_axis(context_, slice, 0) : slice;
  }

  // The first number among the scanned inputs' lengths, else the first that is known at all.
  Dim sequence_length() const {
    std::optional<Dim> found;
    for (int scan = 0; scan < scans_; ++scan) {
      const Shape& shape = scan_input(scan).shape;
      const int axis = scan_axis(scan);
      if (!shape.known() || axis < 0 || axis >= shape.rank()) continue;
      if (!found || (!found->is_number() && shape[axis].is_number())) found = shape[axis];
    }
    return found ? *found : context_.hidden("the length of the scanned inputs is unknown");
  }

  Dim batch() const {
    for (int input = first_; input < context_.input_count(); ++input) {
      const Shape& shape = context_.shape(input);
      if (shape.known() && shape.rank() > 0) return shape[0];
    }
    return context_.hidden("the batch is unknown");
  }

  void set_scan_output(int out, const Dim& length) {
    const Type& element = context_.body_output_type(body_, out);
    if (batched_) {
      const Shape inner = with_axis(context_, element.shape, 0, length);
      context_.set_type(out, {element.kind, element.dtype, with_axis(context_, inner, 0, batch())});
      return;
    }
    const auto axes = context_.attribute_ints("scan_output_axes");
    const size_t scan = static_cast<size_t>(out - states_);
    int64_t axis = axes && scan < axes->size() ? (*axes)[scan] : 0;
    if (axis < 0) axis += element.shape.rank() + 1;
    const bool inside = axis >= 0 && axis <= element.shape.rank();
    context_.set_type(
        out, {element.kind, element.dtype,
              with_axis(context_, element.shape, inside ? static_cast<int>(axis) : -1, length)});
  }

  void set_times(const Dim& length) {
    const Dim times = batched_ ? batch() * length : length;
    const bool counted = times.is_number() && times.number() >= 0;
    context_.set_body_times(
        body_, counted ? std::optional(static_cast<uint64_t>(times.number())) : std::nullopt);
  }

  InferContext& context_;
  BodyId body_;
  bool batched_;
  int first_ = 0;
  int states_ = 0;
  int scans_ = 0;
};

}  // namespace

void scan(InferContext& context) {
  const std::optional<BodyId> body = context.body("body");
  if (!body) {
    context.fault("its body is missing");
    return;
  }
  ScanRule(context, *body).run();
}

}  // namespace trtreport::ops::shape
