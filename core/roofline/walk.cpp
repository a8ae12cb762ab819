// Flattens nested bodies with an explicit stack, so that a deeply nested file cannot exhaust the
// program's.
#include "roofline/walk.hpp"

namespace trtreport {

namespace {

// A body being walked: the next node of it, and the next body of the node last met.
struct Frame {
  BodyId body = kMainBody;
  size_t next_node = 0;
  size_t next_body = 0;
  uint32_t open_step = 0;  // the step whose bodies are being walked
  bool open = false;
  Step context;  // times and flags that nodes of this body inherit
};

ops::BodyRun run_of(const ops::Inference& inference, BodyId body) {
  return body < inference.bodies().size() ? inference.bodies()[body] : ops::BodyRun{};
}

Step inside(const Step& outer, const ops::BodyRun& run) {
  Step inner = outer;
  inner.per_iteration = outer.per_iteration || !run.times;
  if (run.times && __builtin_mul_overflow(outer.times, *run.times, &inner.times)) {
    inner.overflow = true;
    inner.times = 1;
  }
  return inner;
}

}  // namespace

std::vector<Step> walk(const ops::Inference& inference, const Graph& graph) {
  std::vector<Step> steps;
  steps.reserve(graph.nodes.size());
  std::vector<Frame> stack(1);
  while (!stack.empty()) {
    Frame& frame = stack.back();
    if (frame.open) {
      const Node& owner = graph.nodes[steps[frame.open_step].node];
      if (frame.next_body < owner.bodies.size()) {
        const BodyId body = owner.bodies[frame.next_body++];
        const ops::BodyRun run = run_of(inference, body);
        if (!run.taken) continue;
        Frame inner;
        inner.body = body;
        inner.context = inside(frame.context, run);
        stack.push_back(inner);
        continue;
      }
      steps[frame.open_step].end = static_cast<uint32_t>(steps.size());
      frame.open = false;
    }
    const std::vector<NodeId>& nodes = graph.bodies[frame.body].nodes;
    if (frame.next_node == nodes.size()) {
      stack.pop_back();
      continue;
    }
    Step step = frame.context;
    step.node = nodes[frame.next_node++];
    step.end = static_cast<uint32_t>(steps.size()) + 1;
    steps.push_back(step);
    if (graph.nodes[step.node].bodies.empty()) continue;
    frame.open = true;
    frame.open_step = static_cast<uint32_t>(steps.size()) - 1;
    frame.next_body = 0;
  }
  return steps;
}

}  // namespace trtreport
