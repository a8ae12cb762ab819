// See case_options.hpp.
#include "golden/case_options.hpp"

#include <cstdlib>
#include <sstream>

namespace trtreport::golden {
namespace {

using Result = tl::expected<void, std::string>;

std::pair<std::string, std::string> cut(const std::string& text) {
  const size_t at = text.rfind('=');
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

Result apply_binding(Options& options, const std::string& option, const std::string& value) {
  if (option == "--batch") {
    options.binding.batch = std::atoll(value.c_str());
    return {};
  }
  const auto [name, number] = cut(value);
  if (option == "--dim") {
    options.binding.dims[name] = std::atoll(number.c_str());
    return {};
  }
  std::istringstream dims(number);
  std::vector<int64_t>& shape = options.binding.shapes[name];
  for (int64_t dim = 0; dims >> dim; dims.get()) shape.push_back(dim);
  return {};
}

Result apply(Options& options, const std::string& option, const std::string& value) {
  if (option == "--device") {
    auto device = find_device(value);
    if (!device) return tl::unexpected(device.error().message);
    options.devices.push_back(std::move(*device));
    return {};
  }
  if (option == "--precision") {
    const auto precision = precision_from_name(value);
    if (!precision) return tl::unexpected("no precision " + value);
    options.precisions.push_back(*precision);
    return {};
  }
  if (option == "--convention") {
    options.convention = value == "course" ? Convention::Course : Convention::Hardware;
    return {};
  }
  if (option == "--batch" || option == "--dim" || option == "--shape")
    return apply_binding(options, option, value);
  return tl::unexpected("no option " + option);
}

// An option's value, taken out of the words with it; empty where it is not among them.
std::string take(std::vector<std::string>& words, std::string_view option) {
  for (size_t index = 0; index + 1 < words.size(); ++index) {
    if (words[index] != option) continue;
    std::string value = words[index + 1];
    const auto at = words.begin() + static_cast<std::ptrdiff_t>(index);
    words.erase(at, at + 2);
    return value;
  }
  return {};
}

}  // namespace

tl::expected<Options, std::string> parse_options(const std::vector<std::string>& words) {
  Options options;
  for (size_t index = 0; index < words.size(); ++index) {
    if (words[index] == "--sparse") {
      options.roofline.sparse = true;
    } else if (words[index] == "--no-tf32") {
      options.roofline.tf32 = false;
    } else if (index + 1 == words.size()) {
      return tl::unexpected("no value for " + words[index]);
    } else if (const Result applied = apply(options, words[index], words[index + 1]); !applied) {
      return tl::unexpected(applied.error());
    } else {
      ++index;
    }
  }
  return options;
}

std::optional<PruneOptions> take_prune_options(std::vector<std::string>& words) {
  PruneOptions options;
  options.ratios.clear();
  std::vector<std::string> others;
  for (size_t index = 0; index < words.size(); ++index) {
    const std::string& word = words[index];
    const std::string value = index + 1 < words.size() ? words[index + 1] : std::string();
    if (word == "--prune") {
      options.ratios.push_back(std::atof(value.c_str()));
    } else if (word == "--prune-criterion") {
      options.criterion = pruning::criterion_from_name(value).value_or(pruning::Criterion::Uniform);
    } else if (word == "--round-to") {
      options.selection.round_to = static_cast<uint32_t>(std::atoi(value.c_str()));
    } else if (word == "--prune-protect") {
      options.selection.keep_first = options.selection.keep_last = value == "both";
    } else {
      others.push_back(word);
      continue;
    }
    ++index;
  }
  words = others;
  if (options.ratios.empty()) return std::nullopt;
  return options;
}

std::vector<quantization::Scheme> take_schemes(std::vector<std::string>& words) {
  const std::string list = take(words, "--quantize");
  if (list.empty()) return {};
  return quantization::parse_schemes(list).value_or(std::vector<quantization::Scheme>());
}

std::optional<quantization::PlanRequest> take_plan(std::vector<std::string>& words) {
  const std::string list = take(words, "--plan");
  auto plan = quantization::parse_plan_request(list);
  if (list.empty() || !plan) return std::nullopt;
  return std::move(*plan);
}

}  // namespace trtreport::golden
