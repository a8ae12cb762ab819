// Reads, analyses, writes. Outputs are opened only once there is something to write, and appear
// only when all are whole.
#include "cli/analyse.hpp"

#include "cli/devices.hpp"
#include "cli/embedded_files.hpp"
#include "cli/file_source.hpp"
#include "cli/output.hpp"
#include "cli/page.hpp"
#include "cli/progress.hpp"
#include "onnx/skeleton_file.hpp"
#include "report/document.hpp"
#include "report/escape.hpp"
#include "report/json_writer.hpp"
#include "report/summary.hpp"

#include <cstdio>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

namespace trtreport::cli {
namespace {

struct Failure {
  int status;
  std::string line;
};
template <class T>
using Result = tl::expected<T, Failure>;

void say(const std::string& line) {
  std::fputs(("trtreport: " + escape_terminal(line) + "\n").c_str(), stderr);
}

// Faults of options name the option, faults of the file name the file.
Failure explain(const std::string& model, const Error& error) {
  for (const char* code : {"unknown_input", "unknown_dim", "bad_shape", "bad_reshape"}) {
    if (error.code == code) return {kBadUsage, model + ": " + error.message};
  }
  const bool named = error.message.substr(0, model.size()) == model;
  return {kUnreadableModel, named ? error.message : model + ": " + error.message};
}

struct DeviceFile {
  std::string device, file, content;
};

Result<Options> options_of(const CommandLine& line, std::vector<DeviceFile>& device_files) {
  Options options;
  for (const std::string& argument : line.devices) {
    std::string content;
    auto device = load_device(argument, &content);
    if (!device) return tl::unexpected(Failure{kBadUsage, device.error().message});
    if (!content.empty()) device_files.push_back({device->name, argument, std::move(content)});
    options.devices.push_back(std::move(*device));
  }
  options.precisions = line.precisions;
  options.binding = line.binding;
  options.roofline = line.roofline;
  options.convention = line.convention;
  return options;
}

// The model's file and the analyses of it: the main one, and the columns beside it.
struct Work {
  std::shared_ptr<FileSource> source;
  std::unique_ptr<DirectoryFiles> files;
  std::unique_ptr<Analysis> main, least, most;
  std::vector<DeviceFile> device_files;

  std::vector<SummaryColumn> columns() const {
    if (!least && !most) return {};
    std::vector<SummaryColumn> all;
    if (least) all.push_back({"min", least.get()});
    all.push_back({"opt", main.get()});
    if (most) all.push_back({"max", most.get()});
    return all;
  }
};

Result<std::unique_ptr<Analysis>> analyse(const std::string& model, Work& work, Options options) {
  auto analysis = Analysis::run(*work.source, work.files.get(), std::move(options));
  if (!analysis) return tl::unexpected(explain(model, analysis.error()));
  return std::move(*analysis);
}

Result<Work> do_work(const CommandLine& line) {
  Work work;
  auto options = options_of(line, work.device_files);
  if (!options) return tl::unexpected(options.error());
  auto source = FileSource::open(line.argument);
  if (!source) return tl::unexpected(explain(line.argument, source.error()));
  work.source = std::move(*source);
  work.files = std::make_unique<DirectoryFiles>(line.argument);
  for (const auto& [shapes, target] :
       {std::pair(&line.least, &work.least), std::pair(&line.most, &work.most)}) {
    if (!*shapes) continue;
    Options other = *options;
    for (const auto& [input, shape] : **shapes) other.binding.shapes.insert_or_assign(input, shape);
    auto analysis = analyse(line.argument, work, std::move(other));
    if (!analysis) return tl::unexpected(analysis.error());
    *target = std::move(*analysis);
  }
  auto analysis = analyse(line.argument, work, std::move(*options));
  if (!analysis) return tl::unexpected(analysis.error());
  work.main = std::move(*analysis);
  return work;
}

void print_diagnostics(const std::string& model, const Diagnostics& diagnostics, bool verbose) {
  constexpr uint64_t kMostAlike = 10;
  std::map<std::string, uint64_t> seen;
  uint64_t notes = 0;
  for (const Diagnostic& item : diagnostics.items()) {
    if (item.severity == Severity::Note && !verbose) {
      ++notes;
      continue;
    }
    const bool crowded = item.severity != Severity::Error && !verbose;
    if (++seen[item.code] > kMostAlike && crowded) continue;
    std::string line = fmt::format("{}: {}: {}", model, name(item.severity), item.message);
    if (!item.hint.empty()) line += " (" + item.hint + ")";
    say(line);
  }
  for (const auto& [code, count] : diagnostics.left_out()) seen[code] += verbose ? 0 : count;
  for (const auto& [code, count] : seen) {
    if (count <= kMostAlike || verbose) continue;
    say(fmt::format("{}: {} more of this kind ({}); the report lists them", model,
                    count - kMostAlike, code));
  }
  if (notes > 0)
    say(fmt::format("{}: {} note{}: see the report, or --verbose", model, notes,
                    notes == 1 ? "" : "s"));
}

using OutputPtr = std::unique_ptr<Output>;

struct Outputs {
  OutputPtr html, json, markdown, csv, terminal;
  std::vector<Output*> all() const {
    std::vector<Output*> result;
    for (const OutputPtr* output : {&html, &json, &markdown, &csv, &terminal}) {
      if (*output) result.push_back(output->get());
    }
    return result;
  }
};

bool nothing_named(const CommandLine& line) {
  return line.html.empty() && line.json.empty() && line.markdown.empty() && line.csv.empty();
}

Result<Outputs> open_outputs(const CommandLine& line) {
  Outputs outputs;
  const std::string terminal = nothing_named(line) ? "-" : "";
  const std::pair<const std::string*, OutputPtr*> wanted[] = {{&line.html, &outputs.html},
                                                              {&line.json, &outputs.json},
                                                              {&line.markdown, &outputs.markdown},
                                                              {&line.csv, &outputs.csv},
                                                              {&terminal, &outputs.terminal}};
  for (const auto& [path, target] : wanted) {
    if (path->empty()) continue;
    auto output = Output::open(*path);
    if (!output) return tl::unexpected(Failure{kUnwritableOutput, output.error().message});
    *target = std::move(*output);
  }
  return outputs;
}

std::string device_files_json(const std::vector<DeviceFile>& files) {
  StringSink text;
  JsonWriter json(text);
  json.begin_array();
  for (const DeviceFile& each : files) {
    json.begin_object();
    json.member("name", each.device);
    json.member("file", std::filesystem::path(each.file).filename().string());
    json.member("content", each.content);
    json.end_object();
  }
  json.end_array();
  json.finish();
  return text.take();
}

// Makes the report live where this build can, and says so where it cannot.
void add_live_parts(const Work& work, PageParts& parts) {
  const std::string_view live = embedded_file("live.html");
  if (live.empty()) {
    say("this build holds no WebAssembly core (Emscripten was absent): the report is static");
    return;
  }
  auto skeleton = onnx::make_skeleton_file(work.main->graph().model(), *work.source);
  if (!skeleton) return say(skeleton.error().message + ": the report is static");
  parts.live = live;
  parts.skeleton = std::move(*skeleton);
  parts.device_files = device_files_json(work.device_files);
}

bool write_html(const Work& work, const Summary& summary, bool live, Sink* json, Sink& page) {
  PageParts parts;
  parts.shell = embedded_file("report.html");
  parts.style = embedded_file("report.css");
  parts.script = embedded_file("report.js");
  parts.notices = embedded_file("THIRD_PARTY_NOTICES");
  parts.title = summary.file;
  parts.summary = summary_html(summary);
  if (live) add_live_parts(work, parts);
  const auto write_json = [&](Sink& packed) {
    if (json == nullptr) return write_document(*work.main, packed);
    TwoSinks both(*json, packed);
    return write_document(*work.main, both);
  };
  return write_page(parts, write_json, page);
}

bool use_colour() { return ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

void write_outputs(const Work& work, bool live, Outputs& outputs) {
  const bool summarized = outputs.html || outputs.markdown || outputs.terminal;
  const Summary summary = summarized ? summarize(*work.main, work.columns()) : Summary();
  bool fine = true;
  if (outputs.html) {
    fine = write_html(work, summary, live, outputs.json.get(), *outputs.html);
  } else if (outputs.json) {
    fine = write_document(*work.main, *outputs.json);
  }
  if (fine && outputs.json) fine = outputs.json->write("\n");
  if (fine && outputs.markdown) {
    fine = outputs.markdown->write(summary_markdown(summary, embedded_file("summary.md.mustache")));
  }
  if (fine && outputs.csv) fine = write_csv(*work.main, *outputs.csv);
  if (fine && outputs.terminal) outputs.terminal->write(summary_text(summary, {use_colour()}));
}

// Every output is whole before the first one appears.
std::optional<Failure> finish(const Outputs& outputs) {
  for (Output* output : outputs.all()) {
    if (auto error = output->close()) return Failure{kUnwritableOutput, error->message};
  }
  for (Output* output : outputs.all()) {
    if (auto error = output->commit()) return Failure{kUnwritableOutput, error->message};
  }
  return std::nullopt;
}

// The model and its weights are what a mistyped output must never replace.
std::optional<Failure> check_targets(const CommandLine& line,
                                     const std::vector<std::string>& inputs) {
  std::vector<std::string> earlier;
  for (const std::string* output : {&line.html, &line.json, &line.markdown, &line.csv}) {
    if (output->empty() || *output == "-") continue;
    for (const std::string& input : inputs) {
      if (same_file(*output, input))
        return Failure{kBadUsage, *output + ": is the model itself, or data of it"};
    }
    for (const std::string& other : earlier) {
      if (same_file(*output, other))
        return Failure{kBadUsage, *output + ": is the same file as " + other};
    }
    earlier.push_back(*output);
  }
  return std::nullopt;
}

std::vector<std::string> external_paths(const CommandLine& line, const Analysis& analysis) {
  const onnx::Model& model = analysis.graph().model();
  const size_t slash = line.argument.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : line.argument.substr(0, slash + 1);
  std::vector<std::string> paths;
  for (const onnx::ExternalFile& file : model.external_files) {
    if (file.source) paths.push_back(folder + std::string(model.text(file.location)));
  }
  return paths;
}

std::optional<Failure> run(const CommandLine& line, Progress& progress) {
  if (auto failure = check_targets(line, {line.argument})) return failure;
  auto work = do_work(line);
  if (!work) return work.error();
  if (auto failure = check_targets(line, external_paths(line, *work->main))) return failure;
  auto outputs = open_outputs(line);
  if (!outputs) return outputs.error();
  progress.stage("writing");
  if (outputs->terminal) progress.end();
  write_outputs(*work, line.live, *outputs);
  if (auto failure = finish(*outputs)) return failure;
  progress.end();
  print_diagnostics(line.argument, work->main->diagnostics(), line.verbose);
  return std::nullopt;
}

}  // namespace

int run_analysis(const CommandLine& line) {
  Progress progress(line.argument);
  const std::optional<Failure> failure = run(line, progress);
  progress.end();
  if (!failure) return kFine;
  say(failure->line);
  return failure->status;
}

}  // namespace trtreport::cli
