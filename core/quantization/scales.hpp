// From ranges to scales and zero points, rule by rule as the tools have them.
#pragma once

#include "quantization/scheme.hpp"

#include <cstdint>

namespace trtreport::quantization {

// Magnitudes up to this are taken as zero (pytorch-quantization, Model Optimizer): a scale from
// them would only enlarge noise.
inline constexpr float kDeadMagnitude = 0x1p-24f;

struct ScaleAndZero {
  float scale = 1;
  int32_t zero_point = 0;  // of the signed code range
};

// amax / largest value; 1 where amax is dead.
float symmetric_scale(const Element& element, float amax);

// ONNX Runtime's: the range is widened to hold 0 and spread over every code.
ScaleAndZero asymmetric_scale(const Element& element, double low, double high);

// Of a block whose largest magnitude is `amax`. INT4: at least 1e-5, as Model Optimizer has it.
// NVFP4: `of_tensor` is nvfp4_tensor_scale; the block's own part is rounded to E4M3.
float block_scale(const Scheme& scheme, float amax, float of_tensor);
float nvfp4_tensor_scale(float amax);

// Exponent of a Microscaling block, -127..127.
int32_t mx_exponent(const Scheme& scheme, float amax);

}  // namespace trtreport::quantization
