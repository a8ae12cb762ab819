// CLI11 reads the words of the command line; words.cpp says what they mean.
#include "cli/words.hpp"

#include <CLI/CLI.hpp>

namespace trtreport::cli {
namespace {

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
  app.add_option("--prune", words.prune)
      ->type_name("RATIOS")
      ->expected(0, 1)
      ->default_str("default");
  app.add_option("--prune-criterion", words.prune_criterion)->type_name("CRITERION");
  app.add_flag("--prune-global", words.prune_global);
  app.add_option("--prune-groups", line.prune_groups)->type_name("FILE");
  app.add_option("--prune-protect", words.prune_protect)->type_name("LAYERS");
  app.add_option("--round-to", words.round_to)->type_name("N");
  app.add_option("--emit-mask", line.mask)->type_name("FILE");
  app.add_flag("--verbose", line.verbose);
}

// An empty text is a variable that a script forgot to set: what would go unnoticed as a missing
// report, or as a server without a token.
void refuse_empty_values(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() == 0) continue;
    option->check([](const std::string& text) {
      return text.empty() ? "its value is empty" : std::string();
    });
  }
  for (CLI::App* command : app.get_subcommands({})) refuse_empty_values(*command);
}

// "--json=" too, for which CLI11 would take the next word, and "--prune" with an empty one, which
// it would take for none.
const char* valueless(int count, const char* const* arguments) {
  for (int index = 1; index < count; ++index) {
    const std::string_view word = arguments[index];
    if (word == "--") break;
    if (word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1)
      return arguments[index];
    if (word == "--prune" && index + 1 < count && *arguments[index + 1] == 0)
      return arguments[index];
  }
  return nullptr;
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
  commands.derive->require_subcommand(0, 1);
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
  app.require_subcommand(0, 1);
  commands.device = app.add_subcommand("device");
  commands.device->require_subcommand(0, 1);
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

// A command takes neither a model nor the options of an analysis.
Fault check_alone(const CLI::App& app) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  if (commands.empty()) return std::nullopt;
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() > 0)
      return option->get_name() + ": does not go with the command " + commands[0]->get_name();
  }
  return std::nullopt;
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
  refuse_empty_values(app);
  if (const char* word = valueless(count, arguments))
    return tl::unexpected(usage_fault(std::string(word) + ": no value follows"));
  try {
    app.parse(count, arguments);
  } catch (const CLI::CallForHelp&) {
    return tl::unexpected(Ending{kFine, std::string(help_of(commands))});
  } catch (const CLI::CallForVersion&) {
    return tl::unexpected(Ending{kFine, app.version() + "\n"});
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(usage_fault(error.what(), help_option(commands)));
  }
  if (Fault fault = check_alone(app)) return tl::unexpected(usage_fault(*fault));
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
