// Chooses the precision of every layer: least time for the noise allowed, or least noise for the
// time. Knows nothing of devices and weights: seconds and noise come as numbers.
//
// Every unit (a layer, or what runs between layers) is on one of two sides, base or quantized, and
// a tensor whose maker and readers differ is converted once for each other side. For a price of
// noise the best choice is a minimum cut, found exactly (Kolmogorov and Zabih, "What energy
// functions can be minimized via graph cuts?", 2004). Prices between nothing and everything give
// the convex hull of all choices, and a bound on what any choice within a limit takes. Between the
// hull's corners a plan within a limit is found by branch and bound: a layer on which the corners
// around the limit differ is fixed to either, and each half has a bound of its own (Land and Doig,
// "An automatic method of solving discrete programming problems", 1960).
#pragma once

#include "quantization/min_cut.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace trtreport::quantization {

inline constexpr uint32_t kNoUnit = UINT32_MAX;

struct PlanProblem {
  // What runs between layers takes the side that costs less with its neighbours, but is quantized
  // only together with a layer: nothing is gained by conversions around copies alone.
  struct Unit {
    double base = 0, quantized = 0;  // seconds; of layers unused
    bool can_quantize = false;       // of layers unused
    uint32_t layer = kNoUnit;        // index into `layers`
  };
  struct Option {
    double seconds = 0;
    double nsr = 0;
    bool quantized = false;  // the side
  };
  // A tensor between units, or one of the graph's inputs (no maker): those are taken in whatever
  // type most readers want.
  struct Wire {
    uint32_t maker = kNoUnit;
    std::vector<uint32_t> readers;  // each once
    double seconds = 0;             // of one conversion
  };
  std::vector<Unit> units;
  std::vector<std::vector<Option>> layers;  // at least one option each, at most 32
  std::vector<Wire> wires;
};

// Whether a wire's tensor is converted, given each unit's side.
bool is_converted(const PlanProblem::Wire& wire, std::span<const uint8_t> sides);

struct PlanChoice {
  std::vector<uint8_t> options;  // by layer
  std::vector<uint8_t> sides;    // by unit: 1 where quantized
  double seconds = 0;            // conversions included
  double nsr = 0;
};

inline double cost_of(const PlanChoice& choice, double price) {
  return choice.seconds + price * choice.nsr;
}

class PlanSearch {
 public:
  explicit PlanSearch(PlanProblem problem);

  const PlanProblem& problem() const { return problem_; }

  // These options, and the cheapest sides for what runs between.
  PlanChoice complete(std::span<const uint8_t> options);
  // The least seconds + price * nsr with options that `allowed` has a bit for, by layer.
  PlanChoice cheapest(double price, std::span<const uint32_t> allowed);

  // From the fastest to the quietest; every corner of the convex hull (at most kMostCorners) and
  // what was found between them. None is worse than another in both.
  static constexpr size_t kMostCorners = 32;
  std::vector<PlanChoice> pareto(std::span<const uint32_t> allowed);

  struct Limits {
    std::optional<double> seconds, nsr;
  };
  struct Found {
    PlanChoice choice;
    bool met = false;
    // No allowed choice within the limit on noise takes fewer seconds; without one, none at all.
    double seconds_bound = 0;
    uint32_t cuts = 0;  // made for it
  };
  // Without limits the fastest; with one on seconds alone the quietest within it; with one on noise
  // the fastest within it. Where a limit cannot be met, what comes nearest to it.
  Found solve(const Limits& limits, std::span<const uint32_t> allowed);

 private:
  void build_network();
  double tie_price() const { return all_seconds_ / all_noise_ * 1e-7; }  // only breaks ties
  void cut(const std::vector<double>& base, const std::vector<double>& quantized);
  // The best options at a price; the sides are then the cut's.
  std::vector<uint8_t> cut_at(double price, std::span<const uint32_t> allowed);
  std::vector<uint8_t> sides_of_cut() const;
  std::vector<uint8_t> rooted(std::vector<uint8_t> sides) const;
  PlanChoice measured(std::vector<uint8_t> options, std::vector<uint8_t> sides) const;
  PlanChoice quietest(std::span<const uint32_t> allowed);
  std::vector<PlanChoice> hull(std::span<const uint32_t> allowed);
  std::vector<PlanChoice> spread(const std::vector<PlanChoice>& corners);
  // The cost that no allowed choice undercuts at a price; the choice there is `found`.
  double relaxed(double price, std::span<const uint32_t> allowed, PlanChoice& found);
  // Layers with other options in `to`, by cluster of neighbours that change sides together.
  std::vector<std::vector<size_t>> clusters(const PlanChoice& from, const PlanChoice& to) const;
  // Options of `to` taken over into `from`, cluster by cluster.
  std::vector<PlanChoice> between(const PlanChoice& from, const PlanChoice& to);
  void improve(PlanChoice& choice, const Limits& limits, std::span<const uint32_t> allowed);
  Found fastest(std::span<const uint32_t> allowed);
  friend class LimitedSearch;

  PlanProblem problem_;
  std::vector<uint32_t> unit_of_;  // by layer
  MinCut network_{0};
  double per_second_ = 1;  // capacity of a second
  double all_seconds_ = 0, all_noise_ = 0;
  uint32_t cuts_ = 0;
};

}  // namespace trtreport::quantization
