// A thread of its own draws, so that the core knows nothing of progress.
#include "cli/progress.hpp"

#include "report/escape.hpp"

#include <chrono>
#include <cstdio>

#include <unistd.h>

namespace trtreport::cli {

Progress::Progress(std::string subject) : subject_(escape_terminal(subject)) {
  if (::isatty(STDERR_FILENO) != 0) thread_ = std::thread([this] { show(); });
}

void Progress::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Progress::show() {
  const auto start = std::chrono::steady_clock::now();
  auto next = start + std::chrono::milliseconds(500);
  bool shown = false;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ended_.wait_until(lock, next, [this] { return over_; })) {
    const std::chrono::duration<double> elapsed = next - start;
    std::fprintf(stderr, "\r\x1b[K%s: %s, %.1f s", subject_.c_str(), stage_.load(),
                 elapsed.count());
    if (const int percent = percent_; percent >= 0) {
      constexpr int kCells = 20;
      char bar[kCells + 1] = {};
      for (int cell = 0; cell < kCells; ++cell)
        bar[cell] = cell * 100 < percent * kCells ? '#' : '.';
      std::fprintf(stderr, " [%s] %d %%", bar, percent);
    }
    std::fflush(stderr);
    shown = true;
    next += std::chrono::milliseconds(200);
  }
  if (shown) std::fputs("\r\x1b[K", stderr);
}

}  // namespace trtreport::cli
