// The engine: walks every body in execution order and applies each operator's shape rule.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_source.hpp"
#include "base/diagnostics.hpp"
#include "graph/graph.hpp"

namespace trtreport::ops {

// How symbols and inputs are bound; from --dim, --batch, --shape.
struct Binding {
  std::optional<int64_t> batch;
  std::map<std::string, int64_t> dims;                   // symbol -> number
  std::map<std::string, std::vector<int64_t>> shapes;    // graph input -> shape
};

// Per body, after inference.
struct BodyRun {
  std::optional<uint64_t> times = 1;  // runs of this body for each run of its node; nullopt: unknown (counted once, flagged)
  bool taken = true;                  // false: a branch that a constant condition never takes
  bool certain = true;                // false for the branches of an If whose condition is unknown
};

class Inference {
 public:
  // `source` is the model file (small constants are read from it); both must outlive the inference.
  Inference(Graph& graph, ByteSource& source, Diagnostics& diagnostics);

  // Binds the inputs, then infers every tensor's type. Error codes: unknown_input, unknown_dim, bad_shape (a binding that
  // names nothing or contradicts a fixed rank), bad_reshape (a constant that the batch override contradicts).
  std::optional<Error> run(const Binding& binding);

  Graph& graph() { return graph_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  const std::vector<BodyRun>& bodies() const { return body_runs_; }
  // Inputs whose dims were overridden by the binding: declared shapes downstream are then not trusted.
  bool overridden() const { return overridden_; }
  // Symbols that stand at axis 0 of a graph input and so are taken as the batch when nothing binds them.
  const std::vector<std::string>& batch_symbols() const { return batch_symbols_; }

  // Used by InferContext.
  const Value* value_of(TensorId tensor);
  void infer_body(BodyId body);
  void set_type(TensorId tensor, Type type);
  void set_value(TensorId tensor, Value value);
  BodyRun& body_run(BodyId body) { return body_runs_[body]; }

 private:
  std::optional<Error> bind_inputs(const Binding& binding);
  void load_types_of_weights();
  void infer_node(NodeId id);
  void settle_outputs(NodeId id);

  Graph& graph_;
  ByteSource& source_;
  Diagnostics& diagnostics_;
  std::vector<BodyRun> body_runs_;
  std::vector<std::string> batch_symbols_;
  std::vector<bool> value_asked_;
  uint64_t work_left_;
  bool overridden_ = false;
};

}  // namespace trtreport::ops
