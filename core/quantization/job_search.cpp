// The search for each channel's scale of least squared error, among a few ratios of its largest
// magnitude.
#include "quantization/job.hpp"
#include "quantization/job_partial.hpp"
#include "quantization/scales.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trtreport::quantization {
namespace {

// INT4's least code lies an eighth further out than its largest and so decides which scale is best.
// INT8's is worth less than the time that telling signs apart takes.
bool tells_signs(const Element& element) { return element.high < 127; }

// Beyond how many steps every value is clipped, whatever its sign.
double farthest_code(const Element& element) {
  return static_cast<double>(tells_signs(element) ? -element.low : element.high);
}

// Ties to even, up to 2^22: adding 1.5 * 2^23 leaves no bit for a fraction.
float round_whole(float x) { return (x + 12582912.0f) - 12582912.0f; }

void add_signed_losses(std::span<const float> run, std::span<const float> inverses,
                       const Element& element, std::span<double> totals) {
  for (size_t i = 0; i < inverses.size(); ++i) {
    double total = 0;
    for (const float x : run) {
      const float units = x * inverses[i];
      const float error = round_whole(std::clamp(units, element.low, element.high)) - units;
      total += static_cast<double>(error * error);
    }
    totals[i] += total;
  }
}

// Losses of candidates, which `inverses` names, in units of each one's squared scale.
void add_losses(std::span<const float> run, std::span<const float> inverses, const Element& element,
                std::span<double> totals) {
  if (tells_signs(element)) return add_signed_losses(run, inverses, element, totals);
  std::array<float, kCandidates> sums;
  for (size_t begin = 0; begin < run.size(); begin += kGridRun) {
    const std::span<const float> part = run.subspan(begin, std::min(kGridRun, run.size() - begin));
    vector_kernels().integer_losses(part, inverses, element.high, sums);
    for (size_t i = 0; i < inverses.size(); ++i) totals[i] += static_cast<double>(sums[i]);
  }
}

// What clipping `magnitudes` at `most` costs at least: a little less than it does, so that rounding
// in the sums that it stands for cannot undercut it.
double clipping_loss(std::span<const float> magnitudes, double most) {
  constexpr double kMargin = 1e-5, kShare = 0.999;
  double loss = 0;
  for (const float magnitude : magnitudes) {
    const double beyond = static_cast<double>(magnitude) - most * (1 + kMargin);
    if (beyond > 0) loss += beyond * beyond;
  }
  return loss * kShare;
}

}  // namespace

// No ratio below 1 - sqrt(K) / (2 high) can win: clipping the largest of K values by more costs
// more than rounding all K by half a step each. A least code further out allows for as much less.
double WeightJob::ratio_at(const Element& element, int candidate) const {
  const double run = static_cast<double>(layout_.run());
  const double high = static_cast<double>(element.high);
  const double least =
      std::max(0.2, (1 - std::sqrt(run) / (2 * high)) * high / farthest_code(element));
  return 1 - candidate * (1 - least) / (kCandidates - 1);
}

void WeightJob::pick_channel_scales(const Scheme& scheme, uint64_t first,
                                    std::span<const double> losses,
                                    std::vector<float>& scales) const {
  const Element& element = row(scheme.format).element;
  const size_t count = losses.size() / kCandidates;
  scales.clear();
  scales.reserve(count);
  for (size_t c = 0; c < count; ++c) {
    const std::span<const double> candidates = losses.subspan(c * kCandidates, kCandidates);
    size_t best = 0;
    for (size_t i = 1; i < kCandidates; ++i) {
      if (candidates[i] < candidates[best]) best = i;
    }
    const float largest = result_.channel_largest[static_cast<size_t>(first) + c];
    const double ratio = ratio_at(element, static_cast<int>(best));
    scales.push_back(best == 0 ? symmetric_scale(element, largest)
                               : static_cast<float>(static_cast<double>(largest) * ratio /
                                                    static_cast<double>(element.high)));
  }
}

// Candidates of one channel. Few values lie above all but the first candidates' limits: where
// clipping these alone loses more than the largest magnitude does in all, the rest of what a
// candidate loses is not asked for.
void WeightJob::find_whole_losses(std::span<const float> run, std::span<const double> scales,
                                  const Element& element, Scratch& scratch,
                                  std::span<double> totals) const {
  constexpr size_t kFew = 2;
  const double limit = farthest_code(element);
  std::array<float, kCandidates> inverses;
  std::array<double, kCandidates> sums = {};
  std::array<size_t, kCandidates> left;
  inverses[0] = static_cast<float>(1 / scales[0]);
  add_losses(run, std::span(inverses).first(1), element, std::span(sums).first(1));
  totals[0] = sums[0] * scales[0] * scales[0];
  const std::span<float> above = scratch.above.resize(run.size());
  const std::span<const float> few =
      above.first(vector_kernels().above(run, static_cast<float>(scales[kFew] * limit), above));
  size_t count = 0;
  for (size_t i = 1; i < kCandidates; ++i) {
    totals[i] = std::numeric_limits<double>::infinity();
    if (clipping_loss(few, scales[i] * limit) > totals[0]) continue;
    inverses[count] = static_cast<float>(1 / scales[i]);
    left[count++] = i;
  }
  sums = {};
  add_losses(run, std::span(inverses).first(count), element, sums);
  for (size_t i = 0; i < count; ++i) totals[left[i]] = sums[i] * scales[left[i]] * scales[left[i]];
}

void WeightJob::find_losses(const Chunk& tile, std::span<const float> values, size_t scheme,
                            Scratch& scratch) const {
  const Element& element = row(result_.schemes[scheme].scheme.format).element;
  const size_t length = static_cast<size_t>(tile.length);
  scratch.losses.assign(static_cast<size_t>(tile.channels) * kCandidates, 0);
  std::array<double, kCandidates> ratios, scales;
  for (size_t i = 0; i < kCandidates; ++i) ratios[i] = ratio_at(element, static_cast<int>(i));
  for (size_t c = 0; c < tile.channels; ++c) {
    const float largest = result_.channel_largest[static_cast<size_t>(tile.channel) + c];
    if (largest <= kDeadMagnitude) continue;
    for (size_t i = 0; i < kCandidates; ++i)
      scales[i] = static_cast<double>(largest) * ratios[i] / static_cast<double>(element.high);
    const std::span<const float> run = values.subspan(c * length, length);
    const std::span<double> totals =
        std::span(scratch.losses).subspan(c * kCandidates, kCandidates);
    if (chunks_.whole_runs()) {
      find_whole_losses(run, scales, element, scratch, totals);
      continue;
    }
    std::array<float, kCandidates> inverses;
    for (size_t i = 0; i < kCandidates; ++i) inverses[i] = static_cast<float>(1 / scales[i]);
    add_losses(run, inverses, element, totals);
    for (size_t i = 0; i < kCandidates; ++i) totals[i] = totals[i] * scales[i] * scales[i];
  }
}

}  // namespace trtreport::quantization
