// Runs small float32 models, plainly and slowly, so that tests can compare what two models compute.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace trtreport::models {

struct Array {
  std::vector<int64_t> dims;
  std::vector<float> values;
};

// Initializers as arrays: float32 in raw_data, int64 in raw_data or typed.
Array array_of(const ::onnx::TensorProto& tensor);

// Outputs by name. Operators: Add, Mul, BatchNormalization, Clip, Concat, Conv, Flatten, Gemm,
// GlobalAveragePool, Identity, MatMul, MaxPool (window 2, stride 2), Relu, Reshape, Sigmoid, Slice,
// Softmax (last axis), Split, Transpose; anything else throws std::runtime_error.
std::map<std::string, Array> evaluate(const ::onnx::ModelProto& model,
                                      const std::map<std::string, Array>& inputs);

}  // namespace trtreport::models
