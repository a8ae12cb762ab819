// Stable topological sort: among nodes that are ready, the one that the file lists first.
#include "graph/order.hpp"

#include "base/sorting.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <string>
#include <utility>

namespace trtreport {
namespace {

using Edge = std::pair<NodeId, NodeId>;  // producer, consumer; both of one body

// The node of body `outer` that `body` lies in.
NodeId owner_in(const Graph& graph, BodyId body, BodyId outer) {
  while (body != kMainBody) {
    const NodeId owner = graph.bodies[body].owner;
    if (graph.nodes[owner].body == outer) return owner;
    body = graph.nodes[owner].body;
  }
  return kNoNode;
}

class Sorter {
 public:
  Sorter(Graph& graph, const std::vector<bool>& unsorted)
      : graph_(graph),
        unsorted_(unsorted),
        edges_(graph.bodies.size()),
        waiting_(graph.nodes.size(), 0) {}

  std::optional<Error> run() {
    collect();
    for (BodyId body = 0; body < graph_.bodies.size(); ++body) {
      if (!unsorted_[body]) continue;
      if (auto error = sort(body)) return error;
    }
    return {};
  }

 private:
  void collect() {
    for (NodeId id = 0; id < graph_.nodes.size(); ++id) {
      for (const TensorId tensor : graph_.nodes[id].inputs) note(tensor, graph_.nodes[id].body, id);
    }
    for (BodyId body = 1; body < graph_.bodies.size(); ++body) {
      for (const TensorId tensor : graph_.bodies[body].outputs) note(tensor, body, kNoNode);
    }
  }

  // `consumer` is the node in `body` that reads `tensor`; kNoNode: the body hands it out.
  void note(TensorId tensor, BodyId body, NodeId consumer) {
    if (tensor == kNoTensor) return;
    const Tensor& made = graph_.tensors[tensor];
    if (made.producer == kNoNode || !unsorted_[made.body]) return;
    if (made.body != body) consumer = owner_in(graph_, body, made.body);
    if (consumer != kNoNode) edges_[made.body].emplace_back(made.producer, consumer);
  }

  std::optional<Error> sort(BodyId body) {
    std::vector<NodeId>& nodes = graph_.bodies[body].nodes;
    std::vector<Edge>& edges = edges_[body];
    sort_items(edges);
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    for (const Edge& edge : edges) ++waiting_[edge.second];

    std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
    for (const NodeId id : nodes) {
      if (waiting_[id] == 0) ready.push(id);
    }
    std::vector<NodeId> order;
    order.reserve(nodes.size());
    while (!ready.empty()) {
      const NodeId id = ready.top();
      ready.pop();
      order.push_back(id);
      for (auto edge = std::lower_bound(edges.begin(), edges.end(), Edge{id, 0});
           edge != edges.end() && edge->first == id; ++edge) {
        if (--waiting_[edge->second] == 0) ready.push(edge->second);
      }
    }
    if (order.size() != nodes.size()) return cycle(edges);
    nodes = std::move(order);
    return {};
  }

  // Walks from a node that never became ready to what it waits for, until a node comes up again.
  Error cycle(const std::vector<Edge>& edges) const {
    std::vector<NodeId> waits_for(graph_.nodes.size(), kNoNode);
    NodeId at = kNoNode;
    for (const auto& [producer, consumer] : edges) {
      if (waiting_[producer] == 0 || waiting_[consumer] == 0) continue;
      waits_for[consumer] = producer;
      at = consumer;
    }
    std::vector<bool> seen(graph_.nodes.size(), false);
    while (!seen[at]) {
      seen[at] = true;
      at = waits_for[at];
    }
    return {"cyclic", "the graph is cyclic: node '" +
                          std::string(graph_.text(graph_.nodes[at].name)) +
                          "' waits for its own output"};
  }

  Graph& graph_;
  const std::vector<bool>& unsorted_;
  std::vector<std::vector<Edge>> edges_;  // by body
  std::vector<uint32_t> waiting_;  // by node: producers not yet in order; all 0 between bodies
};

}  // namespace

std::optional<Error> sort_bodies(Graph& graph, const std::vector<bool>& unsorted) {
  if (std::find(unsorted.begin(), unsorted.end(), true) == unsorted.end()) return {};
  return Sorter(graph, unsorted).run();
}

std::vector<NodeId> renumber(Graph& graph) {
  std::vector<NodeId> new_id(graph.nodes.size(), 0);
  NodeId next = 0;
  bool changed = false;
  for (const Body& body : graph.bodies) {
    for (const NodeId old : body.nodes) {
      changed = changed || old != next;
      new_id[old] = next++;
    }
  }
  if (!changed) return {};
  StableList<Node> nodes;
  for (Body& body : graph.bodies) {
    if (body.owner != kNoNode) body.owner = new_id[body.owner];
    for (NodeId& id : body.nodes) {
      nodes.push_back(graph.nodes[id]);
      id = new_id[id];
    }
  }
  graph.nodes = std::move(nodes);
  for (Tensor& tensor : graph.tensors) {
    if (tensor.producer != kNoNode) tensor.producer = new_id[tensor.producer];
  }
  return new_id;
}

}  // namespace trtreport
