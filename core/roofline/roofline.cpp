// Times of every node at one precision of one device, and their sums.
#include "roofline/roofline.hpp"

#include "base/dtype.hpp"
#include "base/sorting.hpp"
#include "ops/table.hpp"
#include "roofline/ceilings.hpp"
#include "roofline/liveness.hpp"

#include <algorithm>
#include <limits>

namespace trtreport {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

bool is_unknown(double value) { return value != value; }

double number(Count count) { return count.known() ? static_cast<double>(count.value()) : kUnknown; }

double resized_bytes(const ResizableTraffic& traffic, const Ceilings& ceilings) {
  if (ceilings.activation_bytes == 0)
    return number(traffic.float_bytes) + number(traffic.fixed_bytes);
  return number(traffic.weight_elements) * ceilings.weight_bytes +
         number(traffic.activation_elements) * ceilings.activation_bytes +
         number(traffic.fixed_bytes);
}

// Views, shapes, constants, Q/DQ and control flow cost nothing and launch nothing.
bool is_free(const NodeFigures& node) {
  switch (node.op_class) {
    case OpClass::View:
    case OpClass::Shape:
    case OpClass::Constant:
    case OpClass::Quantize:
      return true;
    default:
      return (node.flags & kFoldable) != 0;
  }
}

struct NodeTime {
  double seconds = 0, bytes = 0, flops = 0;
  char bound = 'n';
};

NodeTime time_of(const NodeFigures& node, const Ceilings& ceilings, double bandwidth,
                 double launch) {
  NodeTime time;
  if (is_free(node)) return time;
  time.bytes = resized_bytes(node.resizable, ceilings);
  time.flops = number(node.flops);
  const bool unmodelled = (node.flags & kUnmodelled) != 0;
  const Ceiling& ceiling = ceilings.of[static_cast<size_t>(ceilings.arithmetic(node.precision))];
  const bool tensor = node.op_class == OpClass::Contraction && (node.flags & kDepthwise) == 0;
  const std::optional<double> peak = tensor ? ceiling.tensor : ceiling.vector;
  const double flops = unmodelled && is_unknown(time.flops) ? 0 : time.flops;
  const double compute = flops == 0 ? 0 : (peak ? flops / *peak : kUnknown);
  const double memory = time.bytes / bandwidth;
  if (is_unknown(compute) || is_unknown(memory)) {
    time.seconds = kUnknown;
    time.bound = '?';
    return time;
  }
  if (compute == 0 && memory == 0) return time;
  const double launches = launch * static_cast<double>(node.times);
  const double work = std::max(compute, memory);
  time.seconds = work + launches;
  time.bound = launches > work ? 'l' : (compute > memory ? 'c' : 'm');
  return time;
}

Group& group_of(std::vector<Group>& groups, std::string_view key) {
  for (Group& group : groups) {
    if (group.key == key) return group;
  }
  groups.push_back(
      {.key = std::string(key), .nodes = 0, .seconds = 0, .macs = 0, .flops = 0, .bytes = 0});
  return groups.back();
}

// Nodes of unknown time are counted but add nothing.
void add_to_group(Group& group, const NodeFigures& node, const NodeTime& time) {
  ++group.nodes;
  if (node.macs.known()) group.macs = group.macs + node.macs;
  if (node.flops.known()) group.flops = group.flops + node.flops;
  if (!is_unknown(time.seconds)) group.seconds += time.seconds;
  if (!is_unknown(time.bytes)) group.bytes += time.bytes;
}

void sort_groups(std::vector<Group>& groups) {
  sort_items(groups, [](const Group& a, const Group& b) {
    return a.seconds != b.seconds ? a.seconds > b.seconds : a.key < b.key;
  });
}

class Evaluation {
 public:
  Evaluation(const Figures& figures, const Graph& graph, const Device& device, Precision precision,
             const RooflineOptions& options, std::span<const NodePrecision> nodes)
      : figures_(figures), graph_(graph), ceilings_(resolve_ceilings(device, precision, options)) {
    for (const NodePrecision& own : nodes) {
      if (own.node >= figures.nodes.size()) continue;
      of_node_.resize(figures.nodes.size(), &ceilings_);
      std::optional<Ceilings>& ceilings = own_[static_cast<size_t>(own.precision)];
      if (!ceilings) ceilings = resolve_ceilings(device, own.precision, options);
      of_node_[own.node] = &*ceilings;
    }
    roofline_.device = device.name;
    roofline_.measured = device.measured;
    roofline_.precision = precision;
    roofline_.evaluated_as = ceilings_.evaluated_as;
    roofline_.fallback = ceilings_.fallback;
    roofline_.bandwidth = device.dram_bandwidth;
    roofline_.launch_seconds = device.launch_seconds.value_or(0);
    roofline_.memory_bytes = device.memory_bytes;
  }

  Roofline run() {
    set_peaks();
    evaluate_nodes();
    find_hottest();
    set_floor();
    set_memory();
    roofline_.verdict = write_verdict(figures_, graph_, roofline_);
    return std::move(roofline_);
  }

 private:
  // As stored, the peaks shown are those of the precision that does most MACs.
  Precision shown_precision() const {
    if (ceilings_.evaluated_as != Precision::Model) return ceilings_.evaluated_as;
    std::array<double, kPrecisionCount> macs{};
    for (const NodeFigures& node : figures_.nodes) {
      if (node.macs.known()) {
        macs[static_cast<size_t>(ceilings_.arithmetic(node.precision))] +=
            static_cast<double>(node.macs.value());
      }
    }
    const auto most = std::max_element(macs.begin(), macs.end());
    return static_cast<Precision>(most - macs.begin());
  }

  void set_peaks() {
    const Ceiling& ceiling = ceilings_.of[static_cast<size_t>(shown_precision())];
    if (ceiling.has_tensor_unit) roofline_.peak_tensor = ceiling.tensor;
    roofline_.peak_vector = ceiling.vector;
    roofline_.accumulate = ceiling.accumulate;
    if (ceiling.tensor && roofline_.bandwidth)
      roofline_.ridge = *ceiling.tensor / *roofline_.bandwidth;
  }

  void evaluate_nodes() {
    const size_t count = figures_.nodes.size();
    roofline_.node_seconds.reserve(count);
    roofline_.node_bytes.reserve(count);
    roofline_.node_intensity.reserve(count);
    roofline_.node_bound.reserve(count);
    std::vector<uint32_t> op_groups(ops::table().size(), UINT32_MAX);
    double seconds = 0, bytes = 0, flops = 0;
    bool unknown = !roofline_.bandwidth;
    for (size_t index = 0; index < count; ++index) {
      const NodeFigures& node = figures_.nodes[index];
      const Ceilings& ceilings = of_node_.empty() ? ceilings_ : *of_node_[index];
      const NodeTime time =
          time_of(node, ceilings, roofline_.bandwidth.value_or(kUnknown), roofline_.launch_seconds);
      push(time);
      const bool unbound = (node.flags & (kUnbound | kOverflow)) != 0;
      const bool no_fp64 = ceilings.arithmetic(node.precision) == Precision::Model;
      unknown = unknown || (time.bound == '?' && (unbound || no_fp64));
      if (!is_unknown(time.seconds)) {
        seconds += time.seconds;
        bytes += time.bytes;
        flops += is_unknown(time.flops) ? 0 : time.flops;
        floor_compute_ += floor_seconds(node, time, ceilings);
        note_bound(time);
      }
      add_to_group(group_of(roofline_.by_class, ops::name(node.op_class)), node, time);
      add_to_op(node, time, op_groups);
    }
    sort_groups(roofline_.by_class);
    sort_groups(roofline_.by_op);
    if (unknown) return;
    roofline_.seconds = seconds;
    roofline_.traffic_bytes = bytes;
    if (bytes > 0) roofline_.intensity = flops / bytes;
  }

  void push(const NodeTime& time) {
    roofline_.node_seconds.push_back(time.seconds);
    roofline_.node_bytes.push_back(time.bytes);
    const bool none = time.bytes == 0 && !is_unknown(time.flops);
    roofline_.node_intensity.push_back(none ? 0 : time.flops / time.bytes);
    roofline_.node_bound.push_back(time.bound);
  }

  // The least that the node's arithmetic can take: on the fastest unit of its precision.
  static double floor_seconds(const NodeFigures& node, const NodeTime& time,
                              const Ceilings& ceilings) {
    if (time.flops == 0 || is_unknown(time.flops)) return 0;
    const Ceiling& ceiling = ceilings.of[static_cast<size_t>(ceilings.arithmetic(node.precision))];
    return ceiling.tensor ? time.flops / std::max(*ceiling.tensor, ceiling.vector.value_or(0)) : 0;
  }

  void note_bound(const NodeTime& time) {
    if (time.bound == 'c') roofline_.compute_seconds += time.seconds;
    if (time.bound == 'm') roofline_.memory_seconds += time.seconds;
    if (time.bound == 'l') roofline_.launch_bound_seconds += time.seconds;
  }

  // By the table's row; operators that it does not know, by name.
  void add_to_op(const NodeFigures& node, const NodeTime& time, std::vector<uint32_t>& op_groups) {
    const Node& in_graph = graph_.nodes[node.node];
    uint32_t& known = op_groups[in_graph.op];
    if (in_graph.op == 0 || known == UINT32_MAX) {
      const std::string_view op =
          in_graph.proto == nullptr ? std::string_view("?") : graph_.text(in_graph.proto->op);
      const Group& group = group_of(roofline_.by_op, op);
      known = static_cast<uint32_t>(&group - roofline_.by_op.data());
    }
    add_to_group(roofline_.by_op[known], node, time);
  }

  void find_hottest() {
    constexpr size_t kMost = 10;
    const std::vector<double>& seconds = roofline_.node_seconds;
    std::vector<uint32_t>& hottest = roofline_.hottest;
    for (uint32_t index = 0; index < seconds.size(); ++index) {
      if (!(seconds[index] > 0)) continue;
      if (hottest.size() == kMost) {
        if (seconds[hottest.back()] >= seconds[index]) continue;
        hottest.pop_back();
      }
      size_t place = hottest.size();
      while (place > 0 && seconds[hottest[place - 1]] < seconds[index]) --place;
      hottest.insert(hottest.begin() + static_cast<std::ptrdiff_t>(place), index);
    }
  }

  // Sizes that no element goes below, whichever node's precision it is moved at.
  Ceilings narrowest() const {
    constexpr double kLeastStored = 2;  // float16 is the narrowest plain floating type
    Ceilings least = ceilings_;
    if (of_node_.empty()) return least;
    const auto size = [](double bytes) { return bytes == 0 ? kLeastStored : bytes; };
    for (const Ceilings* ceilings : of_node_) {
      least.weight_bytes = std::min(size(least.weight_bytes), size(ceilings->weight_bytes));
      least.activation_bytes =
          std::min(size(least.activation_bytes), size(ceilings->activation_bytes));
    }
    return least;
  }

  void set_floor() {
    if (!roofline_.seconds) return;
    const double bytes = resized_bytes(figures_.floor, narrowest());
    if (!is_unknown(bytes))
      roofline_.seconds_floor = std::max(floor_compute_, bytes / *roofline_.bandwidth);
  }

  void set_memory() {
    const Totals& totals = figures_.totals;
    const bool resized = ceilings_.weight_bytes > 0;
    const double floats =
        static_cast<double>(totals.weight_float_elements) * ceilings_.weight_bytes;
    roofline_.weight_bytes = resized
                                 ? static_cast<uint64_t>(floats + 0.5) + totals.weight_fixed_bytes
                                 : totals.weight_bytes;
    if (!figures_.memory.known) return;
    const uint64_t size = static_cast<uint64_t>(ceilings_.activation_bytes);
    const HighWater peak = high_water_of(
        figures_.memory.buffers, figures_.nodes.size(), nullptr, [&](const Lifetime& buffer) {
          return size == 0 || buffer.float_elements == 0 ? buffer.bytes
                                                         : buffer.float_elements * size;
        });
    roofline_.peak_activation_bytes = peak.bytes;
    if (!roofline_.memory_bytes) return;
    uint64_t needed = 0;
    const bool overflow = __builtin_add_overflow(roofline_.weight_bytes, peak.bytes, &needed);
    roofline_.fits_memory = !overflow && needed <= *roofline_.memory_bytes;
  }

  const Figures& figures_;
  const Graph& graph_;
  Ceilings ceilings_;
  // Of the nodes with a precision of their own; `of_node_` is empty where there is none.
  std::array<std::optional<Ceilings>, kPrecisionCount> own_;
  std::vector<const Ceilings*> of_node_;
  Roofline roofline_;
  double floor_compute_ = 0;
};

}  // namespace

Roofline evaluate_roofline(const Figures& figures, const Graph& graph, const Device& device,
                           Precision precision, const RooflineOptions& options,
                           std::span<const NodePrecision> nodes) {
  return Evaluation(figures, graph, device, precision, options, nodes).run();
}

std::vector<Precision> supported_precisions(const Device& device, const RooflineOptions&) {
  std::vector<Precision> precisions;
  for (const auto& [precision, peak] : device.peaks) {
    // fp32 is evaluated as tf32, unless tf32 is switched off.
    const bool doubled = precision == Precision::Tf32 && device.peaks.count(Precision::Fp32) > 0;
    if (!doubled && (peak.tensor || peak.vector)) precisions.push_back(precision);
  }
  return precisions;
}

}  // namespace trtreport
