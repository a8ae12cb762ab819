// One thread, fifty readings a second.
#include "measure/meter.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace trtprobe {

Meter::Meter(const Nvml& nvml) : nvml_(nvml) {
  if (nvml_.missing().empty()) thread_ = std::thread([this] { run(); });
}

Meter::~Meter() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Meter::start() {
  const std::lock_guard<std::mutex> lock(mutex_);
  power_.clear();
  report_ = MeterReport{};
}

MeterReport Meter::report() {
  read();
  const std::lock_guard<std::mutex> lock(mutex_);
  MeterReport report = report_;
  if (!power_.empty()) {
    report.power_w = *std::max_element(power_.begin(), power_.end());
    report.mean_power_w =
        std::accumulate(power_.begin(), power_.end(), 0.0) / static_cast<double>(power_.size());
  }
  return report;
}

void Meter::run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    lock.unlock();
    read();
    lock.lock();
    changed_.wait_for(lock, std::chrono::milliseconds(20), [this] { return stop_; });
  }
}

void Meter::read() {
  const NvmlReading reading = nvml_.reading();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (reading.power_w) power_.push_back(*reading.power_w);
  if (reading.temperature_c) {
    report_.temperature_c = std::max(report_.temperature_c.value_or(0), *reading.temperature_c);
  }
  report_.throttle |= reading.throttle;
}

}  // namespace trtprobe
