// Turns the skeleton's lists of names into tensors, nodes and bodies that point at each other.
#pragma once

#include "graph/functions.hpp"
#include "graph/graph.hpp"
#include "graph/names.hpp"
#include "graph/scopes.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trtreport {

class GraphBuilder {
 public:
  GraphBuilder(Graph& graph, const FunctionTable& functions);

  std::optional<Error> build(Diagnostics& diagnostics);

 private:
  // A function's output -> what the call makes of it is called.
  using OutputNames = std::unordered_map<StringId, StringId>;

  // What a list of nodes lies in: the main graph, a body, or one call of a function.
  struct Frame {
    BodyId body = kMainBody;
    std::string path;                           // before the names of tensors and nodes
    StringId scope = StringId::Empty;           // before their module paths
    const onnx::Function* function = nullptr;   // the innermost call
    std::span<const onnx::Attribute> bindings;  // of that call
    const OutputNames* out_names = nullptr;     // of that call; not handed to its bodies
  };
  // Where a subgraph that a call hands to its function was written.
  struct Origin {
    uint32_t scope = 0;
    const onnx::Function* function = nullptr;
    std::span<const onnx::Attribute> bindings;
  };

  // contents.cpp: names and lists of one graph
  void add_initializers(const onnx::Graph& source, const Frame& frame);
  void add_inputs(const onnx::Graph& source, const Frame& frame);
  void add_outputs(const onnx::Graph& source, const Frame& frame);
  void declare(const std::vector<onnx::ValueInfo>& infos, bool replace);
  void close_scope(const Frame& frame);
  TensorId new_tensor(const Frame& frame, StringId name, TensorKind kind);
  TensorId resolve(StringId name, const Frame& frame, NodeId user);
  TensorId define(StringId name, const Frame& frame, TensorKind kind);
  TensorId define_output(StringId name, const Frame& frame, NodeId producer);
  void name_tensor(Tensor& tensor, const Frame& frame, StringId name);
  void report_unknown(TensorId tensor, StringId name, const Frame& frame);

  // builder.cpp: nodes, bodies and calls; naming.cpp: what they are called
  void add_graph(const onnx::Graph& source, const Frame& frame);
  void add_nodes(const StableList<onnx::Node>& nodes, const Frame& frame);
  void add_node(const onnx::Node& proto, size_t position, const Frame& frame);
  void add_bodies(NodeId id, const Frame& frame);
  void add_call(const onnx::Node& call, const onnx::Function& function, size_t position,
                const Frame& frame);
  void note_origins(const onnx::Node& call, const Frame& frame);
  const onnx::Node* bound_proto(const onnx::Node& proto, const Frame& frame);
  int32_t opset_of(StringId domain, const onnx::Function* function);
  StringId display_name(StringId name, const Frame& frame);
  StringId display_path(StringId name, const Frame& frame);
  StringId claim_name(const onnx::Node& proto, size_t position, const Frame& frame);
  StringId scope_of(const onnx::Node& proto, std::span<const TensorId> inputs, const Frame& frame);
  StringId own_scope(const onnx::Node& proto, std::span<const TensorId> inputs);
  Frame inner_frame(const Frame& frame, StringId name, StringId scope, std::string_view part);
  OutputNames output_names(const onnx::Node& call, const onnx::Function& function,
                           const Frame& frame);
  void count_uses();
  void report(Diagnostics& diagnostics, const std::vector<NodeId>& new_ids);

  Graph& graph_;
  onnx::Model& model_;
  const FunctionTable& functions_;
  NameScopes scopes_;
  UniqueNames tensor_names_;
  UniqueNames node_names_;
  std::vector<bool> unsorted_;  // by BodyId: a name was used before it was made
  std::map<std::pair<const onnx::Function*, StringId>, int32_t> opsets_;
  std::unordered_map<TensorId, NodeId> first_users_;  // of tensors used before they are made
  std::unordered_map<const onnx::Graph*, Origin> origins_;
  std::vector<Diagnostic> complaints_;  // their nodes as before renumbering
  std::string_view last_folder_;        // neighbours share a module: its path is made once
  StringId last_scope_ = StringId::Empty;
  StringId constant_ = StringId::Empty;
  uint64_t calls_ = 0;
  bool too_many_ = false;
};

}  // namespace trtreport
