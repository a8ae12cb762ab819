// Scales in the arithmetic of the tools they come from: float32 where they divide in float32.
#include "quantization/scales.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

// So large that everything divided by it rounds to 0.
constexpr float kToZero = 0x1p126f;

float power_of_two(int32_t exponent) { return std::ldexp(1.0f, exponent); }

}  // namespace

float symmetric_scale(const Element& element, float amax) {
  return amax <= kDeadMagnitude ? 1 : amax / element.high;
}

ScaleAndZero asymmetric_scale(const Element& element, double low, double high) {
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  const double least = static_cast<double>(element.low);
  const double scale = (high - low) / (static_cast<double>(element.high) - least);
  if (scale < static_cast<double>(std::numeric_limits<float>::min())) return {};
  return {static_cast<float>(scale), static_cast<int32_t>(std::nearbyint(least - low / scale))};
}

float nvfp4_tensor_scale(float amax) { return amax > 0 ? amax / 2688.0f : 1; }

int32_t mx_exponent(const Scheme& scheme, float amax) {
  if (!(amax > 0)) return -127;
  const Element& element = row(scheme.format).element;
  int exponent = 0;
  int32_t result = 0;
  if (scheme.calibrator == Calibrator::Nvidia) {
    const double ratio = static_cast<double>(amax) / static_cast<double>(element.high);
    const double fraction = std::frexp(ratio, &exponent);
    result = fraction == 0.5 ? exponent - 1 : exponent;
  } else {
    int of_high = 0;
    std::frexp(element.high, &of_high);
    std::frexp(amax, &exponent);
    result = exponent - of_high;
  }
  return std::clamp(result, -127, 127);
}

float block_scale(const Scheme& scheme, float amax, float of_tensor) {
  const FormatRow& format = row(scheme.format);
  switch (format.scaling) {
    case Scaling::Mx:
      return power_of_two(mx_exponent(scheme, amax));
    case Scaling::Nvfp4: {
      if (!(amax > 0)) return 1;
      const float own = round_to_element(row(Format::Fp8E4M3).element, amax / (6.0f * of_tensor));
      return own > 0 ? own * of_tensor : kToZero;
    }
    default:
      if (scheme.format == Format::Int4) return std::max(amax / 7.0f, 1e-5f);
      return symmetric_scale(format.element, amax);
  }
}

ChannelScales::ChannelScales(std::vector<float>&& values, const Element* element)
    : own_(std::make_shared<const std::vector<float>>(std::move(values))),
      values_(*own_),
      element_(element) {}

float ChannelScales::operator[](size_t channel) const {
  float scale = values_[values_.size() == 1 ? 0 : channel];
  if (element_ != nullptr) scale = symmetric_scale(*element_, scale);
  if (factors_.empty()) return scale;
  const double factor = std::fabs(factors_[channel]);
  return factor > 0 ? static_cast<float>(static_cast<double>(scale) / factor) : 1;
}

}  // namespace trtreport::quantization
