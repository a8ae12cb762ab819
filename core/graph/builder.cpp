// Nodes, bodies and function calls, in the order of the file; then execution order, ids and use
// counts.
#include "graph/builder.hpp"

#include "graph/constants.hpp"
#include "graph/order.hpp"

#include <algorithm>
#include <string>

namespace trtreport {

GraphBuilder::GraphBuilder(Graph& graph, const FunctionTable& functions)
    : graph_(graph),
      model_(graph.model()),
      functions_(functions),
      scopes_(model_.strings.size()),
      tensor_names_(model_.strings),
      node_names_(model_.strings),
      constant_(model_.strings.find("Constant")) {}

std::optional<Error> GraphBuilder::build(Diagnostics& diagnostics) {
  Frame frame;
  graph_.bodies.emplace_back().name = model_.graph.name;
  scopes_.open(true);
  add_graph(model_.graph, frame);
  close_scope(frame);
  if (too_many_) {
    return Error{"too_many_nodes", "the model has more than " + std::to_string(kMostNodes) +
                                       " nodes once its functions are inlined"};
  }
  unsorted_.resize(graph_.bodies.size());
  if (auto error = sort_bodies(graph_, unsorted_)) return error;
  report(diagnostics, renumber(graph_));
  count_uses();
  return {};
}

void GraphBuilder::add_graph(const onnx::Graph& source, const Frame& frame) {
  add_initializers(source, frame);
  add_inputs(source, frame);
  add_nodes(source.nodes, frame);
  add_outputs(source, frame);
  declare(source.value_info, true);
}

void GraphBuilder::add_nodes(const StableList<onnx::Node>& nodes, const Frame& frame) {
  size_t position = 0;
  for (const onnx::Node& proto : nodes) {
    if (too_many_) return;
    if (const onnx::Function* function = functions_.find(proto)) {
      add_call(proto, *function, position, frame);
    } else {
      add_node(proto, position, frame);
    }
    ++position;
  }
}

void GraphBuilder::add_node(const onnx::Node& proto, size_t position, const Frame& frame) {
  const NodeId id = static_cast<NodeId>(graph_.nodes.size());
  if (id >= kMostNodes) {
    too_many_ = true;
    return;
  }
  Node& node = graph_.nodes.emplace_back();
  graph_.bodies[frame.body].nodes.push_back(id);
  node.proto = bound_proto(proto, frame);
  node.body = frame.body;
  node.opset = opset_of(proto.domain, frame.function);
  node.name = claim_name(proto, position, frame);

  const std::span<TensorId> inputs = model_.arena.make<TensorId>(proto.inputs.size());
  for (size_t index = 0; index < inputs.size(); ++index) {
    inputs[index] = resolve(proto.inputs[index], frame, id);
  }
  node.inputs = inputs;
  node.scope = scope_of(proto, inputs, frame);
  add_bodies(id, frame);

  const std::span<TensorId> outputs = model_.arena.make<TensorId>(proto.outputs.size());
  for (size_t index = 0; index < outputs.size(); ++index) {
    outputs[index] = define_output(proto.outputs[index], frame, id);
  }
  graph_.nodes[id].outputs = outputs;
  if (proto.op == constant_ && proto.domain == StringId::Empty && !outputs.empty() &&
      outputs[0] != kNoTensor) {
    const ConstantData data = constant_data(node.proto->attributes, model_);
    graph_.tensors[outputs[0]].data = data.dense;
    graph_.tensors[outputs[0]].sparse = data.sparse;
  }
}

void GraphBuilder::add_bodies(NodeId id, const Frame& frame) {
  std::vector<BodyId> bodies;
  std::vector<StringId> names;
  const Node& node = graph_.nodes[id];  // stays in place
  for (const onnx::Attribute& attribute : node.proto->attributes) {
    for (size_t index = 0; index < attribute.graphs.size(); ++index) {
      if (too_many_) return;
      const onnx::Graph& source = *attribute.graphs[index];
      std::string part(model_.text(attribute.name));
      if (attribute.graphs.size() > 1) part += "_" + std::to_string(index);
      Frame inner = inner_frame(frame, node.name, node.scope, part);
      inner.body = static_cast<BodyId>(graph_.bodies.size());
      inner.function = frame.function;
      inner.bindings = frame.bindings;
      Body& body = graph_.bodies.emplace_back();
      body.owner = id;
      body.name = source.name;
      bodies.push_back(inner.body);
      names.push_back(attribute.name);
      if (const auto origin = origins_.find(&source); origin != origins_.end()) {
        inner.function = origin->second.function;
        inner.bindings = origin->second.bindings;
        scopes_.open_within(origin->second.scope);
      } else {
        scopes_.open(false);
      }
      add_graph(source, inner);
      close_scope(inner);
    }
  }
  graph_.nodes[id].bodies = model_.arena.copy(bodies);
  graph_.nodes[id].body_attributes = model_.arena.copy(names);
}

// A subgraph among a call's attributes becomes a body inside the function, but sees the names, the
// operator sets and the attributes of the caller. Reached again by another call, it gets that one.
void GraphBuilder::note_origins(const onnx::Node& call, const Frame& frame) {
  for (const onnx::Attribute& attribute : call.attributes) {
    for (const onnx::Graph* graph : attribute.graphs) {
      origins_[graph] = {scopes_.depth() - 1, frame.function, frame.bindings};
    }
  }
}

void GraphBuilder::add_call(const onnx::Node& call, const onnx::Function& function, size_t position,
                            const Frame& frame) {
  if (++calls_ > kMostNodes) {
    too_many_ = true;
    return;
  }
  ++graph_.inlined_functions;
  std::vector<TensorId> arguments;
  for (const StringId input : call.inputs) {
    arguments.push_back(resolve(input, frame, static_cast<NodeId>(graph_.nodes.size())));
  }
  note_origins(call, frame);
  const OutputNames out_names = output_names(call, function, frame);
  Frame inner =
      inner_frame(frame, claim_name(call, position, frame), scope_of(call, arguments, frame), {});
  inner.body = frame.body;
  inner.function = &function;
  inner.bindings = bind_attributes(function, bound_proto(call, frame)->attributes, model_.arena);
  inner.out_names = &out_names;

  const size_t shared = std::min(function.outputs.size(), call.outputs.size());
  std::vector<std::pair<StringId, TensorId>> awaited;  // outputs that the caller already uses
  for (size_t index = 0; index < shared; ++index) {
    if (call.outputs[index] == StringId::Empty) continue;
    NameScopes::Definition* known = scopes_.find_local(call.outputs[index]);
    if (known == nullptr || !known->forward) continue;
    known->forward = false;
    awaited.emplace_back(function.outputs[index], known->tensor);
  }
  scopes_.open(true);
  for (size_t index = 0; index < function.inputs.size(); ++index) {
    scopes_.define(function.inputs[index], index < arguments.size() ? arguments[index] : kNoTensor);
  }
  for (const auto& [name, tensor] : awaited) scopes_.define(name, tensor, true);
  add_nodes(function.nodes, inner);
  std::vector<TensorId> results;
  for (size_t index = 0; index < shared; ++index) {
    results.push_back(resolve(function.outputs[index], inner, kNoNode));
  }
  declare(function.value_info, false);
  close_scope(inner);
  for (size_t index = 0; index < shared; ++index) {
    if (call.outputs[index] != StringId::Empty) scopes_.define(call.outputs[index], results[index]);
  }
}

const onnx::Node* GraphBuilder::bound_proto(const onnx::Node& proto, const Frame& frame) {
  if (frame.function == nullptr) return &proto;
  const auto attributes = substitute(proto, frame.bindings, model_.arena);
  if (attributes.data() == proto.attributes.data()) return &proto;
  onnx::Node& bound = model_.arena.make<onnx::Node>(1)[0];
  bound = proto;
  bound.attributes = attributes;
  return &bound;
}

int32_t GraphBuilder::opset_of(StringId domain, const onnx::Function* function) {
  const auto [entry, added] = opsets_.try_emplace({function, domain}, 0);
  if (!added) return entry->second;
  const auto look = [&](const std::vector<std::pair<StringId, int64_t>>& opsets) -> int64_t {
    for (const auto& [imported, version] : opsets) {
      const bool plain = model_.text(imported) == "ai.onnx";
      if (imported == domain || (plain && domain == StringId::Empty)) return version;
    }
    return 0;
  };
  int64_t version = function == nullptr ? 0 : look(function->opsets);
  if (version == 0) version = look(model_.opsets);
  entry->second = static_cast<int32_t>(std::clamp<int64_t>(version, 0, INT32_MAX));
  return entry->second;
}

void GraphBuilder::count_uses() {
  for (const Node& node : graph_.nodes) {
    for (const TensorId tensor : node.inputs) {
      if (tensor != kNoTensor) ++graph_.tensors[tensor].uses;
    }
  }
  for (const Body& body : graph_.bodies) {
    for (const TensorId tensor : body.outputs) ++graph_.tensors[tensor].uses;
  }
}

void GraphBuilder::report(Diagnostics& diagnostics, const std::vector<NodeId>& new_ids) {
  for (Diagnostic& complaint : complaints_) {
    if (complaint.node < new_ids.size()) complaint.node = new_ids[complaint.node];
    diagnostics.add(std::move(complaint));
  }
}

tl::expected<std::unique_ptr<Graph>, Error> build_graph(std::unique_ptr<onnx::Model> model,
                                                        Diagnostics& diagnostics) {
  auto graph = std::make_unique<Graph>(std::move(model));
  FunctionTable functions(graph->model());
  if (auto error = functions.check(kMostNodes)) return tl::unexpected(std::move(*error));
  GraphBuilder builder(*graph, functions);
  if (auto error = builder.build(diagnostics)) return tl::unexpected(std::move(*error));
  return graph;
}

}  // namespace trtreport
