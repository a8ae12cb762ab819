// One thread, fifty readings a second.
#include "measure/meter.hpp"

#include "base/statistics.hpp"

#include <algorithm>
#include <chrono>

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
  held_ = false;
}

void Meter::hold() {
  const std::lock_guard<std::mutex> lock(mutex_);
  held_ = true;
}

MeterReport Meter::report() {
  read();
  const std::lock_guard<std::mutex> lock(mutex_);
  MeterReport report = report_;
  if (!power_.empty()) {
    const auto middle = power_.begin() + static_cast<std::ptrdiff_t>(power_.size() / 2);
    report.power_w = median(std::vector<double>(middle, power_.end()));
  }
  return report;
}

void Meter::run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    if (!held_) {
      lock.unlock();
      read();
      lock.lock();
    }
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
