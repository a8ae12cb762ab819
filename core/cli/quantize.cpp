// Small weights go whole to a thread each; a large one is shared, chunk by chunk.
#include "cli/quantize.hpp"

#include "quantization/job_partial.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace trtreport::cli {
namespace {

using quantization::Quantization;
using quantization::WeightJob;

// A thread for each scratch, which outlives them: its buffers are made once.
template <class Work>
void in_parallel(std::span<WeightJob::Scratch> scratches, Work work) {
  std::vector<std::thread> others;
  for (WeightJob::Scratch& scratch : scratches.subspan(1))
    others.emplace_back([&] { work(scratch); });
  work(scratches.front());
  for (std::thread& other : others) other.join();
}

class Counter {
 public:
  Counter(uint64_t total, Progress* progress) : total_(total), progress_(progress) {}
  void add(uint64_t bytes) {
    const uint64_t done = done_ += bytes;
    if (progress_ != nullptr && total_ > 0)
      progress_->percent(static_cast<int>(done * 100 / total_));
  }

 private:
  uint64_t total_;
  Progress* progress_;
  std::atomic<uint64_t> done_ = 0;
};

// Steps finish in any order and are merged in theirs.
void run_pass(WeightJob& job, std::span<WeightJob::Scratch> scratches) {
  std::atomic<uint64_t> next = 0;
  std::mutex mutex;
  std::map<uint64_t, std::unique_ptr<WeightJob::Partial>> waiting;
  uint64_t merged = 0;
  in_parallel(scratches, [&](WeightJob::Scratch& scratch) {
    for (;;) {
      const uint64_t chunk = next++;
      if (chunk >= job.chunks()) return;
      auto partial = job.step(chunk, scratch);
      const std::lock_guard<std::mutex> lock(mutex);
      waiting.emplace(chunk, std::move(partial));
      for (auto ready = waiting.begin(); ready != waiting.end() && ready->first == merged;
           ready = waiting.erase(ready), ++merged) {
        job.merge(*ready->second);
      }
    }
  });
  job.end_pass();
}

void run_large(Quantization& quantization, size_t weight, std::span<WeightJob::Scratch> scratches) {
  const auto job = quantization.job(weight);
  // Typed fields have to be read from their start by whoever reads them.
  if (!job->random_access()) scratches = scratches.first(1);
  while (!job->finished()) run_pass(*job, scratches);
  quantization.keep(weight, *job);
}

}  // namespace

unsigned worker_threads() { return std::clamp(std::thread::hardware_concurrency(), 1u, 16u); }

void quantize_weights(Quantization& quantization, unsigned threads, Progress* progress) {
  const size_t count = quantization.targets().weights.size();
  Counter counter(quantization.weight_bytes(), progress);
  std::vector<WeightJob::Scratch> scratches(std::max(threads, 1u));
  std::vector<size_t> small;
  for (size_t weight = 0; weight < count; ++weight) {
    if (quantization.elements(weight) <= WeightJob::kMostAlone) {
      small.push_back(weight);
      continue;
    }
    run_large(quantization, weight, scratches);
    counter.add(quantization.weight_bytes(weight));
  }
  std::atomic<size_t> next = 0;
  in_parallel(scratches, [&](WeightJob::Scratch& scratch) {
    for (size_t i = next++; i < small.size(); i = next++) {
      const auto job = quantization.job(small[i]);
      job->run(scratch);
      quantization.keep(small[i], *job);
      counter.add(quantization.weight_bytes(small[i]));
    }
  });
}

}  // namespace trtreport::cli
