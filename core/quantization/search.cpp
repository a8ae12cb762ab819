// Prices, corners and what lies between them.
#include "quantization/search.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace trtreport::quantization {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
// Capacities are whole numbers: the sum of all costs stays below this.
constexpr double kCapacity = 0x1p50;
constexpr size_t kMostTries = 64;  // of single changes, each a cut

bool is_allowed(uint32_t options, size_t option) { return (options >> option & 1) != 0; }

// The option of one side with the least seconds + price * nsr; the number of options where none is
// allowed.
size_t best_option(const std::vector<PlanProblem::Option>& options, bool quantized, double price,
                   uint32_t allowed) {
  size_t best = options.size();
  double least = kNever;
  for (size_t i = 0; i < options.size(); ++i) {
    if (options[i].quantized != quantized || !is_allowed(allowed, i)) continue;
    const double cost = options[i].seconds + price * options[i].nsr;
    if (!(cost < least)) continue;
    least = cost;
    best = i;
  }
  return best;
}

void drop_dominated(std::vector<PlanChoice>& choices) {
  std::sort(choices.begin(), choices.end(), [](const PlanChoice& a, const PlanChoice& b) {
    if (a.seconds != b.seconds) return a.seconds < b.seconds;
    return a.nsr != b.nsr ? a.nsr < b.nsr : a.options < b.options;
  });
  double quietest = kNever;
  const auto worse = [&](const PlanChoice& choice) {
    if (!(choice.nsr < quietest)) return true;
    quietest = choice.nsr;
    return false;
  };
  choices.erase(std::remove_if(choices.begin(), choices.end(), worse), choices.end());
}

class Clusters {
 public:
  explicit Clusters(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0u); }
  uint32_t root(uint32_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }
  void join(uint32_t a, uint32_t b) {
    parent_[std::max(root(a), root(b))] = std::min(root(a), root(b));
  }

 private:
  std::vector<uint32_t> parent_;
};

}  // namespace

bool is_converted(const PlanProblem::Wire& wire, std::span<const uint8_t> sides) {
  size_t quantized = 0;
  for (const uint32_t reader : wire.readers) quantized += sides[reader];
  const size_t plain = wire.readers.size() - quantized;
  if (wire.maker == kNoUnit) return quantized > 0 && plain > 0;
  return (sides[wire.maker] != 0 ? plain : quantized) > 0;
}

PlanSearch::PlanSearch(PlanProblem problem) : problem_(std::move(problem)) {
  unit_of_.assign(problem_.layers.size(), kNoUnit);
  for (uint32_t unit = 0; unit < problem_.units.size(); ++unit) {
    const PlanProblem::Unit& each = problem_.units[unit];
    if (each.layer != kNoUnit) unit_of_[each.layer] = unit;
    all_seconds_ += each.layer == kNoUnit ? std::max(each.base, each.quantized) : 0;
  }
  for (const auto& options : problem_.layers) {
    double seconds = 0, nsr = 0;
    for (const PlanProblem::Option& option : options) {
      seconds = std::max(seconds, option.seconds);
      nsr = std::max(nsr, option.nsr);
    }
    all_seconds_ += seconds;
    all_noise_ += nsr;
  }
  for (const PlanProblem::Wire& wire : problem_.wires) all_seconds_ += 2 * wire.seconds;
  build_network();
}

// The source side is the quantized one. A wire with several readers gets two nodes: one that is
// quantized as soon as any reader is, one that is in the base as soon as any reader is.
void PlanSearch::build_network() {
  const uint32_t units = static_cast<uint32_t>(problem_.units.size());
  uint32_t nodes = units;
  for (const PlanProblem::Wire& wire : problem_.wires)
    nodes += (wire.readers.size() > 1 ? 2u : 0u) + (wire.maker == kNoUnit ? 1u : 0u);
  network_ = MinCut(nodes);
  uint32_t next = units;
  // Prices make noise as dear as this many times all seconds; see hull().
  per_second_ = all_seconds_ > 0 ? kCapacity / all_seconds_ : 1;
  for (const PlanProblem::Wire& wire : problem_.wires) {
    if (wire.readers.empty()) continue;
    const int64_t cost = static_cast<int64_t>(wire.seconds * per_second_);
    const uint32_t maker = wire.maker == kNoUnit ? next++ : wire.maker;
    if (wire.readers.size() == 1) {
      network_.add_arc(wire.readers[0], maker, cost);
      network_.add_arc(maker, wire.readers[0], cost);
      continue;
    }
    const uint32_t any_quantized = next++, all_quantized = next++;
    network_.add_arc(any_quantized, maker, cost);
    network_.add_arc(maker, all_quantized, cost);
    for (const uint32_t reader : wire.readers) {
      network_.add_arc(reader, any_quantized, MinCut::kInfinite);
      network_.add_arc(all_quantized, reader, MinCut::kInfinite);
    }
  }
}

void PlanSearch::cut(const std::vector<double>& base, const std::vector<double>& quantized) {
  const size_t nodes = network_.nodes();
  std::vector<int64_t> source(nodes, 0), other(nodes, 0);
  for (size_t unit = 0; unit < problem_.units.size(); ++unit) {
    const auto capacity = [&](double seconds, double less) {
      if (seconds == kNever) return MinCut::kInfinite;
      return static_cast<int64_t>(std::min((seconds - less) * per_second_, 0x1p58));
    };
    const double less = std::min(base[unit], quantized[unit]);
    source[unit] = capacity(quantized[unit], less);
    other[unit] = capacity(base[unit], less);
  }
  ++cuts_;
  network_.solve(source, other);
}

std::vector<uint8_t> PlanSearch::sides_of_cut() const {
  std::vector<uint8_t> sides(problem_.units.size());
  for (uint32_t unit = 0; unit < sides.size(); ++unit)
    sides[unit] = network_.on_source_side(unit) ? 1 : 0;
  return sides;
}

// What is quantized without a layer that is, next to each other, goes back to the base.
std::vector<uint8_t> PlanSearch::rooted(std::vector<uint8_t> sides) const {
  const uint32_t units = static_cast<uint32_t>(sides.size());
  Clusters clusters(units);
  for (const PlanProblem::Wire& wire : problem_.wires) {
    uint32_t joined = wire.maker != kNoUnit && sides[wire.maker] != 0 ? wire.maker : kNoUnit;
    for (const uint32_t reader : wire.readers) {
      if (sides[reader] == 0) continue;
      if (joined != kNoUnit) clusters.join(joined, reader);
      joined = reader;
    }
  }
  std::vector<uint8_t> has_layer(units, 0);
  for (uint32_t unit = 0; unit < units; ++unit) {
    if (sides[unit] != 0 && problem_.units[unit].layer != kNoUnit)
      has_layer[clusters.root(unit)] = 1;
  }
  for (uint32_t unit = 0; unit < units; ++unit)
    sides[unit] = sides[unit] != 0 && has_layer[clusters.root(unit)] != 0 ? 1 : 0;
  return sides;
}

// Summed in the order of units, wires and layers.
PlanChoice PlanSearch::measured(std::vector<uint8_t> options, std::vector<uint8_t> sides) const {
  PlanChoice choice;
  for (size_t unit = 0; unit < problem_.units.size(); ++unit) {
    const PlanProblem::Unit& each = problem_.units[unit];
    choice.seconds += each.layer != kNoUnit
                          ? problem_.layers[each.layer][options[each.layer]].seconds
                          : (sides[unit] != 0 ? each.quantized : each.base);
  }
  for (const PlanProblem::Wire& wire : problem_.wires)
    choice.seconds += is_converted(wire, sides) ? wire.seconds : 0;
  for (size_t layer = 0; layer < problem_.layers.size(); ++layer)
    choice.nsr += problem_.layers[layer][options[layer]].nsr;
  choice.options = std::move(options);
  choice.sides = std::move(sides);
  return choice;
}

PlanChoice PlanSearch::complete(std::span<const uint8_t> options) {
  std::vector<uint32_t> allowed(options.size());
  for (size_t layer = 0; layer < options.size(); ++layer) allowed[layer] = 1u << options[layer];
  return cheapest(0, allowed);
}

std::vector<uint8_t> PlanSearch::cut_at(double price, std::span<const uint32_t> allowed) {
  const size_t units = problem_.units.size();
  std::vector<double> base(units, 0), quantized(units, 0);
  for (size_t unit = 0; unit < units; ++unit) {
    const PlanProblem::Unit& each = problem_.units[unit];
    base[unit] = each.base;
    quantized[unit] = each.can_quantize ? each.quantized : kNever;
    if (each.layer == kNoUnit) continue;
    const auto& options = problem_.layers[each.layer];
    for (const bool side : {false, true}) {
      const size_t best = best_option(options, side, price, allowed[each.layer]);
      (side ? quantized : base)[unit] =
          best == options.size() ? kNever : options[best].seconds + price * options[best].nsr;
    }
  }
  cut(base, quantized);
  std::vector<uint8_t> options(problem_.layers.size());
  for (size_t layer = 0; layer < options.size(); ++layer) {
    options[layer] = static_cast<uint8_t>(best_option(
        problem_.layers[layer], network_.on_source_side(unit_of_[layer]), price, allowed[layer]));
  }
  return options;
}

PlanChoice PlanSearch::cheapest(double price, std::span<const uint32_t> allowed) {
  std::vector<uint8_t> options = cut_at(price, allowed);
  return measured(std::move(options), rooted(sides_of_cut()));
}

PlanChoice PlanSearch::quietest(std::span<const uint32_t> allowed) {
  std::vector<uint8_t> best;
  for (size_t layer = 0; layer < problem_.layers.size(); ++layer) {
    const auto& options = problem_.layers[layer];
    size_t least = options.size();
    for (size_t i = 0; i < options.size(); ++i) {
      if (!is_allowed(allowed[layer], i)) continue;
      if (least == options.size() || options[i].nsr < options[least].nsr) least = i;
    }
    best.push_back(static_cast<uint8_t>(least));
  }
  return complete(best);
}

// The widest gap between two corners is looked into first.
std::vector<PlanChoice> PlanSearch::hull(std::span<const uint32_t> allowed) {
  std::vector<PlanChoice> corners = {cheapest(0, allowed)};
  if (!(all_noise_ > 0) || !(all_seconds_ > 0)) return corners;
  corners.push_back(cheapest(tie_price(), allowed));
  corners.push_back(quietest(allowed));
  std::vector<uint8_t> is_edge = {1, 0};  // from each corner to the next: nothing in between
  while (corners.size() < kMostCorners) {
    size_t widest = is_edge.size();
    double area = 0;
    for (size_t i = 0; i < is_edge.size(); ++i) {
      const double noise = corners[i].nsr - corners[i + 1].nsr;
      const double seconds = corners[i + 1].seconds - corners[i].seconds;
      if (is_edge[i] != 0 || !(noise > 0) || !(seconds > 0) || !(noise * seconds > area)) continue;
      area = noise * seconds;
      widest = i;
    }
    if (widest == is_edge.size()) break;
    const PlanChoice &fast = corners[widest], &quiet = corners[widest + 1];
    const double price = (quiet.seconds - fast.seconds) / (fast.nsr - quiet.nsr);
    PlanChoice found = cheapest(price, allowed);
    const double known = cost_of(fast, price);
    const auto at = static_cast<std::ptrdiff_t>(widest);
    if (cost_of(found, price) < known - 1e-9 * known) {
      corners.insert(corners.begin() + at + 1, std::move(found));
      is_edge.insert(is_edge.begin() + at, 0);
    } else {
      is_edge[widest] = 1;
    }
  }
  return corners;
}

std::vector<std::vector<size_t>> PlanSearch::clusters(const PlanChoice& from,
                                                      const PlanChoice& to) const {
  Clusters clusters(problem_.units.size());
  const auto differs = [&](uint32_t unit) { return from.sides[unit] != to.sides[unit]; };
  for (const PlanProblem::Wire& wire : problem_.wires) {
    uint32_t joined = wire.maker != kNoUnit && differs(wire.maker) ? wire.maker : kNoUnit;
    for (const uint32_t reader : wire.readers) {
      if (!differs(reader)) continue;
      if (joined != kNoUnit) clusters.join(joined, reader);
      joined = reader;
    }
  }
  std::vector<std::pair<uint32_t, std::vector<size_t>>> groups;
  for (size_t layer = 0; layer < problem_.layers.size(); ++layer) {
    if (from.options[layer] == to.options[layer]) continue;
    const uint32_t root = clusters.root(unit_of_[layer]);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& each) { return each.first == root; });
    if (group == groups.end()) group = groups.insert(groups.end(), {root, {}});
    group->second.push_back(layer);
  }
  std::vector<std::vector<size_t>> found;
  for (auto& [root, layers] : groups) found.push_back(std::move(layers));
  return found;
}

std::vector<PlanChoice> PlanSearch::between(const PlanChoice& from, const PlanChoice& to) {
  const std::vector<std::vector<size_t>> groups = clusters(from, to);
  std::vector<PlanChoice> found;
  if (groups.size() < 2) return found;
  // All of them pay alike at the corners' price: in the order of layers, not all at once.
  const size_t step = (groups.size() + kMostCorners - 1) / kMostCorners;
  std::vector<uint8_t> options = from.options;
  for (size_t i = 0; i + 1 < groups.size(); ++i) {
    for (const size_t layer : groups[i]) options[layer] = to.options[layer];
    if (i % step == 0) found.push_back(complete(options));
  }
  return found;
}

std::vector<PlanChoice> PlanSearch::spread(const std::vector<PlanChoice>& corners) {
  std::vector<PlanChoice> choices = corners;
  for (size_t i = 0; i + 1 < corners.size() && choices.size() < 2 * kMostCorners; ++i) {
    for (PlanChoice& choice : between(corners[i + 1], corners[i]))
      choices.push_back(std::move(choice));
  }
  drop_dominated(choices);
  return choices;
}

std::vector<PlanChoice> PlanSearch::pareto(std::span<const uint32_t> allowed) {
  return spread(hull(allowed));
}

// One layer at a time, those that promise most first, as long as it helps.
void PlanSearch::improve(PlanChoice& choice, const Limits& limits,
                         std::span<const uint32_t> allowed) {
  const bool for_time = limits.nsr.has_value() || !limits.seconds;
  struct Change {
    size_t layer, option;
    double gain;
  };
  std::vector<Change> changes;
  for (size_t layer = 0; layer < problem_.layers.size(); ++layer) {
    const auto& options = problem_.layers[layer];
    const PlanProblem::Option& now = options[choice.options[layer]];
    for (size_t option = 0; option < options.size(); ++option) {
      if (option == choice.options[layer] || !is_allowed(allowed[layer], option)) continue;
      const double gain =
          for_time ? now.seconds - options[option].seconds : now.nsr - options[option].nsr;
      if (gain > 0) changes.push_back({layer, option, gain});
    }
  }
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.gain != b.gain ? a.gain > b.gain : a.layer < b.layer;
  });
  size_t tries = 0;
  for (const Change& change : changes) {
    std::vector<uint8_t> options = choice.options;
    options[change.layer] = static_cast<uint8_t>(change.option);
    const double nsr = choice.nsr -
                       problem_.layers[change.layer][choice.options[change.layer]].nsr +
                       problem_.layers[change.layer][change.option].nsr;
    if (limits.nsr && nsr > *limits.nsr) continue;
    if (++tries > kMostTries) break;
    PlanChoice changed = complete(options);
    if (limits.nsr && changed.nsr > *limits.nsr) continue;
    if (limits.seconds && !for_time && changed.seconds > *limits.seconds) continue;
    const bool better = for_time ? changed.seconds < choice.seconds : changed.nsr < choice.nsr;
    if (better) choice = std::move(changed);
  }
}

double PlanSearch::relaxed(double price, std::span<const uint32_t> allowed, PlanChoice& found) {
  std::vector<uint8_t> options = cut_at(price, allowed);
  std::vector<uint8_t> sides = sides_of_cut();
  std::vector<uint8_t> roots = rooted(sides);
  const bool same = roots == sides;
  found = measured(options, std::move(roots));
  const PlanChoice cut = same ? found : measured(std::move(options), std::move(sides));
  return cost_of(cut, price) - 1e-9 * all_seconds_;  // capacities are rounded
}

PlanSearch::Found PlanSearch::fastest(std::span<const uint32_t> allowed) {
  Found found;
  found.met = true;
  found.seconds_bound = relaxed(0, allowed, found.choice);
  if (!(all_noise_ > 0) || !(all_seconds_ > 0)) return found;
  PlanChoice quieter = cheapest(tie_price(), allowed);
  const bool better = quieter.seconds < found.choice.seconds ||
                      (quieter.seconds == found.choice.seconds && quieter.nsr < found.choice.nsr);
  if (better) found.choice = std::move(quieter);
  return found;
}

}  // namespace trtreport::quantization
