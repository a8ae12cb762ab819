// Reads, analyses, writes. Outputs are opened only once there is something to write, and appear
// only when all are whole.
#include "cli/analyse.hpp"

#include "cli/arrays.hpp"
#include "cli/devices.hpp"
#include "cli/embedded_files.hpp"
#include "cli/emit.hpp"
#include "cli/file_source.hpp"
#include "cli/page.hpp"
#include "cli/progress.hpp"
#include "cli/pruning.hpp"
#include "cli/quantize.hpp"
#include "cli/targets.hpp"
#include "onnx/skeleton_file.hpp"
#include "report/document.hpp"
#include "report/document_pruning.hpp"
#include "report/escape.hpp"
#include "report/json_writer.hpp"
#include "report/quantization.hpp"
#include "report/summary.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

namespace trtreport::cli {
namespace {

void say(const std::string& line) {
  std::fputs(("trtreport: " + escape_terminal(line) + "\n").c_str(), stderr);
}

// Faults of options name the option, faults of a file name that file.
Failure explain(const std::string& model, const Error& error) {
  for (const char* code : {"unknown_input", "unknown_dim", "bad_shape", "bad_reshape", "no_batch",
                           "bad_prune_group"}) {
    if (error.code == code) return {kBadUsage, model + ": " + error.message};
  }
  if (error.code == "bad_prune_file") return {kBadUsage, error.message};
  const bool named = error.message.substr(0, model.size()) == model;
  return {kUnreadableModel, named ? error.message : model + ": " + error.message};
}

struct DeviceFile {
  std::string device, file, content;
};

Result<Options> options_of(const CommandLine& line, std::vector<DeviceFile>& device_files) {
  Options options;
  for (auto named = line.devices.begin(); named != line.devices.end(); ++named) {
    const std::string& argument = *named;
    if (std::find(line.devices.begin(), named, argument) != named) continue;
    std::string content;
    auto device = load_device(argument, &content);
    if (!device) return tl::unexpected(Failure{kBadUsage, device.error().message});
    for (const Device& other : options.devices) {
      const bool same = content.empty() && other.name == device->name &&
                        other.measured == device->measured &&
                        other.power_mode == device->power_mode;
      if (same)
        return tl::unexpected(
            Failure{kBadUsage, "--device: '" + device->name + "' is given twice"});
    }
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
  std::unique_ptr<quantization::Quantization> quantization;   // null where weights are not read
  std::unique_ptr<PrecisionPlanner> planner;                  // null where they were not looked at
  std::unique_ptr<QuantizationSection> quantization_section;  // null where it serves a file alone
  std::optional<quantization::QdqSummary> emitted;            // of --emit-qdq
  std::unique_ptr<Pruning> pruning;                           // null where it is not asked for
  std::unique_ptr<PruningSection> pruning_section;
  std::string why_static;  // the report, where it was to be live

  std::vector<const DocumentSection*> sections() const {
    std::vector<const DocumentSection*> all;
    if (quantization_section) all.push_back(quantization_section.get());
    if (pruning_section) all.push_back(pruning_section.get());
    return all;
  }

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
  auto analysis = analyse(line.argument, work, *options);
  if (!analysis) return tl::unexpected(analysis.error());
  work.main = std::move(*analysis);
  if (!line.prune) return work;
  auto pruning = run_pruning(line, *work.source, work.files.get(), std::move(*options));
  if (!pruning) return tl::unexpected(explain(line.argument, pruning.error()));
  work.pruning = std::move(*pruning);
  work.pruning_section = std::make_unique<PruningSection>(*work.pruning);
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

// Makes the report live where this build can; else says why not, in words that end a whole run.
std::string add_live_parts(const Work& work, PageParts& parts) {
  const std::string_view live =
      embedded_file(work.sections().empty() ? "live.html" : "live-weights.html");
  if (live.empty())
    return "this build holds no WebAssembly core (Emscripten was absent): the report is static";
  auto skeleton = onnx::make_skeleton_file(work.main->graph().model(), *work.source);
  if (!skeleton) return skeleton.error().message + ": the report is static";
  parts.live = live;
  parts.skeleton = std::move(*skeleton);
  parts.device_files = device_files_json(work.device_files);
  return {};
}

bool write_html(Work& work, const Summary& summary, bool live, Sink* json, Sink& page) {
  PageParts parts;
  parts.shell = embedded_file("report.html");
  parts.style = embedded_file("report.css");
  parts.script = embedded_file("report.js");
  parts.notices = embedded_file("THIRD_PARTY_NOTICES");
  parts.title = summary.file;
  parts.summary = summary_html(summary);
  if (live) work.why_static = add_live_parts(work, parts);
  const auto write_json = [&](Sink& packed) {
    if (json == nullptr) return write_document(*work.main, packed, work.sections());
    TwoSinks both(*json, packed);
    return write_document(*work.main, both, work.sections());
  };
  return write_page(parts, write_json, page);
}

Summary summary_of(const Work& work) {
  Summary summary = summarize(*work.main, work.columns());
  if (work.quantization_section) add_quantization(*work.quantization, summary);
  if (work.planner) add_plan(*work.planner, *work.quantization, summary);
  if (work.pruning) add_pruning(*work.pruning, summary);
  return summary;
}

bool use_colour() { return ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

void write_outputs(Work& work, bool live, Outputs& outputs) {
  const bool summarized = outputs.html || outputs.markdown || outputs.terminal;
  const Summary summary = summarized ? summary_of(work) : Summary();
  bool fine = true;
  if (outputs.html) {
    fine = write_html(work, summary, live, outputs.json.get(), *outputs.html);
  } else if (outputs.json) {
    fine = write_document(*work.main, *outputs.json, work.sections());
  }
  if (fine && outputs.json) fine = outputs.json->write("\n");
  if (fine && outputs.markdown) {
    fine = outputs.markdown->write(summary_markdown(summary, embedded_file("summary.md.mustache")));
  }
  if (fine && outputs.csv) fine = write_csv(*work.main, *outputs.csv);
  if (fine && outputs.mask) {
    fine = write_prune_plan(*work.pruning, work.pruning->scenarios().front(), *outputs.mask) &&
           outputs.mask->write("\n");
  }
  if (fine && outputs.terminal) outputs.terminal->write(summary_text(summary, {use_colour()}));
}

std::optional<Failure> read_caches(const CommandLine& line, quantization::Quantization& found) {
  constexpr uint64_t kMostBytes = uint64_t{64} << 20;
  for (const std::string& path : line.calibration) {
    auto file = FileSource::open(path);
    if (!file) return Failure{kBadUsage, file.error().message};
    std::string text(static_cast<size_t>(std::min((*file)->size(), kMostBytes)), '\0');
    text.resize((*file)->read(0, std::as_writable_bytes(std::span(text.data(), text.size()))));
    auto cache = quantization::parse_calibration_cache(text);
    if (!cache) return Failure{kBadUsage, path + ": " + cache.error().message};
    found.add_cache(std::move(*cache));
  }
  return std::nullopt;
}

std::optional<Failure> read_activations(const CommandLine& line,
                                        quantization::Quantization& found) {
  if (line.activations.empty()) return std::nullopt;
  const auto wanted = [&](const std::string& name) {
    if (!found.has_tensor(name)) found.add_activation(name, {}, 1);
    return found.has_tensor(name);
  };
  const auto take = [&](const std::string& name, const quantization::NpyArray& array) {
    const auto& shape = array.header.shape;
    const bool has_batches = !array.header.fortran_order && shape.size() > 1 && shape[0] > 1;
    found.add_activation(name, array.values,
                         has_batches ? array.header.elements / shape[0] : array.header.elements);
  };
  auto read = read_arrays(line.activations, wanted, take);
  if (!read) return Failure{kBadUsage, read.error().message};
  return std::nullopt;
}

// Whoever asks for a report wants all of it, but not to wait for gigabytes.
std::optional<Failure> quantize(const CommandLine& line, Work& work, Progress& progress) {
  constexpr uint64_t kMostUnasked = 200'000'000;
  const bool wanted = line.quantize.value_or(!line.html.empty());
  if (!wanted && line.qdq.empty()) return std::nullopt;
  auto found =
      std::make_unique<quantization::Quantization>(work.main->graph(), *work.source, line.schemes);
  if (auto failure = read_caches(line, *found)) return failure;
  if (auto failure = read_activations(line, *found)) return failure;
  work.quantization = std::move(found);
  if (!wanted) return std::nullopt;
  if (line.quantize || work.quantization->weight_bytes() < kMostUnasked) {
    progress.stage("quantizing weights");
    quantize_weights(*work.quantization, worker_threads(), &progress);
    const quantization::PlanRequest request = line.plan.value_or(quantization::first_plan());
    work.planner = std::make_unique<PrecisionPlanner>(
        *work.main, plan_layers(*work.main, *work.quantization, request), request);
  }
  work.quantization_section =
      std::make_unique<QuantizationSection>(*work.main, *work.quantization, work.planner.get());
  return std::nullopt;
}

// Of the analysis, and where quantization was asked for, of that too.
Diagnostics findings_of(const CommandLine& line, const Work& work) {
  Diagnostics findings = work.main->diagnostics();
  if (!line.quantize.value_or(false) || !work.quantization) return findings;
  for (const quantization::Lint& lint : work.quantization->lints())
    findings.add({lint.severity, std::string(lint.code), lint.message, lint.args, lint.node, {}});
  return findings;
}

std::optional<Failure> emit(const CommandLine& line, Work& work, Outputs& outputs) {
  auto emitted = emit_qdq(line, work.main->graph(), *work.source, *work.quantization,
                          work.planner.get(), *outputs.qdq);
  if (!emitted) {
    return Failure{emitted.error().code == "bad_place" ? kBadUsage : kUnwritableOutput,
                   emitted.error().message};
  }
  outputs.qdq_data = std::move(emitted->data);
  work.emitted = std::move(emitted->summary);
  return std::nullopt;
}

std::optional<Failure> run(const CommandLine& line, Progress& progress) {
  if (auto failure = check_targets(line)) return failure;
  auto work = do_work(line);
  if (!work) return work.error();
  if (auto failure = check_targets(line, *work->main)) return failure;
  auto outputs = open_outputs(line);
  if (!outputs) return outputs.error();
  if (auto failure = quantize(line, *work, progress)) return failure;
  if (outputs->qdq) {
    progress.stage("quantizing the model");
    if (auto failure = emit(line, *work, *outputs)) return failure;
  }
  progress.stage("writing");
  if (outputs->terminal) progress.end();
  write_outputs(*work, line.live, *outputs);
  if (auto failure = finish(*outputs)) return failure;
  progress.end();
  if (!work->why_static.empty()) say(work->why_static);
  print_diagnostics(line.argument, findings_of(line, *work), line.verbose);
  if (work->emitted) {
    for (const std::string& text : qdq_text(*work->emitted)) say(line.qdq + ": " + text);
  }
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
