// The engine: walks every body in execution order and applies each operator's shape rule.
#pragma once

#include "base/byte_source.hpp"
#include "base/diagnostics.hpp"
#include "graph/graph.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace trtreport::ops {

// How symbols and inputs are bound; from --dim, --batch, --shape.
struct Binding {
  std::optional<int64_t> batch;
  std::map<std::string, int64_t> dims;                 // symbol -> number
  std::map<std::string, std::vector<int64_t>> shapes;  // graph input -> shape

  friend bool operator==(const Binding&, const Binding&) = default;
};

// Per body, after inference.
struct BodyRun {
  std::optional<uint64_t> times =
      1;  // runs of this body for each run of its node; nullopt: unknown (counted once, flagged)
  bool taken = true;    // false: a branch that a constant condition never takes
  bool certain = true;  // false for the branches of an If whose condition is unknown
  bool faulty = false;  // a node in it cannot run on these shapes: a branch for other inputs
};

// A size that stands in an operand in place of what the model stores or computes there.
struct OperandSize {
  NodeId node = kNoNode;
  int input = 0;
  uint32_t element = 0;
  Dim size;
};

// Changes a graph before it is inferred, for a what-if on other sizes of its weights.
class GraphEdit {
 public:
  virtual ~GraphEdit() = default;
  virtual void apply(Graph& graph) = 0;
  virtual void undo(Graph& graph) = 0;
  // Of the edited graph, sorted by node; taken after apply().
  virtual std::span<const OperandSize> operand_sizes() const = 0;
};

class Inference {
 public:
  // `source` is the model file (small constants are read from it); all must outlive the inference.
  Inference(Graph& graph, ByteSource& source, Diagnostics& diagnostics);

  // Binds the inputs, then infers every tensor's type; fills Node::op. Error codes: unknown_input,
  // unknown_dim, bad_shape (a binding that names nothing or contradicts a fixed rank), bad_reshape
  // (a constant that the batch override contradicts). To be called once; another inference of the
  // same graph wants Graph::forget_inference first.
  std::optional<Error> run(const Binding& binding);
  // To be called before run(); `sizes` must outlive it.
  void replace_sizes(std::span<const OperandSize> sizes) { replaced_sizes_ = sizes; }

  Graph& graph() { return graph_; }
  const std::vector<BodyRun>& bodies() const { return body_runs_; }
  // Inputs whose dims were overridden by the binding: declared shapes downstream are then not
  // trusted.
  bool overridden() const { return overridden_; }
  // Symbols that stand at axis 0 of a graph input and so are taken as the batch when nothing binds
  // them.
  const std::vector<std::string>& batch_symbols() const { return batch_symbols_; }

  // Used by InferContext. What is said of a node is kept once, however often its body is inferred.
  void say(Diagnostic diagnostic);
  const Value* value_of(TensorId tensor);
  // `value` as operand `input` of the node sees it.
  const Value* operand_value(NodeId node, int input, const Value* value);
  std::optional<Value> value_of(const onnx::TensorData& data);  // of an attribute
  void infer_body(BodyId body, bool quiet = false);
  void set_type(TensorId tensor, const Type& type);
  void set_value(TensorId tensor, Value value);
  void set_body_input(TensorId tensor, const Type& type, const Value* value);
  bool may_repeat(BodyId body) const;
  BodyRun& body_run(BodyId body) { return body_runs_[body]; }
  std::optional<Dims> reconcile_reshape(NodeId id, const Shape& input, const Dims& target);
  // True where `now` is what `before` became by the batch override.
  bool is_rebatched(const Dim& before, const Dim& now) const;
  void note_rewritten(NodeId id, const std::string& from, const std::string& to,
                      const std::string& what);

 private:
  // inference_bind.cpp
  std::optional<Error> bind_inputs(const Binding& binding);
  std::optional<Error> bind_shapes(const Binding& binding);
  std::optional<Error> bind_symbols(const Binding& binding);
  std::optional<Error> bind_batch(int64_t batch);
  void collect_symbols();
  void bind_symbol(StringId symbol, int64_t number);
  StringId symbol_of(TensorId input, int axis) const;
  Type input_type(TensorId input) const;
  void apply_overrides();
  void find_batch_symbols();

  // inference.cpp
  void load_types_of_weights();
  void look_up_operators();
  void infer_all();
  void infer_node(NodeId id);
  const Value* read_value(const Tensor& tensor);
  bool spend(uint64_t work);
  void report_unknown_operators();

  // inference_declared.cpp
  void settle_outputs(NodeId id);
  void settle(Tensor& tensor, NodeId id);
  std::optional<Dim> declared_dim(const onnx::DimProto& dim) const;
  Type declared_type(const onnx::TypeProto& declared, std::string_view cause);
  void note_stale(const Tensor& tensor, NodeId id, const std::string& declared,
                  const std::string& found);

  Graph& graph_;
  ByteSource& source_;
  Diagnostics& diagnostics_;
  int quiet_ = 0;                      // above 0: nothing is said
  std::unordered_set<uint64_t> said_;  // hashes of node, code and message
  std::vector<BodyRun> body_runs_;
  std::vector<std::string> batch_symbols_;
  std::span<const OperandSize> replaced_sizes_;
  std::vector<bool> value_asked_;  // by TensorId: stored contents were read, or cannot be
  std::vector<bool> body_inferred_;
  uint64_t
      work_left_;  // steps of repeated bodies and elements of values; what is left is done without
  bool overridden_ = false;

  // Bindings.
  std::unordered_map<StringId, Dim> symbols_;       // dim_param of an input -> its number or symbol
  std::map<TensorId, std::vector<int64_t>> given_;  // --shape
  struct Override {
    TensorId input;
    int axis;
    int64_t before;
    int64_t now;
  };
  std::vector<Override> overrides_;  // numbers that the binding replaced
  std::map<std::pair<TensorId, int>, StringId>
      unnamed_;  // symbols made for dims that the file leaves open

  // Before the override.
  std::vector<Shape> shapes_before_;
  std::vector<const Value*> values_before_;
  int64_t batch_before_ = 0;  // the old and the new batch, where all overrides agree; else 0
  int64_t batch_now_ = 0;
  std::optional<Error> failure_;
};

}  // namespace trtreport::ops
