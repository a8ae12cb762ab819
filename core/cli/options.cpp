// CLI11 reads the words; what they mean is checked here, so that each fault is one line naming the
// option.
#include "cli/options.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

namespace trtreport::cli {
namespace {

// Option texts before they are understood.
struct Words {
  std::vector<std::string> dims, shapes;
  std::vector<std::string> precisions;
  std::vector<std::string> formats, calibrators, plans;
  bool quantize = false, no_quantize = false;
  std::string batch, shapes_list, least, best, most, convention = "hardware";
  bool no_tf32 = false;
  bool is_static = false;
  std::string prune, prune_criterion, prune_protect = "both", round_to;
  bool prune_global = false;
};

using Fault = std::optional<std::string>;

void add_texts(CLI::App& app, const char* name, std::vector<std::string>& target) {
  app.add_option(name, target)->allow_extra_args(false);  // else it would take MODEL too
}

// Names of values stand in CLI11's own messages ("--batch: 1 required N missing"); what options
// mean stands in help.cpp.
void add_options(CLI::App& app, CommandLine& line, Words& words) {
  app.add_option("MODEL", line.argument);
  app.add_option("-o,--output", line.html)->type_name("FILE");
  app.add_flag("--static", words.is_static);
  app.add_option("--json", line.json)->type_name("FILE");
  app.add_option("--markdown", line.markdown)->type_name("FILE");
  app.add_option("--csv", line.csv)->type_name("FILE");
  add_texts(app, "--device", line.devices);
  add_texts(app, "--precision", words.precisions);
  app.add_flag("--sparse", line.roofline.sparse);
  app.add_flag("--no-tf32", words.no_tf32);
  app.add_option("--batch", words.batch)->type_name("N");
  add_texts(app, "--dim", words.dims);
  add_texts(app, "--shape", words.shapes);
  app.add_option("--shapes", words.shapes_list)->type_name("SHAPES");
  app.add_option("--minShapes", words.least)->type_name("SHAPES");
  app.add_option("--optShapes", words.best)->type_name("SHAPES");
  app.add_option("--maxShapes", words.most)->type_name("SHAPES");
  app.add_option("--convention", words.convention)->type_name("CONVENTION");
  app.add_flag("--quantize", words.quantize);
  app.add_flag("--no-quantize", words.no_quantize);
  add_texts(app, "--formats", words.formats);
  add_texts(app, "--calibrator", words.calibrators);
  app.add_option("--activations", line.activations)->type_name("PATH");
  add_texts(app, "--calibration", line.calibration);
  add_texts(app, "--plan", words.plans);
  app.add_option("--emit-qdq", line.qdq)->type_name("FILE");
  app.add_option("--prune", words.prune)->type_name("RATIOS");
  app.add_option("--prune-criterion", words.prune_criterion)->type_name("CRITERION");
  app.add_flag("--prune-global", words.prune_global);
  app.add_option("--prune-groups", line.prune_groups)->type_name("FILE");
  app.add_option("--prune-protect", words.prune_protect)->type_name("LAYERS");
  app.add_option("--round-to", words.round_to)->type_name("N");
  app.add_option("--emit-mask", line.mask)->type_name("FILE");
  app.add_flag("--verbose", line.verbose);
}

Fault read_size_pair(const std::string& text, const char* option, std::string& name,
                     int64_t& size) {
  const size_t equals = text.rfind('=');
  const auto shape = equals == std::string::npos || equals == 0
                         ? std::nullopt
                         : parse_shape(text.substr(equals + 1));
  if (!shape || shape->size() != 1)
    return std::string(option) + ": '" + text + "' is not NAME=NUMBER";
  name = text.substr(0, equals);
  size = shape->front();
  return std::nullopt;
}

Fault read_dims(const Words& words, ops::Binding& binding) {
  for (const std::string& text : words.dims) {
    std::string name;
    int64_t size = 0;
    if (Fault fault = read_size_pair(text, "--dim", name, size)) return fault;
    if (!binding.dims.emplace(name, size).second) return "--dim: '" + name + "' is given twice";
  }
  if (words.batch.empty()) return std::nullopt;
  const auto batch = parse_shape(words.batch);
  if (!batch || batch->size() != 1 || batch->front() < 1) {
    return "--batch: '" + words.batch + "' is not a number of at least 1";
  }
  binding.batch = batch->front();
  return std::nullopt;
}

Fault read_shapes(const Words& words, Shapes& shapes) {
  for (const std::string& text : words.shapes) {
    const size_t equals = text.rfind('=');
    const auto shape = equals == std::string::npos || equals == 0
                           ? std::nullopt
                           : parse_shape(text.substr(equals + 1));
    if (!shape) return "--shape: '" + text + "' is not INPUT=1x3x224x224";
    const std::string input = text.substr(0, equals);
    if (!shapes.emplace(input, *shape).second)
      return "--shape: input '" + input + "' is given twice";
  }
  return std::nullopt;
}

Fault read_list(const std::string& text, const char* option, std::optional<Shapes>& shapes) {
  if (text.empty()) return std::nullopt;
  auto parsed = parse_trtexec_shapes(text);
  if (!parsed) return std::string(option) + ": " + parsed.error();
  shapes = std::move(*parsed);
  return std::nullopt;
}

Fault read_lists(const Words& words, CommandLine& line) {
  std::optional<Shapes> list, best;
  if (Fault fault = read_list(words.shapes_list, "--shapes", list)) return fault;
  if (Fault fault = read_list(words.least, "--minShapes", line.least)) return fault;
  if (Fault fault = read_list(words.best, "--optShapes", best)) return fault;
  if (Fault fault = read_list(words.most, "--maxShapes", line.most)) return fault;
  if (list && (best || line.least || line.most)) {
    return "--shapes and --minShapes, --optShapes, --maxShapes exclude each other";
  }
  // As trtexec does where the middle one is missing.
  if (!best && !list) best = line.most ? line.most : line.least;
  for (const std::optional<Shapes>& given : {list, best}) {
    if (!given) continue;
    for (const auto& [input, shape] : *given) line.binding.shapes.insert_or_assign(input, shape);
  }
  return std::nullopt;
}

Fault read_precisions(const Words& words, std::vector<Precision>& precisions) {
  for (const std::string& text : words.precisions) {
    const std::optional<Precision> precision = precision_from_name(text);
    if (!precision) {
      return "--precision: '" + text +
             "' is none of fp32, tf32, fp16, bf16, fp8, int8, fp4, int4, model";
    }
    if (std::find(precisions.begin(), precisions.end(), *precision) == precisions.end()) {
      precisions.push_back(*precision);
    }
  }
  return std::nullopt;
}

Fault check_outputs(const CommandLine& line) {
  const std::string* outputs[] = {&line.html, &line.json, &line.markdown,
                                  &line.csv,  &line.mask, &line.qdq};
  for (size_t first = 0; first < std::size(outputs); ++first) {
    for (size_t second = first + 1; second < std::size(outputs); ++second) {
      if (outputs[first]->empty() || *outputs[first] != *outputs[second]) continue;
      return "two outputs go to " + (*outputs[first] == "-" ? std::string("standard output")
                                                            : "'" + *outputs[first] + "'");
    }
  }
  return std::nullopt;
}

// Several --plan are one list. What it asks for has to be tried on the weights.
Fault read_plan(const Words& words, CommandLine& line) {
  if (words.plans.empty()) return std::nullopt;
  std::string list;
  for (const std::string& text : words.plans) list += (list.empty() ? "" : ",") + text;
  auto request = quantization::parse_plan_request(list);
  if (!request) return "--plan: " + request.error();
  for (const quantization::Scheme& scheme : quantization::schemes_of(*request)) {
    const auto found = std::find(line.schemes.begin(), line.schemes.end(), scheme);
    if (found == line.schemes.end()) line.schemes.push_back(scheme);
  }
  line.plan = std::move(*request);
  line.quantize = true;
  return std::nullopt;
}

Fault read_schemes(const Words& words, CommandLine& line) {
  if (words.quantize && words.no_quantize) return "--quantize and --no-quantize exclude each other";
  if (words.quantize) line.quantize = true;
  if (words.no_quantize) line.quantize = false;
  std::string list;
  for (const std::string& text : words.formats) list += (list.empty() ? "" : ",") + text;
  if (list.empty()) list = "default";
  for (const std::string& name : words.calibrators) {
    if (!quantization::parse_schemes("int8/tensor/" + name))
      return "--calibrator: '" + name + "' is none";
    list += ",int8/tensor/" + name;
  }
  auto schemes = quantization::parse_schemes(list);
  if (!schemes) return "--formats: " + schemes.error();
  line.schemes = std::move(*schemes);
  if (line.calibration.size() > 2) return "--calibration: two caches can be compared, not more";
  // Ranges of activations are for the emitted model as well as for a report.
  const bool is_reported = !line.html.empty() || !line.json.empty();
  const bool has_ranges = !line.activations.empty() || !line.calibration.empty();
  const bool named = !words.formats.empty() || !words.calibrators.empty() ||
                     (has_ranges && (is_reported || line.qdq.empty()));
  if ((named || !words.plans.empty()) && words.no_quantize)
    return "--formats, --calibrator, --activations, --calibration and --plan exclude --no-quantize";
  if (named) line.quantize = true;
  if (Fault fault = read_plan(words, line)) return fault;
  if (line.quantize.value_or(false) && !line.plan && line.html.empty() && line.json.empty())
    return "--quantize: name what to write its figures to, -o report.html or --json FILE";
  return std::nullopt;
}

Fault read_prune(const Words& words, CommandLine& line) {
  const bool wanted = !words.prune.empty() || !line.prune_groups.empty();
  if (!wanted) {
    if (!line.mask.empty()) return "--emit-mask: there is no cut without --prune or --prune-groups";
    return std::nullopt;
  }
  PruneOptions options;
  options.ratios.clear();
  if (!words.prune.empty()) {
    const auto ratios = parse_ratios(words.prune);
    if (!ratios) {
      return "--prune: '" + words.prune +
             "' is neither a list of shares from 0 to below 1, as 0.25,0.5, nor default";
    }
    options.ratios = *ratios;
  }
  if (!words.prune_criterion.empty()) {
    const auto criterion = pruning::criterion_from_name(words.prune_criterion);
    if (!criterion) {
      return "--prune-criterion: '" + words.prune_criterion +
             "' is none of uniform, l1, l2, bn, random";
    }
    options.criterion = *criterion;
  }
  options.selection.global = words.prune_global;
  if (!words.round_to.empty()) {
    const auto size = parse_shape(words.round_to);
    if (!size || size->size() != 1 || size->front() < 1 || size->front() > 4096)
      return "--round-to: '" + words.round_to + "' is not a number from 1 to 4096";
    options.selection.round_to = static_cast<uint32_t>(size->front());
  }
  const std::string& protect = words.prune_protect;
  if (protect != "both" && protect != "first" && protect != "last" && protect != "none")
    return "--prune-protect: '" + protect + "' is none of both, first, last, none";
  options.selection.keep_first = protect == "both" || protect == "first";
  options.selection.keep_last = protect == "both" || protect == "last";
  const size_t cuts = options.ratios.size() + (line.prune_groups.empty() ? 0 : 1);
  if (!line.mask.empty() && cuts != 1) return "--emit-mask: one cut is wanted, not several";
  line.prune = std::move(options);
  return std::nullopt;
}

Fault understand(const Words& words, CommandLine& line) {
  if (line.argument.empty()) return "no model is named";
  if (Fault fault = read_dims(words, line.binding)) return fault;
  if (Fault fault = read_shapes(words, line.binding.shapes)) return fault;
  if (Fault fault = read_lists(words, line)) return fault;
  if (Fault fault = read_precisions(words, line.precisions)) return fault;
  if (Fault fault = read_schemes(words, line)) return fault;
  if (words.convention != "hardware" && words.convention != "course") {
    return "--convention: '" + words.convention + "' is neither hardware nor course";
  }
  line.convention = words.convention == "course" ? Convention::Course : Convention::Hardware;
  line.roofline.tf32 = !words.no_tf32;
  line.live = !words.is_static;
  if (Fault fault = read_prune(words, line)) return fault;
  return check_outputs(line);
}

struct Commands {
  CLI::App* device;
  CLI::App* derive;
  CLI::App* serve;
  std::vector<std::pair<CLI::App*, Action>> actions;
};

void add_number(CLI::App* app, const char* name, double& target, const char* unit,
                bool required = true) {
  app->add_option(name, target)
      ->type_name(unit)
      ->required(required)
      ->check([](const std::string& text) {
        double value = 0;
        const bool fine = CLI::detail::lexical_cast(text, value) && value > 0 && value < 1e30;
        return fine ? std::string() : "'" + text + "' is no positive number";
      });
}

void add_derive(Commands& commands, DeriveNumbers& numbers) {
  commands.derive = commands.device->add_subcommand("derive");
  CLI::App* gpu = commands.derive->add_subcommand("gpu");
  add_number(gpu, "--sms", numbers.sms, "N");
  add_number(gpu, "--clock", numbers.clock_mhz, "MHZ");
  add_number(gpu, "--rate", numbers.rate, "N");
  CLI::App* cpu = commands.derive->add_subcommand("cpu");
  add_number(cpu, "--cores", numbers.cores, "N");
  add_number(cpu, "--clock", numbers.clock_mhz, "MHZ");
  add_number(cpu, "--units", numbers.units, "N");
  add_number(cpu, "--simd", numbers.simd_bits, "BITS");
  CLI::App* memory = commands.derive->add_subcommand("memory");
  add_number(memory, "--clock", numbers.clock_mhz, "MHZ");
  add_number(memory, "--transfers", numbers.transfers, "N");
  add_number(memory, "--bus", numbers.bus_bits, "BITS");
  add_number(memory, "--channels", numbers.channels, "N", false);
  CLI::App* ridge = commands.derive->add_subcommand("ridge");
  add_number(ridge, "--peak", numbers.peak, "FLOPS");
  add_number(ridge, "--bandwidth", numbers.bandwidth, "BYTES");
  for (const auto& [app, action] :
       {std::pair(gpu, Action::DeriveGpu), std::pair(cpu, Action::DeriveCpu),
        std::pair(memory, Action::DeriveMemory), std::pair(ridge, Action::DeriveRidge)})
    commands.actions.emplace_back(app, action);
}

void add_serve(CLI::App& app, Commands& commands, ServeOptions& serve) {
  commands.serve = app.add_subcommand("serve");
  commands.serve->add_option("--port", serve.port)->type_name("N")->check(CLI::Range(0, 65535));
  commands.serve->add_option("--bind", serve.bind)->type_name("ADDRESS");
  commands.serve->add_option("--token", serve.token)->type_name("TEXT")->envname("TRTREPORT_TOKEN");
  commands.serve->add_option("--devices", serve.devices)->type_name("FOLDER");
  commands.serve->add_option("--page", serve.page)->type_name("FOLDER");
  commands.actions.emplace_back(commands.serve, Action::Serve);
}

Commands add_commands(CLI::App& app, CommandLine& line) {
  Commands commands = {};
  commands.device = app.add_subcommand("device");
  CLI::App* list = commands.device->add_subcommand("list");
  CLI::App* show = commands.device->add_subcommand("show");
  show->add_option("NAME", line.argument)->required();
  CLI::App* validate = commands.device->add_subcommand("validate");
  validate->add_option("FILE", line.argument)->required();
  CLI::App* link = commands.device->add_subcommand("link");
  link->add_option("FILE", line.argument)->required();
  commands.actions = {{list, Action::DeviceList},
                      {show, Action::DeviceShow},
                      {validate, Action::DeviceValidate},
                      {link, Action::DeviceLink}};
  add_derive(commands, line.derive);
  add_serve(app, commands, line.serve);
  return commands;
}

std::string_view help_of(const Commands& commands) {
  if (commands.serve->parsed()) return serve_help_text();
  return commands.device->parsed() ? device_help_text() : help_text();
}

const char* help_option(const Commands& commands) {
  if (commands.serve->parsed()) return "serve --help";
  return commands.device->parsed() ? "device --help" : "--help";
}

Ending usage_fault(const std::string& message, const char* help = "--help") {
  return {kBadUsage, "trtreport: " + message + " (see trtreport " + help + ")\n"};
}

}  // namespace

tl::expected<CommandLine, Ending> parse_command_line(int count, const char* const* arguments) {
  CommandLine line;
  Words words;
  CLI::App app("", "trtreport");
  app.set_help_flag("-h,--help");
  app.set_version_flag("--version", "trtreport " + std::string(kVersion));
  add_options(app, line, words);
  const Commands commands = add_commands(app, line);
  try {
    app.parse(count, arguments);
  } catch (const CLI::CallForHelp&) {
    return tl::unexpected(Ending{kFine, std::string(help_of(commands))});
  } catch (const CLI::CallForVersion&) {
    return tl::unexpected(Ending{kFine, app.version() + "\n"});
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(usage_fault(error.what(), help_option(commands)));
  }
  for (const auto& [command, action] : commands.actions) {
    if (!command->parsed()) continue;
    line.action = action;
    return line;
  }
  if (commands.device->parsed()) {
    return tl::unexpected(usage_fault(
        commands.derive->parsed()
            ? "device derive: one of gpu, cpu, memory, ridge must follow"
            : "device: one of list, show NAME, validate FILE, link FILE, derive … must follow",
        help_option(commands)));
  }
  if (Fault fault = understand(words, line)) return tl::unexpected(usage_fault(*fault));
  return line;
}

}  // namespace trtreport::cli
