// The verdict: what a reviewer reads first. Each sentence has a code and the numbers that it was
// made from.
#include "base/quantity.hpp"
#include "roofline/ceilings.hpp"
#include "roofline/roofline.hpp"

#include <algorithm>

namespace trtreport {

namespace {

using Args = std::vector<std::pair<std::string, std::string>>;

// Kernels whose roofline is below this took 2 to 4 times as long in CUDA graphs on an H200 (median
// by model 2.6 to 4.1, longer ones 1.2 to 2): hardware/probe/tests/device/layers.py.
constexpr double kShortKernel = 2e-6;

std::string list(const std::vector<std::string>& items, size_t most) {
  std::string text;
  for (size_t index = 0; index < items.size() && index < most; ++index)
    text += (index == 0 ? "" : ", ") + items[index];
  if (items.size() > most) text += ", …";
  return text;
}

std::string count_of(uint64_t count, std::string_view what) {
  return grouped(static_cast<double>(count)) + " " + std::string(what) + (count == 1 ? "" : "s");
}

class Writer {
 public:
  Writer(const Figures& figures, const Graph& graph, const Roofline& roofline)
      : figures_(figures), totals_(figures.totals), graph_(graph), roofline_(roofline) {}

  std::vector<Sentence> write() {
    if (!roofline_.seconds) {
      ask_to_bind();
      return std::move(sentences_);
    }
    tell_time();
    tell_bound();
    tell_short_kernels();
    tell_hottest();
    tell_memory();
    if (roofline_.fallback) {
      say("fallback", roofline_.fallback->text + ".",
          {{"device", roofline_.device},
           {"wanted", std::string(name(roofline_.precision))},
           {"taken", std::string(name(roofline_.evaluated_as))}});
    }
    tell_assumptions();
    tell_coverage();
    return std::move(sentences_);
  }

 private:
  void say(std::string code, std::string text, Args args) {
    sentences_.push_back({std::move(code), std::move(text), std::move(args)});
  }

  void ask_to_bind() {
    for (const UnboundSymbol& unbound : totals_.unbound) {
      const std::string inputs = list(unbound.inputs, 4);
      say("unbound_symbol",
          "The size '" + unbound.symbol + "' of " + inputs + " is open: give it with " +
              unbound.option + " to get figures.",
          {{"symbol", unbound.symbol}, {"option", unbound.option}, {"inputs", inputs}});
    }
    if (totals_.unbound.empty())
      say("unknown_time", "The time is unknown: a count passes 64 bits.", {});
  }

  std::string precision_text() const {
    const bool weights_only =
        roofline_.evaluated_as == Precision::Int4 || roofline_.evaluated_as == Precision::Fp4;
    std::string text(title(roofline_.evaluated_as));
    if (weights_only) text += " (weights; arithmetic in FP16)";
    if (roofline_.precision == Precision::Fp32 && roofline_.evaluated_as == Precision::Tf32)
      text += " (for FP32)";
    return text;
  }

  void tell_time() {
    const double seconds = *roofline_.seconds;
    const std::string where = "On " + roofline_.device + " in " + precision_text();
    const std::string source = roofline_.measured ? "measured peaks" : "datasheet peaks";
    if (seconds == 0) {
      say("no_work", where + " the model has nothing to run.",
          {{"device", roofline_.device}, {"precision", std::string(name(roofline_.evaluated_as))}});
      return;
    }
    const std::string floor = roofline_.seconds_floor ? duration(*roofline_.seconds_floor) : "?";
    say("time",
        where + " the model takes " + duration(seconds) + " (" + grouped(1 / seconds) +
            " runs/s), predicted from " + source +
            " with one kernel per operator; no engine can take less than " + floor + ".",
        {{"device", roofline_.device},
         {"precision", std::string(name(roofline_.evaluated_as))},
         {"time", duration(seconds)},
         {"rate", grouped(1 / seconds)},
         {"floor", floor},
         {"source", roofline_.measured ? "measured" : "datasheet"}});
  }

  // Contractions that the memory bounds, of all that run.
  std::pair<uint64_t, uint64_t> memory_bound_contractions() const {
    uint64_t bound = 0, all = 0;
    for (size_t index = 0; index < figures_.nodes.size(); ++index) {
      if (figures_.nodes[index].op_class != OpClass::Contraction) continue;
      const char kind = roofline_.node_bound[index];
      if (kind == 'm') ++bound;
      if (kind == 'm' || kind == 'c' || kind == 'l') ++all;
    }
    return {bound, all};
  }

  void tell_bound() {
    const double seconds = *roofline_.seconds;
    if (seconds == 0) return;
    struct Part {
      double seconds;
      const char* code;
      const char* text;
    };
    const Part parts[] = {
        {roofline_.memory_seconds, "memory_bound", "bound by memory"},
        {roofline_.compute_seconds, "compute_bound", "bound by arithmetic"},
        {roofline_.launch_bound_seconds, "launch_bound", "bound by kernel launches"}};
    const Part& most = *std::max_element(
        parts, parts + 3, [](const Part& a, const Part& b) { return a.seconds < b.seconds; });
    const std::string share = percent(most.seconds / seconds);
    Args args = {{"share", share}};
    std::string text = share + " of that is " + most.text;
    const auto [bound, all] = memory_bound_contractions();
    if (roofline_.ridge && all > 0) {
      const std::string ridge = plain_or_quantity(*roofline_.ridge);
      // Bounds of memory and arithmetic follow from the ridge; launches have nothing to do with it.
      text += &most == &parts[2] ? "; " : ": ";
      text += grouped(static_cast<double>(bound)) + " of " + count_of(all, "contraction") +
              (all == 1 ? " lies" : " lie") + " below the ridge of " + ridge + " FLOP/B";
      args.insert(args.end(), {{"below", std::to_string(bound)},
                               {"contractions", std::to_string(all)},
                               {"ridge", ridge}});
    }
    say(most.code, text + ".", std::move(args));
  }

  // A roofline knows throughput, and kernels this short are paced by latency: see kShortKernel.
  void tell_short_kernels() {
    uint64_t brief = 0, all = 0;
    double seconds = 0;
    for (size_t index = 0; index < figures_.nodes.size(); ++index) {
      const double each = roofline_.node_seconds[index];
      if (!(each > 0)) continue;
      ++all;
      if (each >= kShortKernel * static_cast<double>(figures_.nodes[index].times)) continue;
      ++brief;
      seconds += each;
    }
    if (brief == 0 || seconds < *roofline_.seconds / 2) return;
    const std::string share = percent(seconds / *roofline_.seconds);
    const std::string of = grouped(static_cast<double>(brief)) + " of " + count_of(all, "kernel");
    say("short_kernels",
        share + " of that passes in kernels shorter than 2 µs (" + of +
            "): starting and waiting, which a roofline leaves out, made such kernels take two to "
            "four times as long on an H200; expect more than predicted.",
        {{"share", share}, {"short", std::to_string(brief)}, {"kernels", std::to_string(all)}});
  }

  static std::string plain_or_quantity(double value) {
    return value < 999.5 ? plain(value) : grouped(value);
  }

  void tell_hottest() {
    if (roofline_.by_op.empty() || roofline_.hottest.empty() || *roofline_.seconds == 0) return;
    const Group& group = roofline_.by_op.front();
    const uint32_t first = roofline_.hottest.front();
    const std::string node(graph_.text(graph_.nodes[figures_.nodes[first].node].name));
    const std::string group_share = percent(group.seconds / *roofline_.seconds);
    const std::string node_share = percent(roofline_.node_seconds[first] / *roofline_.seconds);
    say("hottest",
        group.key + " takes " + group_share + " of the time; the costliest node is '" + node +
            "' with " + node_share + ".",
        {{"op", group.key}, {"op_share", group_share}, {"node", node}, {"node_share", node_share}});
  }

  void tell_memory() {
    const std::string weights = quantity(static_cast<double>(roofline_.weight_bytes), "B");
    if (!roofline_.peak_activation_bytes) return;
    const std::string peak = quantity(static_cast<double>(*roofline_.peak_activation_bytes), "B");
    std::string text = "Weights take " + weights + ", activations at their peak " + peak;
    Args args = {{"weights", weights}, {"activations", peak}};
    if (!roofline_.fits_memory) {
      say("memory", text + ".", std::move(args));
      return;
    }
    const std::string memory = quantity(static_cast<double>(*roofline_.memory_bytes), "B");
    args.emplace_back("memory", memory);
    const bool fits = *roofline_.fits_memory;
    text += fits ? ", which fits the device's " : ", which does not fit the device's ";
    say(fits ? "fits_memory" : "exceeds_memory", text + memory + ".", std::move(args));
  }

  void tell_assumptions() {
    for (const auto& [symbol, value] : totals_.assumed) {
      say("assumed_batch",
          "The size '" + symbol + "' is open and taken as " + std::to_string(value) +
              "; --batch sets it.",
          {{"symbol", symbol}, {"value", std::to_string(value)}});
    }
    const bool per_iteration =
        std::any_of(figures_.nodes.begin(), figures_.nodes.end(),
                    [](const NodeFigures& node) { return (node.flags & kPerIteration) != 0; });
    if (per_iteration) {
      say("loop_per_iteration", "A loop's trip count is unknown: its figures are of one iteration.",
          {});
    }
    const bool branch =
        std::any_of(figures_.nodes.begin(), figures_.nodes.end(),
                    [](const NodeFigures& node) { return (node.flags & kBranch) != 0; });
    if (branch)
      say("if_costlier_branch", "Of branches chosen while running, the costlier is counted.", {});
  }

  void tell_coverage() {
    const uint64_t nodes = figures_.nodes.size();
    const uint64_t unmodelled = nodes - totals_.modelled_nodes;
    if (unmodelled > 0) {
      std::vector<std::string> names;
      for (const UnmodelledOp& op : totals_.unmodelled_ops) names.push_back(op.op);
      const std::string share =
          totals_.unmodelled_bytes_share ? percent(*totals_.unmodelled_bytes_share) : "?";
      say("coverage",
          count_of(unmodelled, "node") + " of " + grouped(static_cast<double>(nodes)) + " (" +
              list(names, 4) +
              ") have no cost rule: their arithmetic is missing, their share of the traffic is " +
              share + ".",
          {{"unmodelled", std::to_string(unmodelled)},
           {"nodes", std::to_string(nodes)},
           {"operators", list(names, 4)},
           {"share", share}});
    }
    if (totals_.data_dependent_nodes > 0) {
      say("data_dependent",
          "The sizes of " + count_of(totals_.data_dependent_nodes, "node") +
              " depend on the data: they are left out.",
          {{"nodes", std::to_string(totals_.data_dependent_nodes)}});
    }
  }

  const Figures& figures_;
  const Totals& totals_;
  const Graph& graph_;
  const Roofline& roofline_;
  std::vector<Sentence> sentences_;
};

}  // namespace

std::vector<Sentence> write_verdict(const Figures& figures, const Graph& graph,
                                    const Roofline& roofline) {
  return Writer(figures, graph, roofline).write();
}

}  // namespace trtreport
