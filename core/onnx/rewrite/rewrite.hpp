// A model with some nodes edited and its operator set raised, written anew without its weights in
// memory: what is not edited is copied from the file as it is.
#pragma once

#include "onnx/model.hpp"
#include "onnx/rewrite/draft.hpp"
#include "onnx/rewrite/pieces.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::onnx {

struct NodeEdit {
  std::vector<NodeDraft> before, after;
  // (tensor, another in its place), wherever the node names it.
  std::vector<std::pair<std::string, std::string>> inputs, outputs;
  DType computes_in = DType::Undefined;  // where the edit changes the type of its floating inputs
  bool removed = false;
};

// What to change in the main graph; positions are those of the file.
struct ModelEdit {
  int64_t opset = 0;  // of ai.onnx, at least; not above kNewestUpgrade unless the model has it
  std::map<size_t, NodeEdit> nodes;
  std::set<size_t> removed_initializers;
  std::vector<TensorDraft> initializers;
};

// Types of the model's tensors, as far as somebody inferred them.
class TensorFacts {
 public:
  virtual ~TensorFacts() = default;
  virtual DType dtype(std::string_view tensor) const = 0;   // of the main graph; Undefined: unknown
  virtual int rank(std::string_view tensor) const = 0;      // -1: unknown
  virtual bool is_read(std::string_view tensor) const = 0;  // by a node or as an output
  virtual std::vector<double> numbers(std::string_view tensor) const = 0;  // empty: unknown
};

// Names that a model does not use yet.
class FreshNames {
 public:
  explicit FreshNames(const Model& model) : model_(model) {}
  // `wish`, or it with the first free number behind; not given out again.
  std::string take(std::string_view wish);

 private:
  const Model& model_;
  std::unordered_set<std::string> taken_;
};

// The model of `source` after the edit. Graph inputs that are initializers too stop being inputs:
// they are constants. External data stays where it is and is named as before. Nodes in subgraphs
// are converted along with the operator set; functions keep theirs. Error codes: no_opset (ai.onnx
// is not imported), opset_refused (an operator has no counterpart, or a function uses one that
// changed), too_large (protobuf's 2 GiB), those of the scanner.
tl::expected<Pieces, Error> rewrite_model(const Model& model, ByteSource& source, ModelEdit edit,
                                          const TensorFacts& facts, FreshNames& names);

// The operator set of ai.onnx that the model imports; 0 where it imports none.
int64_t main_opset(const Model& model);

// The file format version that first knew an operator set, for those that edits ask for. Source:
// ONNX's table of versions.
int64_t ir_version_of(int64_t opset);

}  // namespace trtreport::onnx
