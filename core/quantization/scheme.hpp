// What to try on a weight: a format, how many values share a scale, and how the scale is found. The
// default set, and the texts of --formats.
#pragma once

#include "quantization/format.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::quantization {

enum class Granularity : uint8_t { Tensor, Channel, Block };

enum class Calibrator : uint8_t {
  None,                // formats that are cast to
  Max,                 // the largest magnitude; asymmetric: the least and the largest value
  Mse,                 // least squared error
  Entropy,             // TensorRT's and pytorch-quantization's
  EntropyOnnxRuntime,  // with 2048 bins and 255 levels: its default of 128 and 128 is plain max
  Percentile,          // pytorch-quantization's
  Ocp,                 // powers of two by the Microscaling specification
  Nvidia,              // powers of two that never clip
};

struct Scheme {
  Format format = Format::Int8;
  Granularity granularity = Granularity::Tensor;
  uint32_t block = 0;  // Block: values that share a scale, along the contracted axis
  bool symmetric = true;
  Calibrator calibrator = Calibrator::Max;
  double percent = 0;  // Percentile

  friend bool operator==(const Scheme&, const Scheme&) = default;
};

// Whether each channel's scale is searched for, of least squared error.
bool searches_channels(const Scheme& scheme);

std::string granularity_text(const Scheme& scheme);  // "tensor", "channel", "block32"
std::string calibrator_text(const Scheme& scheme);   // "max", "percentile-99.99", ""; see below
std::string scheme_text(const Scheme& scheme);  // as parse_schemes takes it: "int8/channel/mse"
// Bits a weight takes, its share of the scales included.
double bits_per_weight(const Scheme& scheme, uint64_t elements, uint64_t channels);

// INT8 by tensor and channel with max and MSE, INT4 in blocks of 32, FP8 E4M3, FP16.
std::vector<Scheme> default_schemes();
// Every format, and for INT8 every calibrator.
std::vector<Scheme> all_schemes();

// "default", "all", or items between commas: a format alone stands for its rows of all_schemes()
// with max, or FORMAT/GRANULARITY/CALIBRATOR[/asymmetric], as in int8/channel/mse,
// int8/tensor/percentile-99.99, int4/block128/max, int8/tensor/max/asymmetric,
// mxfp8/block32/nvidia. The error is one line naming the item.
tl::expected<std::vector<Scheme>, std::string> parse_schemes(std::string_view text);

}  // namespace trtreport::quantization
