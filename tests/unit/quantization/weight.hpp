// A weight in memory, and a job over it.
#pragma once

#include "quantization/job.hpp"

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace trtreport::quantization::test {

class Weight {
 public:
  Weight(std::vector<float> values, std::vector<int64_t> dims)
      : values_(std::move(values)),
        dims_(std::move(dims)),
        source_("w", std::as_bytes(std::span<const float>(values_))) {
    data_.dtype = DType::Float32;
    data_.storage = onnx::TensorData::Storage::Raw;
    data_.dims = dims_;
    data_.length = values_.size() * sizeof(float);
  }
  Weight(const Weight&) = delete;

  WeightResult run(std::span<const Scheme> schemes, size_t axis = 0,
                   std::vector<double> factors = {}) {
    WeightJob job(model_, source_, data_, axis, std::move(factors), schemes);
    WeightJob::Scratch scratch;
    job.run(scratch);
    return job.result();
  }
  SchemeResult run(const char* scheme, size_t axis = 0) {
    return run(*parse_schemes(scheme), axis).schemes.at(0);
  }
  std::unique_ptr<WeightJob> job(std::span<const Scheme> schemes, size_t axis) {
    return std::make_unique<WeightJob>(model_, source_, data_, axis, std::vector<double>(),
                                       schemes);
  }

 private:
  std::vector<float> values_;
  std::vector<int64_t> dims_;
  MemorySource source_;
  onnx::Model model_;
  onnx::TensorData data_;
};

}  // namespace trtreport::quantization::test
