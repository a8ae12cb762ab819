// Two passes over the listed nodes: which tensors share a buffer, then from where to where each
// buffer lives.
#include "roofline/liveness.hpp"

#include "base/sorting.hpp"
#include "ops/table.hpp"

#include <algorithm>

namespace trtreport {

namespace {

constexpr uint32_t kNever = UINT32_MAX;

enum class Sharing {
  None,    // every tensor has a buffer of its own
  Views,   // views share their input's
  Engine,  // and Q/DQ pairs: a dequantized tensor is its quantized one, which is its source where
           // nobody else reads that
};

struct Span {
  uint32_t first = kNever, last = 0;
};

class Tracer {
 public:
  Tracer(const Counting& counting, std::span<const Listed> listed, Sharing sharing)
      : counting_(counting),
        graph_(counting.graph),
        listed_(listed),
        sharing_(sharing),
        roots_(graph_.tensors.size(), kNoTensor),
        spans_(graph_.tensors.size()) {
    find_body_ends();
    start_inputs();
    for (uint32_t place = 0; place < listed_.size(); ++place) visit(place);
    while (!open_.empty()) close_body();
    keep_outputs();
  }

  // Buffers in the order of their tensors. Those of unknown size have none; `unbound` gets their
  // spans where a symbol is to blame.
  std::vector<Lifetime> buffers(std::vector<Span>& unbound) const {
    const auto is_live = [&](TensorId id) {
      return roots_[id] == id && spans_[id].first != kNever && spans_[id].last >= spans_[id].first;
    };
    size_t count = 0;  // growing by doubling would be the peak of the whole analysis
    for (TensorId id = 0; id < spans_.size(); ++id) count += is_live(id) ? 1 : 0;
    std::vector<Lifetime> result;
    result.reserve(count);
    for (TensorId id = 0; id < spans_.size(); ++id) {
      const Span span = spans_[id];
      if (!is_live(id)) continue;
      const ops::TensorSize& size = counting_.sizes[id];
      const Tensor& tensor = graph_.tensors[id];
      const Count bytes = bytes_of(tensor.type.dtype, size.elements);
      if (!bytes.known()) {
        if (size.unbound || bytes.overflowed()) unbound.push_back(span);
        continue;
      }
      Lifetime buffer{.tensor = id, .first = span.first, .last = span.last, .bytes = bytes.value()};
      const DType written = counting_.traits[id].written;
      if (sharing_ == Sharing::Engine && written != DType::Undefined) {
        buffer.bytes = storage_bytes(written, size.elements.value());
      } else if (is_plain_float(tensor.type.dtype)) {
        buffer.float_elements = size.elements.value();
      }
      result.push_back(buffer);
    }
    return result;
  }

 private:
  void find_body_ends() {
    body_end_.assign(graph_.bodies.size(), kNever);
    for (const Listed& entry : listed_) {
      const Node& node = graph_.nodes[entry.node];
      if (known_op(node) == "If") continue;
      for (BodyId body : node.bodies) body_end_[body] = entry.end - 1;
    }
  }

  // Until where a tensor is needed that a node of an inner body reads: the end of the outermost
  // loop in between.
  uint32_t last_place(TensorId id, uint32_t place, BodyId reader) const {
    if (reader == kMainBody) return place;
    const BodyId home = graph_.tensors[id].body;
    uint32_t last = place;
    for (BodyId body = reader; body != home && body != kMainBody;) {
      if (body_end_[body] != kNever) last = std::max(last, body_end_[body]);
      body = graph_.nodes[graph_.bodies[body].owner].body;
    }
    return last;
  }

  bool is_activation(TensorId id) const { return id != kNoTensor && !counting_.traits[id].weight; }

  void start_inputs() {
    for (TensorId id : graph_.bodies[kMainBody].inputs) {
      if (id == kNoTensor) continue;
      roots_[id] = id;
      spans_[id].first = 0;
    }
  }

  void use(TensorId id, uint32_t place, BodyId reader) {
    if (!is_activation(id)) return;
    const TensorId root = roots_[id];
    if (root == kNoTensor) return;
    Span& span = spans_[root];
    span.last = std::max(span.last, last_place(root, place, reader));
  }

  void make(TensorId id, TensorId root, uint32_t place) {
    if (!is_activation(id)) return;
    roots_[id] = root;
    if (root == id) spans_[id] = {place, place};
  }

  // The tensor whose buffer the node's first output shares; the output itself where none.
  TensorId shared_root(const Node& node) const {
    const TensorId output = node.outputs[0];
    if (sharing_ == Sharing::None || node.inputs.empty() || node.inputs[0] == kNoTensor)
      return output;
    const TensorId input = node.inputs[0];
    if (!is_activation(input) || roots_[input] == kNoTensor) return output;
    if (ops::table()[node.op].op_class == OpClass::View) return roots_[input];
    if (sharing_ != Sharing::Engine) return output;
    const std::string_view op = known_op(node);
    if (is_dequantize_linear(op)) return roots_[input];
    const bool sole = is_quantize_linear(op) && counting_.traits[input].written != DType::Undefined;
    return sole && roots_[input] == input ? input : output;
  }

  void visit(uint32_t place) {
    while (!open_.empty() && listed_[open_.back()].end == place) close_body();
    const Node& node = graph_.nodes[listed_[place].node];
    for (const TensorId id : node.inputs) use(id, place, node.body);
    if (!node.bodies.empty()) {
      open_body(place);
      return;
    }
    for (size_t index = 0; index < node.outputs.size(); ++index) {
      const TensorId id = node.outputs[index];
      if (id != kNoTensor) make(id, index == 0 ? shared_root(node) : id, place);
    }
  }

  // Stacked results grow from the start on; the others come from the body when it has ended.
  void open_body(uint32_t place) {
    const Node& node = graph_.nodes[listed_[place].node];
    for (size_t index = returned_results(node); index < node.outputs.size(); ++index) {
      if (node.outputs[index] != kNoTensor) make(node.outputs[index], node.outputs[index], place);
    }
    for (const BodyId body : node.bodies) {
      for (const TensorId id : graph_.bodies[body].inputs) {
        if (id != kNoTensor) make(id, id, place);
      }
    }
    open_.push_back(place);
  }

  // How many of the first outputs are what the body returned last: all of an If, the state of a
  // loop.
  size_t returned_results(const Node& node) const {
    const std::string_view op = known_op(node);
    size_t others = SIZE_MAX;
    if (op == "If") others = 0;
    if (op == "Loop") others = 2;
    if (op == "Scan") {
      const ops::CostContext context(graph_, node, counting_.assumed);
      others =
          static_cast<size_t>(std::max<int64_t>(context.attribute_int("num_scan_inputs", 0), 0));
    }
    const size_t results = op == "If" ? node.outputs.size() : node.inputs.size();
    return others > results ? 0 : std::min(results - others, node.outputs.size());
  }

  void close_body() {
    const Listed entry = listed_[open_.back()];
    const uint32_t start = open_.back();
    open_.pop_back();
    const Node& node = graph_.nodes[entry.node];
    const uint32_t last = entry.end - 1;
    // The first node of the listed body, which of an If's two it is.
    const bool empty = entry.end == start + 1;
    const BodyId listed = empty ? kMainBody : graph_.nodes[listed_[start + 1].node].body;
    const size_t returned = returned_results(node);
    const size_t skipped = known_op(node) == "Loop" ? 1 : 0;  // the condition
    for (const BodyId body : node.bodies) {
      const std::vector<TensorId>& outputs = graph_.bodies[body].outputs;
      for (const TensorId id : outputs) {
        if (is_activation(id) && roots_[id] != kNoTensor) extend(roots_[id], last);
      }
      if (body != listed) continue;
      for (size_t index = 0; index < returned && index + skipped < outputs.size(); ++index) {
        share_result(node.outputs[index], outputs[index + skipped], last);
      }
    }
    for (size_t index = 0; index < returned; ++index) {
      const TensorId id = node.outputs[index];
      if (id != kNoTensor && roots_[id] == kNoTensor) make(id, id, last);
    }
  }

  void share_result(TensorId result, TensorId returned, uint32_t last) {
    if (result == kNoTensor || !is_activation(returned)) return;
    const TensorId root = roots_[returned];
    const bool shares = sharing_ != Sharing::None && root != kNoTensor;
    make(result, shares ? root : result, last);
  }

  void extend(TensorId root, uint32_t last) {
    spans_[root].last = std::max(spans_[root].last, last);
  }

  void keep_outputs() {
    if (listed_.empty()) return;
    const uint32_t end = static_cast<uint32_t>(listed_.size()) - 1;
    for (const TensorId id : graph_.bodies[kMainBody].outputs) {
      if (is_activation(id) && roots_[id] != kNoTensor) spans_[roots_[id]].last = end;
    }
  }

  const Counting& counting_;
  const Graph& graph_;
  std::span<const Listed> listed_;
  Sharing sharing_;
  std::vector<TensorId> roots_;     // whose buffer a tensor lies in; kNoTensor: in none
  std::vector<Span> spans_;         // of roots
  std::vector<uint32_t> body_end_;  // last place of each body that repeats
  std::vector<uint32_t> open_;      // places of nodes whose bodies are being passed
};

uint64_t stored(const Lifetime& buffer) { return buffer.bytes; }

MemoryTimeline timeline_of(std::span<const Lifetime> buffers, std::span<const Span> unbound,
                           size_t places) {
  MemoryTimeline timeline;
  if (places == 0) return timeline;
  HighWater peak;
  {
    std::vector<uint64_t> live;
    peak = high_water_of(buffers, places, &live, stored);
    timeline.live.assign(live.begin(), live.end());
  }
  std::vector<int64_t> change(places + 1, 0);
  for (const Span& span : unbound) {
    ++change[span.first];
    --change[span.last + 1];
  }
  int64_t unknown = 0;
  for (size_t place = 0; place < places; ++place) {
    unknown += change[place];
    if (unknown > 0) timeline.live[place].reset();
  }
  if (!unbound.empty() || !peak.place) return timeline;
  timeline.peak_bytes = peak.bytes;
  timeline.peak_node = peak.place;
  return timeline;
}

std::vector<std::pair<TensorId, uint64_t>> tensors_at(std::span<const Lifetime> buffers,
                                                      uint32_t place) {
  constexpr size_t kMost = 16;
  std::vector<std::pair<TensorId, uint64_t>> tensors;
  for (const Lifetime& buffer : buffers) {
    if (buffer.first <= place && place <= buffer.last)
      tensors.emplace_back(buffer.tensor, buffer.bytes);
  }
  sort_items(tensors, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (tensors.size() > kMost) tensors.resize(kMost);
  return tensors;
}

bool has_quantizers(const Counting& counting, std::span<const Listed> listed) {
  return std::any_of(listed.begin(), listed.end(), [&](const Listed& entry) {
    const Node& node = counting.graph.nodes[entry.node];
    return ops::table()[node.op].op_class == OpClass::Quantize;
  });
}

}  // namespace

MemoryFigures trace_memory(const Counting& counting, std::span<const Listed> listed) {
  MemoryFigures memory;
  std::vector<Span> unbound;
  {
    const std::vector<Lifetime> separate = Tracer(counting, listed, Sharing::None).buffers(unbound);
    memory.separate = timeline_of(separate, unbound, listed.size());
    unbound.clear();
  }
  memory.buffers = Tracer(counting, listed, Sharing::Views).buffers(unbound);
  memory.shared = timeline_of(memory.buffers, unbound, listed.size());
  memory.known = unbound.empty();
  if (memory.shared.peak_node)
    memory.peak_tensors = tensors_at(memory.buffers, *memory.shared.peak_node);
  if (has_quantizers(counting, listed)) {
    unbound.clear();
    memory.buffers = Tracer(counting, listed, Sharing::Engine).buffers(unbound);
  }
  return memory;
}

}  // namespace trtreport
