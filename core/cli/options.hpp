// The command line as a value: what was asked for, checked as far as it can be without opening a
// file.
#pragma once

#include "prune.hpp"
#include "quantization/plan.hpp"
#include "quantization/scheme.hpp"
#include "roofline/device.hpp"
#include "trtreport.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::cli {

enum ExitStatus : int { kFine = 0, kBadUsage = 2, kUnreadableModel = 3, kUnwritableOutput = 4 };

using Shapes = std::map<std::string, std::vector<int64_t>>;

enum class Action : uint8_t {
  Analyse,
  DeviceList,
  DeviceShow,
  DeviceValidate,
  DeviceLink,
  DeriveGpu,
  DeriveCpu,
  DeriveMemory,
  DeriveRidge,
  Serve
};

// The numbers of `device derive`, in the options' units; each Action uses its own.
struct DeriveNumbers {
  double sms = 0, cores = 0, clock_mhz = 0, rate = 0, units = 0, simd_bits = 0;
  double transfers = 0, bus_bits = 0, channels = 1;
  double peak = 0, bandwidth = 0;
};

struct ServeOptions {
  std::string bind = "127.0.0.1", token, devices = "devices", page;
  int port = 8765;
};

struct CommandLine {
  Action action = Action::Analyse;
  std::string argument;                   // the model, or the device
  std::string html, json, markdown, csv;  // empty: not asked for; "-": standard output
  std::vector<std::string> devices;       // names or files
  std::vector<Precision> precisions;
  ops::Binding binding;               // --batch, --dim, --shape, --optShapes
  std::optional<Shapes> least, most;  // --minShapes, --maxShapes
  RooflineOptions roofline;
  Convention convention = Convention::Hardware;
  bool live = true;  // of report.html
  // Weights are quantized: always, never, or (not said) where a report is written and they are
  // small.
  std::optional<bool> quantize;
  std::vector<quantization::Scheme> schemes;      // what to try on them
  std::string activations;                        // a .npz or a folder of .npy; empty: none
  std::vector<std::string> calibration;           // TensorRT caches, at most two
  std::optional<quantization::PlanRequest> plan;  // --plan; else what a report's plan starts from
  std::string qdq;                                // --emit-qdq
  std::optional<PruneOptions> prune;              // --prune or --prune-groups
  std::string prune_groups;                       // the file, read when the model is
  std::string mask;                               // --emit-mask
  bool verbose = false;
  DeriveNumbers derive;
  ServeOptions serve;
};

// What to do instead: print `text` and end with `status` (help and version: to standard output,
// else to standard error).
struct Ending {
  int status = kFine;
  std::string text;
};

tl::expected<CommandLine, Ending> parse_command_line(int count, const char* const* arguments);

// "0.25,0.5" or "default": shares of the channels that go, each at least 0 and below 1. Empty where
// it is none.
std::optional<std::vector<double>> parse_ratios(std::string_view text);
// A file of --prune-groups: {"groups": {"conv1.weight": 0.5}}, or a plan's "groups" alone. The
// error says what is wrong.
tl::expected<std::vector<std::pair<std::string, double>>, std::string> parse_prune_groups(
    std::string_view json);

// What --help prints, alone and after `device` and `serve`.
std::string_view help_text();
std::string_view device_help_text();
std::string_view serve_help_text();

// "1x3x224x224" or "1,3,224,224"; an empty text is a scalar. Empty where it is no shape.
std::optional<std::vector<int64_t>> parse_shape(std::string_view text);
// trtexec's "in:1x3x4x4,other:2x5": the last colon of an item ends its input's name.
tl::expected<Shapes, std::string> parse_trtexec_shapes(std::string_view text);

}  // namespace trtreport::cli
