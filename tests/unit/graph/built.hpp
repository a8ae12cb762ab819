// Models written as text, built into a Graph and, where asked, inferred: what the tests of both
// compare.
#pragma once

#include "base/byte_source.hpp"
#include "base/diagnostics.hpp"
#include "graph/graph.hpp"
#include "ops/inference.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace onnx {
class ModelProto;
}

namespace trtreport::test {

// A model read and built; `error` says why where that failed. The file's bytes live as long as
// this.
struct Built {
  std::string bytes;
  std::unique_ptr<MemorySource> source;
  Diagnostics diagnostics;
  std::unique_ptr<Graph> graph;
  std::vector<ops::BodyRun> runs;  // after analyse
  std::vector<std::string> batch_symbols;
  bool overridden = false;
  std::string error;  // code of the error, or what the text's parser says

  // In execution order of `body`: "name" of each node, one blank between.
  std::string order(BodyId body = kMainBody) const;
  // The node of that name; the test fails where there is none.
  const Node& node(std::string_view name) const;
  // Names of a node's inputs and outputs: "x w -> y"; "-" is an omitted one.
  std::string wiring(std::string_view node_name) const;
  const Tensor* tensor(std::string_view name) const;
  // "float32[1, batch, ?]", "sequence float32[2]", "-" for an unknown type.
  std::string type(std::string_view tensor_name) const;
  // The value as "[1, batch]"; "none" where unknown.
  std::string value(std::string_view tensor_name) const;
  // How many diagnostics have that code.
  int count(std::string_view code) const;
  std::string message(std::string_view code) const;  // of the first one; empty where there is none
};

// `text` is all of a model but its first line (versions), see models/text_model.hpp. `edit` may
// change the model before it is serialized: names of nodes have no place in the text.
// An input called "omitted" is left out: the text has no way to say so of a first one.
Built build(std::string_view text, const std::function<void(::onnx::ModelProto&)>& edit = {},
            int opset = 17);

// The same, then inferred.
Built analyse(std::string_view text, const ops::Binding& binding = {}, int opset = 17,
              const std::function<void(::onnx::ModelProto&)>& edit = {});

}  // namespace trtreport::test
