// From ways of doing work to a row: calibrates, picks the fastest way, takes samples.
#pragma once

#include "base/options.hpp"
#include "base/result.hpp"
#include "measure/meter.hpp"
#include "measure/stopwatch.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace trtprobe {

// Set by Ctrl-C: whatever measures stops after the sample in hand.
extern std::atomic<bool> interrupted;

// How long samples take. In a burst each is short and followed by a longer pause, so that the power
// averaged over both stays below the limit and the clock where it boosts to.
struct Plan {
  double sample_seconds = 0.004;
  double pause_seconds = 0.012;
  double trial_seconds = 0.001;  // to compare the ways
  int trials = 3;
  int samples = 24;
  double sustained_seconds = 0;  // 0: bursts only

  static Plan of(const Options& options);
};

class Bench {
 public:
  Bench(const DeviceInfo& device, const Plan& plan, Stopwatch& stopwatch, Meter& meter);

  const DeviceInfo& device() const { return device_; }
  const Plan& plan() const { return plan_; }
  Stopwatch& stopwatch() { return stopwatch_; }
  Meter& meter() { return meter_; }

  // A row of a rate. `row` has its name and unit; all `ways` are of one method, which the row gets.
  // A way that fails is passed over as long as another works.
  Row burst(Row row, const std::vector<Work>& ways, Work* fastest = nullptr);

  // The same work without pauses for the plan's sustained seconds; samples of the second half.
  Row sustained(Row row, const Work& work);

  // A rate alone, for points of a curve; empty if it fails.
  std::optional<double> rate(const Work& work);

  // Runs until the clock stands still, at most `seconds`: boards raise it over a second.
  void warm_up(const Work& work, double seconds);

  // Why no more work is possible; empty as long as it is.
  const std::string& lost() const { return lost_; }

  // Sets status and reason of a row after an error, and notes whether the context is lost.
  void fail(Row& row, cudaError_t error);

 private:
  struct Trial {
    cudaError_t error = cudaSuccess;
    std::uint32_t turns = 1;
    double rate = 0;
  };

  Trial calibrate(const Work& work, double seconds);
  cudaError_t sample(const Work& work, std::uint32_t turns, double rest, std::vector<Sample>& out);
  void conclude(Row& row, const Work& work, std::uint32_t turns,
                const std::vector<Sample>& samples);

  DeviceInfo device_;
  Plan plan_;
  Stopwatch& stopwatch_;
  Meter& meter_;
  std::string lost_;
};

// Fills a row's statistics from rates or times.
void summarize(Row& row, const std::vector<double>& values);

}  // namespace trtprobe
