// The figures of a whole model, in stages: walk, dependence, cost of each node, choice of branches,
// parameters, memory, totals, and what there is to say about them.
#include "roofline/analysis.hpp"

#include "base/sorting.hpp"
#include "ops/table.hpp"
#include "roofline/listing.hpp"
#include "roofline/liveness.hpp"
#include "roofline/node_figures.hpp"
#include "roofline/parameters.hpp"
#include "roofline/symbols.hpp"
#include "roofline/walk.hpp"

#include <algorithm>

namespace trtreport {

namespace {

Counting prepare(const ops::Inference& inference, const Graph& graph, std::span<const Step> steps,
                 std::span<const DimTable::Binding> assumed) {
  Counting counting{graph, assumed, {}, trace_dependence(graph, steps, inference)};
  counting.sizes.reserve(graph.tensors.size());
  for (const Tensor& tensor : graph.tensors)
    counting.sizes.push_back(ops::size_of(tensor.type, assumed));
  return counting;
}

// An unbound symbol makes the total unknown; what depends on data or has no rule is left out of it.
void add(Count& total, Count value, uint16_t flags) {
  const bool matters = value.known() || value.overflowed() || (flags & kUnbound) != 0;
  if (matters) total = total + value;
}

void add_node(const NodeFigures& node, Totals& totals) {
  add(totals.macs, node.macs, node.flags);
  add(totals.flops, node.flops, node.flags);
  add(totals.read_bytes, node.bytes.inputs, node.flags);
  add(totals.write_bytes, node.bytes.outputs, node.flags);
  for (Count bytes : {node.bytes.weights, node.bytes.inputs, node.bytes.outputs}) {
    add(totals.traffic_bytes, bytes, node.flags);
  }
  add(totals.course_flops, node.course_flops, node.flags);
  add(totals.course_bytes, node.course_bytes, node.flags);
  if ((node.flags & kFoldable) != 0) add(totals.foldable_macs, node.macs, node.flags);
  if ((node.flags & kDataDependent) != 0) ++totals.data_dependent_nodes;
  if ((node.flags & kUnmodelled) == 0) ++totals.modelled_nodes;
}

void note_unmodelled(const Graph& graph, const NodeFigures& node, Totals& totals) {
  const Node& in_graph = graph.nodes[node.node];
  if (in_graph.proto == nullptr) return;
  const std::string op(graph.text(in_graph.proto->op)), domain(graph.text(in_graph.proto->domain));
  for (UnmodelledOp& entry : totals.unmodelled_ops) {
    if (entry.op != op || entry.domain != domain) continue;
    ++entry.nodes;
    return;
  }
  totals.unmodelled_ops.push_back({op, domain, 1});
}

void sum_up(const Graph& graph, Figures& figures) {
  Totals& totals = figures.totals;
  Count unmodelled_bytes = 0;
  for (const NodeFigures& node : figures.nodes) {
    add_node(node, totals);
    if ((node.flags & kUnmodelled) == 0) continue;
    note_unmodelled(graph, node, totals);
    for (Count bytes : {node.bytes.weights, node.bytes.inputs, node.bytes.outputs}) {
      add(unmodelled_bytes, bytes, node.flags);
    }
  }
  sort_items(totals.unmodelled_ops, [](const UnmodelledOp& a, const UnmodelledOp& b) {
    return a.domain != b.domain ? a.domain < b.domain : a.op < b.op;
  });
  if (!totals.traffic_bytes.known() || totals.traffic_bytes.value() == 0) return;
  const double traffic = static_cast<double>(totals.traffic_bytes.value());
  if (totals.flops.known()) totals.intensity = static_cast<double>(totals.flops.value()) / traffic;
  if (unmodelled_bytes.known()) {
    totals.unmodelled_bytes_share = static_cast<double>(unmodelled_bytes.value()) / traffic;
  }
}

void add_to_floor(const Counting& counting, TensorId id, Count elements, ResizableTraffic& floor) {
  const DType dtype = counting.graph.tensors[id].type.dtype;
  if (!is_plain_float(dtype)) {
    floor.fixed_bytes = floor.fixed_bytes + bytes_of(dtype, elements);
    return;
  }
  Count& sum = counting.traits[id].weight ? floor.weight_elements : floor.activation_elements;
  sum = sum + elements;
  floor.float_bytes = floor.float_bytes + bytes_of(dtype, elements);
}

// Elements of each weight that a run must read: all of it, or of a table that is only looked up,
// the rows taken.
void add_weights_read(const Counting& counting, std::span<const NodeFigures> nodes,
                      ResizableTraffic& floor) {
  std::vector<Count> read(counting.graph.tensors.size(), Count(0));
  for (const NodeFigures& figures : nodes) {
    const Node& node = counting.graph.nodes[figures.node];
    const bool charged = figures.op_class != OpClass::View && figures.op_class != OpClass::Quantize;
    if ((figures.flags & kFoldable) != 0 || !charged || !node.bodies.empty()) continue;
    const ops::OpRow& row = ops::table()[node.op];
    const ops::CostContext context(counting.graph, node, counting.assumed, counting.sizes);
    for (size_t index = 0; index < node.inputs.size(); ++index) {
      TensorId id = node.inputs[index];
      if (id == kNoTensor || !counting.traits[id].weight) continue;
      Count elements = row.traffic(context, static_cast<int>(index));
      if (counting.traits[id].dequantized_by != kNoNode) {
        id = counting.graph.nodes[counting.traits[id].dequantized_by].inputs[0];
      }
      const Count whole = counting.sizes[id].elements;
      elements = read[id] + elements;
      read[id] =
          elements.known() && whole.known() && elements.value() < whole.value() ? elements : whole;
    }
  }
  for (TensorId id = 0; id < read.size(); ++id) {
    if (!(read[id] == Count(0))) add_to_floor(counting, id, read[id], floor);
  }
}

ResizableTraffic floor_of(const Counting& counting, std::span<const NodeFigures> nodes) {
  ResizableTraffic floor;
  add_weights_read(counting, nodes, floor);
  const Body& main = counting.graph.bodies[kMainBody];
  for (const std::vector<TensorId>* tensors : {&main.inputs, &main.outputs}) {
    for (TensorId id : *tensors) {
      if (id == kNoTensor || counting.graph.tensors[id].uses == 0) continue;
      const ops::TensorSize& size = counting.sizes[id];
      if (size.elements.known() || size.unbound) add_to_floor(counting, id, size.elements, floor);
    }
  }
  return floor;
}

void describe_symbols(const Figures& figures, Diagnostics& diagnostics) {
  for (const auto& [symbol, value] : figures.totals.assumed) {
    const std::string text = std::to_string(value);
    diagnostics.add({Severity::Note,
                     "assumed_batch",
                     "symbol '" + symbol + "' is taken as " + text,
                     {{"symbol", symbol}, {"value", text}},
                     kNoNode,
                     "--batch N"});
  }
  for (const UnboundSymbol& unbound : figures.totals.unbound) {
    std::string inputs;
    for (const std::string& input : unbound.inputs)
      inputs += (inputs.empty() ? "'" : ", '") + input + "'";
    diagnostics.add(
        {Severity::Warning,
         "unbound_symbol",
         "size '" + unbound.symbol + "' of input " + inputs + " is open: no figures without it",
         {{"symbol", unbound.symbol}, {"inputs", inputs}},
         kNoNode,
         unbound.option});
  }
}

// What is wrong in a branch that is not counted changes no figure.
void quiet_left_out(const Graph& graph, const Figures& figures, Diagnostics& diagnostics) {
  std::vector<bool> listed(graph.nodes.size());
  for (const NodeFigures& node : figures.nodes) listed[node.node] = true;
  diagnostics.demote([&](NodeId node) { return node < listed.size() && !listed[node]; },
                     " (in a branch that is not counted)");
}

void tell(Severity severity, const char* code, const Graph& graph, NodeId node, const char* text,
          Diagnostics& diagnostics) {
  const std::string name(graph.text(graph.nodes[node].name));
  diagnostics.add({severity, code, "node '" + name + "': " + text, {{"name", name}}, node, {}});
}

void describe_nodes(const Graph& graph, const Figures& figures, Diagnostics& diagnostics) {
  std::vector<bool> told(graph.bodies.size());
  for (const NodeFigures& node : figures.nodes) {
    if ((node.flags & kOverflow) != 0) {
      tell(Severity::Warning, "count_overflow", graph, node.node,
           "a count passes 64 bits and is unknown", diagnostics);
    }
    const BodyId body = graph.nodes[node.node].body;
    const NodeId owner = graph.bodies[body].owner;
    if (owner == kNoNode || told[body]) continue;
    told[body] = true;
    if ((node.flags & kPerIteration) != 0) {
      tell(Severity::Warning, "loop_per_iteration", graph, owner,
           "its trip count is unknown, figures are of one iteration", diagnostics);
    }
    if ((node.flags & kBranch) != 0) {
      tell(Severity::Note, "if_costlier_branch", graph, owner,
           "its condition is unknown, the costlier branch is counted", diagnostics);
    }
  }
}

}  // namespace

Figures analyse_figures(const ops::Inference& inference, const Graph& graph,
                        Diagnostics& diagnostics) {
  Figures figures;
  figures.assumed = assumed_bindings(inference);
  std::vector<Step> steps = walk(inference, graph);
  const Counting counting = prepare(inference, graph, steps, figures.assumed);
  figures.nodes.reserve(steps.size());
  for (const Step& step : steps) figures.nodes.push_back(count_node(counting, step));
  const std::vector<Listed> listed = list_nodes(inference, graph, steps, figures.nodes);
  std::vector<Step>().swap(steps);  // tracing memory takes the most memory of all
  count_parameters(counting, figures.nodes, figures.totals);
  figures.memory = trace_memory(counting, listed);
  figures.floor = floor_of(counting, figures.nodes);
  sum_up(graph, figures);
  figures.totals.unbound = unbound_symbols(graph, figures.assumed);
  for (const DimTable::Binding& binding : figures.assumed)
    figures.totals.assumed.emplace_back(binding.name, binding.value);
  quiet_left_out(graph, figures, diagnostics);
  describe_symbols(figures, diagnostics);
  describe_nodes(graph, figures, diagnostics);
  return figures;
}

}  // namespace trtreport
