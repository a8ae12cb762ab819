// What a coupling rule sees of its node. One rule is one function of this context; the table in
// rules.def says which operators it holds for.
#pragma once

#include "pruning/coupling.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace trtreport::pruning {

class RuleContext {
 public:
  RuleContext(Coupling& coupling, NodeId id)
      : coupling_(coupling), id_(id), node_(coupling.graph().nodes[id]) {}

  Coupling& coupling() { return coupling_; }
  NodeId id() const { return id_; }
  const Node& node() const { return node_; }
  std::string_view op() const { return coupling_.graph().text(node_.proto->op); }
  // Of ai.onnx; the newest for other domains.
  int opset() const;

  int inputs() const { return static_cast<int>(node_.inputs.size()); }
  int outputs() const { return static_cast<int>(node_.outputs.size()); }
  // kNoTensor where it is not there.
  TensorId input(int index) const;
  TensorId output(int index) const;
  int in_rank(int index) const { return coupling_.rank(input(index)); }
  int out_rank(int index) const { return coupling_.rank(output(index)); }
  AxisId in(int index, int axis) const { return coupling_.axis(input(index), axis); }
  AxisId out(int index, int axis) const { return coupling_.axis(output(index), axis); }
  // 1 for an axis of length 1, 0 where unknown.
  uint32_t in_size(int index, int axis) const { return size(input(index), axis); }
  uint32_t out_size(int index, int axis) const { return size(output(index), axis); }
  uint32_t size(TensorId tensor, int axis) const;

  const onnx::Attribute* attribute(std::string_view name) const;
  int64_t attribute_int(std::string_view name, int64_t otherwise) const;
  std::string_view attribute_string(std::string_view name) const;
  // From the attribute, or from the contents of the operand; empty where neither is known.
  std::optional<Dims> dims(std::string_view attribute_name, int input_index) const;
  std::optional<std::vector<int64_t>> numbers(std::string_view attribute_name,
                                              int input_index) const;
  // The operand or attribute that dims() read, as an Edit without its axis.
  Edit edit_of(const char* attribute_name, int input_index) const;
  // From a possibly negative one; -1 where out of range.
  static int normalized(int64_t axis, int rank);

  void same(AxisId a, AxisId b) { coupling_.same(a, b); }
  void freeze(AxisId axis, Why why) { coupling_.freeze(axis, why, id_); }
  void freeze_all(Why why);  // of all inputs and outputs
  // Axes of the tensor from `first` on are heights, widths or kernels.
  void spatial(TensorId tensor, int first);
  // Every axis of input and output pairwise, aligned from the right as numpy broadcasts; lengths of
  // 1 go with anything.
  void broadcast(TensorId input, TensorId output);
  // All axes with the same number.
  void same_axes(TensorId input, TensorId output);
  // The output channels of a layer with weights, so that the first ones of a network are known.
  void layer(AxisId outputs, int data_input);
  // Set by the caller: no layer lies between the graph's inputs and this tensor.
  const std::vector<bool>* behind_layer = nullptr;
  bool is_layer = false;  // what layer() answers

 private:
  Coupling& coupling_;
  NodeId id_;
  const Node& node_;
};

using Rule = void (*)(RuleContext&);

// The operator's rule; `unsupported`, which freezes every axis, where it has none.
Rule rule_of(const Graph& graph, const Node& node);

}  // namespace trtreport::pruning
