// A graph as its file has it: what a node of the main graph is called there and who reads its
// tensors. Shared by the rules of quantization and by what writes them into a file.
#pragma once

#include "graph/graph.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trtreport::quantization {

// The main graph's nodes by their place in the file.
class FileGraph {
 public:
  explicit FileGraph(const Graph& graph);

  const Graph& graph() const { return graph_; }
  // Its place in the file; none where it stands in a subgraph or a function.
  std::optional<size_t> place(NodeId node) const;
  // The operator of ai.onnx; empty for other domains.
  std::string_view op(NodeId node) const;
  TensorId input(NodeId node, size_t index) const;
  TensorId output(NodeId node) const;
  NodeId producer(TensorId tensor) const;  // kNoNode: none
  const std::vector<NodeId>& readers(TensorId tensor) const { return readers_[tensor]; }
  // The name that the file uses; of tensors that a node of the main graph reads.
  std::string name(TensorId tensor) const;
  std::string node_name(NodeId node) const;
  DType dtype(TensorId tensor) const;
  bool is_stored(TensorId tensor) const { return graph_.tensors[tensor].data != nullptr; }
  // Whether what a node hands on is its first input, moved or picked: quantizing commutes with it.
  bool only_moves(NodeId node) const;

 private:
  const Graph& graph_;
  std::unordered_map<const onnx::Node*, size_t> places_;
  std::vector<std::vector<NodeId>> readers_;  // by tensor
};

}  // namespace trtreport::quantization
