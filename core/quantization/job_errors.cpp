// What schemes do with a weight's values: which scales they take, and the errors these make.
#include "quantization/calibrate.hpp"
#include "quantization/job.hpp"
#include "quantization/job_partial.hpp"
#include "quantization/scales.hpp"

#include <algorithm>
#include <cmath>

namespace trtreport::quantization {
namespace {

bool is_searched(const Scheme& scheme) {
  switch (scheme.calibrator) {
    case Calibrator::Mse:
    case Calibrator::Entropy:
    case Calibrator::EntropyOnnxRuntime:
    case Calibrator::Percentile:
      return true;
    default:
      return false;
  }
}

bool is_tensor_mse(const Scheme& scheme) {
  return scheme.granularity == Granularity::Tensor && scheme.calibrator == Calibrator::Mse;
}

// Schemes are tried tile by tile, which stays in the fastest cache. Values of a tile are a multiple
// of the lanes, so that each value keeps its own.
uint64_t channels_of_tile(const Chunk& chunk) {
  constexpr uint64_t kTile = 8192;
  uint64_t least = kLanes;
  for (uint64_t even = chunk.length; even % 2 == 0 && least > 1; even /= 2) least /= 2;
  const uint64_t values = std::max<uint64_t>(least * chunk.length, 1);
  return least * std::max<uint64_t>(1, kTile / values);
}

}  // namespace

// The scheme that differs by taking max; the number of schemes where there is none.
size_t WeightJob::max_twin(size_t scheme) const {
  Scheme twin = result_.schemes[scheme].scheme;
  twin.calibrator = Calibrator::Max;
  for (size_t s = 0; s < result_.schemes.size(); ++s) {
    if (result_.schemes[s].scheme == twin) return s;
  }
  return result_.schemes.size();
}

// Bins only approximate values: where the whole range is better after all, it is taken.
void WeightJob::prefer_max(size_t scheme) {
  SchemeResult& result = result_.schemes[scheme];
  if (!is_tensor_mse(result.scheme)) return;
  const size_t twin = max_twin(scheme);
  const Errors& at_max = twin < plans_.size() ? plans_[twin].errors : plans_[scheme].at_max;
  if (!(at_max.square < plans_[scheme].errors.square)) return;
  plans_[scheme].errors = at_max;
  result.scale = symmetric_scale(row(result.scheme.format).element, result_.largest());
}

void WeightJob::plan_from_ranges() {
  for (size_t s = 0; s < plans_.size(); ++s) {
    const Scheme& scheme = result_.schemes[s].scheme;
    const Element& element = row(scheme.format).element;
    Plan& plan = plans_[s];
    plan.due = !is_searched(scheme) || searches_in_chunk(scheme) ||
               (is_tensor_mse(scheme) && max_twin(s) == plans_.size());
    if (searches_channels(scheme) && !searches_in_chunk(scheme))
      plan.losses.assign(result_.channel_largest.size() * kCandidates, 0);
    if (!plan.due || scheme.granularity != Granularity::Tensor) continue;
    ScaleAndZero found;
    if (!scheme.symmetric) {
      found = asymmetric_scale(element, static_cast<double>(result_.low),
                               static_cast<double>(result_.high));
      plan.zero_point = static_cast<float>(found.zero_point);
    } else if (scheme.calibrator != Calibrator::None) {
      found.scale = symmetric_scale(element, result_.largest());
    }
    plan.scales = {found.scale};
    if (scheme.calibrator == Calibrator::None || is_searched(scheme)) continue;
    result_.schemes[s].scale = found.scale;
    result_.schemes[s].zero_point = found.zero_point;
  }
}

float WeightJob::searched_amax(const Scheme& scheme, bool& fell_back) const {
  const Element& element = row(scheme.format).element;
  double amax = 0;
  switch (scheme.calibrator) {
    case Calibrator::Entropy:
      amax = entropy_threshold(result_.histogram).amax;
      break;
    case Calibrator::EntropyOnnxRuntime: {
      const TwoSidedThreshold found = entropy_threshold_onnxruntime(two_sided_, 255);
      amax = std::max(std::fabs(found.low), std::fabs(found.high));
      break;
    }
    case Calibrator::Percentile:
      amax = percentile_threshold(result_.histogram, scheme.percent).amax;
      break;
    default:
      amax = mse_threshold(result_.histogram, element).amax;
  }
  // One filled bin tells nothing, and percentiles may fall on the edge at 0.
  fell_back = result_.constant || !(amax > static_cast<double>(kDeadMagnitude));
  return fell_back ? result_.largest() : static_cast<float>(amax);
}

void WeightJob::plan_from_search() {
  for (size_t s = 0; s < plans_.size(); ++s) {
    SchemeResult& result = result_.schemes[s];
    Plan& plan = plans_[s];
    plan.due = is_searched(result.scheme) && !searches_in_chunk(result.scheme);
    if (!plan.due) continue;
    any_searched_ = true;
    plan.at_max = plan.errors;
    plan.errors = {};
    plan.scales.clear();
    if (searches_channels(result.scheme)) {
      pick_channel_scales(result.scheme, 0, plan.losses, plan.scales);
      std::vector<double>().swap(plan.losses);
      continue;
    }
    const float amax = searched_amax(result.scheme, result.fell_back);
    plan.scales = {symmetric_scale(row(result.scheme.format).element, amax)};
    result.scale = plan.scales.front();
    result.zero_point = 0;
  }
}

void WeightJob::find_errors(const Chunk& chunk, std::span<const float> values, Scratch& scratch,
                            Partial& partial) const {
  if (stage_ == Stage::Errors) {
    partial.counts.resize(result_.histogram.counts.size());
    count_magnitudes(values, result_.histogram.range, partial.counts);
    partial.two_sided.resize(two_sided_.counts.size());
    count_two_sided(values, two_sided_.range, partial.two_sided);
  }
  partial.errors.resize(plans_.size());
  partial.losses.resize(plans_.size());
  partial.scales.resize(plans_.size());
  const uint64_t step = channels_of_tile(chunk);
  for (uint64_t first = 0; first < chunk.channels; first += step) {
    const Chunk tile = {chunk.channel + first, std::min(step, chunk.channels - first), chunk.begin,
                        chunk.length};
    const std::span<const float> part =
        values.subspan(static_cast<size_t>(first * chunk.length),
                       static_cast<size_t>(tile.channels * chunk.length));
    scratch.judged = plans_.size();
    for (size_t s = 0; s < plans_.size(); ++s) add_errors(tile, part, s, scratch, partial);
  }
}

void WeightJob::add_errors(const Chunk& tile, std::span<const float> values, size_t s,
                           Scratch& scratch, Partial& partial) const {
  const Scheme& scheme = result_.schemes[s].scheme;
  const Plan& plan = plans_[s];
  const bool searches = searches_channels(scheme);
  if (searches && stage_ == Stage::Errors) {
    find_losses(tile, values, s, scratch);
    if (!plan.due) {
      partial.losses[s].insert(partial.losses[s].end(), scratch.losses.begin(),
                               scratch.losses.end());
    }
  }
  if (!plan.due) return;
  Errors& errors = partial.errors[s];
  if (scheme.granularity == Granularity::Block)
    return round_blocks(tile, values, scheme, scratch, errors);
  if (scheme.granularity == Granularity::Tensor) {
    const Element& element = row(scheme.format).element;
    const std::span<const float> shift(&plan.zero_point, scheme.symmetric ? 0u : 1u);
    const bool may_clip =
        !scheme.symmetric || !(result_.largest() / plan.scales[0] <= clip_high(element));
    return vector_kernels().round(
        {element, scheme.format == Format::Bf16, plan.scales, shift, SIZE_MAX, may_clip}, values,
        errors);
  }
  if (!searches) {
    find_channel_scales(tile, values, scheme, scratch);
    scratch.judged = scheme.symmetric ? s : plans_.size();
    return round_channels(tile, values, s, scratch.scales, scratch, errors);
  }
  if (stage_ == Stage::Errors) {
    pick_channel_scales(scheme, tile.channel, scratch.losses, scratch.scales);
    partial.scales[s].insert(partial.scales[s].end(), scratch.scales.begin(), scratch.scales.end());
    scratch.zero_points.clear();
    return round_channels(tile, values, s, scratch.scales, scratch, errors);
  }
  const std::span<const float> scales(plan.scales);
  scratch.zero_points.clear();
  round_channels(tile, values, s, scales.subspan(static_cast<size_t>(tile.channel)), scratch,
                 errors);
}

void WeightJob::find_channel_scales(const Chunk& tile, std::span<const float> values,
                                    const Scheme& scheme, Scratch& scratch) const {
  const Element& element = row(scheme.format).element;
  const size_t length = static_cast<size_t>(tile.length);
  scratch.scales.clear();
  scratch.zero_points.clear();
  for (size_t c = 0; c < tile.channels; ++c) {
    const size_t channel = static_cast<size_t>(tile.channel) + c;
    if (scheme.symmetric) {
      scratch.scales.push_back(symmetric_scale(element, result_.channel_largest[channel]));
      continue;
    }
    Ranges ranges;
    if (wants_channel_ranges_) {
      ranges.low = channel_low_[channel];
      ranges.high = channel_high_[channel];
    } else {
      vector_kernels().scan(values.subspan(c * length, length), ranges);
    }
    const ScaleAndZero found = asymmetric_scale(element, static_cast<double>(ranges.low),
                                                static_cast<double>(ranges.high));
    scratch.scales.push_back(found.scale);
    scratch.zero_points.push_back(static_cast<float>(found.zero_point));
  }
}

// `scales` are of the tile's channels; zero points are the scratch's. Where the search for a
// channel's scale ended at its largest magnitude, the errors are those that max had.
void WeightJob::round_channels(const Chunk& tile, std::span<const float> values, size_t s,
                               std::span<const float> scales, Scratch& scratch,
                               Errors& errors) const {
  const Element& element = row(result_.schemes[s].scheme.format).element;
  const float most = clip_high(element);
  const size_t length = static_cast<size_t>(tile.length);
  const size_t channels = static_cast<size_t>(tile.channels);
  const bool judges = scratch.judged == s;
  const bool knows = !judges && scratch.judged < plans_.size() && scratch.judged == max_twin(s);
  if (judges) scratch.at_max.resize(channels);
  for (size_t c = 0; c < channels; ++c) {
    const float largest = result_.channel_largest[static_cast<size_t>(tile.channel) + c];
    if (knows && scales[c] == symmetric_scale(element, largest)) {
      errors.add(scratch.at_max[c]);
      continue;
    }
    Rounding rounding{element, false, scales.subspan(c, 1), {}};
    const bool is_shifted = !scratch.zero_points.empty();
    rounding.may_clip = is_shifted || !(largest / scales[c] <= most);
    if (is_shifted)
      rounding.zero_points = std::span<const float>(scratch.zero_points).subspan(c, 1);
    Errors own;
    vector_kernels().round(rounding, values.subspan(c * length, length), own);
    if (judges) scratch.at_max[c] = own;
    errors.add(own);
  }
}

// Blocks run along the values of a channel; the last of a run may be short.
void WeightJob::round_blocks(const Chunk& tile, std::span<const float> values, const Scheme& scheme,
                             Scratch& scratch, Errors& errors) const {
  const FormatRow& format = row(scheme.format);
  const Element& element = format.element;
  const float of_tensor = nvfp4_tensor_scale(result_.largest());
  const size_t length = static_cast<size_t>(tile.length), block = scheme.block;
  const size_t channels = static_cast<size_t>(tile.channels);
  const bool even = length % block == 0;
  const size_t calls = even ? 1 : channels, each = even ? channels * length : length;
  const size_t blocks = (each + block - 1) / block;
  scratch.scales.resize(blocks);
  scratch.low.resize(blocks);
  scratch.high.resize(blocks);
  scratch.zero_points.resize(scheme.symmetric ? 0 : blocks);
  for (size_t call = 0; call < calls; ++call) {
    const std::span<const float> run = values.subspan(call * each, each);
    if (scheme.symmetric) {
      vector_kernels().block_largest(run, block, scratch.high);
      for (size_t b = 0; b < blocks; ++b)
        scratch.scales[b] = block_scale(scheme, scratch.high[b], of_tensor);
    } else {
      vector_kernels().block_range(run, block, scratch.low, scratch.high);
      for (size_t b = 0; b < blocks; ++b) {
        const ScaleAndZero found = asymmetric_scale(element, static_cast<double>(scratch.low[b]),
                                                    static_cast<double>(scratch.high[b]));
        scratch.scales[b] = found.scale;
        scratch.zero_points[b] = static_cast<float>(found.zero_point);
      }
    }
    // A real scale follows from the largest value; those of few bits may fall short of it.
    const bool may_clip = format.scaling != Scaling::Real || !scheme.symmetric;
    vector_kernels().round({element, false, scratch.scales, scratch.zero_points, block, may_clip},
                           run, errors);
  }
}

}  // namespace trtreport::quantization
