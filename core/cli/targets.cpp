// Names are compared by the files that they lead to, and by the places where there is none yet.
#include "cli/targets.hpp"

#include <utility>

namespace trtreport::cli {
namespace {

std::vector<std::string> named_outputs(const CommandLine& line) {
  std::vector<std::string> named;
  for (const std::string* output :
       {&line.html, &line.json, &line.markdown, &line.csv, &line.mask, &line.qdq}) {
    if (!output->empty() && *output != "-") named.push_back(*output);
  }
  return named;
}

std::optional<Failure> check_kept(const CommandLine& line, const std::vector<std::string>& inputs,
                                  const char* what) {
  for (const std::string& output : named_outputs(line)) {
    for (const std::string& input : inputs) {
      if (same_file(output, input)) return Failure{kBadUsage, output + ": is " + what};
    }
  }
  return std::nullopt;
}

constexpr const char* kModel = "the model itself, or data of it";

std::optional<Failure> check_distinct(const Outputs& outputs) {
  const std::vector<Output*> all = outputs.all();
  for (size_t second = 1; second < all.size(); ++second) {
    for (size_t first = 0; first < second; ++first) {
      if (all[first]->same_target(*all[second]))
        return Failure{kBadUsage,
                       all[second]->path() + ": is the same file as " + all[first]->path()};
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Output*> Outputs::all() const {
  std::vector<Output*> result;
  for (const auto* output : {&html, &json, &markdown, &csv, &mask, &qdq_data, &qdq, &terminal}) {
    if (*output) result.push_back(output->get());
  }
  return result;
}

std::optional<Failure> check_targets(const CommandLine& line) {
  if (auto failure = check_kept(line, {line.argument}, kModel)) return failure;
  std::vector<std::string> others = line.calibration;
  others.insert(others.end(), line.devices.begin(), line.devices.end());
  others.insert(others.end(), {line.activations, line.prune_groups});
  return check_kept(line, others, "an input of this run");
}

std::optional<Failure> check_targets(const CommandLine& line, const Analysis& analysis) {
  const onnx::Model& model = analysis.graph().model();
  const size_t slash = line.argument.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : line.argument.substr(0, slash + 1);
  std::vector<std::string> paths;
  for (const onnx::ExternalFile& file : model.external_files) {
    if (file.source) paths.push_back(folder + std::string(model.text(file.location)));
  }
  return check_kept(line, paths, kModel);
}

Result<Outputs> open_outputs(const CommandLine& line) {
  Outputs outputs;
  const bool is_named = !line.html.empty() || !line.json.empty() || !line.markdown.empty() ||
                        !line.csv.empty() || !line.mask.empty() || !line.qdq.empty();
  const std::string terminal = is_named ? "" : "-";
  const std::pair<const std::string*, std::unique_ptr<Output>*> wanted[] = {
      {&line.html, &outputs.html},         {&line.json, &outputs.json},
      {&line.markdown, &outputs.markdown}, {&line.csv, &outputs.csv},
      {&line.mask, &outputs.mask},         {&line.qdq, &outputs.qdq},
      {&terminal, &outputs.terminal}};
  for (const auto& [path, target] : wanted) {
    if (path->empty()) continue;
    auto output = Output::open(*path);
    if (!output) return tl::unexpected(Failure{kUnwritableOutput, output.error().message});
    *target = std::move(*output);
  }
  if (auto failure = check_distinct(outputs)) return tl::unexpected(std::move(*failure));
  return outputs;
}

std::optional<Failure> finish(const Outputs& outputs) {
  if (auto failure = check_distinct(outputs)) return failure;
  for (Output* output : outputs.all()) {
    if (auto error = output->close()) return Failure{kUnwritableOutput, error->message};
  }
  for (Output* output : outputs.all()) {
    if (auto error = output->commit()) return Failure{kUnwritableOutput, error->message};
  }
  return std::nullopt;
}

}  // namespace trtreport::cli
