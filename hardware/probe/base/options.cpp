// Parsing by hand: the probe has no dependencies to bring to a board.
#include "base/options.hpp"

#include <cstdlib>

namespace trtprobe {

const char* const kHelp =
    R"(trtprobe measures what an NVIDIA GPU reaches: arithmetic of every precision on CUDA cores and tensor
cores, memory, caches, PCIe and launches. It writes a device file for trtreport.

  trtprobe                         the first GPU, under a minute; writes <name>.json here
  trtprobe --quick                 the same in under ten seconds, coarser
  trtprobe --sustained             and what remains after ten seconds of each, power limit and heat included
  trtprobe --all -o folder/        every GPU
  trtprobe --upload http://127.0.0.1:8765/ --token SECRET

Options
  --quick | --sustained[=SECONDS]  how thoroughly (default: bursts, under a minute)
  --device N[,N...] | --all        which GPUs, as numbered by --list
  --list                           name the GPUs and stop
  --only NAME[,NAME...]            rows whose name begins so: tensor_bf16, dram, vector
  --no-libraries                   leave cuBLASLt out
  --force                          measure although the GPU is busy; figures will be low
  -o, --output PATH                the file, - for standard output, a folder for several GPUs
  --upload URL                     send the device file to trtreport serve or another server
  --token TOKEN                    what that server asks for (or the variable TRTREPORT_TOKEN)
  --page URL                       the page that the printed #device= link opens
  --help, --version

Clocks and modes are left as they are. Exit status: 0 fine, 2 bad usage, 3 no GPU that can be used,
4 the file cannot be written or sent, 5 the GPU is busy, 130 interrupted (what was measured is written).
)";

const char* to_string(Mode mode) {
  switch (mode) {
    case Mode::kQuick:
      return "quick";
    case Mode::kSustained:
      return "sustained";
    case Mode::kDefault:
      break;
  }
  return "default";
}

namespace {

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<double> parsed(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return std::nullopt;
  return value;
}

std::string parse_devices(const std::string& text, std::vector<int>& devices) {
  for (const std::string& part : split(text)) {
    const std::optional<double> number = parsed(part);
    const bool fine = number && *number >= 0 && *number < 1024 &&
                      *number == static_cast<double>(static_cast<int>(*number));
    if (!fine) return "--device wants numbers as shown by --list, not '" + part + "'";
    devices.push_back(static_cast<int>(*number));
  }
  return "";
}

// An option that takes a value; returns the error, if any.
std::string take(Options& options, const std::string& name, const std::string& value) {
  if (value.empty()) return name + " wants a value";
  if (name == "--device") return parse_devices(value, options.devices);
  if (name == "--only") {
    options.only = split(value);
  } else if (name == "-o" || name == "--output") {
    options.output = value;
  } else if (name == "--upload") {
    if (!starts_with(value, "http://") && !starts_with(value, "https://")) {
      return "--upload wants a URL that begins with http:// or https://";
    }
    options.upload = value;
  } else if (name == "--token") {
    options.token = value;
  } else {
    options.page = value;
  }
  return "";
}

bool takes_value(const std::string& name) {
  for (const char* known :
       {"--device", "--only", "-o", "--output", "--upload", "--token", "--page"}) {
    if (name == known) return true;
  }
  return false;
}

std::string parse_sustained(Options& options, const std::string& value) {
  options.mode = Mode::kSustained;
  if (value.empty()) return "";
  const std::optional<double> seconds = parsed(value);
  if (!seconds || *seconds < 1 || *seconds > 3600) return "--sustained wants 1 to 3600 seconds";
  options.sustained_seconds = *seconds;
  return "";
}

bool take_flag(Options& options, const std::string& name) {
  if (name == "--quick") {
    options.mode = Mode::kQuick;
  } else if (name == "--all") {
    options.all = true;
  } else if (name == "--list") {
    options.list = true;
  } else if (name == "--force") {
    options.force = true;
  } else if (name == "--no-libraries") {
    options.libraries = false;
  } else if (name == "--help" || name == "-h") {
    options.help = true;
  } else if (name == "--version") {
    options.version = true;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size() && options.error.empty(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (takes_value(name)) {
      if (equals == std::string::npos && i + 1 < arguments.size()) value = arguments[++i];
      options.error = take(options, name, value);
    } else if (name == "--sustained") {
      options.error = parse_sustained(options, value);
    } else if (equals != std::string::npos || !take_flag(options, name)) {
      options.error = "unknown option '" + argument + "'; --help lists them";
    }
  }
  if (options.error.empty() && options.all && !options.devices.empty()) {
    options.error = "--device and --all exclude each other";
  }
  if (options.token.empty()) {
    const char* token = std::getenv("TRTREPORT_TOKEN");
    if (token != nullptr) options.token = token;
  }
  return options;
}

bool wanted(const Options& options, const std::string& row) {
  if (options.only.empty()) return true;
  for (const std::string& prefix : options.only) {
    if (starts_with(row, prefix)) return true;
  }
  return false;
}

}  // namespace trtprobe
