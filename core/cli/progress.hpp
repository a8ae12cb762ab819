// A line on the terminal while the work takes longer than half a second.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace trtreport::cli {

// Shown only where standard error is a terminal; gone without a trace when it ends.
class Progress {
 public:
  explicit Progress(std::string subject);  // "model.onnx"
  ~Progress() { end(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // "writing report.html"; a literal.
  void stage(const char* text) {
    percent_ = -1;
    stage_ = text;
  }
  // How much of the stage is done.
  void percent(int share) { percent_ = share; }
  void end();

 private:
  void show();

  std::string subject_;
  std::atomic<const char*> stage_ = "analysing";
  std::atomic<int> percent_ = -1;  // unknown
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace trtreport::cli
