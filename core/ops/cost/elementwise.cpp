// FLOPs of operators that do a fixed amount of work for each element; they multiply and accumulate
// nothing. One FLOP is one addition, multiplication, division, comparison, root or transcendental
// function.
#include "ops/cost/rules.hpp"

namespace trtreport::ops::cost {

namespace {

// Of the first output that is there: a leading one may be omitted.
Count output_elements(const CostContext& context) {
  for (int index = 0; index < context.output_count(); ++index) {
    if (context.has_output(index)) return context.output_elements(index);
  }
  return 0;
}

}  // namespace

Cost free(const CostContext&, uint32_t) { return {}; }

Cost unmodelled(const CostContext&, uint32_t) {
  return {.macs = Count::unknown(), .flops = Count::unknown()};
}

Cost elementwise(const CostContext& context, uint32_t per_element) {
  return {.flops = output_elements(context) * per_element};
}

Cost elementwise_input(const CostContext& context, uint32_t per_element) {
  return {.flops = context.input_elements(0) * per_element};
}

// One operation for each input after the first.
Cost variadic(const CostContext& context, uint32_t per_element) {
  const uint64_t steps =
      context.input_count() > 1 ? static_cast<uint64_t>(context.input_count() - 1) : 0;
  return {.flops = output_elements(context) * steps * per_element};
}

// Every output element looks at its whole window.
Cost pool(const CostContext& context, uint32_t per_element) {
  Count window = 1;
  for (int64_t size : context.attribute_ints("kernel_shape")) {
    window = window * (size < 0 ? Count::unknown() : Count(static_cast<uint64_t>(size)));
  }
  return {.flops = context.output_elements(0) * window * per_element};
}

// Over `size` channels: squares and their sum with the bias; then the factor, the power and the
// quotient.
Cost lrn(const CostContext& context, uint32_t) {
  const int64_t size = context.attribute_int("size", 1);
  const Count per_element =
      size < 0 ? Count::unknown() : Count(2 * static_cast<uint64_t>(size) + 3);
  return {.flops = output_elements(context) * per_element};
}

}  // namespace trtreport::ops::cost
