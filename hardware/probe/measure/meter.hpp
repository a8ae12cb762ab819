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
  std::optional<double> power_w;        // median of the later half of the readings: sensors lag
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

  // No readings until the next start(): they take locks in the driver that launches wait for.
  void hold();

 private:
  void run();
  void read();

  const Nvml& nvml_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool held_ = false;
  std::vector<double> power_;
  MeterReport report_;
  std::thread thread_;
};

}  // namespace trtprobe
