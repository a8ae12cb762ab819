// Without recursion: a network of a deep model is a chain of its layers.
#include "quantization/min_cut.hpp"

#include <algorithm>

namespace trtreport::quantization {

void MinCut::link(uint32_t from, uint32_t to, int64_t capacity) {
  arcs_.push_back({to, first_[from], capacity});
  first_[from] = static_cast<uint32_t>(arcs_.size() - 1);
}

void MinCut::add_arc(uint32_t from, uint32_t to, int64_t capacity) {
  link(from, to, capacity);
  link(to, from, 0);
  kept_.push_back(capacity);
  kept_.push_back(0);
}

void MinCut::solve(const std::vector<int64_t>& cost_of_source_side,
                   const std::vector<int64_t>& cost_of_other_side) {
  // Forget the terminal arcs of the time before, newest first.
  const uint32_t nodes = source();
  while (arcs_.size() > kept_.size()) {
    const Arc back = arcs_.back();
    arcs_.pop_back();
    const Arc forth = arcs_.back();
    arcs_.pop_back();
    first_[forth.to] = back.next;
    first_[back.to] = forth.next;
  }
  for (size_t i = 0; i < kept_.size(); ++i) arcs_[i].capacity = kept_[i];
  for (uint32_t node = 0; node < nodes; ++node) {
    // Only the difference matters, but for what is infinite.
    const int64_t less = std::min(cost_of_source_side[node], cost_of_other_side[node]);
    const int64_t here = cost_of_source_side[node] - less, there = cost_of_other_side[node] - less;
    if (here > 0) {
      link(node, sink(), here);
      link(sink(), node, 0);
    } else if (there > 0) {
      link(source(), node, there);
      link(node, source(), 0);
    }
  }
  while (find_levels()) push_blocking_flow();
}

bool MinCut::find_levels() {
  level_.assign(first_.size(), kNone);
  std::vector<uint32_t> queue = {source()};
  level_[source()] = 0;
  for (size_t head = 0; head < queue.size(); ++head) {
    const uint32_t node = queue[head];
    for (uint32_t arc = first_[node]; arc != kNone; arc = arcs_[arc].next) {
      const uint32_t to = arcs_[arc].to;
      if (arcs_[arc].capacity == 0 || level_[to] != kNone) continue;
      level_[to] = level_[node] + 1;
      queue.push_back(to);
    }
  }
  return level_[sink()] != kNone;
}

void MinCut::push_blocking_flow() {
  current_ = first_;
  std::vector<uint32_t> path;  // arcs from the source on
  for (;;) {
    const uint32_t node = path.empty() ? source() : arcs_[path.back()].to;
    if (node == sink()) {
      int64_t least = kInfinite;
      for (const uint32_t arc : path) least = std::min(least, arcs_[arc].capacity);
      size_t first_full = path.size();
      for (size_t i = path.size(); i-- > 0;) {
        arcs_[path[i]].capacity -= least;
        arcs_[path[i] ^ 1].capacity += least;
        if (arcs_[path[i]].capacity == 0) first_full = i;
      }
      path.resize(first_full);
      continue;
    }
    uint32_t& arc = current_[node];
    while (arc != kNone &&
           (arcs_[arc].capacity == 0 || level_[arcs_[arc].to] != level_[node] + 1)) {
      arc = arcs_[arc].next;
    }
    if (arc != kNone) {
      path.push_back(arc);
      continue;
    }
    if (path.empty()) return;
    const uint32_t back = path.back();
    path.pop_back();
    uint32_t& before = current_[arcs_[back ^ 1].to];
    before = arcs_[before].next;
  }
}

}  // namespace trtreport::quantization
