// The checker and shape inference of libonnx throw what they object to.
#include "checker.hpp"

#include <exception>

#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

namespace trtreport::test {

std::string objection_to(const ::onnx::ModelProto& model) {
  try {
    ::onnx::checker::check_model(model);
    ::onnx::ModelProto copy = model;
    ::onnx::ShapeInferenceOptions options{true, 1, true};
    ::onnx::shape_inference::InferShapes(copy, ::onnx::OpSchemaRegistry::Instance(), options);
  } catch (const std::exception& fault) {
    return fault.what();
  }
  return {};
}

}  // namespace trtreport::test
