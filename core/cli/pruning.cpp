// Shares as users type them, files of groups, and the scenarios as text.
#include "cli/pruning.hpp"

#include "base/quantity.hpp"
#include "cli/file_source.hpp"

#include <charconv>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace trtreport::cli {
namespace {

// Digits with at most one point: 0.25, .5, 0. Empty where it is none, or 1 and above.
std::optional<double> parse_ratio(std::string_view text) {
  double value = 0, place = 1;
  bool point = false, digit = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      digit = true;
      value = value * 10 + (c - '0');
      if (point) place *= 10;
    } else {
      return std::nullopt;
    }
  }
  if (!digit || text.size() > 12 || value / place >= 1) return std::nullopt;
  return value / place;
}

tl::expected<std::string, Error> read_all(const std::string& path) {
  auto source = FileSource::open(path);
  if (!source) return tl::unexpected(source.error());
  constexpr uint64_t kMost = 16u << 20;
  if ((*source)->size() > kMost)
    return tl::unexpected(Error{"bad_prune_file", path + ": is too large for a list of groups"});
  std::string text(static_cast<size_t>((*source)->size()), '\0');
  text.resize((*source)->read(0, std::as_writable_bytes(std::span<char>(text))));
  return text;
}

}  // namespace

std::optional<std::vector<double>> parse_ratios(std::string_view text) {
  if (text == "default") return PruneOptions().ratios;
  std::vector<double> ratios;
  while (true) {
    const size_t comma = text.find(',');
    const auto ratio = parse_ratio(text.substr(0, comma));
    if (!ratio) return std::nullopt;
    ratios.push_back(*ratio);
    if (comma == std::string_view::npos) return ratios;
    text.remove_prefix(comma + 1);
  }
}

tl::expected<std::vector<std::pair<std::string, double>>, std::string> parse_prune_groups(
    std::string_view json) {
  std::set<std::pair<std::string, std::string>> names;
  std::string member, twice;
  // An object keeps one of two members of a name.
  const auto look = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    constexpr int kOfGroups = 2;
    if (event != nlohmann::json::parse_event_t::key || depth > kOfGroups) return true;
    const std::string name = parsed.get<std::string>();
    if (depth < kOfGroups) member = name;
    if (!names.emplace(depth < kOfGroups ? "" : member, name).second) twice = name;
    return true;
  };
  const nlohmann::json document = nlohmann::json::parse(json.begin(), json.end(), look, false);
  if (!twice.empty()) return tl::unexpected("gives '" + twice + "' twice");
  if (document.is_discarded()) return tl::unexpected(std::string("is no JSON"));
  if (!document.is_object() || !document.contains("groups") || !document["groups"].is_object())
    return tl::unexpected(std::string("has no object \"groups\""));
  std::vector<std::pair<std::string, double>> groups;
  for (const auto& [name, share] : document["groups"].items()) {
    const double ratio = share.is_number() ? share.get<double>() : -1;
    if (!(ratio >= 0 && ratio < 1))
      return tl::unexpected("gives group '" + name + "' no share from 0 to below 1");
    groups.emplace_back(name, ratio);
  }
  if (groups.empty()) return tl::unexpected(std::string("names no group"));
  return groups;
}

tl::expected<std::unique_ptr<Pruning>, Error> run_pruning(const CommandLine& line,
                                                          ByteSource& source, ExternalFiles* files,
                                                          Options options) {
  PruneOptions prune = *line.prune;
  if (!line.prune_groups.empty()) {
    const auto text = read_all(line.prune_groups);
    if (!text) return tl::unexpected(Error{"bad_prune_file", text.error().message});
    auto groups = parse_prune_groups(*text);
    if (!groups) {
      return tl::unexpected(
          Error{"bad_prune_file", line.prune_groups + ": " + std::move(groups.error())});
    }
    prune.of_groups = std::move(*groups);
  }
  return Pruning::run(source, files, std::move(options), std::move(prune));
}

std::string pruning_text(const Pruning& pruning) {
  const auto line = [&](const std::string& name, const PrunedFigures& figures) {
    std::string text = fmt::format(
        "  {:<9} {:>12} params  {:>12}", name, grouped(static_cast<double>(figures.params)),
        figures.macs.known() ? quantity(static_cast<double>(figures.macs.value()), "MAC")
                             : std::string("? MAC"));
    if (!figures.times.empty() && figures.times[0].seconds_padded)
      text += fmt::format("  {:>10} predicted", duration(*figures.times[0].seconds_padded));
    if (figures.importance_kept)
      text += fmt::format("  keeps {}", percent(*figures.importance_kept));
    return text + "\n";
  };
  size_t open = 0, frozen = 0;
  for (const pruning::ChannelGroup& group : pruning.groups().groups())
    ++(group.frozen ? frozen : open);
  const double all = static_cast<double>(pruning.weight_elements());
  std::string text = fmt::format(
      "\nPruning: {} groups of channels, {} frozen; {} of the weights can go ({}; channels padded "
      "to what tensor cores take)\n",
      open + frozen, frozen,
      all == 0 ? std::string("none")
               : percent(static_cast<double>(pruning.prunable_elements()) / all),
      pruning::name(pruning.options().criterion));
  if (pruning.importance().unread > 0) {
    text += fmt::format("  {} weights could not be read: the cuts are uniform\n",
                        pruning.importance().unread);
  }
  text += line("as it is", pruning.unpruned());
  for (const PruneScenario& scenario : pruning.scenarios())
    text += line(scenario.name, scenario.figures);
  return text;
}

}  // namespace trtreport::cli
