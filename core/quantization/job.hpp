// One weight through all its schemes, in up to three passes over its chunks: ranges; errors of
// every scale that ranges give, histogram, and losses of candidate scales; errors of the scales
// found by searching. A step is a pure function of its chunk, so that any threads or workers may
// take steps; what they found is merged in the order of chunks, so that sums do not depend on who
// did what.
#pragma once

#include "quantization/histogram.hpp"
#include "quantization/kept24.hpp"
#include "quantization/layout.hpp"
#include "quantization/metrics.hpp"
#include "quantization/scheme.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace trtreport::quantization {

struct SchemeResult {
  Scheme scheme;
  std::optional<float> scale;         // by tensor only
  std::optional<int32_t> zero_point;  // by tensor only
  Metrics metrics;
  bool fell_back = false;  // the calibrator cannot judge these values; max was taken
  // Of channel MSE, up to kMostScales; those of max follow from channel_largest.
  std::vector<float> channel_scales;
};

struct WeightResult : ValueSummary {
  double power = 0;                           // sum of squares
  std::vector<float> channel_largest;         // after folding
  std::vector<float> channel_largest_before;  // before; empty where nothing was folded
  uint64_t dead_channels = 0;
  std::vector<SchemeResult> schemes;
  Kept24 kept24;               // folded; nothing where it was not asked for
  std::optional<Error> error;  // reading failed: nothing else holds

  uint64_t finite() const { return elements - nonfinite; }
  float largest() const { return -low > high ? -low : high; }
};

class WeightJob {
 public:
  // Weights up to this many elements stay in memory between passes: 48 MB, of one weight at a time.
  static constexpr uint64_t kMostKept = uint64_t{12} << 20;
  // Up to this many elements a thread does best to take a weight for itself.
  static constexpr uint64_t kMostAlone = uint64_t{1} << 20;
  // Channels whose searched scales are handed out.
  static constexpr uint64_t kMostScales = uint64_t{1} << 20;

  // What one thread needs to take steps; made once, used for any job of one model.
  struct Scratch {
    const onnx::TensorData* tensor = nullptr;  // whose reader this is
    std::optional<onnx::WeightReader> reader;
    FloatRoom values, room;
    std::vector<float> scales, zero_points, low, high;
    std::vector<double> losses;
    FloatRoom above;
    // Errors of the tile's channels at their largest magnitudes, by the scheme `judged`; the number
    // of schemes where there are none.
    std::vector<Errors> at_max;
    size_t judged = 0;
  };
  struct Partial;

  // `factors` multiply the channels first (a folded BatchNormalization); empty: nothing is folded.
  // `reduced_apart`: how far values along the reduction lie from each other in a channel's run, for
  // kept24; 0: it is not asked for.
  WeightJob(const onnx::Model& model, ByteSource& source, const onnx::TensorData& data,
            size_t channel_axis, std::vector<double> factors, std::span<const Scheme> schemes,
            uint64_t reduced_apart = 0);
  ~WeightJob();

  uint64_t chunks() const { return chunks_.count(); }
  uint64_t elements() const { return layout_.elements(); }
  uint64_t channels() const { return layout_.channels; }
  // Whether threads gain from sharing it; see WeightReader.
  bool random_access() const { return data_.storage != onnx::TensorData::Storage::Typed; }
  bool finished() const { return stage_ == Stage::Done; }

  // Safe from several threads for different chunks of the same pass.
  std::unique_ptr<Partial> step(uint64_t chunk, Scratch& scratch) const;
  // Every chunk's, in order, one at a time.
  void merge(const Partial& partial);
  void end_pass();

  // All of it here and now.
  void run(Scratch& scratch);

  const WeightResult& result() const { return result_; }
  // What result() was; the job is of no more use.
  WeightResult take_result() { return std::move(result_); }

 private:
  enum class Stage : uint8_t { Range, Errors, Searched, Done };
  // What a scheme rounds with in the present pass.
  struct Plan {
    bool due = false;            // in this pass
    std::vector<float> scales;   // of the tensor, or of each channel where they were searched for
    float zero_point = 0;        // of the tensor
    std::vector<double> losses;  // channel MSE over several chunks: candidates of each channel
    Errors errors;
    Errors at_max;  // tensor MSE: of the whole range, found on the way
  };

  // Where a chunk's values lie: each channel's `stride` after the one before.
  struct Values {
    float* first = nullptr;
    size_t stride = 0;
    std::span<float> run(size_t channel, const Chunk& chunk) const {
      return {first + channel * stride, static_cast<size_t>(chunk.length)};
    }
  };

  tl::expected<Values, Error> load(const Chunk& chunk, Scratch& scratch, Partial* ranges) const;
  void prepare(const Chunk& chunk, const Values& values, Partial* ranges) const;
  void find_ranges(const Chunk& chunk, const Values& values, Partial& partial) const;
  void find_errors(const Chunk& chunk, std::span<const float> values, Scratch& scratch,
                   Partial& partial) const;
  void find_kept24(const Chunk& chunk, const Values& values, Partial& partial) const;
  void add_errors(const Chunk& tile, std::span<const float> values, size_t scheme, Scratch& scratch,
                  Partial& partial) const;
  // Into the scratch.
  void find_losses(const Chunk& tile, std::span<const float> values, size_t scheme,
                   Scratch& scratch) const;
  void find_whole_losses(std::span<const float> run, std::span<const double> scales,
                         const Element& element, Scratch& scratch, std::span<double> totals) const;
  // Scales of the tile's channels, and where asymmetric their zero points, into the scratch.
  void find_channel_scales(const Chunk& tile, std::span<const float> values, const Scheme& scheme,
                           Scratch& scratch) const;
  void round_blocks(const Chunk& tile, std::span<const float> values, const Scheme& scheme,
                    Scratch& scratch, Errors& errors) const;
  void round_channels(const Chunk& tile, std::span<const float> values, size_t scheme,
                      std::span<const float> scales, Scratch& scratch, Errors& errors) const;
  void end_ranges();
  void uncount_nonfinite();
  void plan_from_ranges();
  void plan_from_search();
  float searched_amax(const Scheme& scheme, bool& fell_back) const;
  size_t max_twin(size_t scheme) const;
  void prefer_max(size_t scheme);
  // The best candidate of each channel from `first` on.
  void pick_channel_scales(const Scheme& scheme, uint64_t first, std::span<const double> losses,
                           std::vector<float>& scales) const;
  bool searches_in_chunk(const Scheme& scheme) const {
    return searches_channels(scheme) && chunks_.whole_runs();
  }
  double ratio_at(const Element& element, int candidate) const;
  void finish();

  const onnx::Model& model_;
  ByteSource& source_;
  const onnx::TensorData& data_;
  Layout layout_;
  Chunks chunks_;
  std::vector<double> factors_;
  uint64_t reduced_apart_;
  Stage stage_ = Stage::Range;
  std::vector<Plan> plans_;  // by scheme
  bool wants_two_sided_ = false, wants_channel_ranges_ = false, any_searched_ = false;
  TwoSidedHistogram two_sided_;
  float low_ = 0, high_ = 0;                       // of all; crossed where nothing is finite
  std::vector<float> channel_low_, channel_high_;  // where wants_channel_ranges_
  mutable FloatRoom kept_;                         // the whole weight, channel after channel
  WeightResult result_;
};

}  // namespace trtreport::quantization
