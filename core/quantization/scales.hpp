// From ranges to scales and zero points, rule by rule as the tools have them.
#pragma once

#include "quantization/scheme.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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

// Scales of a weight, one or one a channel, computed from what is at hand when they are asked for:
// there may be as many channels as values. `values` must outlive it, unless it was given away.
class ChannelScales {
 public:
  ChannelScales() = default;
  // They are scales already, or where an element is given largest magnitudes.
  explicit ChannelScales(std::span<const float> values, const Element* element = nullptr)
      : values_(values), element_(element) {}
  explicit ChannelScales(std::vector<float>&& values, const Element* element = nullptr);
  // Divides them by the magnitudes of these, by channel; one scale becomes one a channel.
  void divide_by(std::span<const double> factors) { factors_ = factors; }

  bool empty() const { return values_.empty(); }
  size_t size() const { return empty() ? 0 : std::max(values_.size(), factors_.size()); }
  float operator[](size_t channel) const;

 private:
  std::shared_ptr<const std::vector<float>> own_;
  std::span<const float> values_;
  const Element* element_ = nullptr;
  std::span<const double> factors_;
};

// Exponent of a Microscaling block, -127..127.
int32_t mx_exponent(const Scheme& scheme, float amax);

}  // namespace trtreport::quantization
