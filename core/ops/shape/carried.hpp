// Values that a loop hands from one iteration to the next, brought to types that hold for every
// iteration.
#pragma once

#include "ops/infer.hpp"

#include <vector>

namespace trtreport::ops::shape {

class Carried {
 public:
  struct State {
    Type type;
    const Value* value = nullptr;
  };

  // `first_input` and `first_output`: where the carried values stand among the body's inputs and
  // outputs.
  Carried(InferContext& context, BodyId body, int first_input, int first_output,
          std::vector<State> initial);

  int count() const { return static_cast<int>(now_.size()); }
  const State& now(int index) const { return now_[static_cast<size_t>(index)]; }

  void enter();    // sets the body's inputs
  void advance();  // takes the body's outputs as the next iteration's inputs
  // Infers the body until no type changes any more; sizes that do become hidden. The other inputs
  // of the body must be set.
  void settle();
  // After settle: the type once the loop ends. A size that grows alike in every iteration is exact
  // where `trips` is known.
  Type final_type(int index, const std::optional<Dim>& trips) const;
  // After settle: the value where no iteration changes it; else null.
  const Value* final_value(int index) const { return now(index).value; }

 private:
  bool widen(int index);
  const Type& body_type(int index) const;

  InferContext& context_;
  BodyId body_;
  int first_input_;
  int first_output_;
  std::vector<State> initial_;
  std::vector<State> now_;
  std::vector<std::vector<bool>> widened_;  // dims that were hidden because they change
};

}  // namespace trtreport::ops::shape
