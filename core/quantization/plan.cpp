// Names, and the text of --plan.
#include "quantization/plan.hpp"

#include "base/logarithm.hpp"

#include <array>
#include <cstdlib>

namespace trtreport::quantization {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"fp32", "fp16", "bf16", "fp8", "int8", "int4"};

struct Unit {
  std::string_view name;
  double factor;
};

// A number above 0 with one of the units behind it.
std::optional<double> number_with(std::string_view text, std::initializer_list<Unit> units) {
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (end == copy.c_str() || !(value > 0) || !(value <= 1e30)) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<size_t>(end - copy.c_str()));
  for (const Unit& unit : units) {
    if (unit.name == rest) return value * unit.factor;
  }
  return std::nullopt;
}

bool read_formats(std::string_view text, std::vector<LayerPrecision>& formats) {
  formats.clear();
  for (;;) {
    const size_t end = text.find('+');
    const auto format = layer_precision_from_name(text.substr(0, end));
    const bool narrow =
        format && (quantizes_activations(*format) || *format == LayerPrecision::Int4);
    if (!narrow) return false;
    for (const LayerPrecision other : formats) {
      if (other == *format) return false;
      if (quantizes_activations(other) && quantizes_activations(*format)) return false;
    }
    formats.push_back(*format);
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

// An empty result: fine; else what is wrong. `seen`: the keys before.
std::string read_item(std::string_view item, PlanRequest& request,
                      std::vector<std::string_view>& seen) {
  const std::string named = "'" + std::string(item) + "'";
  const size_t equals = item.find('=');
  const std::string_view key = item.substr(0, equals);
  for (const std::string_view other : seen) {
    if (other == key) return named + ": " + std::string(key) + " is given twice";
  }
  seen.push_back(key);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1);
  if (item == "keep-first-last") {
    request.budget.keep_first_last = true;
  } else if (item == "fastest") {
    // Without limits the fastest plan is what is searched for.
  } else if (key == "latency") {
    request.budget.seconds = number_with(value, {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}});
    if (!request.budget.seconds) return named + " is not latency=2ms (or s, us)";
  } else if (key == "sqnr") {
    request.budget.sqnr_db = number_with(value, {{"", 1}, {"dB", 1}, {"db", 1}});
    if (!request.budget.sqnr_db) return named + " is not sqnr=35 (in dB)";
  } else if (key == "base") {
    const auto base = layer_precision_from_name(value);
    if (!base || static_cast<uint8_t>(*base) > static_cast<uint8_t>(LayerPrecision::Bf16))
      return named + ": base is fp16, bf16 or fp32";
    request.base = *base;
  } else if (key == "format") {
    if (!read_formats(value, request.formats))
      return named + ": format is int8, fp8 or int4, or one of the first two + int4";
  } else {
    return named +
           ": no such item (latency=2ms, sqnr=35, keep-first-last, fastest, base=, format=)";
  }
  return {};
}

}  // namespace

std::string_view name(LayerPrecision precision) { return kNames[static_cast<size_t>(precision)]; }

std::optional<LayerPrecision> layer_precision_from_name(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<LayerPrecision>(i);
  }
  return std::nullopt;
}

bool quantizes_activations(LayerPrecision precision) {
  return precision == LayerPrecision::Fp8 || precision == LayerPrecision::Int8;
}

std::optional<double> LayerChoice::sqnr_db() const {
  if (!weight_nsr || !(nsr() > 0)) return std::nullopt;
  return decibels(1 / nsr());
}

size_t PlanLayer::choice_of(LayerPrecision precision) const {
  size_t index = 0;
  while (index < choices.size() && choices[index].precision != precision) ++index;
  return index;
}

PlanRequest first_plan() {
  PlanRequest request;
  request.budget.keep_first_last = true;
  return request;
}

tl::expected<PlanRequest, std::string> parse_plan_request(std::string_view text) {
  PlanRequest request;
  std::vector<std::string_view> seen;
  while (!text.empty()) {
    const size_t end = text.find(',');
    std::string fault = read_item(text.substr(0, end), request, seen);
    if (!fault.empty()) return tl::unexpected(std::move(fault));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const bool is_limited = request.budget.seconds || request.budget.sqnr_db;
  for (const std::string_view key : seen) {
    if (key == "fastest" && is_limited)
      return tl::unexpected(std::string("'fastest' excludes latency= and sqnr="));
  }
  const bool weights_alone = [&] {
    for (const LayerPrecision format : request.formats) {
      if (format == LayerPrecision::Int4) return true;
    }
    return false;
  }();
  if (weights_alone && request.base == LayerPrecision::Fp32)
    return tl::unexpected(
        std::string("format=int4 computes in fp16 or bf16: base=fp32 has no such kernels"));
  return request;
}

std::vector<Scheme> schemes_of(const PlanRequest& request) {
  std::vector<Scheme> schemes;
  const auto add = [&](LayerPrecision precision) {
    constexpr Scheme kCast = {Format::Fp16, Granularity::Tensor, 0, true, Calibrator::None, 0};
    Scheme scheme = kCast;
    switch (precision) {
      case LayerPrecision::Fp32:
        return;
      case LayerPrecision::Fp16:
        break;
      case LayerPrecision::Bf16:
        scheme.format = Format::Bf16;
        break;
      case LayerPrecision::Fp8:
        scheme = {Format::Fp8E4M3, Granularity::Tensor, 0, true, Calibrator::Max, 0};
        break;
      case LayerPrecision::Int8:
        schemes.push_back({Format::Int8, Granularity::Channel, 0, true, Calibrator::Max, 0});
        scheme = {Format::Int8, Granularity::Channel, 0, true, Calibrator::Mse, 0};
        break;
      case LayerPrecision::Int4:
        scheme = {Format::Int4, Granularity::Block, 128, true, Calibrator::Max, 0};
        break;
    }
    schemes.push_back(scheme);
  };
  add(request.base);
  for (const LayerPrecision format : request.formats) add(format);
  return schemes;
}

}  // namespace trtreport::quantization
