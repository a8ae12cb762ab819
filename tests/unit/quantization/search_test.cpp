// Cuts and plans against every assignment tried by brute force.
#include "quantization/search.hpp"

#include "catch.hpp"
#include "models/builder.hpp"

#include <algorithm>
#include <limits>

using namespace trtreport;
using namespace trtreport::quantization;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

class Brute {
 public:
  explicit Brute(const PlanProblem& problem) : problem_(problem) {}

  // Least seconds with these options over every side of what runs between; `free`: also where
  // something is quantized without a layer.
  double seconds(const std::vector<uint8_t>& options, bool free) const {
    std::vector<size_t> followers;
    std::vector<uint8_t> sides(problem_.units.size(), 0);
    for (size_t unit = 0; unit < sides.size(); ++unit) {
      const PlanProblem::Unit& each = problem_.units[unit];
      if (each.layer != kNoUnit) {
        sides[unit] = problem_.layers[each.layer][options[each.layer]].quantized ? 1 : 0;
      } else if (each.can_quantize) {
        followers.push_back(unit);
      }
    }
    double least = kNever;
    for (uint32_t bits = 0; bits < 1u << followers.size(); ++bits) {
      for (size_t i = 0; i < followers.size(); ++i) sides[followers[i]] = bits >> i & 1;
      if (free || is_rooted(sides)) least = std::min(least, cost(options, sides));
    }
    return least;
  }

  double nsr(const std::vector<uint8_t>& options) const {
    double sum = 0;
    for (size_t layer = 0; layer < options.size(); ++layer)
      sum += problem_.layers[layer][options[layer]].nsr;
    return sum;
  }

  template <class Each>
  void for_all(Each each) const {
    std::vector<uint8_t> options(problem_.layers.size(), 0);
    for (;;) {
      each(options);
      size_t layer = 0;
      while (layer < options.size() && ++options[layer] == problem_.layers[layer].size())
        options[layer++] = 0;
      if (layer == options.size()) return;
    }
  }

 private:
  double cost(const std::vector<uint8_t>& options, const std::vector<uint8_t>& sides) const {
    double sum = 0;
    for (size_t unit = 0; unit < sides.size(); ++unit) {
      const PlanProblem::Unit& each = problem_.units[unit];
      sum += each.layer != kNoUnit ? problem_.layers[each.layer][options[each.layer]].seconds
                                   : (sides[unit] != 0 ? each.quantized : each.base);
    }
    for (const PlanProblem::Wire& wire : problem_.wires) {
      bool any[2] = {false, false};
      for (const uint32_t reader : wire.readers) any[sides[reader]] = true;
      if (wire.maker == kNoUnit) {
        sum += any[0] && any[1] ? wire.seconds : 0;
      } else {
        sum += any[1 - sides[wire.maker]] ? wire.seconds : 0;
      }
    }
    return sum;
  }

  bool is_rooted(const std::vector<uint8_t>& sides) const {
    std::vector<uint8_t> reached(sides.size(), 0);
    for (size_t unit = 0; unit < sides.size(); ++unit)
      reached[unit] = sides[unit] != 0 && problem_.units[unit].layer != kNoUnit ? 1 : 0;
    for (bool grown = true; grown;) {
      grown = false;
      for (const PlanProblem::Wire& wire : problem_.wires) {
        std::vector<uint32_t> ends = wire.readers;
        if (wire.maker != kNoUnit) ends.push_back(wire.maker);
        const bool any = std::any_of(ends.begin(), ends.end(),
                                     [&](uint32_t unit) { return reached[unit] != 0; });
        for (const uint32_t unit : ends) {
          if (!any || sides[unit] == 0 || reached[unit] != 0) continue;
          reached[unit] = 1;
          grown = true;
        }
      }
    }
    return reached == sides;
  }

  const PlanProblem& problem_;
};

// A chain with branches: units read the one before and now and then an earlier one.
PlanProblem random_problem(models::Random& random) {
  const auto pick = [&](uint32_t below) { return static_cast<uint32_t>(random.next() % below); };
  const auto real = [&] { return static_cast<double>(pick(1000) + 1) * 1e-6; };
  PlanProblem problem;
  const uint32_t units = 5 + pick(6);
  problem.wires.push_back({kNoUnit, {0}, real() / 4});
  for (uint32_t unit = 0; unit < units; ++unit) {
    PlanProblem::Unit each;
    each.base = real() / 2;
    each.quantized = each.base * 0.6;
    each.can_quantize = pick(4) != 0;
    if (problem.layers.size() < 6 && pick(2) == 0) {
      each.layer = static_cast<uint32_t>(problem.layers.size());
      const double seconds = real();
      std::vector<PlanProblem::Option> options = {
          {seconds, real() * 1e-3, false},
          {seconds * static_cast<double>(40 + pick(50)) / 100, real(), true}};
      if (pick(3) == 0) options.push_back({seconds * 0.8, real() * 2, false});
      problem.layers.push_back(std::move(options));
    }
    problem.units.push_back(each);
    if (unit == 0) continue;
    problem.wires.push_back({unit - 1, {unit}, real() / 4});
    if (unit > 1 && pick(3) == 0) {
      std::vector<uint32_t>& readers = problem.wires[pick(unit - 1)].readers;
      if (std::find(readers.begin(), readers.end(), unit) == readers.end()) readers.push_back(unit);
    }
  }
  return problem;
}

std::vector<uint32_t> everything(const PlanProblem& problem) {
  std::vector<uint32_t> allowed;
  for (const auto& options : problem.layers) allowed.push_back((1u << options.size()) - 1);
  return allowed;
}

}  // namespace

TEST_CASE("min cut: a small network", "[quantization][search]") {
  MinCut cut(3);
  cut.add_arc(0, 1, 5);
  cut.add_arc(1, 2, 2);
  cut.solve({0, 0, 9}, {9, 1, 0});  // 0 wants the source side, 2 the other; 1 is undecided
  CHECK(cut.on_source_side(0));
  CHECK(cut.on_source_side(1));  // cutting 1-2 costs 2, cutting 0-1 costs 5 + 1
  CHECK(!cut.on_source_side(2));
  cut.solve({0, 9, 9}, {9, 0, 0});
  CHECK(cut.on_source_side(0));
  CHECK(!cut.on_source_side(1));
  cut.solve({0, 3, 0}, {0, 3, 0});  // all alike: nobody on the source side
  CHECK(!cut.on_source_side(0));
}

TEST_CASE("search: against every assignment of small problems", "[quantization][search]") {
  models::Random random(7);
  int equal = 0, tried = 0;
  for (int round = 0; round < 60; ++round) {
    const PlanProblem problem = random_problem(random);
    if (problem.layers.empty()) continue;
    const Brute brute(problem);
    PlanSearch search(problem);
    std::vector<std::pair<double, double>> all;  // seconds, noise
    brute.for_all([&](const std::vector<uint8_t>& options) {
      const PlanChoice choice = search.complete(options);
      const double rooted = brute.seconds(options, false), free = brute.seconds(options, true);
      CHECK(choice.seconds >= rooted - 1e-12);
      if (free >= rooted - 1e-15) CHECK(choice.seconds == Approx(rooted).epsilon(1e-9));
      all.emplace_back(rooted, brute.nsr(options));
    });

    const std::vector<PlanChoice> curve = search.pareto(everything(problem));
    for (size_t i = 0; i < curve.size(); ++i) {
      CHECK(curve[i].seconds >= brute.seconds(curve[i].options, true) - 1e-12);
      CHECK(curve[i].nsr == Approx(brute.nsr(curve[i].options)));
      if (i > 0) CHECK(curve[i].seconds > curve[i - 1].seconds);
      if (i > 0) CHECK(curve[i].nsr < curve[i - 1].nsr);
    }

    for (const double share : {0.0, 0.1, 0.3, 0.6, 1.0}) {
      const double most = curve.front().nsr, least = curve.back().nsr;
      const double limit = least + share * (most - least) + 1e-12;
      double best = kNever;
      for (const auto& [seconds, nsr] : all) best = nsr <= limit ? std::min(best, seconds) : best;
      const PlanSearch::Found found = search.solve({std::nullopt, limit}, everything(problem));
      CHECK(found.met);
      CHECK(found.choice.nsr <= limit);
      CHECK(found.seconds_bound <= best + 1e-12);
      CHECK(found.choice.seconds >= best - 1e-12);
      ++tried;
      equal += found.choice.seconds <= best * (1 + 1e-9) ? 1 : 0;
      // Nobody within the bound is missed by more than the bound says.
      CHECK(found.choice.seconds <= best + (found.choice.seconds - found.seconds_bound) + 1e-12);
    }
  }
  CAPTURE(equal, tried);
  // Where copies could be quantized by themselves a cut is not always the best plan.
  CHECK(equal * 100 >= tried * 99);
}

TEST_CASE("search: the quietest within a time, against every assignment",
          "[quantization][search]") {
  models::Random random(11);
  int equal = 0, tried = 0;
  for (int round = 0; round < 60; ++round) {
    const PlanProblem problem = random_problem(random);
    if (problem.layers.empty()) continue;
    const Brute brute(problem);
    PlanSearch search(problem);
    std::vector<std::pair<double, double>> all;  // seconds, noise
    double fastest = kNever, slowest = 0;
    brute.for_all([&](const std::vector<uint8_t>& options) {
      all.emplace_back(brute.seconds(options, false), brute.nsr(options));
      fastest = std::min(fastest, all.back().first);
      slowest = std::max(slowest, all.back().first);
    });
    for (const double share : {0.05, 0.2, 0.5, 0.8}) {
      const double limit = fastest + share * (slowest - fastest) + 1e-12;
      double best = kNever;
      for (const auto& [seconds, nsr] : all) best = seconds <= limit ? std::min(best, nsr) : best;
      const PlanSearch::Found found = search.solve({limit, std::nullopt}, everything(problem));
      if (!found.met) continue;  // a cut that had to be undone
      CHECK(found.choice.seconds <= limit);
      CHECK(found.choice.nsr >= best * (1 - 1e-12));
      ++tried;
      equal += found.choice.nsr <= best * (1 + 1e-3) ? 1 : 0;
    }
  }
  CAPTURE(equal, tried);
  CHECK(tried > 150);
  CHECK(equal * 100 >= tried * 99);
}

TEST_CASE("search: limits on time", "[quantization][search]") {
  PlanProblem problem;
  for (uint32_t layer = 0; layer < 3; ++layer) {
    problem.units.push_back({0, 0, false, layer});
    problem.layers.push_back({{10, 0, false}, {4, 1.0 + layer, true}});
    problem.wires.push_back({layer == 0 ? kNoUnit : layer - 1, {layer}, 1});
  }
  PlanSearch search(problem);
  const std::vector<uint32_t> allowed = everything(problem);
  const auto options = [&](std::optional<double> seconds, std::optional<double> nsr) {
    return search.solve({seconds, nsr}, allowed).choice.options;
  };
  CHECK(options({}, {}) == std::vector<uint8_t>{1, 1, 1});
  // All base takes 30; the first alone 4 + 1 + 20.
  CHECK(options(25, {}) == std::vector<uint8_t>{1, 0, 0});
  CHECK(options(30, {}) == std::vector<uint8_t>{0, 0, 0});
  CHECK(options({}, 2.5) == std::vector<uint8_t>{1, 0, 0});
  CHECK(options({}, 3.0) == std::vector<uint8_t>{1, 1, 0});
  CHECK(search.solve({11.0, {}}, allowed).met == false);
  CHECK(search.solve({12.0, {}}, allowed).met);
  CHECK(search.solve({19.0, 3.0}, allowed).met);  // 4 + 4 + 1 + 10
  CHECK(!search.solve({18.0, 3.0}, allowed).met);
  CHECK(search.solve({}, std::vector<uint32_t>{1, 3, 1}).choice.options ==
        std::vector<uint8_t>{0, 1, 0});  // 10 + 1 + 4 + 1 + 10
}

TEST_CASE("search: copies are quantized only with a layer", "[quantization][search]") {
  PlanProblem problem;
  problem.units = {{0, 0, false, 0}, {10, 1, true}, {10, 1, true}, {0, 0, false, 1}};
  problem.layers = {{{10, 0, false}, {5, 1, true}}, {{10, 0, false}, {5, 1, true}}};
  problem.wires = {{kNoUnit, {0}, 1}, {0, {1}, 2}, {1, {2}, 2}, {2, {3}, 2}};
  PlanSearch search(problem);
  // Conversions on both sides of the copies would save 18 - 4, but nobody computes in 8 bits there.
  const PlanChoice base = search.complete(std::vector<uint8_t>{0, 0});
  CHECK(base.seconds == 40);
  CHECK(base.sides == std::vector<uint8_t>{0, 0, 0, 0});
  const PlanChoice one = search.complete(std::vector<uint8_t>{1, 0});
  CHECK(one.seconds == 5 + 1 + 1 + 2 + 10);
  CHECK(one.sides == std::vector<uint8_t>{1, 1, 1, 0});
}
