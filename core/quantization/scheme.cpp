// The sets of schemes and their texts.
#include "quantization/scheme.hpp"

#include <algorithm>
#include <cstdlib>

namespace trtreport::quantization {
namespace {

using G = Granularity;
using C = Calibrator;

struct CalibratorName {
  Calibrator calibrator;
  std::string_view name;
};
constexpr CalibratorName kCalibrators[] = {
    {C::None, "none"},
    {C::Max, "max"},
    {C::Mse, "mse"},
    {C::Entropy, "entropy"},
    {C::EntropyOnnxRuntime, "entropy-onnxruntime"},
    {C::Ocp, "ocp"},
    {C::Nvidia, "nvidia"},
};

struct PercentName {
  double percent;
  std::string_view name;
};
constexpr PercentName kPercents[] = {{99.9, "percentile-99.9"},
                                     {99.99, "percentile-99.99"},
                                     {99.999, "percentile-99.999"},
                                     {99.9999, "percentile-99.9999"}};

constexpr uint32_t kBlocks[] = {16, 32, 64, 128};

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(mark);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool read_granularity(std::string_view text, Scheme& scheme) {
  if (text == "tensor" || text == "channel") {
    scheme.granularity = text == "tensor" ? G::Tensor : G::Channel;
    return true;
  }
  for (const uint32_t block : kBlocks) {
    if (text != "block" + std::to_string(block)) continue;
    scheme.granularity = G::Block;
    scheme.block = block;
    return true;
  }
  return false;
}

bool read_calibrator(std::string_view text, Scheme& scheme) {
  for (const CalibratorName& row : kCalibrators) {
    if (row.name != text) continue;
    scheme.calibrator = row.calibrator;
    return true;
  }
  for (const PercentName& row : kPercents) {
    if (row.name != text) continue;
    scheme.calibrator = C::Percentile;
    scheme.percent = row.percent;
    return true;
  }
  return false;
}

// Which combinations mean something.
const char* objection(const Scheme& scheme) {
  const FormatRow& format = row(scheme.format);
  const bool cast = format.scaling == Scaling::None, mx = format.scaling == Scaling::Mx;
  if (cast != (scheme.calibrator == C::None)) return "a cast has no calibrator";
  if (mx != (scheme.calibrator == C::Ocp || scheme.calibrator == C::Nvidia))
    return "ocp and nvidia are the calibrators of the mx formats, and theirs alone";
  if (format.fixed_block != 0 && scheme.block != format.fixed_block)
    return "the format dictates its block";
  if (cast && scheme.granularity != G::Tensor) return "a cast has no granularity";
  if (format.scaling == Scaling::Nvfp4 && scheme.calibrator != C::Max) return "nvfp4 takes max";
  const bool searched = scheme.calibrator != C::Max && scheme.calibrator != C::Mse;
  if (scheme.granularity == G::Channel && searched) return "channels take max or mse";
  if (scheme.granularity == G::Channel && scheme.calibrator == C::Mse && !format.element.is_integer)
    return "mse by channel is for integers";
  if (scheme.granularity == G::Block && !mx && scheme.calibrator != C::Max)
    return "blocks take max";
  if (!scheme.symmetric && (!format.element.is_integer || scheme.calibrator != C::Max))
    return "asymmetric is for integers with max";
  return nullptr;
}

tl::expected<Scheme, std::string> parse_scheme(std::string_view item) {
  const std::vector<std::string_view> parts = split(item, '/');
  const std::string named = "'" + std::string(item) + "'";
  Scheme scheme;
  const auto format = format_from_name(parts[0]);
  if (!format) return tl::unexpected(named + ": no such format");
  scheme.format = *format;
  const bool marked = parts.size() == 4 && parts[3] == "asymmetric";
  if (parts.size() != 3 && !marked)
    return tl::unexpected(named + " is not FORMAT or FORMAT/GRANULARITY/CALIBRATOR[/asymmetric]");
  scheme.symmetric = !marked;
  if (!read_granularity(parts[1], scheme))
    return tl::unexpected(named + ": granularity is tensor, channel or block16, 32, 64, 128");
  if (!read_calibrator(parts[2], scheme)) return tl::unexpected(named + ": no such calibrator");
  if (const char* fault = objection(scheme)) return tl::unexpected(named + ": " + fault);
  return scheme;
}

void append(const std::vector<Scheme>& more, std::vector<Scheme>& schemes) {
  for (const Scheme& scheme : more) {
    if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end())
      schemes.push_back(scheme);
  }
}

}  // namespace

bool searches_channels(const Scheme& scheme) {
  return scheme.granularity == G::Channel && scheme.calibrator == C::Mse;
}

std::string granularity_text(const Scheme& scheme) {
  if (scheme.granularity == G::Block) return "block" + std::to_string(scheme.block);
  return scheme.granularity == G::Channel ? "channel" : "tensor";
}

std::string calibrator_text(const Scheme& scheme) {
  for (const CalibratorName& row : kCalibrators) {
    if (row.calibrator == scheme.calibrator) return std::string(row.name);
  }
  for (const PercentName& row : kPercents) {
    if (row.percent == scheme.percent) return std::string(row.name);
  }
  return {};
}

std::string scheme_text(const Scheme& scheme) {
  return std::string(row(scheme.format).name) + "/" + granularity_text(scheme) + "/" +
         calibrator_text(scheme) + (scheme.symmetric ? "" : "/asymmetric");
}

double bits_per_weight(const Scheme& scheme, uint64_t elements, uint64_t channels) {
  const FormatRow& format = row(scheme.format);
  const double bits = format.element_bits;
  if (scheme.granularity == G::Block) {
    // A float16 scale a block (and a zero point); formats with scales of 8 bits say so themselves.
    const double scale = format.scaling == Scaling::Real ? 16 : 8;
    const double zero_point = scheme.symmetric ? 0 : format.element_bits;
    return bits + (scale + zero_point) / scheme.block;
  }
  if (format.scaling == Scaling::None || elements == 0) return bits;
  const double scales = scheme.granularity == G::Channel ? static_cast<double>(channels) : 1;
  return bits + 32 * scales / static_cast<double>(elements);
}

std::vector<Scheme> default_schemes() {
  return {
      {Format::Int8, G::Tensor, 0, true, C::Max},  {Format::Int8, G::Tensor, 0, true, C::Mse},
      {Format::Int8, G::Channel, 0, true, C::Max}, {Format::Int8, G::Channel, 0, true, C::Mse},
      {Format::Int4, G::Block, 32, true, C::Max},  {Format::Fp8E4M3, G::Tensor, 0, true, C::Max},
      {Format::Fp16, G::Tensor, 0, true, C::None}};
}

std::vector<Scheme> all_schemes() {
  std::vector<Scheme> schemes = default_schemes();
  append({{Format::Int8, G::Tensor, 0, false, C::Max},
          {Format::Int8, G::Channel, 0, false, C::Max},
          {Format::Int8, G::Tensor, 0, true, C::Entropy},
          {Format::Int8, G::Tensor, 0, true, C::EntropyOnnxRuntime}},
         schemes);
  for (const PercentName& row : kPercents)
    schemes.push_back({Format::Int8, G::Tensor, 0, true, C::Percentile, row.percent});
  append({{Format::Int4, G::Channel, 0, true, C::Max},
          {Format::Int4, G::Channel, 0, true, C::Mse},
          {Format::Int4, G::Block, 64, true, C::Max},
          {Format::Int4, G::Block, 128, true, C::Max},
          {Format::Int4, G::Block, 32, false, C::Max},
          {Format::Fp8E4M3, G::Channel, 0, true, C::Max},
          {Format::Fp8E5M2, G::Tensor, 0, true, C::Max},
          {Format::Bf16, G::Tensor, 0, true, C::None},
          {Format::Nvfp4, G::Block, 16, true, C::Max}},
         schemes);
  for (const Format format : {Format::Mxfp8, Format::Mxfp6, Format::Mxfp4}) {
    for (const Calibrator rule : {C::Ocp, C::Nvidia})
      schemes.push_back({format, G::Block, 32, true, rule});
  }
  return schemes;
}

tl::expected<std::vector<Scheme>, std::string> parse_schemes(std::string_view text) {
  std::vector<Scheme> schemes;
  for (const std::string_view item : split(text, ',')) {
    if (item == "default") {
      append(default_schemes(), schemes);
    } else if (item == "all") {
      append(all_schemes(), schemes);
    } else if (const auto format = format_from_name(item)) {
      for (const Scheme& scheme : all_schemes()) {
        const bool plain = scheme.calibrator != C::Mse && scheme.calibrator != C::Entropy &&
                           scheme.calibrator != C::EntropyOnnxRuntime &&
                           scheme.calibrator != C::Percentile && scheme.symmetric;
        if (scheme.format == *format && plain) append({scheme}, schemes);
      }
    } else {
      auto scheme = parse_scheme(item);
      if (!scheme) return tl::unexpected(std::move(scheme.error()));
      append({*scheme}, schemes);
    }
  }
  return schemes;
}

}  // namespace trtreport::quantization
