// The names of one graph: inputs, weights and outputs become tensors; what is used before it is
// made waits for its maker.
#include "graph/builder.hpp"

#include <string>

namespace trtreport {

TensorId GraphBuilder::new_tensor(const Frame& frame, StringId name, TensorKind kind) {
  const TensorId id = static_cast<TensorId>(graph_.tensors.size());
  Tensor& tensor = graph_.tensors.emplace_back();
  tensor.kind = kind;
  tensor.body = frame.body;
  if (name != StringId::Empty) name_tensor(tensor, frame, name);
  return id;
}

void GraphBuilder::name_tensor(Tensor& tensor, const Frame& frame, StringId name) {
  tensor.name = tensor_names_.claim(display_name(name, frame));
}

TensorId GraphBuilder::resolve(StringId name, const Frame& frame, NodeId user) {
  if (name == StringId::Empty) return kNoTensor;
  if (const NameScopes::Definition* known = scopes_.find(name)) return known->tensor;
  const TensorId id = new_tensor(frame, StringId::Empty, TensorKind::Activation);
  first_users_.emplace(id, user);
  scopes_.define(name, id, true);
  return id;
}

TensorId GraphBuilder::define(StringId name, const Frame& frame, TensorKind kind) {
  const NameScopes::Definition* known = scopes_.find_local(name);
  const TensorId id = new_tensor(frame, name, kind);
  if (known != nullptr) {
    const std::string tensor(model_.text(name));
    const std::string renamed(model_.text(graph_.tensors[id].name));
    complaints_.push_back({Severity::Warning,
                           "duplicate_tensor",
                           "tensor '" + tensor +
                               "' is made more than once; the later one is called '" + renamed +
                               "' here",
                           {{"tensor", tensor}, {"renamed", renamed}},
                           kNoNode,
                           {}});
  }
  scopes_.define(name, id);
  return id;
}

TensorId GraphBuilder::define_output(StringId name, const Frame& frame, NodeId producer) {
  if (name == StringId::Empty) return kNoTensor;
  NameScopes::Definition* known = scopes_.find_local(name);
  if (known == nullptr || !known->forward) {
    const TensorId id = define(name, frame, TensorKind::Activation);
    graph_.tensors[id].producer = producer;
    return id;
  }
  known->forward = false;
  Tensor& tensor = graph_.tensors[known->tensor];
  tensor.body = frame.body;
  tensor.producer = producer;
  name_tensor(tensor, frame, name);
  if (unsorted_.size() <= frame.body) unsorted_.resize(frame.body + 1);
  unsorted_[frame.body] = true;
  return known->tensor;
}

void GraphBuilder::add_initializers(const onnx::Graph& source, const Frame& frame) {
  for (const onnx::TensorData& data : source.initializers) {
    if (data.name == StringId::Empty) continue;
    graph_.tensors[define(data.name, frame, TensorKind::Weight)].data = &data;
  }
  for (const onnx::SparseTensorData& data : source.sparse_initializers) {
    if (data.values.name == StringId::Empty) continue;
    graph_.tensors[define(data.values.name, frame, TensorKind::Weight)].sparse = &data;
  }
}

void GraphBuilder::add_inputs(const onnx::Graph& source, const Frame& frame) {
  for (const onnx::ValueInfo& info : source.inputs) {
    const NameScopes::Definition* known = scopes_.find_local(info.name);
    if (known != nullptr && graph_.tensors[known->tensor].kind == TensorKind::Weight) {
      graph_.tensors[known->tensor].declared = &info.type;
      continue;
    }
    TensorId id = kNoTensor;
    if (info.name == StringId::Empty) {
      if (frame.body == kMainBody)
        continue;  // nothing can refer to it; a body's inputs go by position
      id = new_tensor(frame, model_.strings.intern("input"), TensorKind::Input);
    } else {
      id = define(info.name, frame, TensorKind::Input);
    }
    graph_.tensors[id].declared = &info.type;
    graph_.bodies[frame.body].inputs.push_back(id);
  }
}

void GraphBuilder::add_outputs(const onnx::Graph& source, const Frame& frame) {
  for (const onnx::ValueInfo& info : source.outputs) {
    if (info.name == StringId::Empty && frame.body == kMainBody) continue;
    TensorId id = resolve(info.name, frame, kNoNode);
    if (id == kNoTensor) {
      id = new_tensor(frame, model_.strings.intern("output"), TensorKind::Activation);
    }
    Tensor& tensor = graph_.tensors[id];
    if (frame.body == kMainBody) tensor.is_output = true;
    if (tensor.declared == nullptr || tensor.body == frame.body) tensor.declared = &info.type;
    graph_.bodies[frame.body].outputs.push_back(id);
  }
}

void GraphBuilder::declare(const std::vector<onnx::ValueInfo>& infos, bool replace) {
  for (const onnx::ValueInfo& info : infos) {
    if (info.name == StringId::Empty) continue;
    const NameScopes::Definition* known = scopes_.find_local(info.name);
    if (known == nullptr || known->tensor == kNoTensor) continue;
    Tensor& tensor = graph_.tensors[known->tensor];
    if (tensor.kind == TensorKind::Input && tensor.declared != nullptr) continue;
    if (tensor.declared == nullptr || replace) tensor.declared = &info.type;
  }
}

void GraphBuilder::report_unknown(TensorId tensor, StringId name, const Frame& frame) {
  name_tensor(graph_.tensors[tensor], frame, name);
  const auto user = first_users_.find(tensor);
  const NodeId node = user == first_users_.end() ? kNoNode : user->second;
  const std::string shown(model_.text(name));
  Diagnostic complaint = {Severity::Warning, "unknown_tensor", {}, {{"tensor", shown}}, node, {}};
  if (node == kNoNode) {
    complaint.code = "unmade_output";
    complaint.message = "output '" + shown + "' is made by no node; its shape is unknown";
  } else {
    const std::string reader(model_.text(graph_.nodes[node].name));
    complaint.message =
        "node '" + reader + "' reads '" + shown + "', which nothing makes; its shape is unknown";
    complaint.args.emplace_back("name", reader);
  }
  complaints_.push_back(std::move(complaint));
}

// Names that nothing made here may yet be made outside; at the outermost level they never are.
void GraphBuilder::close_scope(const Frame& frame) {
  const bool outermost = scopes_.is_sealed();
  std::vector<std::pair<StringId, TensorId>> waiting;
  for (const NameScopes::Definition& definition : scopes_.innermost()) {
    if (definition.forward) waiting.emplace_back(definition.name, definition.tensor);
  }
  if (outermost) {
    for (const auto& [name, tensor] : waiting) report_unknown(tensor, name, frame);
  }
  scopes_.close();
  if (outermost) return;
  for (const auto& [name, tensor] : waiting) scopes_.define(name, tensor, true);
}

}  // namespace trtreport
