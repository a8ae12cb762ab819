// Rankings within a group and across all.
#include "pruning/select.hpp"

#include <algorithm>
#include <numeric>

namespace trtreport::pruning {
namespace {

// Guards floor() against 1 - 0.9 being a little less than 0.1.
constexpr double kSlack = 1e-9;

uint32_t rounded(uint32_t kept, uint32_t channels, uint32_t round_to) {
  kept -= kept % round_to;
  return std::max(kept, std::min(channels, round_to));
}

bool has_importance(const ChannelGroup& group, std::span<const double> importance) {
  if (importance.empty()) return true;
  for (uint32_t k = 0; k < group.channels; ++k) {
    if (importance[group.first + k] != importance[group.first + k]) return false;
  }
  return true;
}

// The least that still goes by Network Slimming's rule, over all groups that may be cut.
double threshold_of(std::vector<double> scores, double ratio) {
  std::sort(scores.begin(), scores.end());
  const auto index = static_cast<size_t>(static_cast<double>(scores.size()) * ratio + kSlack);
  return scores[std::min(index, scores.size() - 1)];
}

std::vector<uint32_t> kept_globally(const ChannelGroups& groups, const Selection& selection,
                                    Criterion criterion, std::span<const double> importance,
                                    std::vector<uint32_t> kept) {
  std::vector<double> scores;
  for (const ChannelGroup& group : groups.groups()) {
    if (!may_cut(group, selection) || !has_importance(group, importance)) continue;
    for (uint32_t k = 0; k < group.channels; ++k) scores.push_back(importance[group.first + k]);
  }
  if (scores.empty()) return kept;
  double threshold = 0;
  bool strictly = false;  // what equals the threshold stays
  if (criterion == Criterion::BatchNorm) {
    threshold = threshold_of(scores, selection.ratio);
  } else {
    const auto total = static_cast<uint32_t>(scores.size());
    const uint32_t gone = total - kept_channels(total, selection.ratio, 1);
    std::sort(scores.begin(), scores.end());
    strictly = true;
    threshold = gone < total ? scores[gone] : scores.back();
  }
  for (size_t index = 0; index < kept.size(); ++index) {
    const ChannelGroup& group = groups.groups()[index];
    if (!may_cut(group, selection) || !has_importance(group, importance)) continue;
    uint32_t stays = 0;
    for (uint32_t k = 0; k < group.channels; ++k) {
      const double score = importance[group.first + k];
      stays += score > threshold || (strictly && score == threshold) ? 1 : 0;
    }
    kept[index] = rounded(stays, group.channels, selection.round_to);
  }
  return kept;
}

}  // namespace

bool may_cut(const ChannelGroup& group, const Selection& selection) {
  if (group.frozen) return false;
  if (group.protection == Protection::First) return !selection.keep_first;
  return group.protection != Protection::Last || !selection.keep_last;
}

uint32_t kept_channels(uint32_t channels, double ratio, uint32_t round_to) {
  const double exact = static_cast<double>(channels) * (1 - ratio) + kSlack;
  const auto kept = exact <= 0 ? 0u : std::min(channels, static_cast<uint32_t>(exact));
  return rounded(kept, channels, std::max(1u, round_to));
}

uint32_t next_useful_cut(uint32_t channels, uint32_t per_channel, uint32_t multiple) {
  for (uint32_t cut = 1; cut < channels && cut <= multiple; ++cut) {
    if (uint64_t{channels - cut} * per_channel % multiple == 0) return cut;
  }
  return 0;
}

std::vector<bool> cut_to(const ChannelGroups& groups, std::span<const uint32_t> kept,
                         std::span<const double> importance) {
  std::vector<bool> cut(groups.classes(), false);
  std::vector<uint32_t> order;
  for (size_t index = 0; index < groups.groups().size(); ++index) {
    const ChannelGroup& group = groups.groups()[index];
    if (kept[index] >= group.channels) continue;
    order.resize(group.channels);
    std::iota(order.begin(), order.end(), group.first);
    if (!importance.empty()) {
      std::stable_sort(order.begin(), order.end(),
                       [&](ClassId a, ClassId b) { return importance[a] > importance[b]; });
    }
    for (uint32_t rank = kept[index]; rank < group.channels; ++rank) cut[order[rank]] = true;
  }
  return cut;
}

std::vector<bool> select_channels(const ChannelGroups& groups, const Selection& selection,
                                  Criterion criterion, std::span<const double> importance) {
  std::vector<uint32_t> kept;
  for (const ChannelGroup& group : groups.groups()) kept.push_back(group.channels);
  const bool ranked = !importance.empty();
  if (ranked && (selection.global || criterion == Criterion::BatchNorm))
    return cut_to(groups, kept_globally(groups, selection, criterion, importance, kept),
                  importance);
  for (size_t index = 0; index < kept.size(); ++index) {
    const ChannelGroup& group = groups.groups()[index];
    if (may_cut(group, selection) && has_importance(group, importance))
      kept[index] = kept_channels(group.channels, selection.ratio, selection.round_to);
  }
  return cut_to(groups, kept, importance);
}

}  // namespace trtreport::pruning
