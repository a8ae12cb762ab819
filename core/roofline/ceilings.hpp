// The peaks and element sizes that one roofline uses, with all fallbacks resolved.
#pragma once

#include "roofline/roofline.hpp"

#include <array>
#include <optional>

namespace trtreport {

// FLOP/s of one precision; unknown where the device states none.
struct Ceiling {
  std::optional<double> tensor;  // of contractions; the vector peak where the unit is missing
  std::optional<double> vector;
  bool has_tensor_unit = false;
  std::string accumulate;  // of the tensor peak: "fp32", "fp16", "int32"; empty where not said
};

struct Ceilings {
  Precision evaluated_as = Precision::Fp16;
  std::optional<Fallback> fallback;
  // By the precision of a node's arithmetic. Model's is of double precision, which only models as
  // they are stored are computed in.
  std::array<Ceiling, kPrecisionCount> of;
  // Bytes of an element of a plain floating weight or activation; 0 where each keeps its own
  // (model).
  double weight_bytes = 0, activation_bytes = 0;

  // The precision in which arithmetic on `dtype` runs: an index into `of`.
  Precision arithmetic(DType dtype) const;
};

// What a roofline at `precision` is drawn with. Cannot fail: a precision that the device lacks is
// evaluated in the next wider one it has, and `fallback` says so; fp32 runs as tf32 from
// compute capability 8.0 on unless the options say otherwise (TensorRT's default); sparse peaks
// only where the options ask for them. Weight-only precisions (int4, fp4) compute in fp16.
Ceilings resolve_ceilings(const Device& device, Precision precision,
                          const RooflineOptions& options);

// "FP16", "TF32", …; "its own precision" for Model.
std::string_view title(Precision precision);

}  // namespace trtreport
