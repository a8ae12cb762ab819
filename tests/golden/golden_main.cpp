// Runs the golden cases: analyses each model text and compares the document with the expectation
// beside it, and with what the model's skeleton file gives.
#include "golden/case_options.hpp"
#include "golden/line_diff.hpp"
#include "models/text_model.hpp"
#include "onnx/skeleton_file.hpp"
#include "report/document.hpp"
#include "report/document_pruning.hpp"
#include "report/quantization.hpp"
#include "trtreport.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace fs = std::filesystem;
using namespace trtreport;

namespace {

struct Arguments {
  bool rebase = false;
  std::string models_folder, documents_folder;
  std::vector<std::string> words;
};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

class StringSink : public Sink {
 public:
  bool write(std::string_view part) override {
    text.append(part);
    return true;
  }
  std::string text;
};

// Indented, one node, tensor or short array a line: what a review can read. The order of keys is
// the document's.
std::string readable(const std::string& document) {
  return nlohmann::ordered_json::parse(document).dump(1) + "\n";
}

struct Found {
  std::string document;  // as it is written, or one line that says why there is none
  std::string skeleton;  // the model's skeleton file; empty where there is no document
  bool weighed = false;  // weights take part, so that a skeleton would not do
};

std::string document_of(ByteSource& source, const Options& options, std::string* skeleton) {
  const auto analysis = Analysis::run(source, nullptr, options);
  if (!analysis) return "error " + analysis.error().code + ": " + analysis.error().message + "\n";
  StringSink sink;
  write_document(**analysis, sink);
  if (skeleton != nullptr)
    *skeleton = onnx::make_skeleton_file((*analysis)->graph().model(), source).value_or("");
  return sink.text;
}

std::string pruned_document(ByteSource& source, const Options& options, const PruneOptions& prune) {
  const auto analysis = Analysis::run(source, nullptr, options);
  if (!analysis) return "error " + analysis.error().code + ": " + analysis.error().message + "\n";
  const auto pruning = Pruning::run(source, nullptr, options, prune);
  if (!pruning) return "error " + pruning.error().code + ": " + pruning.error().message + "\n";
  const PruningSection section(**pruning);
  const DocumentSection* const sections[] = {&section};
  StringSink sink;
  write_document(**analysis, sink, sections);
  return sink.text;
}

std::string quantized_document(ByteSource& source, const Options& options,
                               std::vector<quantization::Scheme> schemes,
                               const std::optional<quantization::PlanRequest>& plan) {
  const auto analysis = Analysis::run(source, nullptr, options);
  if (!analysis) return "error " + analysis.error().code + ": " + analysis.error().message + "\n";
  quantization::Quantization found((*analysis)->graph(), source, std::move(schemes));
  quantization::WeightJob::Scratch scratch;
  for (size_t weight = 0; weight < found.targets().weights.size(); ++weight) {
    const auto job = found.job(weight);
    job->run(scratch);
    found.keep(weight, *job);
  }
  std::optional<PrecisionPlanner> planner;
  if (plan) planner.emplace(**analysis, plan_layers(**analysis, found, *plan), *plan);
  const QuantizationSection section(**analysis, found, planner ? &*planner : nullptr);
  const DocumentSection* const sections[] = {&section};
  StringSink sink;
  write_document(**analysis, sink, sections);
  return sink.text;
}

MemorySource in_memory(const std::string& name, const std::string& bytes) {
  return {name, std::as_bytes(std::span<const char>(bytes.data(), bytes.size()))};
}

Found analyse(const models::TextModel& model, const std::string& name) {
  std::vector<std::string> words = model.options;
  const std::optional<PruneOptions> prune = golden::take_prune_options(words);
  std::vector<quantization::Scheme> schemes = golden::take_schemes(words);
  const std::optional<quantization::PlanRequest> plan = golden::take_plan(words);
  const auto options = golden::parse_options(words);
  if (!options) return {"options: " + options.error() + "\n", {}, false};
  MemorySource source = in_memory(name + ".onnx", model.bytes);
  if (prune) return {pruned_document(source, *options, *prune), {}, true};
  if (!schemes.empty())
    return {quantized_document(source, *options, std::move(schemes), plan), {}, true};
  Found found;
  found.document = document_of(source, *options, &found.skeleton);
  return found;
}

std::string analyse_skeleton(const models::TextModel& model, const std::string& skeleton) {
  MemorySource file = in_memory("skeleton", skeleton);
  const auto opened = onnx::SkeletonFiles::open(file);
  if (!opened) return opened.error().message;
  return document_of((*opened)->model(), *golden::parse_options(model.options), nullptr);
}

bool is_document(const std::string& text) { return !text.empty() && text[0] == '{'; }

bool wanted(const std::string& name, const std::vector<std::string>& words) {
  if (words.empty()) return true;
  for (const std::string& word : words) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int index = 1; index < argc; ++index) {
    const std::string word = argv[index];
    if (word == "--rebase") {
      arguments.rebase = true;
    } else if (word == "--models" && index + 1 < argc) {
      arguments.models_folder = argv[++index];
    } else if (word == "--documents" && index + 1 < argc) {
      arguments.documents_folder = argv[++index];
    } else {
      arguments.words.push_back(word);
    }
  }
  return arguments;
}

// True when the case holds (or was rebased).
bool run_case(const fs::path& input, const Arguments& arguments) {
  const std::string name = input.stem().string();
  const auto model = models::parse_text_model(read_file(input));
  if (!model) {
    std::cout << "FAILED " << name << ": " << model.error() << "\n";
    return false;
  }
  if (!arguments.models_folder.empty()) {
    write_file(fs::path(arguments.models_folder) / (name + ".onnx"), model->bytes);
  }
  const fs::path expectation = fs::path(input).replace_extension(".json");
  const auto [raw, skeleton, weighed] = analyse(*model, name);
  if (!arguments.documents_folder.empty())
    write_file(fs::path(arguments.documents_folder) / (name + ".json"), raw);
  if (!arguments.models_folder.empty() && !skeleton.empty())
    write_file(fs::path(arguments.models_folder) / (name + ".skeleton"), skeleton);
  if (is_document(raw) && !weighed && analyse_skeleton(*model, skeleton) != raw) {
    std::cout << "FAILED " << name << ": the skeleton file gives another document\n";
    return false;
  }
  const std::string found = is_document(raw) ? readable(raw) : raw;
  const std::string expected = read_file(expectation);
  if (found == expected) return true;
  if (arguments.rebase) {
    write_file(expectation, found);
    std::cout << "rebased " << name << "\n";
    return true;
  }
  std::cout << "FAILED " << name << "\n" << golden::line_diff(expected, found);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = parse_arguments(argc, argv);
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(TRTREPORT_GOLDEN_DIR)) {
    const bool is_case = entry.path().extension() == ".onnxtxt";
    if (is_case && wanted(entry.path().stem().string(), arguments.words))
      cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  for (const std::string& folder : {arguments.models_folder, arguments.documents_folder}) {
    if (!folder.empty()) fs::create_directories(folder);
  }
  size_t failed = 0;
  for (const fs::path& path : cases) failed += run_case(path, arguments) ? 0u : 1u;
  std::cout << "golden: " << cases.size() - failed << " passed, " << failed << " failed\n";
  if (failed > 0) std::cout << "to accept the present output: trtreport_golden --rebase [words]\n";
  return failed == 0 && !cases.empty() ? 0 : 1;
}
