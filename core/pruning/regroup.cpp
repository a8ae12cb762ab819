// Merging and splitting axes: (C, H, W) into C*H*W, C into (groups, C/groups), hidden into (heads,
// size of a head). Both sides are refined to common factors; one factor of them can be cut while
// the structure stays, the others are frozen.
#include "pruning/coupling.hpp"

#include <algorithm>

namespace trtreport::pruning {
namespace {

struct Factor {
  uint32_t size = 1;
  AxisId in = kNoAxis, out = kNoAxis;    // the axes that hold it
  uint32_t in_inner = 1, out_inner = 1;  // product of the factors behind it in that axis
  bool in_alone = false, out_alone = false;
};

// Factors of both sides, outermost first; empty where the sizes do not refine.
std::vector<Factor> refine(const Regroup& regroup) {
  std::vector<Factor> factors;
  size_t i = 0, o = 0;
  uint32_t in_left = 0, out_left = 0;
  while (i < regroup.in.size() && o < regroup.out.size()) {
    const Extent& in = regroup.in[i];
    const Extent& out = regroup.out[o];
    if (in_left == 0) in_left = in.size;
    if (out_left == 0) out_left = out.size;
    const uint32_t size = std::min(in_left, out_left);
    if (in_left % size != 0 || out_left % size != 0) return {};
    in_left /= size;
    out_left /= size;
    factors.push_back(
        {size, in.axis, out.axis, in_left, out_left, size == in.size, size == out.size});
    if (in_left == 1) in_left = 0, ++i;
    if (out_left == 1) out_left = 0, ++o;
  }
  return i == regroup.in.size() && o == regroup.out.size() ? factors : std::vector<Factor>();
}

class Chooser {
 public:
  explicit Chooser(Coupling& coupling) : coupling_(coupling), flags_(coupling.axes(), 0) {
    for (AxisId axis = 0; axis < flags_.size(); ++axis)
      flags_[coupling.root(axis)] |= coupling.flags(axis);
    frozen_.assign(flags_.size(), false);
    for (const Freeze& freeze : coupling.freezes()) {
      if (freeze.start == 0 && freeze.count == UINT32_MAX)
        frozen_[coupling.root(freeze.axis)] = true;
    }
  }

  void run() {
    std::vector<std::vector<Factor>> all;
    for (const Regroup& regroup : coupling_.regroups()) all.push_back(refine(regroup));
    spread_heads(all);
    const std::span<const Regroup> regroups = coupling_.regroups();
    for (size_t index = 0; index < all.size(); ++index) settle(regroups[index], all[index]);
  }

 private:
  uint8_t flags(AxisId axis) const { return axis == kNoAxis ? 0 : flags_[coupling_.root(axis)]; }
  bool frozen(AxisId axis) const { return axis != kNoAxis && frozen_[coupling_.root(axis)]; }

  // Heads that are joined with the batch, or repeated for grouped queries: the outermost factor
  // that is free is what heads are made of.
  void spread_heads(const std::vector<std::vector<Factor>>& all) {
    constexpr int kMostRounds = 4;
    bool changed = true;
    for (int round = 0; changed && round < kMostRounds; ++round) {
      changed = false;
      for (const std::vector<Factor>& factors : all) {
        changed = spread(factors, true) || changed;
        changed = spread(factors, false) || changed;
      }
    }
  }

  bool spread(const std::vector<Factor>& factors, bool from_out) {
    bool changed = false;
    AxisId done = kNoAxis;
    for (const Factor& factor : factors) {
      const AxisId whole = from_out ? factor.out : factor.in;
      const AxisId part = from_out ? factor.in : factor.out;
      const bool part_alone = from_out ? factor.in_alone : factor.out_alone;
      const bool whole_alone = from_out ? factor.out_alone : factor.in_alone;
      if (whole == done || whole_alone || !part_alone || frozen(part)) continue;
      if ((flags(whole) & kHeads) == 0) continue;
      done = whole;
      if ((flags(part) & kHeads) != 0 || part == kNoAxis) continue;
      flags_[coupling_.root(part)] |= kHeads;
      changed = true;
    }
    return changed;
  }

  // Higher is better; below 0: cannot be cut.
  int score(const Factor& factor) const {
    int best = -1;
    const auto consider = [&](AxisId axis, bool alone) {
      if (axis == kNoAxis || frozen(axis)) return false;
      const uint8_t own = alone ? flags(axis) : uint8_t{0};
      best = std::max(best, (own & kHeads) != 0 ? 2 : ((own & kChannel) != 0 ? 1 : 0));
      return true;
    };
    const bool in = consider(factor.in, factor.in_alone);
    const bool out = consider(factor.out, factor.out_alone);
    return in && out ? best : -1;
  }

  void settle(const Regroup& regroup, const std::vector<Factor>& factors) {
    size_t chosen = factors.size();
    int best = -1;
    for (size_t index = 0; index < factors.size(); ++index) {
      const int value = score(factors[index]);
      const bool better = value > best || (value == best && value >= 0 &&
                                           factors[index].size > factors[chosen].size);
      if (!better) continue;
      best = value;
      chosen = index;
    }
    AxisId in = kNoAxis, out = kNoAxis;
    if (chosen < factors.size()) {
      in = factors[chosen].in;
      out = factors[chosen].out;
      connect(factors[chosen]);
    }
    for (const Extent& extent : regroup.in) {
      if (extent.axis != in) coupling_.freeze(extent.axis, Why::Grouped, regroup.node);
    }
    for (const Extent& extent : regroup.out) {
      if (extent.axis != out) coupling_.freeze(extent.axis, Why::Grouped, regroup.node);
    }
  }

  void connect(const Factor& factor) {
    AxisId shared = factor.in_alone ? factor.in : factor.out_alone ? factor.out : kNoAxis;
    if (shared == kNoAxis) shared = coupling_.make(factor.size);
    const auto join = [&](AxisId axis, uint32_t inner) {
      if (axis == shared) return;
      coupling_.link({.axis = axis,
                      .target = shared,
                      .count = coupling_.length(axis),
                      .div = inner,
                      .mod = factor.size});
    };
    join(factor.in, factor.in_inner);
    join(factor.out, factor.out_inner);
  }

  Coupling& coupling_;
  std::vector<uint8_t> flags_;  // by root
  std::vector<bool> frozen_;    // by root
};

}  // namespace

void resolve_regroups(Coupling& coupling) { Chooser(coupling).run(); }

}  // namespace trtreport::pruning
