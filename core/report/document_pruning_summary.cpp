// What each cut leaves in a few rows: for the terminal and the pull request.
#include "base/quantity.hpp"
#include "report/document_pruning.hpp"
#include "report/format.hpp"

#include <fmt/format.h>

namespace trtreport {
namespace {

using Section = Summary::Section;
using Kind = Section::Column::Kind;

std::vector<std::string> row(std::string name, const PrunedFigures& figures) {
  const auto seconds = figures.times.empty() ? std::nullopt : figures.times.front().seconds_padded;
  return {std::move(name), grouped(static_cast<double>(figures.params)),
          format_count(figures.macs, "MAC"), format_seconds(seconds),
          figures.importance_kept ? percent(*figures.importance_kept) : std::string(kDash)};
}

}  // namespace

void add_pruning(const Pruning& pruning, Summary& summary) {
  Section section;
  section.title = "Pruning of channels";
  size_t frozen = 0;
  for (const pruning::ChannelGroup& group : pruning.groups().groups())
    frozen += group.frozen ? 1 : 0;
  const double all = static_cast<double>(pruning.weight_elements());
  section.sentences.push_back(fmt::format(
      "{} of channels, {} frozen; {} of the weights can go. Times are predicted for {}, "
      "channels padded to what tensor cores take; accuracy is not predicted.",
      summary_count(pruning.groups().groups().size(), "group"), frozen,
      all == 0 ? std::string("none")
               : percent(static_cast<double>(pruning.prunable_elements()) / all),
      summary.setting.empty() ? "no device" : summary.setting));
  if (pruning.importance().unread > 0)
    section.sentences.push_back(summary_count(pruning.importance().unread, "weight") +
                                " could not be read: the cuts are uniform.");
  section.columns = {
      {"Cut"},
      {"Parameters", Kind::Number},
      {"MACs", Kind::Number},
      {"Time", Kind::Number},
      {"Importance kept, " + std::string(name(pruning.options().criterion)), Kind::Number}};
  section.rows.push_back(row("as it is", pruning.unpruned()));
  for (const PruneScenario& scenario : pruning.scenarios())
    section.rows.push_back(row(scenario.name, scenario.figures));
  summary.sections.push_back(std::move(section));
}

}  // namespace trtreport
