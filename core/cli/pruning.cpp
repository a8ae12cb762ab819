// Shares as users type them, and files of groups.
#include "cli/pruning.hpp"

#include "cli/file_source.hpp"

#include <charconv>
#include <set>

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

}  // namespace trtreport::cli
