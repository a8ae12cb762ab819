// Loop: run iteration by iteration where the number of them is known and small, else types that
// hold for every one.
#include "ops/shape/carried.hpp"
#include "ops/shape/merge.hpp"

#include <algorithm>

namespace trtreport::ops::shape {
namespace {

constexpr int64_t kMostIterations = 64;
constexpr int64_t kEndless = INT32_MAX;
constexpr int kCarriedInput =
    2;  // among the node's inputs and the body's: after trip count and condition
constexpr int kCarriedOutput = 1;  // among the body's outputs: after the condition

Type scalar_type(InferContext& context, DType dtype) {
  return {TypeKind::Tensor, dtype, context.make_shape({})};
}

const Value* scalar_value(InferContext& context, const Dim& dim) {
  Value value;
  value.dims.push_back(dim);
  return context.graph().keep(std::move(value));
}

class LoopRule {
 public:
  LoopRule(InferContext& context, BodyId body)
      : context_(context),
        body_(body),
        carried_(context, body, kCarriedInput, kCarriedOutput, initial(context)),
        scans_(std::max(0, context.output_count() - carried_.count())),
        scanned_(static_cast<size_t>(scans_)) {}

  void run() {
    const std::optional<Dim> limit = context_.scalar(0);
    const std::optional<Dim> condition = context_.scalar(1);
    const bool enters = !context_.has_input(1) || (condition && condition->is_number());
    const bool never =
        (condition && condition->is(0)) || (limit && limit->is_number() && limit->number() <= 0);
    if (never) {
      skip();
    } else if (!enters || !context_.may_repeat(body_) || !run_exactly(limit)) {
      run_for_all(limit, enters);
    }
  }

 private:
  static std::vector<Carried::State> initial(InferContext& context) {
    std::vector<Carried::State> result;
    for (int index = kCarriedInput; index < context.input_count(); ++index) {
      result.push_back({context.type(index), context.value(index)});
    }
    return result;
  }

  void enter(const Value* iteration, const Value* condition) {
    context_.set_body_input(body_, 0, scalar_type(context_, DType::Int64), iteration);
    context_.set_body_input(body_, 1, scalar_type(context_, DType::Bool), condition);
  }

  // The body never runs, but its tensors have types all the same.
  void skip() {
    enter(nullptr, nullptr);
    carried_.enter();
    context_.infer_body(body_, true);
    for (int index = 0; index < carried_.count(); ++index)
      set_carried(index, carried_.now(index).type, carried_.now(index).value);
    for (int scan = 0; scan < scans_; ++scan) set_scan(scan, scan_type(scan), Dim(0));
    context_.set_body_times(body_, 0);
  }

  // A condition changes from one iteration to the next only where some value or the counter takes
  // part.
  bool may_end_by_itself() const {
    const std::vector<TensorId>& inputs = context_.body_of(body_).inputs;
    if (!inputs.empty() && context_.graph().tensors[inputs[0]].uses > 0) return true;
    for (int index = 0; index < carried_.count(); ++index) {
      if (carried_.now(index).value != nullptr) return true;
    }
    return false;
  }

  // False where the number of iterations turns out unknown or large.
  bool run_exactly(const std::optional<Dim>& limit) {
    if (context_.has_input(0) && (!limit || !limit->is_number())) return false;
    // A while loop is written without a trip count or with the largest there is.
    const bool bounded = context_.has_input(0) && limit->number() < kEndless;
    if (bounded && limit->number() > kMostIterations) return false;
    if (!bounded && !may_end_by_itself()) return false;
    const int64_t most = bounded ? limit->number() : kMostIterations;
    const Value* holds = scalar_value(context_, Dim(1));
    for (int64_t iteration = 0; iteration < most; ++iteration) {
      if (iteration > 0 && !context_.may_repeat(body_)) return give_up();
      enter(scalar_value(context_, Dim(iteration)), holds);
      carried_.enter();
      context_.infer_body(body_);
      collect();
      carried_.advance();
      const Value* again = context_.body_output_value(body_, 0);
      if (again == nullptr || again->is_real() || again->dims.size() != 1 ||
          !again->dims[0].is_number()) {
        return give_up();
      }
      if (again->dims[0].is(0)) return finish(iteration + 1);
    }
    return bounded ? finish(most) : give_up();
  }

  bool give_up() {
    for (auto& types : scanned_) types.clear();
    return false;
  }

  void collect() {
    for (int scan = 0; scan < scans_; ++scan)
      scanned_[static_cast<size_t>(scan)].push_back(scan_type(scan));
  }

  bool finish(int64_t iterations) {
    for (int index = 0; index < carried_.count(); ++index)
      set_carried(index, carried_.now(index).type, carried_.now(index).value);
    for (int scan = 0; scan < scans_; ++scan) {
      const std::vector<Type>& types = scanned_[static_cast<size_t>(scan)];
      Type type = types.front();
      for (const Type& other : types)
        type = merge(context_, type, other, "iterations give different sizes");
      set_scan(scan, type, Dim(iterations));
    }
    context_.set_body_times(body_, static_cast<uint64_t>(iterations));
    return true;
  }

  void run_for_all(const std::optional<Dim>& limit, bool enters) {
    enter(nullptr, enters ? scalar_value(context_, Dim(1)) : nullptr);
    carried_.settle();
    const Value* again = context_.body_output_value(body_, 0);
    const bool goes_on = enters && again != nullptr && !again->is_real() &&
                         again->dims.size() == 1 && again->dims[0].is_number() &&
                         !again->dims[0].is(0);
    std::optional<Dim> trips;
    const bool endless = limit && limit->is_number() && limit->number() >= kEndless;
    if (goes_on && limit && !endless) trips = limit;
    for (int index = 0; index < carried_.count(); ++index) {
      set_carried(index, carried_.final_type(index, trips), carried_.final_value(index));
    }
    const Dim leading =
        trips ? *trips : context_.hidden("the number of iterations is not known before running");
    for (int scan = 0; scan < scans_; ++scan) set_scan(scan, scan_type(scan), leading);
    const bool counted = trips && trips->is_number();
    context_.set_body_times(
        body_, counted ? std::optional(static_cast<uint64_t>(trips->number())) : std::nullopt);
  }

  Type scan_type(int scan) const {
    return context_.body_output_type(body_, kCarriedOutput + carried_.count() + scan);
  }

  void set_carried(int index, const Type& type, const Value* value) {
    context_.set_type(index, type);
    if (value != nullptr) context_.set_value(index, *value);
  }

  void set_scan(int scan, const Type& element, const Dim& count) {
    context_.set_type(carried_.count() + scan,
                      {element.kind, element.dtype, with_axis(context_, element.shape, 0, count)});
  }

  InferContext& context_;
  BodyId body_;
  Carried carried_;
  int scans_;
  std::vector<std::vector<Type>> scanned_;  // by scan output: its type in each iteration
};

}  // namespace

void loop(InferContext& context) {
  const std::optional<BodyId> body = context.body("body");
  if (!body) {
    context.fault("its body is missing");
    return;
  }
  LoopRule(context, *body).run();
}

}  // namespace trtreport::ops::shape
