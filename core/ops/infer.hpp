// What a shape rule sees of its node, and how it states what it found. One rule is one function of
// this context.
#pragma once

#include "base/diagnostics.hpp"
#include "graph/graph.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::ops {

class Inference;  // the engine that walks the graph (inference.hpp)

// Valid while one rule runs. Indices past the end, and omitted optional inputs, are answered as
// "not there".
class InferContext {
 public:
  InferContext(Inference& engine, NodeId id);

  Graph& graph();
  NodeId id() const { return id_; }
  const Node& node() const { return *node_; }
  int opset() const { return node_->opset; }
  std::string_view op() const;
  std::string_view domain() const;

  // Inputs.
  int input_count() const { return static_cast<int>(node_->inputs.size()); }
  bool has_input(int index) const;
  const Type& type(int index) const;  // Unknown where not there
  DType dtype(int index) const { return type(index).dtype; }
  const Shape& shape(int index) const { return type(index).shape; }
  // Contents where they are known; small initializers are read from the file on first asking. Null
  // otherwise.
  const Value* value(int index);
  // The value as integers / as plain numbers; empty where unknown or not of that kind.
  std::optional<Dims> ints(int index);                     // symbolic allowed
  std::optional<std::vector<int64_t>> numbers(int index);  // all plain
  std::optional<std::vector<double>> reals(int index);  // floats, or integers turned into doubles
  std::optional<Dim> scalar(int index);                 // the only element of an integer value

  // Attributes. The typed getters answer the default where the attribute is absent or of another
  // type.
  const onnx::Attribute* attribute(std::string_view name) const;
  bool has_attribute(std::string_view name) const { return attribute(name) != nullptr; }
  int64_t attribute_int(std::string_view name, int64_t otherwise) const;
  double attribute_float(std::string_view name, double otherwise) const;
  std::string_view attribute_string(std::string_view name, std::string_view otherwise) const;
  std::optional<std::vector<int64_t>> attribute_ints(std::string_view name) const;
  std::optional<std::vector<double>> attribute_floats(std::string_view name) const;
  // Elements of a small Tensor attribute (ConstantOfShape's value); empty where it is absent, large
  // or no numbers.
  std::optional<Value> attribute_elements(std::string_view name) const;
  // An integer list that is an attribute in old opsets and input `index` in new ones (axes, pads,
  // starts, …): whichever is there. Empty where it is absent, or an input whose value is unknown:
  // `given` tells the two apart.
  struct MovedInts {
    bool given = false;
    std::optional<Dims> values;
  };
  MovedInts moved_ints(std::string_view attribute_name, int input_index);

  // Outputs. Setting an output that the node does not have (or omits) does nothing. Setting it
  // again replaces it.
  int output_count() const { return static_cast<int>(node_->outputs.size()); }
  bool has_output(int index) const;
  void set_type(int index, Type type);
  void set(int index, DType dtype, std::span<const Dim> dims);
  void set(int index, DType dtype, const Dims& dims) {
    set(index, dtype, std::span<const Dim>(dims));
  }
  void set(int index, DType dtype, const Shape& shape);
  void set_unknown_rank(int index, DType dtype);  // the dtype alone is known
  void set_unknown_dims(int index, DType dtype, int rank, std::string_view cause);
  void set_sequence(int index, DType dtype, const Shape& element_shape);
  // Contents of an output whose type is set; dropped when over kMostValueElements or not as many as
  // the shape has.
  void set_value(int index, Value value);

  // Sizes.
  Dim hidden(std::string_view cause);  // an unknown size caused by this node: the node's op and
                                       // name are prefixed
  Shape make_shape(const Dims& dims) { return graph().shape(dims); }
  // Axis of `rank` from a possibly negative one; empty (and a diagnostic) where it is out of range.
  std::optional<int> axis(int64_t value, int rank);
  std::optional<std::vector<int>> axes(std::span<const int64_t> values, int rank);
  // numpy broadcasting of two or more shapes; certain dims win over symbols, a symbol against 1 is
  // the symbol, two different symbols: the one both can only be (the first, as exporters' shapes
  // agree), contradictions: a diagnostic.
  Shape broadcast(std::span<const Shape> shapes);
  Shape broadcast(const Shape& a, const Shape& b);

  // A fault of the model at this node: kept as a diagnostic, the outputs stay what they are
  // (unknown by default).
  void fault(const std::string& cause);

  // Where inputs were overridden (--batch 8 on a model exported with batch 1), the sizes that the
  // exporter baked into constants no longer hold. A rule that makes a shape from a constant asks
  // here first: what the output's shape is when the baked sizes are scaled like the input, judged
  // by the same node's shapes before the override. `target` is the constant as written (0 and -1
  // kept). Empty where nothing was overridden, where the constant is right as it is, or where it is
  // computed and so follows by itself. A shape that can be made right by no scaling ends the
  // analysis with the error bad_reshape. What is rewritten is noted as "baked_batch_rewritten".
  std::optional<Dims> reconcile_reshape(const Shape& input, const Dims& target);
  // The same for two operands whose sizes should agree (a learned token that was expanded to the
  // old batch, joined to the new one): the rebatched size where one of them is the other before the
  // override; else empty.
  std::optional<Dim> reconcile_dims(const Dim& a, const Dim& b);

  // Bodies (If, Loop, Scan, SequenceMap): sets the body's input types and values, then infers its
  // nodes.
  std::span<const BodyId> bodies() const { return node_->bodies; }
  std::optional<BodyId> body(std::string_view attribute_name) const;
  const Body& body_of(BodyId id);
  void set_body_input(BodyId body, int index, const Type& type, const Value* value);
  // `quiet`: faults inside are not reported (a branch that is never taken).
  void infer_body(BodyId body, bool quiet = false);
  const Type& body_output_type(BodyId body, int index);
  const Value* body_output_value(BodyId body, int index);
  // For cost: how often the body runs for each run of this node (nullopt: unknown); whether an If's
  // branch is ever taken, and whether that is certain.
  void set_body_times(BodyId body, std::optional<uint64_t> times);
  void set_body_taken(BodyId body, bool taken, bool certain);
  // Whether the work budget allows to infer this body once more (loops that go round until nothing
  // changes).
  bool may_repeat(BodyId body);

 private:
  Inference& engine_;
  NodeId id_;
  const Node* node_;
};

using ShapeRule = void (*)(InferContext&);

}  // namespace trtreport::ops
