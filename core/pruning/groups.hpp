// Channels that can only go together, and which of them are alike. A class is the set of weight
// slices that one channel owns throughout the graph; a group is the classes whose slices lie in the
// same axes: the channels of one stage of a residual network, the heads of one attention layer.
#pragma once

#include "pruning/coupling.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trtreport::pruning {

using ClassId = uint32_t;
inline constexpr ClassId kNoClass = UINT32_MAX;

// An axis of a stored tensor that a group owns indices of.
struct Member {
  TensorId tensor = kNoTensor;
  int axis = 0;
  uint32_t offset = 0;       // first index of the group's first channel
  uint32_t per_channel = 1;  // indices that each channel owns: 49 in a classifier behind a 7x7 map
};

// One index of one axis of a stored tensor.
struct Slice {
  TensorId tensor = kNoTensor;
  int axis = 0;
  uint32_t index = 0;
};

struct Frozen {
  Why why = Why::NoRule;
  NodeId node = kNoNode;  // the operator that freezes it; none for a size of the model's input
};

enum class Protection : uint8_t { None, First, Last };

struct ChannelGroup {
  ClassId first = 0;  // classes [first, first + channels)
  uint32_t channels = 0;
  std::optional<Frozen> frozen;
  Protection protection = Protection::None;  // of the first layers, or of the graph's outputs
  NodeId normalized_by = kNoNode;  // takes a statistic over the channels, which a cut changes
  std::vector<Member> members;     // in execution order
};

// Sizes of all axes after a cut.
class Sizes {
 public:
  uint32_t left(AxisId axis) const;
  // Indices before `index` of it that are left.
  uint32_t left_before(AxisId axis, uint32_t index) const;
  bool changed(AxisId axis) const;

 private:
  friend class ChannelGroups;
  const class ChannelGroups* groups_ = nullptr;
  std::vector<uint32_t> left_;    // by root axis
  std::vector<uint32_t> before_;  // by index of a root axis: those left before it
};

// What the rules said of one class.
struct Standing {
  Why why = Why::Whole;
  NodeId node = kNoNode;
  bool frozen = false;
  uint8_t flags = 0;
  NodeId normalized_by = kNoNode;
};

class ChannelGroups {
 public:
  // The graph must be inferred, and outlive the result.
  ChannelGroups(const Graph& graph, std::span<const DimTable::Binding> assumed);

  const Coupling& coupling() const { return coupling_; }
  std::span<const ChannelGroup> groups() const { return groups_; }
  size_t classes() const { return slice_ends_.size(); }
  // Of one class, in the order of its group's members.
  std::span<const Slice> slices(ClassId id) const;
  uint32_t group_of(ClassId id) const { return group_of_class_[id]; }
  // "Softmax '/attn/Softmax' needs all of it".
  std::string reason(const ChannelGroup& group) const;

  // `cut` by class.
  Sizes sizes(const std::vector<bool>& cut) const;
  // The class of an index; kNoClass where no weight belongs to it.
  ClassId class_at(AxisId axis, uint32_t index) const;

  // Freezes the groups of these tensors: what inference contradicts must not be offered.
  void freeze_tensors(std::span<const TensorId> tensors, NodeId node);

 private:
  void run_rules();
  void make_atoms();
  void join_atoms();
  void collect_members();
  struct Classes {
    std::vector<uint32_t> of_atom, atoms;  // class of an atom, and back
    std::vector<Slice> slices;
    std::vector<uint32_t> starts, ends;
  };
  void judge_atoms(std::vector<Standing>& standings) const;
  Classes make_classes(const std::vector<Standing>& standings);
  void make_groups();

  Coupling coupling_;
  bool too_large_ = false;            // no group is offered
  std::vector<uint32_t> first_atom_;  // by axis; of roots that have atoms, else UINT32_MAX
  std::vector<uint32_t> atoms_;       // parents; later the class
  struct Membership {
    uint32_t atom;
    Slice slice;
  };
  std::vector<Membership> memberships_;
  std::vector<ChannelGroup> groups_;
  std::vector<uint32_t> group_of_class_;
  std::vector<Slice> slices_;
  std::vector<uint32_t> slice_ends_;  // by class
  friend class Sizes;
};

}  // namespace trtreport::pruning
