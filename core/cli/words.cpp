// What options mean, checked as far as it can be without opening a file, so that each fault is one
// line naming the option.
#include "cli/words.hpp"

#include <algorithm>

namespace trtreport::cli {
namespace {

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

// trtexec refuses a profile whose sizes do not rise from the least to the most.
Fault check_order(const char* lower, const std::optional<Shapes>& low, const char* higher,
                  const std::optional<Shapes>& high) {
  if (!low || !high) return std::nullopt;
  for (const auto& [input, small] : *low) {
    const auto found = high->find(input);
    if (found == high->end()) continue;
    const std::vector<int64_t>& large = found->second;
    const std::string between = std::string(lower) + " and " + higher + ": input '" + input + "' ";
    if (small.size() != large.size()) return between + "has a different number of dimensions";
    for (size_t axis = 0; axis < small.size(); ++axis) {
      if (small[axis] > large[axis])
        return between + "shrinks from " + std::to_string(small[axis]) + " to " +
               std::to_string(large[axis]);
    }
  }
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
  for (Fault fault : {check_order("--minShapes", line.least, "--optShapes", best),
                      check_order("--optShapes", best, "--maxShapes", line.most),
                      check_order("--minShapes", line.least, "--maxShapes", line.most)}) {
    if (fault) return fault;
  }
  // As trtexec does where the middle one is missing.
  const bool is_named = best || list;
  if (!is_named) best = line.most ? line.most : line.least;
  for (const std::optional<Shapes>& given : {list, best}) {
    if (!given) continue;
    for (const auto& [input, shape] : *given) {
      if (!line.binding.shapes.emplace(input, shape).second && is_named)
        return "--shape: input '" + input + "' is given in a list of shapes too";
    }
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
      return "--calibrator: '" + name +
             "' is none of max, mse, entropy, entropy-onnxruntime, percentile-99.9, "
             "percentile-99.99, percentile-99.999, percentile-99.9999";
    list += ",int8/tensor/" + name;
  }
  auto schemes = quantization::parse_schemes(list);
  if (!schemes) return "--formats: " + schemes.error();
  line.schemes = std::move(*schemes);
  if (line.calibration.size() > 2) return "--calibration: two caches can be compared, not more";
  // Ranges of activations are for the emitted model as well as for a report.
  const bool is_told = !line.html.empty() || !line.json.empty() || !line.markdown.empty() ||
                       (line.csv.empty() && line.mask.empty() && line.qdq.empty());
  const bool has_ranges = !line.activations.empty() || !line.calibration.empty();
  const bool named = !words.formats.empty() || !words.calibrators.empty() ||
                     (has_ranges && (is_told || line.qdq.empty()));
  if ((named || !words.plans.empty()) && words.no_quantize)
    return "--formats, --calibrator, --activations, --calibration and --plan exclude --no-quantize";
  if (named) line.quantize = true;
  if (Fault fault = read_plan(words, line)) return fault;
  if (line.quantize.value_or(false) && !line.plan && !is_told) {
    const char* option = words.quantize               ? "--quantize"
                         : !words.formats.empty()     ? "--formats"
                         : !words.calibrators.empty() ? "--calibrator"
                         : !line.activations.empty()  ? "--activations"
                                                      : "--calibration";
    return std::string(option) +
           ": name what to write its figures to, -o report.html, --json or --markdown FILE";
  }
  return std::nullopt;
}

// What only says how to cut is no wish for a cut.
Fault check_nothing_cut(const Words& words, const CommandLine& line) {
  for (const auto& [option, given] :
       {std::pair("--emit-mask", !line.mask.empty()),
        std::pair("--prune-criterion", !words.prune_criterion.empty()),
        std::pair("--prune-global", words.prune_global),
        std::pair("--prune-protect", !words.prune_protect.empty()),
        std::pair("--round-to", !words.round_to.empty())}) {
    if (given) return std::string(option) + ": there is no cut without --prune or --prune-groups";
  }
  return std::nullopt;
}

Fault read_prune(const Words& words, CommandLine& line) {
  const bool wanted = !words.prune.empty() || !line.prune_groups.empty();
  if (!wanted) return check_nothing_cut(words, line);
  PruneOptions options;
  options.ratios.clear();
  if (!words.prune.empty()) {
    const auto ratios = parse_ratios(words.prune);
    if (!ratios) {
      return "--prune: '" + words.prune +
             "' is neither a list of shares from 0 to below 1, as 0.25,0.5, nor default";
    }
    for (auto at = ratios->begin(); at != ratios->end(); ++at) {
      if (std::find(ratios->begin(), at, *at) != at)
        return "--prune: a share is given twice in '" + words.prune + "'";
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
  const std::string protect = words.prune_protect.empty() ? "both" : words.prune_protect;
  if (protect != "both" && protect != "first" && protect != "last" && protect != "none")
    return "--prune-protect: '" + protect + "' is none of both, first, last, none";
  options.selection.keep_first = protect == "both" || protect == "first";
  options.selection.keep_last = protect == "both" || protect == "last";
  const size_t cuts = options.ratios.size() + (line.prune_groups.empty() ? 0 : 1);
  if (!line.mask.empty() && cuts != 1) return "--emit-mask: one cut is wanted, not several";
  line.prune = std::move(options);
  return std::nullopt;
}

}  // namespace

Fault understand(const Words& words, CommandLine& line) {
  if (line.argument.empty()) return "no model is named";
  if (line.argument == "-") return "-: a model is read from a file on disk, in ranges";
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

}  // namespace trtreport::cli
