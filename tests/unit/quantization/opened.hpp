// A model from text, analysed, and its weights quantized on the spot.
#pragma once

#include "models/text_model.hpp"
#include "quantization/quantization.hpp"
#include "trtreport.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trtreport::quantization::test {

struct Opened {
  explicit Opened(const char* text, const char* device = "h100-sxm")
      : model(*models::parse_text_model(text)),
        source("m.onnx",
               std::as_bytes(std::span<const char>(model.bytes.data(), model.bytes.size()))),
        analysis(*Analysis::run(source, nullptr, on(device))) {}
  Opened(const Opened&) = delete;

  Quantization quantize(const char* schemes = "default") {
    Quantization found(analysis->graph(), source, *parse_schemes(schemes));
    WeightJob::Scratch scratch;
    for (size_t weight = 0; weight < found.targets().weights.size(); ++weight) {
      const auto job = found.job(weight);
      job->run(scratch);
      found.keep(weight, *job);
    }
    return found;
  }
  std::string name(TensorId tensor) const {
    return std::string(analysis->graph().text(analysis->graph().tensors[tensor].name));
  }

  static Options on(const char* device) {
    Options options;
    options.devices.push_back(*find_device(device));
    return options;
  }

  models::TextModel model;
  MemorySource source;
  std::unique_ptr<Analysis> analysis;
};

inline std::vector<float> listed(const ChannelScales& scales) {
  std::vector<float> all;
  for (size_t i = 0; i < scales.size(); ++i) all.push_back(scales[i]);
  return all;
}

}  // namespace trtreport::quantization::test
