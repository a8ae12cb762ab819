// Reads power, temperature and throttling in the background while samples are taken.
#pragma once

#include "driver/nvml.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace trtprobe {

struct MeterReport {
  std::optional<double> power_w;  // the highest reading: bursts are shorter than the pauses
  std::optional<double> mean_power_w;
  std::optional<double> temperature_c;  // the highest
  std::uint64_t throttle = 0;           // of all readings
};

class Meter {
 public:
  explicit Meter(const Nvml& nvml);
  ~Meter();
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  void start();          // forgets what was read so far
  MeterReport report();  // of everything since start(), one more reading included

 private:
  void run();
  void read();

  const Nvml& nvml_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::vector<double> power_;
  MeterReport report_;
  std::thread thread_;
};

}  // namespace trtprobe
