// The passes of a weight: loading, ranges, and the order of things. What schemes do with the values
// stands in job_errors.cpp.
#include "quantization/job.hpp"

#include "onnx/reader.hpp"
#include "quantization/calibrate.hpp"
#include "quantization/job_partial.hpp"
#include "quantization/scales.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

void clear_nonfinite(std::span<float> values) {
  for (float& value : values) {
    if (!(std::fabs(value) <= std::numeric_limits<float>::max())) value = 0;
  }
}

}  // namespace

WeightJob::WeightJob(const onnx::Model& model, ByteSource& source, const onnx::TensorData& data,
                     size_t channel_axis, std::vector<double> factors,
                     std::span<const Scheme> schemes, uint64_t reduced_apart)
    : model_(model),
      source_(source),
      data_(data),
      layout_(layout_of(data.dims, channel_axis)),
      chunks_(layout_),
      factors_(std::move(factors)),
      reduced_apart_(reduced_apart),
      plans_(schemes.size()) {
  for (const Scheme& scheme : schemes) {
    result_.schemes.push_back({scheme, {}, {}, {}, false, {}});
    wants_two_sided_ = wants_two_sided_ || scheme.calibrator == Calibrator::EntropyOnnxRuntime;
    // Where chunks hold whole channels, their ranges are found again when they are needed.
    wants_channel_ranges_ = wants_channel_ranges_ || (scheme.granularity == Granularity::Channel &&
                                                      !scheme.symmetric && !chunks_.whole_runs());
  }
  result_.elements = onnx::element_count(data.dims);
  if (result_.elements == 0) {
    result_.schemes.clear();
    stage_ = Stage::Done;
    return;
  }
  // Before anything is sized by the shape: what is stored may be less than it claims.
  if (auto reader = onnx::WeightReader::open(model_, source_, data_); !reader) {
    result_.error = std::move(reader.error());
    stage_ = Stage::Done;
    return;
  }
  const size_t channels = static_cast<size_t>(layout_.channels);
  low_ = std::numeric_limits<float>::infinity();
  high_ = -low_;
  result_.channel_largest.assign(channels, 0);
  if (wants_channel_ranges_) {
    channel_low_.assign(channels, low_);
    channel_high_.assign(channels, high_);
  }
  if (!factors_.empty()) result_.channel_largest_before.assign(channels, 0);
  // What is kept by channel would come on top where channels are nearly as many as values.
  if (layout_.elements() <= kMostKept && (layout_.run() >= 16 || layout_.elements() <= kMostAlone))
    kept_.resize(static_cast<size_t>(layout_.elements()));
}

WeightJob::~WeightJob() = default;

// Values of a chunk as every pass sees them: folded, and 0 where they are not finite, which the
// first pass counts.
tl::expected<WeightJob::Values, Error> WeightJob::load(const Chunk& chunk, Scratch& scratch,
                                                       Partial* ranges) const {
  const size_t length = static_cast<size_t>(chunk.length);
  Values values;
  if (!kept_.empty()) {
    values.first =
        kept_.values().data() + static_cast<size_t>(chunk.channel * layout_.run() + chunk.begin);
    values.stride = static_cast<size_t>(layout_.run());
    if (ranges == nullptr) return values;
  } else {
    values = {scratch.values.resize(static_cast<size_t>(chunk.channels) * length).data(), length};
  }
  if (scratch.tensor != &data_) {
    auto reader = onnx::WeightReader::open(model_, source_, data_);
    if (!reader) return tl::unexpected(std::move(reader.error()));
    scratch.reader.emplace(std::move(*reader));
    scratch.tensor = &data_;
  }
  if (auto read = chunks_.load(*scratch.reader, chunk, values.first, values.stride, scratch.room);
      !read)
    return tl::unexpected(std::move(read.error()));
  prepare(chunk, values, ranges);
  return values;
}

void WeightJob::prepare(const Chunk& chunk, const Values& values, Partial* ranges) const {
  const bool is_dirty = ranges == nullptr && result_.nonfinite > 0;
  if (!is_dirty && factors_.empty()) return;
  for (size_t c = 0; c < chunk.channels; ++c) {
    const std::span<float> run = values.run(c, chunk);
    if (is_dirty) clear_nonfinite(run);
    if (factors_.empty()) continue;
    if (ranges != nullptr) {
      Ranges before;
      vector_kernels().scan(run, before);
      ranges->before.push_back(std::max({before.high, -before.low, 0.0f}));
    }
    vector_kernels().multiply(run, factors_[static_cast<size_t>(chunk.channel) + c]);
  }
}

std::unique_ptr<WeightJob::Partial> WeightJob::step(uint64_t index, Scratch& scratch) const {
  auto partial = std::make_unique<Partial>();
  const Chunk& chunk = partial->chunk = chunks_.at(index);
  const bool is_first = stage_ == Stage::Range;
  const auto values = load(chunk, scratch, is_first ? partial.get() : nullptr);
  if (!values) {
    partial->error = std::move(values.error());
  } else if (is_first) {
    find_ranges(chunk, *values, *partial);
  } else {
    const size_t size = static_cast<size_t>(chunk.channels * chunk.length);
    find_errors(chunk, {values->first, size}, scratch, *partial);
    if (reduced_apart_ > 0 && stage_ == Stage::Errors) find_kept24(chunk, *values, *partial);
  }
  return partial;
}

void WeightJob::find_ranges(const Chunk& chunk, const Values& values, Partial& partial) const {
  for (size_t c = 0; c < chunk.channels; ++c) {
    Ranges ranges;
    vector_kernels().scan(values.run(c, chunk), ranges);
    partial.low.push_back(ranges.low);
    partial.high.push_back(ranges.high);
    partial.power += ranges.square;
    partial.nonfinite += ranges.nonfinite;
    partial.zeros += ranges.zeros;
  }
}

// Fours that two chunks share cannot be told.
void WeightJob::find_kept24(const Chunk& chunk, const Values& values, Partial& partial) const {
  if (chunk.begin % (4 * reduced_apart_) != 0) return partial.kept24.forget();
  for (size_t c = 0; c < chunk.channels; ++c)
    add_run(values.run(c, chunk), static_cast<size_t>(reduced_apart_), partial.kept24);
}

void WeightJob::merge(const Partial& partial) {
  if (partial.error && !result_.error) result_.error = partial.error;
  if (result_.error) return;
  const size_t channel = static_cast<size_t>(partial.chunk.channel);
  for (size_t c = 0; c < partial.low.size(); ++c) {
    low_ = std::min(low_, partial.low[c]);
    high_ = std::max(high_, partial.high[c]);
    float& largest = result_.channel_largest[channel + c];
    largest = std::max({largest, partial.high[c], -partial.low[c]});
    if (!wants_channel_ranges_) continue;
    channel_low_[channel + c] = std::min(channel_low_[channel + c], partial.low[c]);
    channel_high_[channel + c] = std::max(channel_high_[channel + c], partial.high[c]);
  }
  for (size_t c = 0; c < partial.before.size(); ++c) {
    float& largest = result_.channel_largest_before[channel + c];
    largest = std::max(largest, partial.before[c]);
  }
  result_.power += partial.power;
  result_.nonfinite += partial.nonfinite;
  result_.zeros += partial.zeros;
  result_.kept24.add(partial.kept24);
  for (size_t i = 0; i < partial.counts.size(); ++i)
    result_.histogram.counts[i] += partial.counts[i];
  for (size_t i = 0; i < partial.two_sided.size(); ++i)
    two_sided_.counts[i] += partial.two_sided[i];
  for (size_t s = 0; s < partial.errors.size(); ++s) {
    if (plans_[s].due) plans_[s].errors.add(partial.errors[s]);
    const std::vector<double>& losses = partial.losses[s];
    double* total = plans_[s].losses.data() + channel * kCandidates;
    for (size_t i = 0; i < losses.size(); ++i) total[i] += losses[i];
    if (layout_.channels > kMostScales) continue;
    std::vector<float>& scales = result_.schemes[s].channel_scales;
    scales.insert(scales.end(), partial.scales[s].begin(), partial.scales[s].end());
  }
}

void WeightJob::end_pass() {
  if (result_.error) {
    stage_ = Stage::Done;
    return;
  }
  switch (stage_) {
    case Stage::Range:
      end_ranges();
      break;
    case Stage::Errors:
      uncount_nonfinite();
      plan_from_search();
      stage_ = any_searched_ ? Stage::Searched : Stage::Done;
      break;
    default:
      stage_ = Stage::Done;
  }
  if (stage_ == Stage::Done) finish();
}

void WeightJob::end_ranges() {
  WeightResult& result = result_;
  for (const float largest : result.channel_largest)
    result.dead_channels += largest <= kDeadMagnitude ? 1 : 0;
  if (low_ <= high_) {
    result.low = low_;
    result.high = high_;
  }
  result.dead = result.largest() <= kDeadMagnitude;
  result.constant = !result.dead && low_ == high_;
  if (result.nonfinite > 0) clear_nonfinite(kept_.values());
  // What is kept lies channel after channel.
  if (!kept_.empty()) chunks_ = Chunks({1, layout_.channels, layout_.run()});
  if (result.dead) {
    result.schemes.clear();
    plans_.clear();
    stage_ = Stage::Done;
    return;
  }
  result.histogram = {std::vector<uint64_t>(kCalibrationBins),
                      static_cast<double>(result.largest())};
  if (wants_two_sided_) {
    two_sided_ = {std::vector<uint64_t>(kCalibrationBins), result.histogram.range,
                  static_cast<double>(low_), static_cast<double>(high_)};
  }
  plan_from_ranges();
  stage_ = Stage::Errors;
}

// They were counted as the zeros that stood in for them.
void WeightJob::uncount_nonfinite() {
  if (result_.nonfinite == 0) return;
  const float zero = 0;
  std::vector<uint64_t> of_zero(kCalibrationBins);
  count_two_sided({&zero, 1}, two_sided_.range, of_zero);
  for (size_t bin = 0; bin < two_sided_.counts.size(); ++bin) {
    uint64_t& count = two_sided_.counts[bin];
    count -= std::min(count, of_zero[bin] * result_.nonfinite);
  }
  uint64_t& first = result_.histogram.counts.front();
  first -= std::min(first, result_.nonfinite);
}

void WeightJob::finish() {
  kept_ = {};
  for (size_t s = 0; s < result_.schemes.size(); ++s) {
    prefer_max(s);
    SchemeResult& found = result_.schemes[s];
    found.metrics = metrics_of(plans_[s].errors, result_.power, result_.finite(),
                               result_.zeros + result_.nonfinite);
    if (searches_channels(found.scheme) && !searches_in_chunk(found.scheme))
      found.channel_scales = std::move(plans_[s].scales);
  }
  std::vector<Plan>().swap(plans_);
}

void WeightJob::run(Scratch& scratch) {
  while (!finished()) {
    for (uint64_t chunk = 0; chunk < chunks(); ++chunk) merge(*step(chunk, scratch));
    end_pass();
  }
}

}  // namespace trtreport::quantization
