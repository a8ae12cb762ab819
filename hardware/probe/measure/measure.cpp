// Calibration, trials and samples.
#include "measure/measure.hpp"

#include "base/statistics.hpp"
#include "base/theory.hpp"
#include "base/throttle.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

namespace trtprobe {

std::atomic<bool> interrupted{false};

namespace {

// A rate above theory by more than clocks can be misread means that the work was not done.
constexpr double kImpossible = 1.05;
constexpr double kMostTurns = 1U << 30U;

void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

double now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

std::uint32_t scaled(double turns, double factor) {
  return static_cast<std::uint32_t>(std::min(std::max(std::ceil(turns * factor), 1.0), kMostTurns));
}

}  // namespace

Plan Plan::of(const Options& options) {
  Plan plan;
  if (options.mode == Mode::kQuick) {
    plan.sample_seconds = 0.002;
    plan.pause_seconds = 0.004;
    plan.trial_seconds = 0.0005;
    plan.trials = 2;
    plan.samples = 8;
  }
  if (options.mode == Mode::kSustained) plan.sustained_seconds = options.sustained_seconds;
  return plan;
}

void summarize(Row& row, const std::vector<double>& values) {
  row.samples = static_cast<int>(values.size());
  row.median = median(values);
  row.spread = spread(values);
  row.minimum = percentile(values, 0);
  row.maximum = percentile(values, 1);
}

Bench::Bench(const DeviceInfo& device, const Plan& plan, Stopwatch& stopwatch, Meter& meter)
    : device_(device), plan_(plan), stopwatch_(stopwatch), meter_(meter) {}

void Bench::fail(Row& row, cudaError_t error) {
  static_cast<void>(cudaGetLastError());
  row.status = error == cudaErrorMemoryAllocation ? Status::kSkipped : Status::kError;
  row.reason = cudaGetErrorString(error);
  if (error == cudaErrorNoKernelImageForDevice || error == cudaErrorInvalidDeviceFunction) {
    row.status = Status::kSkipped;
    row.reason = "this build holds no code for the chip";
  }
  // An error of a kernel stays: every later call returns it.
  const cudaError_t after = cudaStreamSynchronize(stopwatch_.stream());
  if (after != cudaSuccess) lost_ = std::string("the GPU was lost: ") + cudaGetErrorString(after);
}

Bench::Trial Bench::calibrate(const Work& work, double seconds) {
  Trial trial;
  Sample sample;
  while (true) {
    trial.error = stopwatch_.time(work, trial.turns, sample);
    if (trial.error != cudaSuccess || interrupted) return trial;
    if (sample.seconds >= seconds / 2 || trial.turns >= kMostTurns) break;
    const double factor = seconds / std::max(sample.seconds, 1e-6);
    trial.turns = scaled(trial.turns, std::min(std::max(factor, 1.5), 64.0));
  }
  trial.turns = scaled(trial.turns, seconds / sample.seconds);
  double best = 0;
  for (int i = 0; i < plan_.trials && trial.error == cudaSuccess; ++i) {
    trial.error = stopwatch_.time(work, trial.turns, sample);
    best = std::max(best, trial.turns / std::max(sample.seconds, 1e-9));
  }
  trial.rate = best * work.work_per_turn;
  return trial;
}

cudaError_t Bench::sample(const Work& work, std::uint32_t turns, double rest,
                          std::vector<Sample>& out) {
  Sample sample;
  const cudaError_t error = stopwatch_.time(work, turns, sample);
  if (error == cudaSuccess) out.push_back(sample);
  if (rest > 0) pause(rest);
  return error;
}

void Bench::conclude(Row& row, const Work& work, std::uint32_t turns,
                     const std::vector<Sample>& samples) {
  std::vector<double> rates;
  std::vector<double> clocks;
  for (const Sample& sample : samples) {
    rates.push_back(work.work_per_turn * turns / sample.seconds);
    if (sample.clock_mhz) clocks.push_back(*sample.clock_mhz);
  }
  summarize(row, rates);
  row.status = Status::kOk;
  row.configuration = work.configuration;
  if (!clocks.empty()) {
    row.clock_mhz = median(clocks);
    row.theory_at_clock = theory(row.name, device_, *row.clock_mhz);
  }
  if (row.theory_at_clock && *row.median > kImpossible * *row.theory_at_clock) {
    row.status = Status::kSuspect;
    row.reason = "faster than the chip can be at this clock";
  }
  const MeterReport report = meter_.report();
  row.power_w = report.power_w;
  row.temperature_c = report.temperature_c;
  row.throttle = throttle_names(report.throttle);
}

Row Bench::burst(Row row, const std::vector<Work>& ways, Work* fastest) {
  row.regime = "burst";
  if (!ways.empty()) row.method = ways.front().method;
  const Work* best = nullptr;
  Trial best_trial;
  for (const Work& way : ways) {
    if (interrupted || !lost_.empty()) break;
    const Trial trial = calibrate(way, plan_.trial_seconds);
    if (trial.error != cudaSuccess) {
      fail(row, trial.error);
    } else if (trial.rate > best_trial.rate) {
      best = &way;
      best_trial = trial;
    }
    pause(plan_.trial_seconds * 2);
  }
  if (interrupted) row.reason = "interrupted";
  if (best == nullptr || interrupted || !lost_.empty()) return row;
  const double per_turn = best->work_per_turn / best_trial.rate;
  const std::uint32_t turns = scaled(1, plan_.sample_seconds / per_turn);
  // Work whose turns are longer than a sample rests longer too.
  const double longer = std::max(1.0, turns * per_turn / plan_.sample_seconds);
  const double rest = std::min(plan_.pause_seconds * longer, 0.05);
  std::vector<Sample> samples;
  meter_.start();
  cudaError_t error = cudaSuccess;
  const int count = longer > 2 ? plan_.samples / 2 : plan_.samples;
  for (int i = 0; i < count && error == cudaSuccess && !interrupted; ++i) {
    error = sample(*best, turns, rest, samples);
  }
  if (error != cudaSuccess) {
    fail(row, error);
  } else if (samples.empty()) {
    row.reason = "interrupted";
  } else {
    row.reason.clear();
    conclude(row, *best, turns, samples);
    if (fastest != nullptr) *fastest = *best;
  }
  return row;
}

Row Bench::sustained(Row row, const Work& work) {
  row.regime = "sustained";
  row.method = work.method;
  const Trial trial = calibrate(work, 0.05);
  const double begin = now();
  const double half = begin + plan_.sustained_seconds / 2;
  std::vector<Sample> samples;
  cudaError_t error = trial.error;
  bool late = false;
  while (error == cudaSuccess && !interrupted && now() < begin + plan_.sustained_seconds) {
    if (!late && now() >= half) {
      late = true;
      samples.clear();
      meter_.start();
    }
    error = sample(work, trial.turns, 0, samples);
  }
  if (error != cudaSuccess) {
    fail(row, error);
  } else if (interrupted || samples.empty()) {
    row.reason = "interrupted";
  } else {
    conclude(row, work, trial.turns, samples);
  }
  return row;
}

std::optional<double> Bench::rate(const Work& work) {
  const Trial trial = calibrate(work, plan_.trial_seconds * 2);
  if (trial.error == cudaSuccess && trial.rate > 0) return trial.rate;
  Row row;
  fail(row, trial.error);
  return std::nullopt;
}

void Bench::warm_up(const Work& work, double seconds) {
  const Trial trial = calibrate(work, 0.02);
  if (trial.error != cudaSuccess) return;
  const double begin = now();
  std::vector<Sample> samples;
  while (now() < begin + seconds && !interrupted) {
    if (sample(work, trial.turns, 0, samples) != cudaSuccess) return;
    std::vector<double> last;
    for (std::size_t i = samples.size() > 5 ? samples.size() - 5 : 0; i < samples.size(); ++i) {
      last.push_back(samples[i].seconds);
    }
    const bool steady = last.size() == 5 && percentile(last, 1) < 1.01 * percentile(last, 0);
    if (steady && now() > begin + seconds / 4) return;
  }
}

}  // namespace trtprobe
