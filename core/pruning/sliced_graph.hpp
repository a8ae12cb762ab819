// A graph whose channels were cut: weights, declared shapes, attributes and written-down sizes as
// they are in the smaller model, so that everything else can be inferred anew.
#pragma once

#include "graph/graph.hpp"
#include "ops/inference.hpp"
#include "pruning/groups.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace trtreport::pruning {

// A number of the model that has to change with a cut.
struct SizeChange {
  NodeId node = kNoNode;
  int input = -1;  // the operand that holds it, or -1: the attribute
  std::string attribute;
  int element = -1;  // of a list; -1: a single number
  Dim before, after;
};

class SlicedGraph : public ops::GraphEdit {
 public:
  // `groups` must be of the same graph as given to apply, and outlive this.
  SlicedGraph(const ChannelGroups& groups, Sizes sizes);

  void apply(Graph& graph) override;
  void undo(Graph& graph) override;
  std::span<const ops::OperandSize> operand_sizes() const override { return operand_sizes_; }

  // In execution order.
  std::vector<SizeChange> size_changes() const;
  // The first tensor, in execution order, whose inferred shape is not what the cut leaves of it;
  // none where the graph, inferred after apply(), is whole.
  std::vector<TensorId> contradictions(const Graph& graph) const;

 private:
  void cut_tensors(Graph& graph);
  void change_attributes(Graph& graph);
  bool is_cut(TensorId tensor) const;

  const ChannelGroups& groups_;
  Sizes sizes_;
  std::vector<ops::OperandSize> operand_sizes_;
  // What was replaced, and what stands in its place.
  struct OfTensor {
    TensorId tensor;
    const onnx::TensorData* data;
    const onnx::TypeProto* declared;
  };
  struct OfNode {
    NodeId node;
    const onnx::Node* proto;
  };
  std::vector<OfTensor> tensors_;
  std::vector<OfNode> nodes_;
  std::deque<onnx::TensorData> datas_;
  std::deque<onnx::TypeProto> types_;
  std::deque<std::vector<int64_t>> lists_;
  std::deque<std::vector<onnx::DimProto>> dims_;
  std::deque<std::vector<onnx::Attribute>> attributes_;
  std::deque<onnx::Node> protos_;
};

}  // namespace trtreport::pruning
