// Builds ONNX models for tests and the sample with Debian's own onnx protobuf classes: what the
// reader is held against was written by somebody else's code.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <onnx/onnx_pb.h>

namespace trtreport::models {

// A dim is a number or a symbol.
using DimText = std::variant<int64_t, std::string>;
using Shape = std::vector<DimText>;

// Deterministic numbers, the same on every platform: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  // About standard normal: twelve uniforms less six.
  float normal();

 private:
  uint64_t state_;
};

class ModelBuilder {
 public:
  explicit ModelBuilder(int64_t opset = 17, std::string_view graph_name = "main_graph");

  // Declares a graph input or output; returns its name.
  std::string input(const std::string& name, const Shape& shape,
                    int dtype = ::onnx::TensorProto::FLOAT);
  void output(const std::string& name, const Shape& shape, int dtype = ::onnx::TensorProto::FLOAT);
  // A float32 initializer of seeded normal numbers times `scale`, as raw_data.
  std::string weight(const std::string& name, const std::vector<int64_t>& dims,
                     float scale = 0.05f);
  std::string ints(const std::string& name, const std::vector<int64_t>& values);  // int64, rank 1
  std::string scalar(const std::string& name, int64_t value);                     // int64, rank 0
  std::string number(const std::string& name, float value);                       // float32, rank 0

  // Adds a node; its single output is named after it. Returns the output's name.
  std::string node(const std::string& op, const std::string& name,
                   const std::vector<std::string>& inputs);
  // The same with an output name of one's own; attributes can then be set on last().
  ::onnx::NodeProto& add(const std::string& op, const std::string& name,
                         const std::vector<std::string>& inputs,
                         const std::vector<std::string>& outputs, const std::string& domain = "");
  ::onnx::NodeProto& last() { return *graph_->mutable_node(graph_->node_size() - 1); }

  ::onnx::ModelProto& model() { return model_; }
  ::onnx::GraphProto& graph() { return *graph_; }
  std::string serialize() const { return model_.SerializeAsString(); }

 private:
  ::onnx::ModelProto model_;
  ::onnx::GraphProto* graph_;
  Random random_{1};
};

void set(::onnx::NodeProto& node, const std::string& attribute, int64_t value);
void set(::onnx::NodeProto& node, const std::string& attribute, const std::vector<int64_t>& values);
void set(::onnx::NodeProto& node, const std::string& attribute, float value);
void set(::onnx::NodeProto& node, const std::string& attribute, const std::string& value);
void set(::onnx::NodeProto& node, const std::string& attribute, const ::onnx::GraphProto& graph);

}  // namespace trtreport::models
