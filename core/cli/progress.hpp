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

  void stage(const char* text) { stage_ = text; }  // "writing report.html"; a literal
  void end();

 private:
  void show();

  std::string subject_;
  std::atomic<const char*> stage_ = "analysing";
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace trtreport::cli
