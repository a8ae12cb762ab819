// Within a limit: the least of one of time and noise where the other must not exceed a number.
#include "base/sorting.hpp"
#include "quantization/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kCloseEnough = 1e-4;  // of the goal: gaps below are not looked into
constexpr double kSameBound = 1e-6;    // of the bound: the newest of such halves is taken first
constexpr uint32_t kMostSteps = 24;    // of a price, from one end to the limit
// Cuts in all, by the size of the network: so that large models are planned in time.
constexpr uint64_t kWork = 1'500'000;
constexpr uint32_t kFewestCuts = 24, kMostCuts = 1500;

}  // namespace

class LimitedSearch {
 public:
  // Of seconds within `limit` on noise, or the other way round.
  LimitedSearch(PlanSearch& search, bool for_time, double limit, std::span<const uint32_t> allowed)
      : search_(search), for_time_(for_time), limit_(limit), allowed_(allowed) {
    const uint64_t cuts = kWork / std::max<uint64_t>(search.network_.arcs(), 1);
    last_cut_ =
        search.cuts_ + static_cast<uint32_t>(std::clamp<uint64_t>(cuts, kFewestCuts, kMostCuts));
  }

  // `inside` keeps within the limit, `outside` does not.
  void run(PlanChoice inside, PlanChoice outside) {
    best_ = inside;
    Node root;
    root.inside = std::move(inside);
    root.outside = std::move(outside);
    if (!settle(root)) {
      bound_ = goal(best_);
      return;
    }
    fill(root);
    open_.push_back(std::move(root));
    while (!open_.empty() && search_.cuts_ < last_cut_) {
      double least = kNever;
      for (const Node& node : open_) least = std::min(least, node.bound);
      if (least >= enough()) break;
      size_t next = open_.size() - 1;
      while (open_[next].bound > least + kSameBound * std::fabs(least)) --next;
      std::swap(open_[next], open_.back());
      const Node node = std::move(open_.back());
      open_.pop_back();
      split(node);
    }
    bound_ = goal(best_);
    for (const Node& node : open_) bound_ = std::min(bound_, node.bound);
  }

  PlanChoice& best() { return best_; }
  // No choice within the limit has less.
  double bound() const { return bound_; }

 private:
  struct Node {
    double bound = -kNever, price = 0;
    PlanChoice inside, outside;
    double price_inside = 0, price_outside = 0;      // at which they were found; 0: at none
    std::vector<std::pair<size_t, uint32_t>> fixed;  // layers and what is left to them
  };

  double goal(const PlanChoice& choice) const { return for_time_ ? choice.seconds : choice.nsr; }
  double spent(const PlanChoice& choice) const { return for_time_ ? choice.nsr : choice.seconds; }
  bool fits(const PlanChoice& choice) const { return spent(choice) <= limit_; }
  double enough() const { return goal(best_) * (1 - kCloseEnough); }

  void look_at(const PlanChoice& choice) {
    if (fits(choice) && goal(choice) < goal(best_)) best_ = choice;
  }

  // What the goal is at least, from the least cost at a price.
  double least_goal(double cost, double price) const {
    if (for_time_) return cost - price * limit_;
    return price > 0 ? (cost - limit_) / price : -kNever;
  }

  // The price at which both ends cost alike; 0 where there is none.
  double between(const Node& node) const {
    const double noise = node.outside.nsr - node.inside.nsr;
    const double seconds = node.inside.seconds - node.outside.seconds;
    const bool opposed = (noise > 0 && seconds > 0) || (noise < 0 && seconds < 0);
    return opposed ? seconds / noise : 0;
  }

  // Finds the price around the limit, and with it the bound. Whether anything is left to gain.
  bool settle(Node& node) {
    const std::vector<uint32_t> left = masks(node);
    int in_a_row = 0;  // below 0: replacements of the outside
    for (uint32_t step = 0; step < kMostSteps; ++step) {
      double price = between(node);
      if (!(price > 0)) break;
      // One end alone moves, and slowly: the price is looked for in the middle once.
      const bool is_middle = in_a_row >= 2 || in_a_row <= -2;
      if (is_middle) price = middle(node, in_a_row > 0, price);
      PlanChoice found;
      const double cost = search_.relaxed(price, left, found);
      node.bound = std::max(node.bound, least_goal(cost, price));
      node.price = price;
      look_at(found);
      if (node.bound >= enough()) return false;
      const double known = cost_of(node.inside, price);
      if (!is_middle && cost_of(found, price) >= known - 1e-9 * known) break;
      const bool inside = fits(found);
      (inside ? node.inside : node.outside) = std::move(found);
      (inside ? node.price_inside : node.price_outside) = price;
      if (is_middle) {
        in_a_row = 0;
      } else {
        in_a_row = inside ? std::max(in_a_row, 0) + 1 : std::min(in_a_row, 0) - 1;
      }
    }
    return true;
  }

  // Between the prices of both ends; where the other end has none, away from the one that moves.
  double middle(const Node& node, bool is_inside, double price) const {
    if (node.price_inside > 0 && node.price_outside > 0)
      return std::sqrt(node.price_inside) * std::sqrt(node.price_outside);
    constexpr double kStep = 4;
    return is_inside == for_time_ ? price / kStep : price * kStep;
  }

  // Of clusters that pay alike at one price, as those of equal layers do, as many as fit: the
  // largest first.
  void fill(const Node& node) {
    const auto& layers = search_.problem_.layers;
    struct Cluster {
      std::vector<size_t> layers;
      double noise = 0;
    };
    std::vector<Cluster> clusters;
    for (std::vector<size_t>& each : search_.clusters(node.inside, node.outside)) {
      Cluster cluster{std::move(each), 0};
      for (const size_t layer : cluster.layers) {
        cluster.noise += layers[layer][node.outside.options[layer]].nsr -
                         layers[layer][node.inside.options[layer]].nsr;
      }
      clusters.push_back(std::move(cluster));
    }
    const auto taken = [&](size_t count, double room) {
      std::vector<uint8_t> options = node.inside.options;
      for (size_t i = 0; i < count; ++i) {
        if (for_time_ && clusters[i].noise > room) continue;
        room -= clusters[i].noise;
        for (const size_t layer : clusters[i].layers) options[layer] = node.outside.options[layer];
      }
      return search_.complete(options);
    };
    sort_items(clusters, [](const Cluster& a, const Cluster& b) {
      const double first = std::fabs(a.noise), second = std::fabs(b.noise);
      return first != second ? first > second : a.layers.front() < b.layers.front();
    });
    if (for_time_) {
      look_at(taken(clusters.size(), limit_ - node.inside.nsr));
      return;
    }
    // Seconds are known once it is complete.
    size_t fitting = 0, many = clusters.size();
    while (fitting + 1 < many) {
      const size_t half = (fitting + many) / 2;
      const PlanChoice choice = taken(half, 0);
      look_at(choice);
      (fits(choice) ? fitting : many) = half;
    }
  }

  std::vector<uint32_t> masks(const Node& node) const {
    std::vector<uint32_t> left(allowed_.begin(), allowed_.end());
    for (const auto& [layer, mask] : node.fixed) left[layer] &= mask;
    return left;
  }

  // On the layer whose options differ most in what the limit is on.
  void split(const Node& node) {
    const auto& layers = search_.problem_.layers;
    size_t widest = layers.size();
    double most = -1;
    for (size_t layer = 0; layer < layers.size(); ++layer) {
      const uint8_t in = node.inside.options[layer], out = node.outside.options[layer];
      if (in == out) continue;
      const auto &a = layers[layer][in], &b = layers[layer][out];
      const double apart = for_time_ ? b.nsr - a.nsr : b.seconds - a.seconds;
      if (!(std::max(apart, -apart) > most)) continue;
      most = std::max(apart, -apart);
      widest = layer;
    }
    if (widest == layers.size()) return;
    const uint32_t out = uint32_t{1} << node.outside.options[widest];
    for (const uint32_t mask : {out, ~out}) {
      Node half;
      half.bound = node.bound;
      half.price = node.price;
      half.fixed = node.fixed;
      half.fixed.emplace_back(widest, mask);
      if (find_ends(node, half, mask == out) && settle(half) && half.bound < enough()) {
        open_.push_back(std::move(half));
      }
    }
  }

  // One end is the whole's, the other is searched for. Whether there is something to gain between.
  bool find_ends(const Node& whole, Node& half, bool has_outside) {
    const std::vector<uint32_t> left = masks(half);
    for (const uint32_t mask : left) {
      if (mask == 0) return false;
    }
    bool has_inside = !has_outside;
    (has_outside ? half.outside : half.inside) = has_outside ? whole.outside : whole.inside;
    (has_outside ? half.price_outside : half.price_inside) =
        has_outside ? whole.price_outside : whole.price_inside;
    // Towards less of what is limited: dearer noise, or cheaper.
    const double towards = for_time_ ? 8 : 1.0 / 8;
    double price = half.price;
    constexpr int kMostPrices = 12;
    for (int step = 0; step < kMostPrices && !(has_inside && has_outside); ++step) {
      PlanChoice found;
      const double cost = search_.relaxed(price, left, found);
      half.bound = std::max(half.bound, least_goal(cost, price));
      look_at(found);
      if (half.bound >= enough()) return false;
      const bool inside = fits(found);
      (inside ? half.inside : half.outside) = std::move(found);
      (inside ? has_inside : has_outside) = true;
      (inside ? half.price_inside : half.price_outside) = price;
      price = has_inside ? price / towards : price * towards;
    }
    if (has_inside && has_outside) return true;
    PlanChoice found;
    if (!has_inside) {  // the very least of what is limited
      found = for_time_ ? search_.quietest(left) : search_.cheapest(0, left);
      if (!fits(found)) return false;
      look_at(found);
      half.inside = std::move(found);
      return true;
    }
    // Nothing within this half exceeds the limit: its best is found.
    found = for_time_ ? search_.cheapest(0, left) : search_.quietest(left);
    look_at(found);
    if (fits(found)) return false;
    half.outside = std::move(found);
    return true;
  }

  PlanSearch& search_;
  bool for_time_;
  double limit_;
  std::span<const uint32_t> allowed_;
  uint32_t last_cut_ = 0;
  std::vector<Node> open_;  // halves of halves that may hold something better
  PlanChoice best_;
  double bound_ = 0;
};

PlanSearch::Found PlanSearch::solve(const Limits& limits, std::span<const uint32_t> allowed) {
  const uint32_t before = cuts_;
  Found found = fastest(allowed);
  const bool for_time = limits.nsr.has_value();
  const auto finish = [&] {
    if (limits.seconds && found.choice.seconds > *limits.seconds) found.met = false;
    found.cuts = cuts_ - before;
    return found;
  };
  if (!for_time && !limits.seconds) {
    improve(found.choice, limits, allowed);
    return finish();
  }
  PlanChoice quiet = quietest(allowed);
  PlanChoice fast = found.choice;
  const double limit = for_time ? *limits.nsr : *limits.seconds;
  const auto fits = [&](const PlanChoice& choice) {
    return (for_time ? choice.nsr : choice.seconds) <= limit;
  };
  PlanChoice &wanted = for_time ? fast : quiet, &other = for_time ? quiet : fast;
  if (fits(wanted)) {
    found.choice = std::move(wanted);
  } else if (!fits(other)) {
    found.choice = std::move(other);
    found.met = false;
    return finish();
  } else {
    LimitedSearch search(*this, for_time, limit, allowed);
    search.run(std::move(other), std::move(wanted));
    found.choice = std::move(search.best());
    if (for_time) found.seconds_bound = std::max(found.seconds_bound, search.bound());
  }
  improve(found.choice, limits, allowed);
  if (for_time) found.seconds_bound = std::min(found.seconds_bound, found.choice.seconds);
  return finish();
}

}  // namespace trtreport::quantization
