// Builds the classes: rules in execution order, then single indices by union-find, then what is
// alike.
#include "pruning/groups.hpp"

#include "pruning/rule.hpp"

#include <algorithm>
#include <unordered_map>

namespace trtreport::pruning {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
// What a hostile model must not exceed: indices of distinct axes, pairs of them, slices of weights.
// The largest real models take a tenth. Beyond, nothing is offered at all.
constexpr uint64_t kMostAtoms = uint64_t{1} << 23;
constexpr uint64_t kMostPairs = uint64_t{1} << 27;
constexpr uint64_t kMostSlices = uint64_t{1} << 24;

uint32_t find(std::vector<uint32_t>& parents, uint32_t atom) {
  while (parents[atom] != atom) {
    parents[atom] = parents[parents[atom]];
    atom = parents[atom];
  }
  return atom;
}

uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0xff51afd7ed558ccdull;
  return hash ^ (hash >> 32);
}

bool tells_more(Why why, NodeId node, const Standing& known) {
  if (!known.frozen) return true;
  return why != known.why ? why < known.why : node < known.node;
}

}  // namespace

ChannelGroups::ChannelGroups(const Graph& graph, std::span<const DimTable::Binding> assumed)
    : coupling_(graph, assumed) {
  run_rules();
  resolve_regroups(coupling_);
  make_atoms();
  if (!too_large_) join_atoms();
  if (!too_large_) collect_members();
  if (!too_large_) {
    make_groups();
    return;
  }
  atoms_.clear();
  memberships_ = {};
  first_atom_.assign(coupling_.axes(), kNone);
}

void ChannelGroups::run_rules() {
  const Graph& graph = coupling_.graph();
  std::vector<bool> behind(graph.tensors.size(), false);  // a layer with weights
  for (const TensorId input : graph.bodies[kMainBody].inputs)
    coupling_.freeze_all(input, Why::Input, kNoNode);
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    const Node& node = graph.nodes[id];
    coupling_.begin(id);
    RuleContext context(coupling_, id);
    context.behind_layer = &behind;
    if (node.body != kMainBody || !node.bodies.empty()) {
      context.freeze_all(Why::Body);
    } else {
      rule_of(graph, node)(context);
    }
    bool after = context.is_layer;
    for (const TensorId input : node.inputs) after = after || (input != kNoTensor && behind[input]);
    for (const TensorId output : node.outputs) {
      if (output != kNoTensor) behind[output] = after;
    }
  }
  for (const TensorId output : graph.bodies[kMainBody].outputs) {
    for (int axis = 0; axis < coupling_.rank(output); ++axis)
      coupling_.flag(coupling_.axis(output, axis), kGraphOutput);
  }
}

void ChannelGroups::make_atoms() {
  first_atom_.assign(coupling_.axes(), kNone);
  std::vector<bool> touched(coupling_.axes(), false);
  for (AxisId axis = 0; axis < coupling_.axes(); ++axis) {
    if ((coupling_.flags(axis) & kTouched) != 0) touched[coupling_.root(axis)] = true;
  }
  uint64_t count = 0;
  for (AxisId axis = 0; axis < coupling_.axes(); ++axis) {
    if (coupling_.root(axis) != axis || !touched[axis] || coupling_.length(axis) < 2) continue;
    if (count + coupling_.length(axis) > kMostAtoms) {
      too_large_ = true;
      return;
    }
    first_atom_[axis] = static_cast<uint32_t>(count);
    count += coupling_.length(axis);
  }
  atoms_.resize(static_cast<size_t>(count));
  for (uint32_t atom = 0; atom < count; ++atom) atoms_[atom] = atom;
}

void ChannelGroups::join_atoms() {
  uint64_t pairs = 0;
  for (const Link& link : coupling_.links()) {
    pairs += link.count;
    if (pairs > kMostPairs) {
      too_large_ = true;
      return;
    }
    const AxisId axis = coupling_.root(link.axis), target = coupling_.root(link.target);
    if (first_atom_[axis] == kNone || first_atom_[target] == kNone) continue;
    const uint32_t axis_length = coupling_.length(axis), target_length = coupling_.length(target);
    for (uint32_t i = 0; i < link.count; ++i) {
      const uint32_t from = link.axis_start + i;
      const uint32_t to = link.target_start + i / link.div % link.mod;
      if (from >= axis_length || to >= target_length) break;
      const uint32_t a = find(atoms_, first_atom_[axis] + from);
      const uint32_t b = find(atoms_, first_atom_[target] + to);
      atoms_[std::max(a, b)] = std::min(a, b);
    }
  }
  for (uint32_t atom = 0; atom < atoms_.size(); ++atom) atoms_[atom] = find(atoms_, atom);
}

// Slices of stored tensors, in the order in which nodes use them.
void ChannelGroups::collect_members() {
  const Graph& graph = coupling_.graph();
  std::vector<bool> seen(graph.tensors.size(), false);
  for (const NodeId id : graph.bodies[kMainBody].nodes) {
    for (const TensorId tensor : graph.nodes[id].inputs) {
      if (tensor == kNoTensor || seen[tensor] || graph.tensors[tensor].data == nullptr) continue;
      seen[tensor] = true;
      for (int axis = 0; axis < coupling_.rank(tensor); ++axis) {
        const AxisId own = coupling_.axis(tensor, axis);
        if (own == kNoAxis || (coupling_.flags(own) & kTouched) == 0) continue;
        const uint32_t first = first_atom_[coupling_.root(own)];
        if (first == kNone) continue;
        if (memberships_.size() + coupling_.length(own) > kMostSlices) {
          too_large_ = true;
          return;
        }
        for (uint32_t index = 0; index < coupling_.length(own); ++index)
          memberships_.push_back({atoms_[first + index], {tensor, axis, index}});
      }
    }
  }
}

void ChannelGroups::judge_atoms(std::vector<Standing>& standings) const {
  const auto each_atom = [&](const Freeze& freeze, auto visit) {
    const AxisId root = coupling_.root(freeze.axis);
    if (first_atom_[root] == kNone) return;
    const uint32_t length = coupling_.length(root);
    const uint32_t end =
        freeze.count > length ? length : std::min(length, freeze.start + freeze.count);
    for (uint32_t index = freeze.start; index < end; ++index)
      visit(standings[atoms_[first_atom_[root] + index]]);
  };
  for (const Freeze& freeze : coupling_.freezes()) {
    each_atom(freeze, [&](Standing& standing) {
      if (!tells_more(freeze.why, freeze.node, standing)) return;
      standing.why = freeze.why;
      standing.node = freeze.node;
      standing.frozen = true;
    });
  }
  for (const Freeze& statistic : coupling_.normalizations()) {
    each_atom(statistic, [&](Standing& standing) {
      standing.normalized_by = std::min(standing.normalized_by, statistic.node);
    });
  }
  for (AxisId axis = 0; axis < coupling_.axes(); ++axis) {
    const uint8_t flags = coupling_.flags(axis) & (kFirstLayer | kGraphOutput);
    if (flags == 0) continue;
    each_atom({.axis = axis}, [&](Standing& standing) {
      standing.flags = static_cast<uint8_t>(standing.flags | flags);
    });
  }
}

// Slices by class, classes in order of appearance. What is merely spatial makes none.
ChannelGroups::Classes ChannelGroups::make_classes(const std::vector<Standing>& standings) {
  Classes classes;
  classes.of_atom.assign(atoms_.size(), kNone);
  std::vector<uint32_t> counts;
  for (const Membership& membership : memberships_) {
    const Standing& standing = standings[membership.atom];
    if (standing.frozen && standing.why == Why::Spatial) continue;
    uint32_t& id = classes.of_atom[membership.atom];
    if (id == kNone) {
      id = static_cast<uint32_t>(counts.size());
      classes.atoms.push_back(membership.atom);
      counts.push_back(0);
    }
    ++counts[id];
  }
  uint32_t sum = 0;
  for (const uint32_t count : counts) {
    classes.starts.push_back(sum);
    sum += count;
  }
  classes.ends = classes.starts;
  classes.slices.resize(sum);
  for (const Membership& membership : memberships_) {
    const uint32_t id = classes.of_atom[membership.atom];
    if (id != kNone) classes.slices[classes.ends[id]++] = membership.slice;
  }
  memberships_ = {};
  return classes;
}

namespace {

// Equal for classes that are alike in where their slices lie and in what holds of them.
uint64_t signature(const Standing& standing, std::span<const Slice> slices) {
  uint64_t hash = mix(standing.frozen ? uint64_t{standing.node} + 2 : 1,
                      (uint64_t{standing.flags} << 32) | static_cast<uint32_t>(standing.why));
  hash = mix(hash, standing.normalized_by);
  for (const Slice& slice : slices)
    hash = mix(hash, (uint64_t{slice.tensor} << 8) | static_cast<uint32_t>(slice.axis));
  return hash;
}

ChannelGroup group_like(const Standing& standing, std::span<const Slice> slices) {
  ChannelGroup group;
  if (standing.frozen) group.frozen = Frozen{standing.why, standing.node};
  group.normalized_by = standing.normalized_by;
  if ((standing.flags & kFirstLayer) != 0) group.protection = Protection::First;
  if ((standing.flags & kGraphOutput) != 0) group.protection = Protection::Last;
  for (const Slice& slice : slices) {
    const bool same = !group.members.empty() && group.members.back().tensor == slice.tensor &&
                      group.members.back().axis == slice.axis;
    if (same) {
      ++group.members.back().per_channel;
    } else {
      group.members.push_back({slice.tensor, slice.axis, slice.index, 1});
    }
  }
  return group;
}

}  // namespace

void ChannelGroups::make_groups() {
  std::vector<Standing> standings(atoms_.size());
  judge_atoms(standings);
  const Classes classes = make_classes(standings);
  const auto slices_of = [&](uint32_t id) {
    return std::span<const Slice>(classes.slices)
        .subspan(classes.starts[id], classes.ends[id] - classes.starts[id]);
  };
  std::unordered_map<uint64_t, uint32_t> known;
  std::vector<std::vector<uint32_t>> members;  // classes by group
  for (uint32_t id = 0; id < classes.atoms.size(); ++id) {
    const Standing& standing = standings[classes.atoms[id]];
    const auto [entry, added] = known.try_emplace(signature(standing, slices_of(id)),
                                                  static_cast<uint32_t>(groups_.size()));
    if (added) {
      groups_.push_back(group_like(standing, slices_of(id)));
      members.emplace_back();
    }
    members[entry->second].push_back(id);
  }
  std::vector<uint32_t> renumbered(classes.atoms.size());
  for (uint32_t index = 0; index < groups_.size(); ++index) {
    ChannelGroup& group = groups_[index];
    group.first = static_cast<ClassId>(slice_ends_.size());
    group.channels = static_cast<uint32_t>(members[index].size());
    if (group.channels == 1 && !group.frozen) group.frozen = Frozen{Why::Whole, kNoNode};
    for (const uint32_t id : members[index]) {
      renumbered[id] = static_cast<uint32_t>(slice_ends_.size());
      const std::span<const Slice> own = slices_of(id);
      slices_.insert(slices_.end(), own.begin(), own.end());
      slice_ends_.push_back(static_cast<uint32_t>(slices_.size()));
      group_of_class_.push_back(index);
    }
  }
  for (uint32_t& atom : atoms_) {
    const uint32_t id = classes.of_atom[atom];
    atom = id == kNone ? kNoClass : renumbered[id];
  }
}

std::span<const Slice> ChannelGroups::slices(ClassId id) const {
  const uint32_t start = id == 0 ? 0 : slice_ends_[id - 1];
  return std::span<const Slice>(slices_).subspan(start, slice_ends_[id] - start);
}

std::string ChannelGroups::reason(const ChannelGroup& group) const {
  if (!group.frozen) return {};
  const Graph& graph = coupling_.graph();
  const std::string what(phrase(group.frozen->why));
  if (group.frozen->node == kNoNode) return "it " + what;
  const Node& node = graph.nodes[group.frozen->node];
  return std::string(graph.text(node.proto->op)) + " '" + std::string(graph.text(node.name)) +
         "' " + what;
}

ClassId ChannelGroups::class_at(AxisId axis, uint32_t index) const {
  const AxisId root = coupling_.root(axis);
  if (first_atom_[root] == kNone || index >= coupling_.length(root)) return kNoClass;
  return atoms_[first_atom_[root] + index];
}

Sizes ChannelGroups::sizes(const std::vector<bool>& cut) const {
  Sizes sizes;
  sizes.groups_ = this;
  sizes.left_.assign(coupling_.axes(), 0);
  sizes.before_.assign(atoms_.size(), 0);
  for (AxisId axis = 0; axis < coupling_.axes(); ++axis) {
    if (coupling_.root(axis) != axis) continue;
    const uint32_t length = coupling_.length(axis), first = first_atom_[axis];
    sizes.left_[axis] = length;
    if (first == kNone) continue;
    uint32_t left = 0;
    for (uint32_t atom = first; atom < first + length; ++atom) {
      sizes.before_[atom] = left;
      left += atoms_[atom] == kNoClass || !cut[atoms_[atom]] ? 1 : 0;
    }
    sizes.left_[axis] = left;
  }
  return sizes;
}

void ChannelGroups::freeze_tensors(std::span<const TensorId> tensors, NodeId node) {
  std::vector<bool> hit(groups_.size(), false);
  for (const TensorId tensor : tensors) {
    for (int axis = 0; axis < coupling_.rank(tensor); ++axis) {
      const AxisId own = coupling_.axis(tensor, axis);
      for (uint32_t index = 0; own != kNoAxis && index < coupling_.length(own); ++index) {
        const ClassId id = class_at(own, index);
        if (id != kNoClass) hit[group_of_class_[id]] = true;
      }
    }
  }
  for (size_t index = 0; index < groups_.size(); ++index) {
    if (hit[index] && !groups_[index].frozen) groups_[index].frozen = Frozen{Why::Mismatch, node};
  }
}

uint32_t Sizes::left(AxisId axis) const { return left_[groups_->coupling_.root(axis)]; }

bool Sizes::changed(AxisId axis) const { return left(axis) != groups_->coupling_.length(axis); }

uint32_t Sizes::left_before(AxisId axis, uint32_t index) const {
  const AxisId root = groups_->coupling_.root(axis);
  const uint32_t first = groups_->first_atom_[root];
  if (index >= groups_->coupling_.length(root)) return left_[root];
  return first == kNone ? index : before_[first + index];
}

}  // namespace trtreport::pruning
