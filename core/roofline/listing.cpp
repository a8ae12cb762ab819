// Backwards over the steps, so that inner Ifs are settled before outer ones and every body's sum is
// ready at its owner.
#include "roofline/listing.hpp"

#include <algorithm>

namespace trtreport {

namespace {

// What a branch weighs against its sibling. One that cannot run on these shapes was written for
// other inputs (another sampling rate, another rank): it loses to any that can.
struct Weight {
  uint64_t macs = 0, flops = 0, bytes = 0;
  bool faulty = false;

  bool operator<(const Weight& other) const {
    if (faulty != other.faulty) return faulty;
    if (macs != other.macs) return macs < other.macs;
    return flops != other.flops ? flops < other.flops : bytes < other.bytes;
  }
};

uint64_t saturating(uint64_t sum, Count more) {
  if (!more.known()) return sum;
  return __builtin_add_overflow(sum, more.value(), &sum) ? UINT64_MAX : sum;
}

void add(Weight& sum, const NodeFigures& node) {
  sum.macs = saturating(sum.macs, node.macs);
  sum.flops = saturating(sum.flops, node.flops);
  sum.bytes = saturating(sum.bytes, node.bytes.weights + node.bytes.inputs + node.bytes.outputs);
}

void add(Weight& sum, const Weight& more) {
  sum.macs = saturating(sum.macs, more.macs);
  sum.flops = saturating(sum.flops, more.flops);
  sum.bytes = saturating(sum.bytes, more.bytes);
  sum.faulty = sum.faulty || more.faulty;
}

struct Choice {
  std::vector<bool> left_out;  // by body
  std::vector<bool> flagged;   // the chosen one of undecided branches
};

bool is_undecided_if(const ops::Inference& inference, const Graph& graph, const Node& node) {
  if (node.bodies.size() < 2 || node.proto == nullptr || graph.text(node.proto->op) != "If")
    return false;
  for (BodyId body : node.bodies) {
    if (body < inference.bodies().size() && inference.bodies()[body].certain) return false;
  }
  return true;
}

Choice choose(const ops::Inference& inference, const Graph& graph, std::span<const Step> steps,
              std::span<const NodeFigures> figures) {
  Choice choice{std::vector<bool>(graph.bodies.size()), std::vector<bool>(graph.bodies.size())};
  std::vector<Weight> bodies(graph.bodies.size());
  const size_t known = std::min(bodies.size(), inference.bodies().size());
  for (size_t body = 0; body < known; ++body) bodies[body].faulty = inference.bodies()[body].faulty;
  for (size_t index = steps.size(); index-- > 0;) {
    const Node& node = graph.nodes[steps[index].node];
    add(bodies[node.body], figures[index]);
    if (node.bodies.empty()) continue;
    const bool undecided = is_undecided_if(inference, graph, node);
    size_t best = 0;
    for (size_t body = 1; undecided && body < node.bodies.size(); ++body) {
      if (bodies[node.bodies[best]] < bodies[node.bodies[body]]) best = body;
    }
    for (size_t body = 0; body < node.bodies.size(); ++body) {
      const BodyId id = node.bodies[body];
      if (undecided && body != best) {
        choice.left_out[id] = true;
        continue;
      }
      choice.flagged[id] = undecided;
      add(bodies[node.body], bodies[id]);
    }
  }
  return choice;
}

}  // namespace

std::vector<Listed> list_nodes(const ops::Inference& inference, const Graph& graph,
                               std::span<const Step> steps, std::vector<NodeFigures>& figures) {
  std::vector<Listed> listed;
  listed.reserve(steps.size());
  if (graph.bodies.size() == 1) {
    for (const Step& step : steps) listed.push_back({step.node, step.end});
    return listed;
  }
  Choice choice = choose(inference, graph, steps, figures);
  // Of each step: its place among the listed ones, or where it would stand.
  std::vector<uint32_t> place(steps.size() + 1);
  uint32_t kept = 0;
  for (size_t index = 0; index < steps.size(); ++index) {
    place[index] = kept;
    const Node& node = graph.nodes[steps[index].node];
    const bool left_out = choice.left_out[node.body];
    for (BodyId body : node.bodies) {
      if (left_out) choice.left_out[body] = true;
      if (choice.flagged[node.body]) choice.flagged[body] = true;
    }
    if (left_out) continue;
    if (choice.flagged[node.body])
      figures[index].flags = static_cast<uint16_t>(figures[index].flags | kBranch);
    if (kept != index) figures[kept] = figures[index];
    ++kept;
  }
  place[steps.size()] = kept;
  figures.resize(kept);
  for (size_t index = 0; index < steps.size(); ++index) {
    if (place[index + 1] > place[index])
      listed.push_back({steps[index].node, place[steps[index].end]});
  }
  return listed;
}

}  // namespace trtreport
