// The model resolved: names to tensors per scope, functions inlined, nodes in execution order,
// subgraphs as bodies. Built from the ONNX skeleton once; shape inference then fills the types.
#pragma once

#include "base/arena.hpp"
#include "base/diagnostics.hpp"
#include "base/stable_list.hpp"
#include "graph/shape.hpp"
#include "onnx/model.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trtreport {

using TensorId = uint32_t;
using NodeId = uint32_t;
using BodyId = uint32_t;
inline constexpr TensorId kNoTensor = UINT32_MAX;  // an omitted optional input or output
inline constexpr BodyId kMainBody = 0;

enum class TensorKind : uint8_t {
  Activation,  // made by a node (also an outer value of nobody: an error was reported)
  Input,       // of the graph, or of a body
  Weight,      // an initializer (dense or sparse) that no graph input overrides
};

struct Tensor {
  StringId name = StringId::Empty;  // unique in the graph; tensors of bodies and functions carry
                                    // the path of their node
  TensorKind kind = TensorKind::Activation;
  bool is_output = false;  // of the main graph
  BodyId body = kMainBody;
  NodeId producer = kNoNode;
  uint32_t uses = 0;  // consuming node inputs in every body, plus 1 for each body output it is
  const onnx::TensorData* data = nullptr;  // initializers, and outputs of Constant
  const onnx::SparseTensorData* sparse = nullptr;
  const onnx::TypeProto* declared = nullptr;  // of inputs, outputs and value_info
  Type type;                                  // what inference found
  const Value* value = nullptr;               // owned by the Graph; null where unknown or large
};

struct Node {
  const onnx::Node* proto =
      nullptr;  // op, domain and attributes (function attributes already substituted)
  StringId name = StringId::Empty;   // unique; made from op and position where the file has none
  StringId scope = StringId::Empty;  // module path, "layer1/layer1.0/conv1"; Empty at top level
  BodyId body = kMainBody;
  int32_t opset = 0;  // of the node's domain, in its model or function; 0 where not imported
  uint16_t op = 0;    // row of the operator table, filled by inference; 0 is "no row"
  std::span<const TensorId> inputs;
  std::span<const TensorId> outputs;
  std::span<const BodyId>
      bodies;  // of If (then, else), Loop, Scan: in the order of `body_attributes`
  std::span<const StringId> body_attributes;
};

// The main graph, or a subgraph of a control-flow node.
struct Body {
  NodeId owner = kNoNode;
  StringId name = StringId::Empty;
  std::vector<TensorId> inputs;  // main: without those that are initializers as well
  std::vector<TensorId> outputs;
  std::vector<NodeId> nodes;  // in execution order
};

class Graph {
 public:
  explicit Graph(std::unique_ptr<onnx::Model> model) : model_(std::move(model)) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  onnx::Model& model() { return *model_; }
  const onnx::Model& model() const { return *model_; }
  std::string_view text(StringId id) const { return model_->strings.view(id); }
  DimTable& dims() { return dims_; }

  // Interns dims as a Shape.
  Shape shape(std::span<const Dim> dims);
  // Keeps a value until forget_inference.
  const Value* keep(Value value);

  // Turns an initializer into an input of the main graph, so that it can have another size.
  void replace_by_input(TensorId weight);
  // Takes back what an inference found and changed, so that another one can run as if it were the
  // first. Small values that were read from the file stay: nobody has to read them again.
  void forget_inference();

  StableList<Tensor> tensors;
  StableList<Node> nodes;   // ids follow execution order: the main graph's first, then each body's
  StableList<Body> bodies;  // [0] is the main graph
  uint64_t inlined_functions = 0;

 private:
  std::unique_ptr<onnx::Model> model_;
  DimTable dims_;
  Arena arena_;
  std::unordered_multimap<uint64_t, Shape> shapes_;
  StableList<Value> values_;
  struct Replaced {
    TensorId tensor;
    const onnx::TensorData* data;
    const onnx::SparseTensorData* sparse;
  };
  std::vector<Replaced> replaced_;
};

// Resolves the skeleton: scopes, duplicate and empty names, function calls (nested, default
// attributes, at most kMostNodes nodes in all), subgraphs, topological order (files out of order
// are sorted, stable; a cycle is an error naming a node on it). Error codes: cyclic,
// too_many_nodes, recursive_function, nesting_too_deep.
inline constexpr uint64_t kMostNodes = 5'000'000;
tl::expected<std::unique_ptr<Graph>, Error> build_graph(std::unique_ptr<onnx::Model> model,
                                                        Diagnostics& diagnostics);

}  // namespace trtreport
